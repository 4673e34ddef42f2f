/**
 * What commands leave in the append-only file, and by how much they count as changes: asked of a redis-server that
 * writes one, and of redeno in this process, whose file lies on a disk in memory.
 *
 * Invariants: both sides see the lines in the same order; a line is over when its reply has come or, where it blocks,
 * when the server counts one more blocked client. Times that were computed from the time of day are told as their
 * distance from the moment at which the line was sent.
 */
import { ExpireCycle } from "../../src/store/expire_cycle.ts";
import { type FakeClient, type InProcess, serverInProcess, settle } from "../support/in_process.ts";
import { parseRequests } from "../support/requests.ts";
import { startRealServer } from "../support/real_server.ts";
import { encodeCommand, type RespClient } from "../support/resp_client.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { escapeBytes, fromLatin1, joinArgs, latin1, toArgs } from "../support/split_args.ts";
import type { Answer } from "./comparisons.ts";
import type { Step } from "./sides.ts";

/**
 * A line of a case. `a: LINE` is sent by another connection, `a~ LINE` blocks it, `? LINE` may leave other words behind
 * the key, as chance has it, `> LINE` is sent inline, `!cycle` lets the active expiry run until no key with a time is left.
 */
export interface EffectStep extends Step {
  readonly kind: "command" | "inline" | "cycle";
  readonly byChance: boolean;
  readonly text: string;
}

/** What one line left, and by how much the count of changes grew. */
export interface Trace {
  readonly effects: readonly (readonly string[])[];
  /** By how much the count of changes grew. */
  readonly dirty: number;
  /** The count itself. */
  readonly total: number;
}

/** After so long a cycle of expiry comes. */
const CYCLE_MS = 10;
/** How far times of the two servers may be apart, of which one may be held up by whatever else the machine does. */
const TOLERANCE_MS = 20_000;
/** Much longer than a machine that others use, too, stops for. */
const REPLY_MS_MAX = 60_000;
/** Times further away than this are those of the line itself. */
const NEAR_MS = 1e9;

const sameEffects = {
  reduce: (_answer: Answer) => "",
  agree(real: string, ours: string): boolean {
    const [a, b] = [timesOf(real), timesOf(ours)];
    return real.replace(TIME, "<time>") === ours.replace(TIME, "<time>") &&
      a.every((time, i) => Math.abs(time - b[i]!) <= TOLERANCE_MS);
  },
  exact: false,
};

const TIME = /<now([+-]\d+)>/g;

function timesOf(text: string): number[] {
  return [...text.matchAll(TIME)].map(([, time]) => Number(time));
}

/** @see EffectStep */
export function effectStep(text: string): EffectStep {
  const [, mark, rest] = /^(?:([a-z][:~]|[?>]) )?(.*)$/s.exec(text)!;
  const kind = rest === "!cycle" ? "cycle" : mark === ">" ? "inline" : "command";
  return {
    connection: mark !== undefined && /^[a-z]/.test(mark) ? mark[0]! : "main",
    args: kind === "command" ? toArgs(rest!) : [fromLatin1(rest!)],
    replies: 1,
    blocks: mark?.endsWith("~") ?? false,
    comparison: sameEffects,
    kind,
    byChance: mark === "?",
    text,
  };
}

/** A command as its arguments. */
export function commandStep(args: readonly Uint8Array[]): EffectStep {
  return { ...effectStep(""), args, text: joinArgs(args) };
}

/** A trace as a text: an effect a line, then the number of changes. */
export function traceText(step: EffectStep, { effects, dirty, total }: Trace): string {
  const lines = effects.map((words) => {
    const shown = words.map((word) => {
      const text = escapeBytes(fromLatin1(word));
      return text === "" || text.includes(" ") ? `"${text}"` : text;
    });
    if (step.byChance) shown.fill("*", words[0] === "SREM" ? 2 : 1);
    return shown.join(" ");
  });
  return [...lines, dirty < 0 ? `counted anew: ${total}` : `${dirty} changed`].join("\n");
}

function bytesOf(step: EffectStep): Uint8Array {
  return step.kind === "inline" ? fromLatin1(latin1(step.args[0]!) + "\r\n") : encodeCommand(step.args);
}

