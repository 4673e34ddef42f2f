/**
 * A server as its users start it: a process with arguments, a working directory of its own, standard input and
 * output. Every test here that says what a server does is carried out on the reference as well where it is
 * installed, so that the expectations themselves are tested.
 */
import { whyNoRealServer } from "../support/real_server.ts";
import { redenoCommand } from "../support/redeno_server.ts";
import { type Address, type Plain, plain, RespClient } from "../support/resp_client.ts";
import { freePort } from "../support/server_process.ts";

export { freePort };

const EVENT_MS_MAX = 60_000;

export interface Server {
  readonly name: "redeno" | "redis-server";
  readonly command: readonly [string, ...string[]];
}

const why = whyNoRealServer();
if (why) console.log(`${why}: redeno alone is tested`);

export const redeno: Server = { name: "redeno", command: await redenoCommand() };

/** redeno, and the reference where it is installed. */
export const servers: readonly Server[] = why ? [redeno] : [redeno, {
  name: "redis-server",
  command: [Deno.env.get("REDIS_SERVER") ?? "redis-server"],
}];

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A started program. Disposing of it ends it, and removes its directory. */
export class Program implements AsyncDisposable {
  readonly directory: string;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly #child: Deno.ChildProcess;
  readonly #keepsDirectory: boolean;
  #stdout = "";
  #stderr = "";
  #isOver = false;
  #listeners: (() => void)[] = [];

  private constructor(child: Deno.ChildProcess, directory: string, keepsDirectory: boolean) {
    this.directory = directory;
    this.#keepsDirectory = keepsDirectory;
    this.#child = child;
    this.pid = child.pid;
    const reading = Promise.all([
      this.#collect(child.stdout, (text) => this.#stdout += text),
      this.#collect(child.stderr, (text) => this.#stderr += text),
    ]);
    this.ended = (async () => {
      const { code } = await child.status;
      await reading;
      this.#isOver = true;
      this.#tell();
      return { code, stdout: this.#stdout, stderr: this.#stderr };
    })();
  }

  /**
   * @param files texts to be written to the working directory before
   * @param directory the working directory, which stays when this is disposed of; a temporary one without it
   */
  static async start(
    server: Server,
    args: readonly string[],
    options: {
      readonly stdin?: string;
      readonly files?: Readonly<Record<string, string>>;
      readonly directory?: string;
    } = {},
  ): Promise<Program> {
    // Short, because the path of a Unix socket has at most some hundred bytes.
    const directory = options.directory ?? await Deno.makeTempDir({ prefix: "redeno-" });
    for (const [name, text] of Object.entries(options.files ?? {})) {
      await Deno.writeTextFile(`${directory}/${name}`, text);
    }
    const child = new Deno.Command(server.command[0], {
      args: [...server.command.slice(1), ...args],
      cwd: directory,
      stdin: options.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (options.stdin !== undefined) {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(options.stdin));
      await writer.close();
    }
    return new Program(child, directory, options.directory !== undefined);
  }

  /** What it has written to standard output so far. */
  get output(): string {
    return this.#stdout;
  }

  /** Waits for a text in standard output. */
  until(pattern: RegExp): Promise<void> {
    return this.#untilSaid(pattern, () => this.#stdout);
  }

  /** Waits for a text in standard error. */
  untilError(pattern: RegExp): Promise<void> {
    return this.#untilSaid(pattern, () => this.#stderr);
  }

  async #untilSaid(pattern: RegExp, said: () => string): Promise<void> {
    await withinLimit(`${pattern} in the output`, async () => {
      while (!pattern.test(said())) {
        if (this.#isOver) throw new Error(`it ended without ${pattern}:\n${this.#stdout}${this.#stderr}`);
        await new Promise<void>((resolve) => this.#listeners.push(resolve));
      }
    });
  }

  /** Waits until it serves clients, by its own word. */
  untilReady(): Promise<void> {
    return this.until(/eady to accept connections/);
  }

  /** A connection to a Unix socket in its directory. */
  connect(socket = "s.sock"): Promise<RespClient> {
    return RespClient.connect({ path: `${this.directory}/${socket}` });
  }

  /** Sends a signal, and waits for the end. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Ended> {
    this.#child.kill(signal);
    return await withinLimit("its end", () => this.ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) {
      try {
        this.#child.kill("SIGKILL");
      } catch {
        // It ended in this moment.
      }
    }
    await this.ended;
    if (!this.#keepsDirectory) await Deno.remove(this.directory, { recursive: true });
  }

  async #collect(stream: ReadableStream<Uint8Array>, add: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      add(decoder.decode(chunk, { stream: true }));
      this.#tell();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

/** Runs a program to its end. */
export async function run(
  server: Server,
  args: readonly string[],
  options: Parameters<typeof Program.start>[2] = {},
): Promise<Ended> {
  await using program = await Program.start(server, args, options);
  return await withinLimit("its end", () => program.ended);
}

/** A test that both servers pass. */
export function testServers(name: string, fn: (server: Server) => Promise<void>): void {
  for (const server of servers) {
    Deno.test(server === redeno ? name : `${name} (as ${server.name} does)`, () => fn(server));
  }
}

/** Lines of a log without pid, day and time: role, mark and text. */
export function logLines(output: string): string[] {
  return output.split("\n")
    .map((line) => /^\d+:([CMSX]) \d\d [A-Z][a-z]{2} \d{4} [\d:.]+ (.*)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => `${match[1]} ${match[2]}`);
}

/** The reply to a line; an error is its text. */
export async function ask(client: RespClient, line: string): Promise<Plain> {
  const { value } = await client.send(line);
  return value.kind === "error" ? value.text : plain(value);
}

/** The value of one directive, as CONFIG GET prints it. */
export async function configured(client: RespClient, name: string): Promise<Plain> {
  const reply = await ask(client, `CONFIG GET ${name}`);
  return Array.isArray(reply) ? reply[1]! : reply;
}

/** A client, or undefined when nobody listens there, or stops listening in this moment. */
export async function tryConnect(address: Address): Promise<RespClient | undefined> {
  try {
    return await RespClient.connect(address);
  } catch (error) {
    const { ConnectionRefused, ConnectionReset, NotConnected, NotFound } = Deno.errors;
    if ([ConnectionRefused, ConnectionReset, NotConnected, NotFound].some((kind) => error instanceof kind)) {
      return undefined;
    }
    throw error;
  }
}

/** Asks again and again, turn by turn, until the answer is yes. */
export function untilTrue(what: string, condition: () => Promise<boolean>): Promise<void> {
  return withinLimit(what, async (isLate) => {
    while (!await condition() && !isLate()) await new Promise((resolve) => setTimeout(resolve, 2));
  });
}

async function withinLimit<T>(what: string, work: (isLate: () => boolean) => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let late = false;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late = true;
      reject(new Error(`waited ${EVENT_MS_MAX} ms for ${what}`));
    }, EVENT_MS_MAX);
  });
  try {
    return await Promise.race([work(() => late), limit]);
  } finally {
    clearTimeout(timer);
  }
}
