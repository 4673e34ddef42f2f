/** What COMMAND DOCS tells about commands, as the entries of the client's help. */
import type { ReplyValue } from "../reply_value.ts";
import type { CommandHelp } from "./command_help.ts";

/** A map of either protocol version by its keys; empty for what is none. */
type Fields = ReadonlyMap<string, ReplyValue>;

function fieldsOf(value: ReplyValue | undefined): Fields {
  const fields = new Map<string, ReplyValue>();
  if (value === undefined || !("items" in value)) return fields;
  for (let i = 0; i + 1 < value.items.length; i += 2) {
    fields.set(textOf(value.items[i]), value.items[i + 1]!);
  }
  return fields;
}

function textOf(value: ReplyValue | undefined): string {
  return value !== undefined && "text" in value ? value.text : "";
}

function itemsOf(value: ReplyValue | undefined): readonly ReplyValue[] {
  return value !== undefined && "items" in value ? value.items : [];
}

/** All commands and subcommands that a reply of COMMAND DOCS describes. O(commands). */
export function documentedCommands(docs: ReplyValue): CommandHelp[] {
  const entries: CommandHelp[] = [];
  for (const [name, description] of fieldsOf(docs)) {
    const fields = fieldsOf(description);
    entries.push({
      name: name.replaceAll("|", " ").toUpperCase(),
      syntax: itemsOf(fields.get("arguments")).map(argumentText).join(" "),
      summary: textOf(fields.get("summary")).replace(/\.$/, ""),
      since: textOf(fields.get("since")),
      group: textOf(fields.get("group")),
    });
    const subcommands = fields.get("subcommands");
    if (subcommands !== undefined) entries.push(...documentedCommands(subcommands));
  }
  return entries;
}

/** An argument as the syntax of a command writes it. */
function argumentText(argument: ReplyValue): string {
  const fields = fieldsOf(argument);
  const flags = itemsOf(fields.get("flags")).map(textOf);
  const parts = itemsOf(fields.get("arguments")).map(argumentText);
  const type = textOf(fields.get("type"));
  const token = textOf(fields.get("token"));
  const own = type === "oneof"
    ? parts.join("|")
    : type === "block"
    ? parts.join(" ")
    : type === "pure-token"
    ? token
    : textOf(fields.get("name"));
  const one = type === "oneof" && flags.includes("multiple") ? `<${own}>` : own;
  const several = flags.includes("multiple") ? `${one} [${repeatsToken(flags, token)}${one} ...]` : one;
  const whole = token !== "" && type !== "pure-token" ? `${token === '""' ? "" : token} ${several}` : several;
  return flags.includes("optional") ? `[${whole}]` : whole;
}

function repeatsToken(flags: readonly string[], token: string): string {
  return flags.includes("multiple_token") ? `${token} ` : "";
}
