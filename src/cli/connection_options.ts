/**
 * The options that name a server and who asks it, as redis-cli has them: `-h -p -s -a --user --pass --askpass -u -n -2 -3
 * --no-auth-warning`, `--tls` and what belongs to it, and the environment's REDISCLI_AUTH.
 */
import { integerOf, type OptionSection, type OptionSpec } from "./options.ts";
import { type Terminal, UsageError } from "./terminal.ts";

const PORT_MAX = 65535;
const DATABASE_MAX = 2 ** 31 - 1;

/** How a connection is encrypted. Paths are as they were typed. */
export interface TlsOptions {
  /** What the server is called; default: its host. */
  sni: string | undefined;
  /** A file or a folder of certificates to trust; default: those of the system. */
  authority: string | undefined;
  certificate: string | undefined;
  key: string | undefined;
  /** Whether whose certificate it is is not looked at. */
  isInsecure: boolean;
}

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
  /** Whether an option said which version. */
  saysProtocol: boolean;
  /** Whether an option said which server. */
  isNamed: boolean;
  /** Whether a password was on the command line, where others can see it. */
  showsPassword: boolean;
  /** Whether it is told that this is not safe. */
  warnsOfPassword: boolean;
  readonly tls: TlsOptions & {
    /** Whether the connection is encrypted at all. */
    isOn: boolean;
  };
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
    saysProtocol: false,
    isNamed: false,
    showsPassword: false,
    warnsOfPassword: true,
    tls: {
      isOn: false,
      sni: undefined,
      authority: undefined,
      certificate: undefined,
      key: undefined,
      isInsecure: false,
    },
  };
}

/** Settings of a program that asks a server. */
export interface ConnectingSettings {
  readonly connection: ConnectionOptions;
}

/** An option that says something of the connection. */
type ConnectionOption = Omit<OptionSpec<ConnectingSettings>, "take" | "default"> & {
  default?(fresh: ConnectionOptions): string;
  take(connection: ConnectionOptions, value: string, name: string): void;
};

function section(title: string, options: readonly ConnectionOption[]): OptionSection<ConnectingSettings> {
  return {
    title,
    options: options.map((option): OptionSpec<ConnectingSettings> => {
      const { default: standard, take, ...rest } = option;
      return {
        ...rest,
        ...standard === undefined ? {} : { default: ({ connection }) => standard(connection) },
        take: ({ connection }, value, name) => take(connection, value, name),
      };
    }),
  };
}

const SERVER_OPTIONS: readonly ConnectionOption[] = [
  {
    names: ["-h"],
    value: "hostname",
    help: "The server's host.",
    default: ({ host }) => host,
    take(connection, value) {
      connection.host = value;
      connection.isNamed = true;
    },
  },
  {
    names: ["-p"],
    value: "port",
    help: "The server's port.",
    default: ({ port }) => String(port),
    take(connection, value, name) {
      connection.port = integerOf(name, value, 0, PORT_MAX);
      connection.isNamed = true;
    },
  },
  {
    names: ["-s"],
    value: "socket",
    help: "The path of the server's Unix socket, instead of host and port.",
    completes: "file",
    take(connection, value) {
      connection.socket = value;
      connection.isNamed = true;
    },
  },
  {
    names: ["-u"],
    value: "uri",
    help: "All of it in one: redis://[user:password@]host[:port][/database], or rediss:// with TLS.",
    take(connection, value) {
      takeUri(connection, value);
      connection.isNamed = true;
    },
  },
  {
    names: ["-n"],
    value: "db",
    help: "The number of the database.",
    default: ({ database }) => String(database),
    take: (connection, value, name) => void (connection.database = integerOf(name, value, 0, DATABASE_MAX)),
  },
  {
    names: ["-a", "--pass"],
    value: "password",
    help: "The password. Others on this machine can read it here; REDISCLI_AUTH and --askpass are safer.",
    take(connection, value) {
      connection.password = value;
      connection.showsPassword = true;
    },
  },
  {
    names: ["--user"],
    value: "username",
    help: "Who logs in; needs a password.",
    take: (connection, value) => void (connection.user = value),
  },
  {
    names: ["--askpass"],
    help: "Ask for the password; what -a and REDISCLI_AUTH say does not count.",
    take: (connection) => void (connection.asksPassword = true),
  },
  {
    names: ["--no-auth-warning"],
    help: "Do not warn of a password on the command line.",
    take: (connection) => void (connection.warnsOfPassword = false),
  },
  {
    names: ["-2"],
    help: "Speak version 2 of the protocol.",
    take: (connection) => takeProtocol(connection, 2),
  },
  {
    names: ["-3"],
    help: "Speak version 3 of the protocol.",
    take: (connection) => takeProtocol(connection, 3),
  },
];

