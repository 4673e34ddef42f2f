/** What the client prints of replies and pushes, in the format that was chosen. */
import { byteText } from "../../server/config/tokens.ts";
import { formatReply, type ReplyFormat } from "../format_reply.ts";
import type { ReplyValue } from "../reply_value.ts";
import type { Terminal } from "../terminal.ts";
import type { CliSettings } from "./settings.ts";

export class Printer {
  readonly format: ReplyFormat;
  readonly #terminal: Terminal;
  readonly #itemDelimiter: string;
  readonly #replyDelimiter: string;
  readonly #showsPushes: boolean;

  constructor(settings: CliSettings, terminal: Terminal) {
    this.#terminal = terminal;
    this.format = settings.format ?? (terminal.isTerminal ? "standard" : "raw");
    this.#itemDelimiter = byteText(settings.itemDelimiter);
    this.#replyDelimiter = byteText(settings.replyDelimiter);
    this.#showsPushes = settings.showsPushes ?? terminal.isTerminal;
  }

  /** @param isText whether it is a text for people, which no format is to touch */
  reply(value: ReplyValue, isText = false): void {
    this.#terminal.print(formatReply(value, {
      format: isText ? "raw" : this.format,
      itemDelimiter: this.#itemDelimiter,
      replyDelimiter: isText ? "" : this.#replyDelimiter,
    }));
  }

  push(value: ReplyValue): void {
    if (!this.#showsPushes) return;
    const keys = this.format === "standard" ? invalidatedKeys(value) : undefined;
    if (keys === undefined) this.reply(value);
    else this.#terminal.print(`-> invalidate: ${keys.map((key) => `'${key}'`).join(", ")}\n`);
  }
}

/** The keys that a push declares invalid; undefined when it is another push. */
function invalidatedKeys(push: ReplyValue): string[] | undefined {
  if (push.kind !== "push") return undefined;
  const [type, keys] = push.items;
  if (type?.kind !== "bulk" || type.text !== "invalidate" || keys?.kind !== "array") return undefined;
  return keys.items.map((key) => "text" in key ? key.text : "");
}

/**
 * Whether the reply of a command is a text for people, with lines and columns of its own.
 * @param words in lower case
 */
export function answersWithText(words: readonly string[]): boolean {
  const [command, subcommand] = words;
  switch (command) {
    case "info":
    case "lolwut":
      return true;
    case "debug":
      return subcommand === "htstats" || subcommand === "htstats-key";
    case "memory":
      return subcommand === "malloc-stats" || subcommand === "doctor";
    case "cluster":
      return words.length === 2 && (subcommand === "nodes" || subcommand === "info");
    case "client":
      return subcommand === "list" || subcommand === "info";
    case "latency":
      return (words.length === 3 && subcommand === "graph") ||
        (words.length === 2 && subcommand === "doctor");
    case "proxy":
      return subcommand === "info";
    default:
      return false;
  }
}
