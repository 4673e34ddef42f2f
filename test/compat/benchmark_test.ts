/**
 * `redeno benchmark` beside redis-benchmark: on the same server, with the same options, it sends the same requests and
 * prints the same, except for the figures.
 */
import { assert, assertEquals } from "@std/assert";
import { benchmark } from "../../src/cli/benchmark/benchmark.ts";
import { LatencyHistogram } from "../../src/cli/benchmark/latency_histogram.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { latin1 } from "../support/split_args.ts";

interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const redisBenchmark = Deno.env.get("REDIS_BENCHMARK") ?? "redis-benchmark";

function whyNoRedisBenchmark(): string | undefined {
  try {
    const { stdout } = new Deno.Command(redisBenchmark, { args: ["--version"] }).outputSync();
    return /^redis-benchmark 7\.0\./.test(latin1(stdout))
      ? undefined
      : `${redisBenchmark} is not version 7.0`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${redisBenchmark} is not installed`;
    throw error;
  }
}

async function printedByThem(args: readonly string[]): Promise<Printed> {
  const { code, stdout, stderr } = await new Deno.Command(redisBenchmark, { args: [...args], stdin: "null" })
    .output();
  return { code, stdout: latin1(stdout), stderr: latin1(stderr) };
}

async function printedByUs(args: readonly string[]): Promise<Printed> {
  const printed = { stdout: "", stderr: "" };
  const terminal: Terminal = {
    isTerminal: false,
    print: (text) => void (printed.stdout += text),
    printError: (text) => void (printed.stderr += text),
    askSecret: () => "",
  };
  return { code: await benchmark(args, terminal), ...printed };
}

/**
 * The shape of an output: without the lines of progress, whose number depends on time; each run of points of a
 * distribution as one; other fractions as `N`, and the columns of the summary as their widths.
 */
function shapeOf(stdout: string): string {
  return stdout
    .replaceAll(/[^\r\n]*: rps=[^\r\n]*\r/g, "")
    .replaceAll(/ +\r/g, "")
    .replaceAll(/(^\d+\.\d{3}% <= \d+\.\d{3} milliseconds \(cumulative count \d+\)\n)+/gm, "POINTS\n")
    .replaceAll(
      /^( +)(\d+\.\d+ *)+$/gm,
      (line) => [...line.matchAll(/ *[\d.]+/g)].map(([{ length }]) => length).join(),
    )
    .replaceAll(/\b\d+\.\d+\b|-?\b(inf|nan)\b/g, "N");
}

/** Options and command; what stderr says is compared where there is an error of the server. */
const LINES: readonly (readonly string[])[] = [
  ["-n", "120"],
  ["-n", "120", "-q"],
  ["-n", "120", "--csv", "-r", "100", "-P", "4"],
  ["-n", "100", "-P", "16", "-t", "set"],
  ["-n", "96", "-P", "16", "-c", "7", "-d", "100", "-t", "set,GET,lrange_300"],
  ["-n", "50", "-q", "-t", "ping"],
  ["-n", "50", "-q", "-t", "PING_MBULK,lrange,nothing, get"],
  ["-n", "50", "-q", "-t", ""],
  ["-n", "50", "--csv", "-t", "mset", "--precision", "3"],
  ["-n", "50", "-t", "spop", "--dbnum", "3", "-3", "--enable-tracking"],
  ["-n", "50", "-t", "spop", "-k", "0"],
  ["-n", "50", "--threads", "2", "-t", "incr"],
  ["-n", "50", "-c", "100", "-q", "set", "some key", 'a "quoted" value'],
  ["-n", "50", "set", "key", "ä"],
  ["-n", "50", "--csv", "eval", "return {1, {2, 'x'}, redis.status_reply('y')}", "0"],
  ["-n", "50", "-q", "nosuchcommand", "x"],
  ["-n", "50", "-q", "eval", "return redis.error_reply('My error')", "0"],
  ["-n", "50", "-q", "-a", "wrong", "-t", "get"],
  ["-n", "50", "-q", "--user", "nobody", "-a", "wrong", "-t", "get"],
  ["-n", "50", "-q", "--dbnum", "99", "-t", "get"],
];

const why = whyNoRealServer() ?? whyNoRedisBenchmark();
if (why) console.log(`${why}: redeno benchmark is compared with nothing`);

async function socketOfServer(server: Awaited<ReturnType<typeof startRealServer>>): Promise<string> {
  if (!("path" in server.address)) throw new Error("the server has no socket");
  return await Promise.resolve(server.address.path);
}

Deno.test({
  name: "redeno benchmark prints what redis-benchmark prints",
  ignore: why !== undefined,
  async fn(t) {
    await using server = await startRealServer();
    const socket = ["-s", await socketOfServer(server)];
    for (const line of LINES) {
      await t.step(line.join(" "), async () => {
        const theirs = await printedByThem([...socket, ...line]);
        const ours = await printedByUs([...socket, ...line]);
        assertEquals(shapeOf(ours.stdout), shapeOf(theirs.stdout));
        assertEquals(ours.code, theirs.code);
        if (theirs.code !== 0) assertEquals(ours.stderr, theirs.stderr);
      });
    }
  },
});

/** Passes a Unix socket's bytes on, and keeps those of the clients, a text for each connection. */
class Relay implements AsyncDisposable {
  readonly path: string;
  #texts: string[] = [];
  readonly #to: string;
  readonly #listener: Deno.Listener;
  readonly #served: Promise<void>[] = [];

  constructor(path: string, to: string) {
    this.path = path;
    this.#to = to;
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#served.push(this.#accept());
  }

  /** What came since it was last asked. */
  async takeTexts(): Promise<string[]> {
    await Promise.all(this.#served.slice(1));
    const texts = this.#texts;
    this.#texts = [];
    return texts;
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) this.#served.push(this.#serve(client));
  }

  async #serve(client: Deno.Conn): Promise<void> {
    const index = this.#texts.push("") - 1;
    const server = await Deno.connect({ transport: "unix", path: this.#to });
    const back = server.readable.pipeTo(client.writable).catch(() => {});
    for await (const chunk of client.readable) {
      this.#texts[index] += latin1(chunk);
      for (let at = 0; at < chunk.length;) at += await server.write(chunk.subarray(at));
    }
    try {
      server.close();
    } catch {
      // The end of the client was the end of it.
    }
    await back;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await Promise.all(this.#served);
  }
}

/** Requests with random numbers and data as `N` and `D`. */
function maskedRequests(texts: readonly string[]): readonly string[] {
  return texts.map((text) =>
    text.replaceAll(/(?<=\r\n)[A-Za-z]{9}(?=\r\n)/g, "D").replaceAll(/0{9}\d{3}/g, "N")
  )
    .filter((text) => text !== "" && !/CONFIG/.test(text));
}

const SENT: readonly (readonly string[])[] = [
  ["-n", "2", "-d", "9"],
  ["-n", "4", "-P", "2", "-d", "9", "-r", "100"],
  ["-n", "2", "-P", "2", "-d", "9", "-r", "100", "-t", "set", "--dbnum", "2", "-3", "--enable-tracking"],
  ["-n", "3", "-k", "0", "--dbnum", "2", "-t", "get"],
  ["-n", "1", "-r", "9", "mset", "__rand_int____rand_int__x", "__rand_int___rand_int__", "b", ""],
];

Deno.test({
  name: "redeno benchmark sends the requests that redis-benchmark sends",
  ignore: why !== undefined,
  async fn(t) {
    await using server = await startRealServer();
    await using relay = new Relay(`${server.directory}/relay.sock`, await socketOfServer(server));
    for (const line of SENT) {
      await t.step(line.join(" "), async () => {
        const args = ["-s", relay.path, "-c", "1", "-q", ...line];
        const theirCode = (await printedByThem(args)).code;
        const theirs = maskedRequests(await relay.takeTexts());
        const ourCode = (await printedByUs(args)).code;
        assertEquals(maskedRequests(await relay.takeTexts()), theirs);
        assertEquals([ourCode, theirCode], [0, 0]);
        assert(theirs.length > 0);
      });
    }
  },
});

Deno.test({
  name: "latencies fall into the buckets of redis-benchmark",
  ignore: why !== undefined,
  async fn() {
    await using server = await startRealServer();
    const work = "local n = 0 for i = 1, 2 ^ (KEYS[1] % 23) do n = n + 1 end return n";
    const { stdout } = await printedByThem([
      ...["-s", await socketOfServer(server), "-n", "100", "-c", "4", "-r", "1000000"],
      ...["eval", work, "1", "__rand_int__"],
    ]);
    const shown = [...stdout.matchAll(/<= (\d+)\.(\d{3}) milliseconds/g)].map(([, ms, us]) =>
      Number(`${ms}${us}`)
    );
    assert(shown.length > 10, stdout);
    for (const us of shown) {
      const histogram = new LatencyHistogram();
      histogram.record(us, 1);
      assertEquals(histogram.max, us);
    }
  },
});