const TLS_OPTIONS: readonly ConnectionOption[] = [
  { names: ["--tls"], help: "Encrypt the connection.", take: ({ tls }) => void (tls.isOn = true) },
  {
    names: ["--sni"],
    value: "host",
    help: "The name by which the server is asked for its certificate.",
    take: ({ tls }, value) => void (tls.sni = value),
  },
  {
    names: ["--cacert"],
    value: "file",
    help: "Trust the certificates in this file. Default: those that the system trusts.",
    completes: "file",
    take: ({ tls }, value) => void (tls.authority = value),
  },
  {
    names: ["--cacertdir"],
    value: "folder",
    help: "Trust the certificates in this folder.",
    completes: "folder",
    take: ({ tls }, value) => void (tls.authority = value),
  },
  {
    names: ["--cert"],
    value: "file",
    help: "The certificate to show to the server; needs --key.",
    completes: "file",
    take: ({ tls }, value) => void (tls.certificate = value),
  },
  {
    names: ["--key"],
    value: "file",
    help: "The private key of that certificate.",
    completes: "file",
    take: ({ tls }, value) => void (tls.key = value),
  },
  {
    names: ["--insecure"],
    help: "Accept any certificate.",
    take: ({ tls }) => void (tls.isInsecure = true),
  },
  ...["--tls-ciphers", "--tls-ciphersuites"].map((name): ConnectionOption => ({
    names: [name],
    value: "list",
    help: "",
    isHidden: true,
    take() {
      throw new UsageError(`${name} is not possible: the TLS of this program chooses its ciphers by itself.`);
    },
  })),
];

/** The options of a program that asks a server. */
export const connectionSections: readonly OptionSection<ConnectingSettings>[] = [
  section("Connection", SERVER_OPTIONS),
  section("Encryption", TLS_OPTIONS),
];

/**
 * Says what the options could not: takes the password of the environment, asks for one, warns of one that others can see.
 * @throws UsageError when options do not go together
 */
export function completeConnection(
  connection: ConnectionOptions,
  terminal: Terminal,
  environmentPassword: string | undefined,
): void {
  const { tls } = connection;
  if ((tls.certificate === undefined) !== (tls.key === undefined)) {
    throw new UsageError("--cert and --key need each other.");
  }
  connection.password ??= environmentPassword;
  if (connection.asksPassword) {
    connection.password = terminal.askSecret("Please input password: ");
  } else if (connection.showsPassword && connection.warnsOfPassword) {
    terminal.printError(
      "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n",
    );
  }
}

/** @throws UsageError when the other version was asked for before */
function takeProtocol(connection: ConnectionOptions, version: 2 | 3): void {
  if (connection.saysProtocol && connection.protocol !== version) {
    throw new UsageError("Options -2 and -3 are mutually exclusive.");
  }
  connection.protocol = version;
  connection.saysProtocol = true;
}

/** `redis://[user:password@]host[:port][/database]`; a password alone may stand before the `@`. */
function takeUri(connection: ConnectionOptions, uri: string): void {
  const parts = /^(rediss?):\/\/(?:([^@]*)@)?(\[[^\]]*\]|[^:/?]*)(?::([^/?]*))?(?:\/([^?]*))?(?:\?.*)?$/i
    .exec(uri);
  if (parts === null) throw new UsageError("Invalid URI scheme");
  const [, scheme, login, host, port, database] = parts;
  connection.tls.isOn = scheme!.toLowerCase() === "rediss";
  if (login !== undefined) {
    const colon = login.indexOf(":");
    if (colon > 0) connection.user = decoded(login.slice(0, colon));
    connection.password = decoded(login.slice(colon + 1));
    connection.showsPassword = true;
  }
  if (host) connection.host = host.replace(/^\[|\]$/g, "");
  if (port) connection.port = integerOf("-u", port, 0, PORT_MAX);
  if (database) connection.database = integerOf("-u", database, 0, DATABASE_MAX);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError("Invalid URI: a percent sign must be followed by two hexadecimal digits");
  }
}
