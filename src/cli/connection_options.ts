/**
 * The options that name a server and who asks it, as redis-cli has them: `-h -p -s -a --user --pass --askpass -u -n -2 -3
 * --no-auth-warning`, and the environment's REDISCLI_AUTH.
 */
import { UsageError } from "./terminal.ts";

const PORT_MAX = 65535;

/** Where a server is and how to log in. */
export interface ConnectionOptions {
  host: string;
  port: number;
  /** The path of a Unix socket, which wins over host and port. */
  socket: string | undefined;
  user: string | undefined;
  /** Text as it was typed. */
  password: string | undefined;
  /** Asks for the password on the terminal, whatever was given. */
  asksPassword: boolean;
  database: number;
  /** "preferred": version 3, if the server has it. */
  protocol: 2 | 3 | "preferred";
  /** Whether an option said which server. */
  isNamed: boolean;
  /** Whether a password was on the command line, where others can see it. */
  showsPassword: boolean;
}

export function defaultConnection(): ConnectionOptions {
  return {
    host: "127.0.0.1",
    port: 6379,
    socket: undefined,
    user: undefined,
    password: undefined,
    asksPassword: false,
    database: 0,
    protocol: 2,
    isNamed: false,
    showsPassword: false,
  };
}

/**
 * Takes one option over; how many arguments it was, or 0 when it is another one.
 * @param value the argument behind it, if there is one
 * @throws UsageError
 */
export function takeConnectionOption(
  options: ConnectionOptions,
  option: string,
  value: string | undefined,
): number {
  switch (option) {
    case "--askpass":
      options.asksPassword = true;
      return 1;
    case "-2":
      options.protocol = 2;
      return 1;
    case "-3":
      options.protocol = 3;
      return 1;
  }
  if (value === undefined) return 0;
  switch (option) {
    case "-h":
      options.host = value;
      break;
    case "-p":
      options.port = numberOf(option, value, 0, PORT_MAX);
      break;
    case "-s":
      options.socket = value;
      break;
    case "-u":
      takeUri(options, value);
      break;
    case "-n":
      options.database = numberOf(option, value, 0, 2 ** 31 - 1);
      return 2;
    case "-a":
    case "--pass":
      options.password = value;
      options.showsPassword = true;
      return 2;
    case "--user":
      options.user = value;
      return 2;
    default:
      return 0;
  }
  options.isNamed = true;
  return 2;
}

/** The value of an option as an integer. @throws UsageError */
export function numberOf(option: string, value: string, least: number, most: number): number {
  const number = /^[+-]?\d+$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`Invalid value for ${option}: '${value}' is not a number from ${least} to ${most}.`);
}

/** `redis://[user:password@]host[:port][/database]`; a password alone may stand before the `@`. */
function takeUri(options: ConnectionOptions, uri: string): void {
  const parts = /^redis:\/\/(?:([^@]*)@)?(\[[^\]]*\]|[^:/?]*)(?::([^/?]*))?(?:\/([^?]*))?(?:\?.*)?$/.exec(
    uri,
  );
  if (uri.startsWith("rediss://")) throw new UsageError("rediss:// needs TLS, which redeno does not have.");
  if (parts === null) throw new UsageError("Invalid URI scheme");
  const [, login, host, port, database] = parts;
  if (login !== undefined) {
    const colon = login.indexOf(":");
    if (colon > 0) options.user = decoded(login.slice(0, colon));
    options.password = decoded(login.slice(colon + 1));
    options.showsPassword = true;
  }
  if (host) options.host = host.replace(/^\[|\]$/g, "");
  if (port) options.port = numberOf("-u", port, 0, PORT_MAX);
  if (database) options.database = numberOf("-u", database, 0, 2 ** 31 - 1);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError("Invalid URI: a percent sign must be followed by two hexadecimal digits");
  }
}
