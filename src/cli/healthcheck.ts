/**
 * `redeno healthcheck`: whether the server on this machine answers, for containers and supervisors. Needs
 * no permission but the network; of a Unix socket, that of its file.
 */
import { reasonOf } from "./byte_stream.ts";
import { integerOf, parseOptions, type ProgramSpec, usageText, versionText } from "./options.ts";
import { shown, standardTerminal, UsageError } from "./terminal.ts";

const TIMEOUT_MS = 3000;

interface HealthcheckSettings {
  host: string;
  port: number;
  /** The path of a Unix socket, which wins over host and port. */
  socket: string | undefined;
  what: "check" | "help" | "version";
}

export const healthcheckSpec: ProgramSpec<HealthcheckSettings> = {
  name: "healthcheck",
  summary: "Tells by its exit code whether a server answers, for containers and supervisors",
  synopsis: ["[OPTIONS]"],
  description: [
    "Sends PING. Any reply means that the server is alive, one that asks for a password or says that it loads its data, " +
    `too. Waits for ${TIMEOUT_MS / 1000} seconds.`,
  ],
  sections: [{
    title: "Options",
    options: [
      {
        names: ["--host", "-h"],
        value: "hostname",
        help: "The server's host.",
        default: ({ host }) => host,
        take: (settings, value) => void (settings.host = value),
      },
      {
        names: ["--port", "-p"],
        value: "port",
        help: "The server's port.",
        default: ({ port }) => String(port),
        take: (settings, value, name) => void (settings.port = integerOf(name, value, 0, 65535)),
      },
      {
        names: ["--socket", "-s"],
        value: "path",
        help: "The path of the server's Unix socket, instead of host and port.",
        completes: "file",
        take: (settings, value) => void (settings.socket = value),
      },
      {
        names: ["--help"],
        help: "Print this.",
        isLast: true,
        take: (settings) => void (settings.what = "help"),
      },
      {
        names: ["--version"],
        help: "Print the version.",
        isLast: true,
        take: (settings) => void (settings.what = "version"),
      },
    ],
  }],
  exitCodes: [
    { name: "0", text: "The server answered." },
    { name: "1", text: "It did not." },
  ],
  examples: [{ line: "redeno healthcheck --port 7000", what: "Whether a server answers at port 7000." }],
  defaults: () => ({ host: "127.0.0.1", port: 6379, socket: undefined, what: "check" }),
};

/**
 * Sends PING. An answer of any kind that is a reply (also `NOAUTH`) means that the server is alive; one that loads
 * or is busy is alive as well.
 * @param args those of the command line, without the program's name
 * @returns the exit code: 0 alive, 1 not
 */
export async function healthcheck(args: readonly string[]): Promise<number> {
  try {
    // --port=7000 is --port 7000: a Dockerfile's habit.
    const words = args.flatMap((arg) => /^(--[^=]+)=(.*)$/s.exec(arg)?.slice(1) ?? arg);
    const { settings, rest } = parseOptions(healthcheckSpec, words);
    if (rest.length > 0) throw new UsageError(`healthcheck takes no argument such as '${rest[0]}'`);
    if (settings.what === "check") return await check(settings);
    standardTerminal.print((settings.what === "help" ? usageText : versionText)(healthcheckSpec));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    standardTerminal.printError(shown(`${error.message}\n`));
    return 1;
  }
}

async function check({ host, port, socket }: HealthcheckSettings): Promise<number> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    using connection: Deno.Conn = socket === undefined
      ? await Deno.connect({ hostname: host, port, signal })
      : await Deno.connect({ transport: "unix", path: socket });
    const timer = setTimeout(() => connection.close(), TIMEOUT_MS);
    try {
      await connection.write(new TextEncoder().encode("PING\r\n"));
      const reply = new Uint8Array(64);
      const length = await connection.read(reply) ?? 0;
      const text = new TextDecoder().decode(reply.subarray(0, length)).trim();
      standardTerminal.print(shown(`${text}\n`));
      return /^[+-]/.test(text) ? 0 : 1;
    } finally {
      clearTimeout(timer);
    }
  } catch (error) {
    standardTerminal.printError(shown(`No answer from ${socket ?? `${host}:${port}`}: ${reasonOf(error)}\n`));
    return 1;
  }
}