/**
 * The requests in the bytes of an append-only file, with times near `now` as their distance from it. Of an id of a stream that
 * was made then the sequence is not told: it depends on how many came in the same millisecond.
 */
function parseEffects(text: string, now: number): string[][] {
  return parseRequests(text).map((words) =>
    words.map((word) => {
      const [, time, sequence] = /^(\d{13})(-\d+)?$/.exec(word) ?? [];
      const distance = time === undefined ? Infinity : Number(time) - now;
      if (Math.abs(distance) >= NEAR_MS) return word;
      return `<now${distance < 0 ? "" : "+"}${distance}>${sequence === undefined ? "" : "-*"}`;
    })
  );
}

export interface EffectSide extends AsyncDisposable {
  /** Empties the server, forgets all connections, and leaves 9 as the database of the last effect. */
  reset(): Promise<void>;
  run(step: EffectStep): Promise<Trace>;
}

const DIRECTIVES = [
  "appendonly yes",
  "appendfsync always",
  "aof-use-rdb-preamble no",
  "auto-aof-rewrite-percentage 0",
];
const FILE = "appendonly.aof.1.incr.aof";
const RESET = ["FLUSHALL", "SELECT 9", "SET x y", "FLUSHDB"];

/** A redis-server that writes an append-only file. */
export class RealEffects implements EffectSide {
  readonly #server: ServerProcess;
  readonly #control: RespClient;
  readonly #file: Deno.FsFile;
  readonly #clients: Map<string, RespClient> = new Map();
  /** Clients that were blocked and whose answer was not taken. */
  readonly #blocked: Set<RespClient> = new Set();
  #dirty = 0;

  private constructor(server: ServerProcess, control: RespClient, file: Deno.FsFile) {
    this.#server = server;
    this.#control = control;
    this.#file = file;
  }

  static async start(directives: readonly string[]): Promise<RealEffects> {
    const args = DIRECTIVES.flatMap((line) => `--${line}`.split(" "));
    const server = await startRealServer({ args: [...args, ...directives] });
    const control = await server.connect();
    await control.send("DEBUG SET-ACTIVE-EXPIRE 0");
    return new RealEffects(server, control, await Deno.open(`${server.directory}/appendonlydir/${FILE}`));
  }

  /** One more connection; the caller's to close. */
  connect(): Promise<RespClient> {
    return this.#server.connect();
  }

  async reset(): Promise<void> {
    this.#close();
    using client = await this.#server.connect();
    for (const line of RESET) await client.send(line);
    this.#taken();
    this.#dirty = await this.#info("persistence", "rdb_changes_since_last_save");
  }

