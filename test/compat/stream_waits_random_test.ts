/**
 * Four clients wait for entries of streams, alone and in groups, while a fifth does things to these keys at random, on redeno
 * and on a real redis-server: each must have been sent the same bytes, and the groups must be the same in the end. There is
 * nothing to compare with where no redis-server is.
 */
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import { encodeCommands, type RespClient } from "../support/resp_client.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { escapeBytes, toArgs } from "../support/split_args.ts";
import { freshSeed, Random } from "../fuzz/random.ts";

const ROUNDS = Deno.env.get("ACCURATE") === "1" ? 5000 : 250;
const NAMES = ["A", "B", "C", "D"];
const KEYS = ["s", "t"];
/** What there is in most rounds, so that most waits are waits. */
const GROUPS_MADE = ["XGROUP CREATE s g $ MKSTREAM", "XGROUP CREATE t g 0 MKSTREAM", "XGROUP CREATE s h 0"];
const GROUPS = ["g", "h"];

/** KEY is one of the keys, OF one of the groups, NAME a consumer, ID near those that there are, NEXT above them. */
const SETUP = [
  ...[
    "XADD KEY NEXT f v",
    "XADD KEY NEXT f v",
    "XGROUP CREATE KEY OF 0 MKSTREAM",
    "XGROUP CREATE KEY OF $ MKSTREAM",
  ],
  ...["XREADGROUP GROUP OF NAME COUNT 1 STREAMS KEY >", "SET KEY x", "XDEL KEY ID"],
];
const WAITS = [
  ...[
    "XREAD BLOCK 0 STREAMS KEY $",
    "XREAD COUNT 1 BLOCK 0 STREAMS KEY ID",
    "XREAD BLOCK 0 STREAMS KEY KEY $ ID",
  ],
  ...[
    "XREADGROUP GROUP OF NAME BLOCK 0 STREAMS KEY >",
    "XREADGROUP GROUP OF NAME BLOCK 0 STREAMS KEY >",
  ],
  ...["XREADGROUP GROUP OF NAME COUNT 1 BLOCK 0 NOACK STREAMS KEY >"],
  ...[
    "XREADGROUP GROUP OF NAME BLOCK 0 STREAMS KEY KEY > >",
    "XREADGROUP GROUP OF NAME BLOCK 0 STREAMS KEY ID",
  ],
  "BLPOP KEY 0",
];
const DEEDS: readonly (readonly [weight: number, lines: readonly string[]])[] = [
  [30, ["XADD KEY NEXT f v", "XADD KEY NEXT f v g w", "XADD KEY ID f v", "XADD KEY MAXLEN 1 NEXT f v"]],
  [8, ["XDEL KEY ID ID", "XTRIM KEY MAXLEN 1", "XSETID KEY 0-1", "XSETID KEY NEXT", "XTRIM KEY MINID ID"]],
  [10, [
    ...["XGROUP DESTROY KEY OF", "XGROUP SETID KEY OF ID", "XGROUP SETID KEY OF 0"],
    ...["XGROUP CREATE KEY OF 0 MKSTREAM", "XGROUP DELCONSUMER KEY OF NAME"],
  ]],
  [6, ["XACK KEY OF ID", "XCLAIM KEY OF NAME 0 ID JUSTID", "XAUTOCLAIM KEY OF NAME 0 0 JUSTID"]],
  [8, ["DEL KEY", "SET KEY x", "RPUSH KEY x", "RENAME KEY KEY", "COPY KEY KEY REPLACE", "UNLINK KEY KEY"]],
  [2, ["MOVE KEY 1", "PEXPIRE KEY -1", "PERSIST KEY", "EXPIRE KEY 1000"]],
  [5, ["XREADGROUP GROUP OF NAME STREAMS KEY >", "XREAD COUNT 1 STREAMS KEY 0"]],
];
/** Alone: of several keys that go at once the reference tells in the order of a table, and others may be told of them later. */
const FLUSHES = ["FLUSHALL", "FLUSHDB ASYNC"];
const SCRIPT =
  "for i = 1, #KEYS do redis.pcall('XADD', KEYS[i], ARGV[i], 'f', 'v') end return redis.pcall('DEL', KEYS[1])";

class Lines {
  readonly #random: Random;
  #last = 10;

  constructor(random: Random) {
    this.#random = random;
  }

