/**
 * The two sides of a comparison. A live side is a server process with named connections; the recorded side answers
 * from a file, for machines without redis-server.
 *
 * Invariant: the steps of one block reach a side in the order in which they were written, also over several
 * connections; only a step that blocks on purpose lets the next connection go on.
 */
import { ConnectionClosed, encodeCommands, type RespClient } from "../support/resp_client.ts";
import type { RespValue } from "../support/resp_value.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { escapeBytes, fromLatin1, joinArgs, latin1 } from "../support/split_args.ts";
import type { Answer, Comparison } from "./comparisons.ts";

const AT = 0x40;
/** So long a client may take until it is blocked. */
const BLOCKED_MS_MAX = 60_000;

/** One line of a test. */
export interface Step {
  readonly connection: string;
  readonly args: readonly Uint8Array[];
  /** How many replies the line is answered with. */
  readonly replies: number;
  /** The line blocks: its answer is taken after a later step has let it go on. */
  readonly blocks: boolean;
  readonly comparison: Comparison;
}

/** Answers all steps; the texts are reduced by each step's comparison. `raw` is the answer for the eye. */
export interface Side {
  readonly name: string;
  /** Empties the server and forgets all connections. */
  reset(): Promise<void>;
  run(steps: readonly Step[]): Promise<StepAnswer[]>;
}

export interface StepAnswer {
  readonly reduced: string;
  readonly raw: string;
  readonly answer: Answer | undefined;
}

/** A server process, asked over one connection a name. */
export class LiveSide implements Side {
  readonly #server: ServerProcess;
  readonly #password: string | undefined;
  readonly #connections = new Map<string, RespClient>();
  readonly #ids = new WeakMap<RespClient, string>();
  #control: RespClient | undefined;

  /** @param password what the control connection logs in with, where the server wants one. */
  constructor(server: ServerProcess, password?: string) {
    this.#server = server;
    this.#password = password;
  }

  get name(): string {
    return this.#server.name;
  }