  async run(step: EffectStep): Promise<Trace> {
    const now = Date.now();
    if (step.kind === "cycle") await this.#cycle();
    else await this.#send(step);
    const dirty = await this.#info("persistence", "rdb_changes_since_last_save");
    const trace = { effects: parseEffects(this.#taken(), now), dirty: dirty - this.#dirty, total: dirty };
    this.#dirty = dirty;
    return trace;
  }

  async #send(step: EffectStep): Promise<void> {
    let client = this.#clients.get(step.connection);
    if (client === undefined) this.#clients.set(step.connection, client = await this.#server.connect());
    if (this.#blocked.delete(client)) await client.receive();
    if (!step.blocks) return void await client.raw(bytesOf(step), 1);
    this.#blocked.add(client);
    const before = await this.#info("clients", "blocked_clients");
    await client.write(bytesOf(step));
    while (await this.#info("clients", "blocked_clients") === before);
  }

  async #cycle(): Promise<void> {
    await this.#control.send("DEBUG SET-ACTIVE-EXPIRE 1");
    while (/expires=[1-9]/.test(latin1((await this.#control.send("INFO keyspace")).bytes)));
    await this.#control.send("DEBUG SET-ACTIVE-EXPIRE 0");
  }

  async #info(section: string, field: string): Promise<number> {
    const text = latin1((await this.#control.send(["INFO", section])).bytes);
    const value = new RegExp(`^${field}:(\\d+)`, "m").exec(text)?.[1];
    if (value === undefined) throw new Error(`INFO ${section} has no ${field}`);
    return Number(value);
  }

  /** By how much the file has grown. */
  #taken(): string {
    const chunk = new Uint8Array(65536);
    let text = "";
    for (let read; (read = this.#file.readSync(chunk)) !== null;) text += latin1(chunk.subarray(0, read));
    return text;
  }

  #close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    this.#control.close();
    this.#file.close();
    await this.#server[Symbol.asyncDispose]();
  }
}

export type Renamed = readonly (readonly [from: string, to: string])[];

function newServer(renamed: Renamed, configuration = ""): InProcess {
  const process = serverInProcess(`save ""\nenable-debug-command yes\n${configuration}`);
  const { commands } = process.server;
  for (const [from, to] of renamed) {
    commands.add(to, commands.get(from)!);
    commands.remove(from);
  }
  return process;
}

/** The whole of redeno, writing an append-only file to a disk in memory. */
export class OurEffects implements EffectSide {
  readonly #process: InProcess;
  readonly #clients: Map<string, FakeClient> = new Map();
  #dirty = 0;
  #recorded = "";
  readonly #renamed: Renamed;
  /** Up to where the file was read. */
  #read = 0;

  private constructor(renamed: Renamed) {
    this.#renamed = renamed;
    this.#process = newServer(renamed, DIRECTIVES.join("\n"));
  }

  static async start(renamed: Renamed): Promise<OurEffects> {
    const ours = new OurEffects(renamed);
    await ours.#process.server.load();
    return ours;
  }

  /** One more connection. */
  connect(): FakeClient {
    return this.#process.connect();
  }

  async reset(): Promise<void> {
    this.#closeAll();
    const client = this.#process.connect();
    for (const line of RESET) await client.send(line);
    client.socket.end();
    await settle();
    this.#taken();
    this.#recorded = "";
    this.#dirty = this.#process.server.keyspace.dirty;
  }

  async run(step: EffectStep): Promise<Trace> {
    const { clock, server } = this.#process;
    const now = Date.now();
    clock.setWallClock(now);
    if (step.kind === "cycle") {
      server.keyspace.tick(now + CYCLE_MS);
      new ExpireCycle(server.keyspace).run(1000, 1, () => 0);
      server.persistence.commit();
    } else {
      await this.#send(step);
    }
    const text = this.#taken();
    this.#recorded += text;
    const { dirty } = server.keyspace;
    const trace = { effects: parseEffects(text, now), dirty: dirty - this.#dirty, total: dirty };
    this.#dirty = dirty;
    return trace;
  }

  async #send(step: EffectStep): Promise<void> {
    let client = this.#clients.get(step.connection);
    if (client === undefined) this.#clients.set(step.connection, client = this.#process.connect());
    client.socket.take();
    client.socket.send(bytesOf(step));
    const isBlocked = () => step.blocks && client.connection?.waiting !== undefined;
    const deadline = performance.now() + REPLY_MS_MAX;
    while (client.socket.received === "" && !isBlocked()) {
      if (performance.now() > deadline) throw new Error(`no answer to: ${step.text}`);
      await settle();
    }
  }

  #taken(): string {
    const { server: { persistence }, disk } = this.#process;
    const bytes = disk.contents(persistence.aof.path(FILE));
    const text = latin1(bytes.subarray(this.#read));
    this.#read = bytes.length;
    return text;
  }

  /** The digest of all data, and that of another server which has carried out what was recorded since the reset. */
  async digests(): Promise<[ours: string, replayed: string]> {
    const replay = newServer(this.#renamed);
    // Effects are told by the names that commands have in the reference.
    for (const [from, to] of this.#renamed) replay.server.commands.add(from, replay.server.commands.get(to)!);
    replay.clock.setWallClock(this.#process.clock.now());
    replay.server.keyspace.isLoading = true;
    const client = replay.connect();
    client.socket.send(this.#recorded);
    await settle();
    client.socket.take();
    replay.server.keyspace.isLoading = false;
    const replayed = await client.send("DEBUG DIGEST");
    client.socket.end();
    const own = this.#process.connect();
    const ours = await own.send("DEBUG DIGEST");
    own.socket.end();
    await settle();
    return [ours, replayed];
  }

  #closeAll(): void {
    for (const { socket } of this.#clients.values()) socket.end();
    this.#clients.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closeAll();
    await settle();
  }
}
