/**
 * Tries an executable as its users would: server, client, script, benchmark with its threads, dashboard, links. Knows
 * nothing of how it was made, so tests try it on `deno run main.ts` as well.
 */

/** What was tried, and how long the server took from its start to its first reply. */
export interface SmokeResult {
  readonly passed: readonly string[];
  readonly startMs: number;
}

const LIMIT_MS = 30_000;
const RETRY_MS = 5;

/**
 * Tries everything.
 * @param command what starts redeno, without arguments
 * @throws Error that says what failed
 */
export async function smokeTest(command: readonly [string, ...string[]]): Promise<SmokeResult> {
  const folder = await Deno.makeTempDir({ prefix: "redeno-smoke-" });
  try {
    return await new Smoke(command, folder).run();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

class Smoke {
  readonly #command: readonly [string, ...string[]];
  readonly #folder: string;
  readonly #passed: string[] = [];

  constructor(command: readonly [string, ...string[]], folder: string) {
    this.#command = command;
    this.#folder = folder;
  }

  async run(): Promise<SmokeResult> {
    await this.#check("version", ["--version"], /^Redis server v=7\.0\.15 .*build=redeno/);
    const began = performance.now();
    const [program, ...args] = this.#command;
    const server = new Deno.Command(program, {
      args: [
        ...args,
        ...["--port", "0", "--port-file", "port", "--http-port", String(await freePort())],
        "--save",
        "",
      ],
      cwd: this.#folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const port = await this.#untilServing();
      const startMs = performance.now() - began;
      await this.#useServer(port);
      return { passed: this.#passed, startMs };
    } finally {
      try {
        server.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
      await server.status;
    }
  }

  async #useServer(port: number): Promise<void> {
    this.#passed.push("server");
    const at = ["-p", String(port)];
    await this.#check("client", ["cli", ...at, "SET", "key", "value"], /^OK\n$/);
    await this.#check("check of health", ["healthcheck", "--port", String(port)], /^\+PONG\n$/);
    await Deno.writeTextFile(`${this.#folder}/get.lua`, "return redis.call('GET', KEYS[1]) .. ARGV[1]");
    await this.#check("script on the server", ["--eval", "get.lua", ...at, "key", ",", "!"], /^value!\n$/);
    await Deno.writeTextFile(
      `${this.#folder}/alone.lua`,
      "return cjson.encode({redis.call('INCR', KEYS[1])})",
    );
    await this.#check("script alone", ["--eval", "alone.lua", "key"], /^\[1\]\n$/);
    await this.#check("annotations for editors", ["--eval", "--types"], /redis\.call/);
    const load = ["-n", "200", "-q", "-t", "get"];
    await this.#check("benchmark", ["benchmark", ...at, ...load], /GET: [\d.]+ requests per second/);
    await this.#check(
      "threads of the benchmark",
      ["benchmark", ...at, ...load, "--threads", "2"],
      /GET: [\d.]+ requests per second/,
    );
    await this.#check("completions", ["completions", "bash"], /^complete -F _redeno redeno/m);
    await this.#checkDashboard(port);
    await this.#checkLink();
    await this.#check("end", ["cli", ...at, "SHUTDOWN", "NOSAVE"], /^$/);
  }

  async #checkDashboard(port: number): Promise<void> {
    const httpPort = /^\d+$/m.exec(
      await this.#output(["cli", "-p", String(port), "CONFIG", "GET", "http-port"]),
    )?.[0];
    const response = await fetch(`http://127.0.0.1:${httpPort}/`);
    const page = await response.text();
    if (!response.ok || !/<html/i.test(page)) {
      throw new Error(`dashboard: ${response.status} ${page.slice(0, 200)}`);
    }
    this.#passed.push("dashboard");
  }

  /** A link with the name of a program of the reference; only of an executable, since a link needs one file. */
  async #checkLink(): Promise<void> {
    const [program, ...args] = this.#command;
    if (args.length > 0 || Deno.build.os === "windows") return;
    const link = `${this.#folder}/redis-benchmark`;
    await Deno.symlink(program, link);
    const { stdout } = await new Deno.Command(link, { args: ["--version"] }).output();
    const text = new TextDecoder().decode(stdout);
    if (!text.startsWith("redis-benchmark ")) throw new Error(`link: ${text}`);
    this.#passed.push("link");
  }

  /** The port of the server, once it has answered. */
  async #untilServing(): Promise<number> {
    const late = performance.now() + LIMIT_MS;
    while (performance.now() < late) {
      const port = Number(await Deno.readTextFile(`${this.#folder}/port`).catch(() => "")) || 0;
      if (port !== 0 && await answers(port)) return port;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    throw new Error(`server: no answer within ${LIMIT_MS / 1000} s`);
  }

  async #check(what: string, args: readonly string[], wanted: RegExp): Promise<void> {
    const text = (await this.#output(args)).replaceAll("\r\n", "\n");
    if (!wanted.test(text)) throw new Error(`${what}: ${args.join(" ")} printed ${JSON.stringify(text)}`);
    this.#passed.push(what);
  }

  /** What it prints, to either stream. */
  async #output(args: readonly string[]): Promise<string> {
    const [program, ...first] = this.#command;
    const { stdout, stderr } = await new Deno.Command(program, {
      args: [...first, ...args],
      cwd: this.#folder,
      stdin: "null",
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ port });
    await connection.write(new TextEncoder().encode("PING\r\n"));
    return (await connection.read(new Uint8Array(64)) ?? 0) > 0;
  } catch {
    return false;
  }
}

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  using listener = await Promise.resolve(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  return (listener.addr as Deno.NetAddr).port;
}
