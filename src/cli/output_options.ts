/** The options that say how replies are printed, as redis-cli has them. */
import type { ConnectingSettings, ConnectionOptions } from "./connection_options.ts";
import type { ReplyFormat } from "./format_reply.ts";
import type { OptionSection, OptionSpec } from "./options.ts";
import { UsageError } from "./terminal.ts";

export interface OutputSettings {
  /** Undefined: laid out on a terminal, else raw. */
  format: ReplyFormat | undefined;
  /** Between the items of a raw reply. */
  itemDelimiter: string;
  /** Behind a raw reply. */
  replyDelimiter: string;
  /** Undefined: on a terminal. */
  showsPushes: boolean | undefined;
}

export function defaultOutput(): OutputSettings {
  return { format: undefined, itemDelimiter: "\n", replyDelimiter: "\n", showsPushes: undefined };
}

function format(name: string, is: ReplyFormat, help: string): OptionSpec<OutputSettings> {
  return { names: [name], help, take: (settings) => void (settings.format = is) };
}

/** The options of a program that prints replies. */
export const outputSection: OptionSection<OutputSettings> = {
  title: "Output",
  options: [
    format("--raw", "raw", "Print replies raw, which is the default when standard output is no terminal."),
    format("--no-raw", "standard", "Lay replies out for people when standard output is no terminal, too."),
    format("--csv", "csv", "Print replies as comma-separated values."),
    format("--json", "json", "Print replies as JSON; asks for version 3 of the protocol unless -2 is given."),
    format("--quoted-json", "quoted-json", "As --json, with nothing but ASCII in strings."),
    {
      names: ["-d"],
      value: "delimiter",
      help: "Print this between the items of a raw reply. Default: a line end.",
      take: (settings, value) => void (settings.itemDelimiter = value),
    },
    {
      names: ["-D"],
      value: "delimiter",
      help: "Print this behind a raw reply. Default: a line end.",
      take: (settings, value) => void (settings.replyDelimiter = value),
    },
    {
      names: ["--show-pushes"],
      value: "yes-or-no",
      help: "Whether RESP3 pushes are printed. Default: when standard output is a terminal.",
      completes: ["yes", "no"],
      take(settings, value) {
        if (!/^[yn]/i.test(value)) {
          throw new UsageError(`Unknown --show-pushes value '${value}' (valid: '[y]es', '[n]o')`);
        }
        settings.showsPushes = /^y/i.test(value);
      },
    },
  ],
};

/** JSON is what version 3 of the protocol has more of the types for: it is preferred then, unless an option says which. */
export function preferProtocol(settings: OutputSettings & ConnectingSettings): void {
  const connection: ConnectionOptions = settings.connection;
  const isJson = settings.format === "json" || settings.format === "quoted-json";
  if (isJson && !connection.saysProtocol) connection.protocol = "preferred";
}
