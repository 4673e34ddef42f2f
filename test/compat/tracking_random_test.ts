/**
 * Four clients that cache, tell each other, read and write at random, on redeno and on a real redis-server: after each step each of
 * them must have been sent the same bytes. There is nothing to compare with where no redis-server is.
 */
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import { encodeCommands, type RespClient } from "../support/resp_client.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { escapeBytes, toArgs } from "../support/split_args.ts";
import { freshSeed, Random } from "../fuzz/random.ts";

const STEPS = Deno.env.get("ACCURATE") === "1" ? 20_000 : 1500;
const NAMES = ["A", "B", "C", "D"];
const KEYS = ["a", "b", "ab", "abc", "x", "l", "h"];
/** Numbers of clients above this are told from other integers in replies. */
const OTHER_CLIENTS = 400;
const SCRIPT = "redis.call('get', KEYS[1]) return redis.call('set', KEYS[2], '1')";

/** Words of lines; KEY is one of the keys, CLIENT the number of one of the clients. */
const LINES: readonly (readonly [weight: number, lines: readonly string[]])[] = [
  [25, [
    "GET KEY",
    "MGET KEY KEY",
    "EXISTS KEY KEY",
    "LRANGE KEY 0 -1",
    "TYPE KEY",
    "STRLEN KEY",
    "HGETALL KEY",
  ]],
  [35, [
    ...["SET KEY 1", "MSET KEY 1 KEY 2", "DEL KEY KEY", "UNLINK KEY", "RENAME KEY KEY", "APPEND KEY x"],
    ...["PERSIST KEY", "COPY KEY KEY REPLACE", "SETNX KEY 1", "INCR KEY", "HDEL KEY f", "MOVE KEY 1"],
    ...["SETRANGE KEY 0 x", "SADD KEY a", "SREM KEY a", "SORT KEY STORE KEY"],
  ]],
  [3, ["FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "FLUSHALL ASYNC"]],
  [17, [
    ...["", "BCAST", "BCAST PREFIX KEY", "BCAST PREFIX KEY PREFIX KEY NOLOOP", "NOLOOP", "OPTIN", "OPTOUT"]
      .map((options) => `CLIENT TRACKING ON ${options}`),
    ...["CLIENT TRACKING ON REDIRECT CLIENT", "CLIENT TRACKING ON BCAST REDIRECT CLIENT"],
    ...[
      "CLIENT TRACKING OFF",
      "CLIENT CACHING yes",
      "CLIENT CACHING no",
      "CLIENT TRACKINGINFO",
      "CLIENT GETREDIR",
    ],
  ]],
  [4, [`EVAL "${SCRIPT}" 2 KEY KEY`, `EVAL_RO "return redis.call('exists', KEYS[1])" 2 KEY KEY`]],
  [10, ["MULTI", "HELLO 2", "HELLO 3", "HELLO 3", "SELECT 1", "SELECT 0", "RESET", "WATCH KEY", "UNWATCH"]],
  [4, ["SUBSCRIBE __redis__:invalidate", "UNSUBSCRIBE", "PSUBSCRIBE q*", "PUNSUBSCRIBE"]],
  [2, ["a new connection"]],
];
/** What makes no sense between MULTI and EXEC, or leaves the comparison in the dark. */
const NOT_QUEUED = /^(MULTI|a new|WATCH|UNWATCH|RESET|HELLO|P?SUBSCRIBE|P?UNSUBSCRIBE)/;

function randomLine(random: Random): string {
  let weight = random.between(1, LINES.reduce((sum, [each]) => sum + each, 0));
  const [, lines] = LINES.find(([each]) => (weight -= each) <= 0)!;
  return random.pick(lines).replace(/\bKEY\b/g, () => random.pick(KEYS))
    .replace(/\bCLIENT$/, () => `@${random.pick(NAMES)}`);
}

/** Some lines that are sent at once. */
function randomLines(random: Random): string[] {
  const first = randomLine(random);
  if (first !== "MULTI") return [first];
  const inner: string[] = [];
  for (let left = random.between(1, 5); left > 0;) {
    const line = randomLine(random);
    if (NOT_QUEUED.test(line)) continue;
    inner.push(line);
    left--;
  }
  return ["MULTI", ...inner, "EXEC"];
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
    for (let i = 0; i < OTHER_CLIENTS; i++) {
      using client = await this.#server.connect();
      await client.send("PING");
    }
    this.#control = await this.#server.connect();
    for (const name of NAMES) await this.connect(name);
  }

  async connect(name: string): Promise<void> {
    this.#clients.get(name)?.close();
    const client = await this.#server.connect();
    this.#clients.set(name, client);
    const { value } = await client.send("CLIENT ID");
    if (value.kind === "integer") this.#ids.set(name, String(value.value));
  }

  /** What each client is sent when one of them has sent some lines, in any order where messages follow each other. */
  async step(name: string, lines: readonly string[], number: number): Promise<string[]> {
    const args = lines.map((line) => toArgs(line.replace(/@(\w)$/, (_, to) => this.#ids.get(to)!)));
    if (lines[0] === "a new connection") await this.connect(name);
    else await this.#clients.get(name)!.write(encodeCommands(args));
    // In a turn of its own, so that what is told at the end of the turn comes before the answers to what follows.
    await this.#control!.send("PING");
    const sent: string[] = [];
    for (const each of [name, ...NAMES.filter((other) => other !== name)]) {
      sent.push(`${each}: ${this.#plain(await this.#untilPong(each, `pong ${number}`))}`);
    }
    return sent;
  }

  async #untilPong(name: string, pong: string): Promise<string[]> {
    const client = this.#clients.get(name)!;
    await client.write(encodeCommands([[new TextEncoder().encode("PING"), new TextEncoder().encode(pong)]]));
    const replies: string[] = [];
    for (;;) {
      const text = escapeBytes((await client.receive()).bytes);
      if (text.includes(pong)) return replies;
      replies.push(text);
    }
  }

  /** Without the numbers of clients; several that hold a key, or named one client, are told in no order that means anything. */
  #plain(replies: readonly string[]): string {
    const texts = replies.map((text) => text.replace(/:[4-9]\d\d\\r\\n/g, ":<id>"));
    const isMessage = (text: string) => /^>2|^\*3\\r\\n\$7\\r\\nmessage/.test(text);
    for (let from = 0; from < texts.length; from++) {
      let to = from;
      while (to < texts.length && isMessage(texts[to]!)) to++;
      texts.splice(from, to - from, ...texts.slice(from, to).sort());
      from = to;
    }
    return texts.join(" ");
  }

  close(): void {
    this.#control?.close();
    for (const client of this.#clients.values()) client.close();
  }
}

Deno.test({
  name: "clients that cache are told the same at random",
  ignore: whyNoRealServer() !== undefined || Deno.env.get("COMPAT_RECORDED") === "1",
  async fn() {
    const seed = Number(Deno.env.get("SEED") ?? freshSeed());
    console.log(`SEED=${seed}`);
    const random = new Random(seed);
    await using realServer = await startRealServer();
    await using ourServer = await startRedeno();
    const [real, ours] = [new Side(realServer), new Side(ourServer)];
    const history: string[] = [];
    try {
      await Promise.all([real.begin(), ours.begin()]);
      for (let number = 0; number < STEPS; number++) {
        const name = random.pick(NAMES);
        const lines = randomLines(random);
        history.push(`${name}: ${lines.join("; ")}`);
        const [theirs, own] = await Promise.all([
          real.step(name, lines, number),
          ours.step(name, lines, number),
        ]);
        for (const [i, text] of theirs.entries()) {
          if (own[i] === text) continue;
          throw new Error(
            `step ${number} of seed ${seed}\nredis-server: ${text}\nredeno:       ${own[i]}\n` +
              history.slice(-20).join("\n"),
          );
        }
      }
    } finally {
      real.close();
      ours.close();
    }
  },
});
