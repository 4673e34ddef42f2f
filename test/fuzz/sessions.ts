/**
 * Some clients at redis-server and as many at redeno send the same requests at random, mostly about clients and the
 * server: after each step each of them must have been sent the same bytes, whether anybody asked for them or not.
 * A session that shows a difference is made as short as it can be.
 */
import { startRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import { ConnectionClosed, encodeCommands, type RespClient } from "../support/resp_client.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { escapeBytes, fromLatin1, toArgs } from "../support/split_args.ts";
import { Random } from "./random.ts";
import { NAMES, randomLines, sessionGroups, type SessionLines } from "./session_lines.ts";
import { masked, sortedMessages } from "./session_masks.ts";
import { shrink } from "./shrink.ts";

interface Step {
  readonly name: string;
  readonly lines: readonly string[];
}

interface Difference {
  readonly step: number;
  readonly name: string;
  readonly real: string;
  readonly ours: string;
}

/** Numbers of clients start here, so that they are told from other integers in replies. */
const OTHER_CLIENTS = 1000;
const OTHERS_AT_ONCE = 100;
/** Waits that no request ends are ended by the side, so that each step has an end. */
const UNANSWERED_MS_MAX = 8000;

const CONTROL_SHOWN = escapeBytes(fromLatin1('+<time> [0] "PING"\r\n'));

/** What a session may have left behind. */
const RESTORED = [
  "CLIENT UNPAUSE",
  "FLUSHALL",
  "CONFIG SET maxmemory 0 maxmemory-policy noeviction maxmemory-samples 5 maxmemory-eviction-tenacity 10 " +
  "maxmemory-clients 0 lfu-log-factor 10 lfu-decay-time 1 tracking-table-max-keys 1000000 slowlog-max-len 128 " +
  "slowlog-log-slower-than 10000000 latency-tracking yes latency-monitor-threshold 0 notify-keyspace-events ''",
  "CONFIG SET latency-tracking-info-percentiles '50 99 99.9' active-expire-effort 1 acllog-max-len 128 " +
  "crash-log-enabled yes lazyfree-lazy-eviction no client-query-buffer-limit 1gb replica-ignore-maxmemory yes " +
  "client-output-buffer-limit 'normal 0 0 0 slave 256mb 64mb 60 pubsub 32mb 8mb 60'",
  "CONFIG RESETSTAT",
  "SLOWLOG RESET",
  "LATENCY RESET",
  "ACL LOG RESET",
];

/** One of the two servers, and the clients at it. */
class Side {
  readonly server: ServerProcess;
  readonly #clients = new Map<string, RespClient>();
  readonly #ids = new Map<string, string>();
  #control: RespClient | undefined;

  constructor(server: ServerProcess) {
    this.server = server;
  }

  async begin(): Promise<void> {
    for (let i = 0; i < OTHER_CLIENTS; i += OTHERS_AT_ONCE) {
      const others = await Promise.all(Array.from({ length: OTHERS_AT_ONCE }, () => this.server.connect()));
      await Promise.all(others.map((client) => client.send("PING")));
      for (const client of others) client.close();
    }
  }

  /** New clients, and nothing left of what others did. */
  async restore(): Promise<void> {
    this.close();
    this.#ids.clear();
    this.#control = await this.server.connect();
    for (const line of RESTORED) {
      const { value } = await this.#control.send(line);
      if (value.kind === "error") throw new Error(`${this.server.name}: ${line}: ${value.text}`);
    }
    for (const name of NAMES) await this.#connect(name);
  }

  /** What each client is sent when one of them has sent some lines. */
  async step({ name, lines }: Step, number: number): Promise<string[]> {
    if (lines[0] === "a new connection") await this.#connect(name);
    else {
      const args = lines.map((line) => toArgs(line.replace(/@(\w)\b/g, (_, to) => this.#ids.get(to)!)));
      await this.#clients.get(name)!.write(encodeCommands(args));
    }
    // In turns of their own, so that what is told at the end of a turn comes before the answers to what follows.
    for (let turn = 0; turn < 2; turn++) {
      await this.#control!.send("PING").catch((error) => {
        throw new Error(`${this.server.name} after ${name}: ${lines.join("; ")}: ${error.message}`);
      });
    }
    const sent: string[] = [];
    for (const each of [name, ...NAMES.filter((other) => other !== name)]) {
      sent.push(`${each}: ${await this.#untilPong(each, `pong${number}`)}`);
    }
    return sent;
  }

  close(): void {
    this.#control?.close();
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  async #connect(name: string): Promise<void> {
    this.#clients.get(name)?.close();
    const client = await this.server.connect();
    this.#clients.set(name, client);
    const { value } = await client.send("CLIENT ID");
    if (value.kind !== "integer") return;
    const before = this.#ids.get(name);
    if (before !== undefined) this.#ids.set(`${name} before ${this.#ids.size}`, before);
    this.#ids.set(name, String(value.value));
  }

  async #untilPong(name: string, pong: string): Promise<string> {
    const client = this.#clients.get(name)!;
    await client.write(encodeCommands([toArgs(["PING", pong])]));
    const replies: string[] = [];
    try {
      for (;;) {
        const { value, bytes } = await client.receive(UNANSWERED_MS_MAX);
        const text = masked(value, bytes, this.#ids);
        // Not the line that shows the PING.
        if (text.includes(pong) && !text.startsWith("+<time>")) break;
        // What is told at the end of a turn may come before or behind those of the one who controls.
        if (text !== CONTROL_SHOWN) replies.push(text);
      }
    } catch (error) {
      if (!(error instanceof ConnectionClosed)) replies.push((error as Error).message);
      else replies.push("closed");
      await this.#connect(name);
    }
    return sortedMessages(replies).join(" ");
  }
}

/** The first step after which a client was sent something else. */
async function compare(sides: readonly Side[], steps: readonly Step[]): Promise<Difference | undefined> {
  await Promise.all(sides.map((side) => side.restore()));
  for (const [number, step] of steps.entries()) {
    const [real, ours] = await Promise.all(sides.map((side) => side.step(step, number)));
    for (const [i, text] of real!.entries()) {
      if (ours![i] === text) continue;
      const [name] = text.split(":");
      return { step: number, name: name!, real: text, ours: ours![i]! };
    }
  }
  return undefined;
}

async function explain(sides: readonly Side[], steps: readonly Step[], first: Difference): Promise<string> {
  let shown = first;
  const prefix = steps.slice(0, first.step + 1);
  const fails = async (rest: readonly Step[]) => {
    const difference = await compare(sides, rest);
    if (difference) shown = difference;
    return difference !== undefined;
  };
  const repeats = await fails(prefix);
  const shortest = repeats ? await shrink(prefix, fails) : prefix;
  if (repeats) await fails(shortest);
  return [
    repeats ? "" : "(a second run did not differ)",
    ...shortest.map(({ name, lines }) => `  ${name}: ${lines.join("; ")}`),
    `  redis-server: ${shown.real}`,
    `  redeno:       ${shown.ours}`,
  ].join("\n");
}

export interface SessionOptions {
  readonly seed: number;
  /** How long to go on, in milliseconds. */
  readonly forMs: number;
  /** Steps in a session. */
  readonly length: number;
  /** Names of groups; all of them when undefined. */
  readonly groups?: readonly string[];
  /** Go on after a difference, instead of ending with the first. */
  readonly keepGoing?: boolean;
  readonly report: (text: string) => void;
}

/** Compares random sessions until the time is over or (without `keepGoing`) what a client is sent differs. */
export async function fuzzSessions(
  options: SessionOptions,
): Promise<{ readonly sessions: number; readonly differences: readonly string[] }> {
  const chosen = chosenGroups(options.groups);
  await using realServer = await startRealServer();
  await using ourServer = await startRedeno();
  const sides = [new Side(realServer), new Side(ourServer)];
  await Promise.all(sides.map((side) => side.begin()));
  const differences = new Map<string, string>();
  const deadline = performance.now() + options.forMs;
  let sessions = 0;
  while (performance.now() < deadline) {
    const seed = options.seed + sessions++;
    const random = new Random(seed);
    const steps = Array.from(
      { length: options.length },
      () => ({ name: random.pick(NAMES), lines: randomLines(random, chosen) }),
    );
    const difference = await compare(sides, steps);
    if (difference === undefined) continue;
    const about = steps[difference.step]!.lines.map((line) => line.split(" ", 2).join(" ")).join("; ");
    if (differences.has(about)) continue;
    const text = `SEED=${seed}\n${await explain(sides, steps, difference)}\n`;
    differences.set(about, text);
    options.report(text);
    if (options.keepGoing !== true) break;
  }
  for (const side of sides) side.close();
  if (/BUG REPORT/.test(ourServer.log())) differences.set("log", ourServer.log());
  return { sessions, differences: [...differences.values()] };
}

function chosenGroups(names: readonly string[] | undefined): SessionLines[] {
  return (names ?? Object.keys(sessionGroups)).map((name) => {
    const group = sessionGroups[name];
    if (!group) throw new Error(`no group "${name}"; there are ${Object.keys(sessionGroups).join(", ")}`);
    return group;
  });
}