  /** One request, or several of a transaction. */
  deed(): string[] {
    const random = this.#random;
    if (random.oneIn(12)) return [this.#fill(`EVAL "${SCRIPT}" 2 KEY KEY NEXT NEXT`)];
    if (random.oneIn(20)) return [random.pick(FLUSHES)];
    if (!random.oneIn(4)) return [this.#one()];
    return ["MULTI", ...Array.from({ length: random.between(1, 4) }, () => this.#one()), "EXEC"];
  }

  #one(): string {
    let weight = this.#random.between(1, DEEDS.reduce((sum, [each]) => sum + each, 0));
    return this.of(DEEDS.find(([each]) => (weight -= each) <= 0)![1]);
  }

  of(lines: readonly string[]): string {
    return this.#fill(this.#random.pick(lines));
  }

  #fill(line: string): string {
    const random = this.#random;
    return line.replace(/\b(KEY|OF|NAME|ID|NEXT)\b/g, (word) => {
      if (word === "KEY") return random.pick(KEYS);
      if (word === "OF") return random.pick(GROUPS);
      if (word === "NAME") return random.pick(["one", "two"]);
      if (word === "NEXT") return `${++this.#last}-${random.between(0, 2)}`;
      return `${this.#last - random.between(0, 5)}-${random.between(0, 2)}`;
    });
  }
}

/** One of the two servers, and the clients at it. */
class Side {
  readonly #server: ServerProcess;
  readonly #clients = new Map<string, RespClient>();
  readonly #ids = new Map<string, string>();
  #control: RespClient | undefined;

  constructor(server: ServerProcess) {
    this.#server = server;
  }

  async begin(): Promise<void> {
    this.#control = await this.#server.connect();
    for (const name of NAMES) {
      const client = await this.#server.connect();
      this.#clients.set(name, client);
      const { value } = await client.send("CLIENT ID");
      if (value.kind === "integer") this.#ids.set(name, String(value.value));
    }
  }

  async speak(name: string, protocol: number): Promise<void> {
    await this.#clients.get(name)!.send(`HELLO ${protocol}`);
  }

  /** Lets a client begin to wait; the server has seen it when this returns. */
  async send(name: string, line: string): Promise<void> {
    await this.#clients.get(name)!.write(encodeCommands([toArgs(line)]));
    await this.#control!.send("PING");
  }

  /** The replies of the one who does things. */
  async do(lines: readonly string[]): Promise<string> {
    const replies = await this.#control!.raw(encodeCommands(lines.map((line) => toArgs(line))), lines.length);
    return replies.map(({ bytes }) => escapeBytes(bytes)).join(" ");
  }

  /** Ends all waits, and returns what each was sent. */
  async end(pong: string): Promise<string[]> {
    const sent: string[] = [];
    for (const name of NAMES) {
      sent.push(`unblock ${name}: ${await this.do([`CLIENT UNBLOCK ${this.#ids.get(name)}`])}`);
    }
    for (const name of NAMES) {
      const client = this.#clients.get(name)!;
      await client.write(encodeCommands([toArgs(`PING ${pong}`)]));
      for (;;) {
        const text = escapeBytes((await client.receive()).bytes);
        if (text.includes(pong)) break;
        sent.push(`${name}: ${text}`);
      }
    }
    return sent;
  }

  /** Everything that is known of the streams but times. */
  async state(): Promise<string[]> {
    const lines = KEYS.flatMap((key) => [`TYPE ${key}`, `XINFO STREAM ${key} FULL`]);
    const texts: string[] = [];
    for (const line of lines) {
      texts.push(`${line}: ${(await this.do([line])).replace(/:1[5-9]\d{11}\b/g, ":<time>")}`);
    }
    return texts;
  }

  close(): void {
    this.#control?.close();
    for (const client of this.#clients.values()) client.close();
  }
}

/** Does the same on both sides. @throws when what they say is not the same */
class Both {
  readonly #sides: readonly Side[];
  readonly #done: string[] = [];

  constructor(sides: readonly Side[]) {
    this.#sides = sides;
  }

  async round(random: Random, number: number): Promise<void> {
    const lines = new Lines(random);
    this.#done.splice(0);
    await this.#do(["FLUSHALL"]);
    if (!random.oneIn(5)) await this.#do(GROUPS_MADE);
    for (let i = random.between(0, 8); i > 0; i--) await this.#do([lines.of(SETUP)]);
    for (const name of NAMES) {
      if (random.oneIn(4)) continue;
      const protocol = random.pick([2, 3]);
      await Promise.all(this.#sides.map((side) => side.speak(name, protocol)));
      await this.#send(name, lines.of(WAITS));
    }
    for (let i = random.between(1, 6); i > 0; i--) await this.#do(lines.deed());
    await this.#compare("at the end", (side) => side.end(`pong:${number}`));
    await this.#compare("the streams", (side) => side.state());
  }

  async #send(name: string, line: string): Promise<void> {
    this.#done.push(`${name}: ${line}`);
    await Promise.all(this.#sides.map((side) => side.send(name, line)));
  }

  async #do(lines: readonly string[]): Promise<void> {
    this.#done.push(lines.join("; "));
    await this.#compare("the reply", (side) => side.do(lines));
  }

  async #compare(what: string, ask: (side: Side) => Promise<unknown>): Promise<void> {
    const [ours, theirs] = (await Promise.all(this.#sides.map(ask))).map((answer) =>
      typeof answer === "string" ? [answer] : answer as string[]
    );
    const at = ours!.findIndex((text, i) => text !== theirs![i]);
    if (at < 0 && ours!.length === theirs!.length) return;
    const shown = at < 0 ? [ours!.join("\n"), theirs!.join("\n")] : [ours![at], theirs![at]];
    throw new Error(
      `${what}\n${this.#done.join("\n")}\n- redeno:       ${shown[0]}\n- redis-server: ${shown[1]}`,
    );
  }
}

Deno.test({
  name: "clients that wait for streams are served the same at random",
  ignore: whyNoRealServer() !== undefined,
  async fn() {
    const seed = Number(Deno.env.get("SEED") ?? freshSeed());
    await using ours = await startRedeno();
    await using theirs = await startRealServer();
    const sides = [new Side(ours), new Side(theirs)];
    try {
      await Promise.all(sides.map((side) => side.begin()));
      const both = new Both(sides);
      for (let i = 0; i < ROUNDS; i++) await both.round(new Random(seed + i), i);
    } catch (error) {
      throw new Error(`SEED=${seed}: ${(error as Error).message}`, { cause: error });
    } finally {
      for (const side of sides) side.close();
    }
  },
});