  async reset(): Promise<void> {
    this.close();
    this.#control = await this.#server.connect();
    if (this.#password !== undefined) await this.#control.send(["AUTH", this.#password]);
    await this.#control.flushAll();
  }

  /** One command apart from the steps. */
  async ask(args: readonly string[]): Promise<RespValue> {
    return (await this.#control!.send(args)).value;
  }

  close(): void {
    for (const client of this.#connections.values()) client.close();
    this.#connections.clear();
    this.#control?.close();
    this.#control = undefined;
  }

  async run(steps: readonly Step[]): Promise<StepAnswer[]> {
    const answers = new Map<Step, Answer>();
    const open = new Map<string, Step[]>();
    for (const group of groups(steps)) {
      const name = group[0]!.connection;
      const client = await this.#client(name);
      const waiting = [...open.get(name) ?? [], ...group];
      const requests: (readonly Uint8Array[])[] = [];
      for (const { args } of group) requests.push(await this.#withIds(args));
      await client.write(encodeCommands(requests));
      if (group.at(-1)!.blocks) {
        open.set(name, waiting);
        await this.#untilBlocked(open.size);
      } else {
        open.delete(name);
        for (const step of waiting) answers.set(step, await this.#take(client, step));
      }
    }
    for (const [name, waiting] of open) {
      const client = await this.#client(name);
      for (const step of waiting) answers.set(step, await this.#take(client, step));
    }
    return steps.map((step) => {
      const answer = answers.get(step)!;
      const raw = escapeBytes(answer.bytes) + (answer.closed ? "<the connection was closed>" : "");
      return { reduced: step.comparison.reduce(answer), raw, answer };
    });
  }

  /** The arguments with the numbers of connections in the place of `@id:name`. */
  async #withIds(args: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    const names = args.map((arg) => arg[0] === AT ? /^@id:(.+)$/s.exec(latin1(arg))?.[1] : undefined);
    if (names.every((name) => name === undefined)) return args;
    return await Promise.all(args.map(async (arg, i) => {
      const name = names[i];
      return name === undefined ? arg : fromLatin1(await this.#idOf(name));
    }));
  }

  async #idOf(name: string): Promise<string> {
    const client = await this.#client(name);
    let id = this.#ids.get(client);
    if (id === undefined) {
      const { value } = await client.send("CLIENT ID");
      if (value.kind !== "integer") throw new Error(`${this.name}: no number of connection ${name}`);
      this.#ids.set(client, id = String(value.value));
    }
    return id;
  }

  async #client(name: string): Promise<RespClient> {
    let client = this.#connections.get(name);
    if (!client) {
      client = await this.#server.connect();
      this.#connections.set(name, client);
    }
    return client;
  }

  async #take(client: RespClient, step: Step): Promise<Answer> {
    const replies = [];
    let closed = false;
    try {
      for (let i = 0; i < step.replies; i++) replies.push(await client.receive());
    } catch (error) {
      if (!(error instanceof ConnectionClosed)) {
        throw new Error(
          `${this.name}, ${joinArgs(step.args)}: ${(error as Error).message}\n${this.#server.log()}`,
        );
      }
      closed = true;
    }
    const bytes = new Uint8Array(replies.reduce((size, reply) => size + reply.bytes.length, 0));
    let at = 0;
    for (const reply of replies) {
      bytes.set(reply.bytes, at);
      at += reply.bytes.length;
    }
    return { bytes, values: replies.map(({ value }) => value), closed };
  }

  /** Waits until this many clients are blocked, as INFO counts them, or a script keeps everybody waiting. */
  async #untilBlocked(count: number): Promise<void> {
    const deadline = performance.now() + BLOCKED_MS_MAX;
    while (performance.now() < deadline) {
      const { bytes } = await this.#control!.send(["INFO", "clients"]);
      const text = new TextDecoder().decode(bytes);
      const blocked = /blocked_clients:(\d+)/.exec(text)?.[1];
      if (Number(blocked) >= count || text.startsWith("-BUSY")) return;
    }
    throw new Error(`${this.name}: a command that should block did not`);
  }
}

/** Consecutive steps of one connection; a step that blocks ends its group. */
function groups(steps: readonly Step[]): Step[][] {
  const result: Step[][] = [];
  for (const step of steps) {
    const last = result.at(-1);
    const previous = last?.at(-1);
    if (last && previous?.connection === step.connection && !previous.blocks) last.push(step);
    else result.push([step]);
  }
  return result;
}

/** The answers that a redis-server gave earlier. */
export class RecordedSide implements Side {
  readonly name = "redis-server (recorded)";
  readonly #answers: readonly [string, string][];
  #next = 0;

  constructor(answers: readonly [string, string][]) {
    this.#answers = answers;
  }

  reset(): Promise<void> {
    this.#next = 0;
    return Promise.resolve();
  }

  run(steps: readonly Step[]): Promise<StepAnswer[]> {
    return Promise.resolve(steps.map((step) => {
      const [mark, reduced] = this.#answers[this.#next++] ?? [];
      if (reduced === undefined || mark !== markOf(step)) {
        throw new Error(
          `no recorded answer for: ${joinArgs(step.args)}\n` +
            `(record with COMPAT_RECORD=1 on a machine that has redis-server 7.0)`,
        );
      }
      return { reduced, raw: escapeBytes(fromLatin1(reduced)), answer: undefined };
    }));
  }
}

/** A short mark by which a recorded answer is known to belong to a step: FNV-1a of the line, 32 bits. */
export function markOf(step: Step): string {
  let hash = 0x811c9dc5;
  const add = (byte: number) => hash = Math.imul(hash ^ byte, 0x01000193);
  for (const char of step.connection) add(char.charCodeAt(0));
  for (const arg of step.args) {
    add(0x100 + (arg.length & 0xff));
    arg.forEach(add);
  }
  return (hash >>> 0).toString(36);
}
