/**
 * A server in a process of its own, for one test file: temporary directory, unix socket (or a free port of the
 * loopback interface), log kept for failure messages. Ended by its process id and cleaned up on dispose.
 */
import { type Address, RespClient } from "./resp_client.ts";

export interface ServerOptions {
  /** Directives, as on the command line: `["--requirepass", "secret"]`. Later ones win over the defaults. */
  readonly args?: readonly string[];
  /** "unix" (default), or "tcp" on a free port of 127.0.0.1. */
  readonly listen?: "unix" | "tcp";
  /** How long the server may take to answer its first PING, in milliseconds. */
  readonly startMs?: number;
}

export interface ServerProcess extends AsyncDisposable {
  /** "redis-server" or "redeno", for messages. */
  readonly name: string;
  readonly address: Address;
  readonly pid: number;
  /** The directory the server was started in; removed on dispose. */
  readonly directory: string;
  /** Milliseconds from the start of the process to its first answer. */
  readonly startedInMs: number;
  /** What the server has written to its standard output and error so far (the last 64 KB). */
  log(): string;
  connect(options?: { pushesApart?: boolean }): Promise<RespClient>;
  /** True until the process has ended. */
  alive(): boolean;
  /** Sends a signal and waits for the end of the process. */
  stop(signal?: Deno.Signal): Promise<Deno.CommandStatus>;
}

const LOG_CHARS_MAX = 64 * 1024;
const START_MS_MAX = 60_000;

/** Starts `command` with the defaults of the tests and `options.args`, and waits until it answers PING. */
export async function startProcess(
  name: string,
  command: readonly [string, ...string[]],
  options: ServerOptions,
): Promise<ServerProcess> {
  const directory = await Deno.makeTempDir({ prefix: "redeno-test-" });
  const address: Address = options.listen === "tcp"
    ? { hostname: "127.0.0.1", port: freePort() }
    : { path: `${directory}/s.sock` };
  const where = "path" in address
    ? ["--port", "0", "--unixsocket", address.path]
    : ["--port", String(address.port), "--bind", "127.0.0.1"];
  const started = performance.now();
  const child = new Deno.Command(command[0], {
    args: [...command.slice(1), ...where, "--save", "", ...options.args ?? []],
    cwd: directory,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = collectOutput(child);
  let ended = false;
  const status = child.status.then((value) => (ended = true, value));
  const stop = async (signal: Deno.Signal = "SIGKILL") => {
    if (!ended) child.kill(signal);
    return await status;
  };
  const dispose = async () => {
    await stop();
    await output.done;
    await Deno.remove(directory, { recursive: true });
  };
  try {
    await firstPong(address, () => ended, started + (options.startMs ?? START_MS_MAX));
  } catch (error) {
    await dispose();
    throw new Error(`${name} did not start: ${(error as Error).message}\n${output.text()}`);
  }
  return {
    name,
    address,
    pid: child.pid,
    directory,
    startedInMs: performance.now() - started,
    log: output.text,
    connect: (clientOptions) => RespClient.connect(address, clientOptions),
    alive: () => !ended,
    stop,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Ports that the system gives to nobody who asks for any: it would give one that was free a moment ago to others. */
const PORTS = { from: 18_000, count: 14_000 };

/** A port of 127.0.0.1 that nobody listens on at this moment, and that another test hardly asks for in the next one. */
export function freePort(): number {
  for (;;) {
    const port = PORTS.from + crypto.getRandomValues(new Uint32Array(1))[0]! % PORTS.count;
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

function collectOutput(child: Deno.ChildProcess): { text(): string; done: Promise<unknown> } {
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-LOG_CHARS_MAX);
    }
  };
  return { text: () => text, done: Promise.all([collect(child.stdout), collect(child.stderr)]) };
}

/** Asks until the server answers: PONG, or the error of a server that wants a password first. */
async function firstPong(address: Address, ended: () => boolean, deadline: number): Promise<void> {
  while (true) {
    if (ended()) throw new Error("the process ended");
    if (performance.now() > deadline) throw new Error("no answer to PING in time");
    try {
      using client = await RespClient.connect(address);
      const { value } = await client.send(["PING"]);
      if (value.kind === "simple" && value.text === "PONG") return;
      if (value.kind === "error" && /^(NOAUTH|NOPERM|MASTERDOWN)/.test(value.text)) return;
    } catch {
      // Not listening yet, or a socket of the moment before it listens.
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
