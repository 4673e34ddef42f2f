/**
 * What the client knows about commands: hints while one is typed, completion, and `help`. All of it comes from the table of
 * our own commands; what a server has beyond them it tells by COMMAND DOCS.
 */
import type { CommandSpec } from "../../command.ts";
import { splitWords } from "../../server/config/tokens.ts";
import type { ReplyValue } from "../reply_value.ts";
import { documentedCommands } from "./command_docs.ts";

/** What there is to say about a command, or about a subcommand. */
export interface CommandHelp {
  /** In upper case, of a subcommand both words: `CONFIG GET`. */
  readonly name: string;
  readonly syntax: string;
  /** Without a full stop. */
  readonly summary: string;
  readonly since: string;
  readonly group: string;
}

/** Entries in the order of their names. */
export class HelpIndex {
  readonly #entries: CommandHelp[];
  readonly #byName: Map<string, CommandHelp>;

  constructor(entries: readonly CommandHelp[]) {
    this.#entries = [...entries].sort((a, b) => a.name < b.name ? -1 : 1);
    this.#byName = new Map(this.#entries.map((entry) => [entry.name, entry]));
  }

  /** The index of our own commands; loads their table. */
  static async ofOurs(): Promise<HelpIndex> {
    const { commandSpecs } = await import("../../commands/mod.ts");
    return new HelpIndex(commandSpecs.flatMap((spec) => entriesOf(spec)));
  }

  /** The index with those commands, too, that a server tells of by COMMAND DOCS and that are not in it. */
  with(docs: ReplyValue): HelpIndex {
    const more = documentedCommands(docs).filter(({ name }) => !this.#byName.has(name));
    return more.length === 0 ? this : new HelpIndex([...this.#entries, ...more]);
  }

  get groups(): readonly string[] {
    return [...new Set(this.#entries.map(({ group }) => group))].sort();
  }

  /** What may follow a line; undefined when its command is not known. */
  hint(line: string): string | undefined {
    const words = splitWords(line);
    const name = words?.[0]?.toUpperCase();
    if (words === undefined || name === undefined) return undefined;
    const withSubcommand = this.#byName.get(`${name} ${words[1]?.toUpperCase()}`);
    const entry = withSubcommand ?? this.#byName.get(name);
    if (entry === undefined) return undefined;
    let rest = entry.syntax;
    for (let left = words.length - (withSubcommand === undefined ? 1 : 2); left > 0; left--) {
      // From the first optional argument on, words tell no longer which argument they are.
      if (rest === "" || rest.startsWith("[")) break;
      rest = rest.replace(/^\S+ ?/, "");
    }
    return line.endsWith(" ") ? rest : ` ${rest}`;
  }

  /** What a line may become: names of commands or, behind `help`, of groups as well. */
  complete(line: string): readonly string[] {
    const help = /^help\s+/i.exec(line)?.[0] ?? "";
    const begun = line.slice(help.length).toUpperCase();
    const names = this.#entries.map(({ name }) => name);
    const topics = help === "" ? names : [...names, ...this.groups.map((group) => `@${group}`)];
    return topics.filter((topic) => topic.toUpperCase().startsWith(begun)).map((topic) => help + topic);
  }

  /**
   * What `help` says about words: the commands that begin with them, or those of an `@group`.
   * @param coloured whether it is for a terminal
   */
  explain(words: readonly string[], coloured: boolean): string {
    const [first] = words;
    const isGroup = first?.startsWith("@") ?? false;
    const group = first?.slice(1).toLowerCase();
    const wanted = words.join(" ").toUpperCase();
    const found = this.#entries.filter((entry) =>
      isGroup ? entry.group === group : entry.name === wanted || entry.name.startsWith(`${wanted} `)
    );
    return found.map((entry) => explained(entry, !isGroup, coloured)).join("") + "\r\n";
  }
}

function explained(entry: CommandHelp, tellsGroup: boolean, coloured: boolean): string {
  const style = (code: number, text: string) => coloured ? `\x1b[${code}m${text}\x1b[0m` : text;
  const field = (name: string, text: string) => `  ${style(33, `${name}:`)} ${text}`;
  return [
    "",
    `  ${style(1, entry.name)} ${style(90, entry.syntax)}`,
    field("summary", entry.summary),
    field("since", entry.since),
    ...tellsGroup ? [field("group", entry.group)] : [],
    "",
  ].join("\r\n");
}

/** What `help` alone says. */
export const HELP_TEXT = `redeno cli, the client of redeno and of any server that speaks Redis's protocol

  help <command>        what it does and which arguments it takes
  help @<group>         the commands of a group
  help <TAB>            goes through all there is help for

  <command> <TAB>       completes a name; what may follow is shown behind the cursor
  <number> <command>    runs it so many times
  Ctrl-R                looks back in the history

  :set hints            shows what may follow a command
  :set nohints          shows nothing
  connect <host> <port> goes to another server
  clear                 clears the terminal
  quit                  ends, as exit and Ctrl-D do

Lines of ~/.redisclirc that begin with a colon are run at the start.
`;

/** The preferences that \`:set\` knows. */
export const PREFERENCES = ["hints", "nohints"] as const;

function entriesOf(spec: CommandSpec, container?: CommandSpec): CommandHelp[] {
  const name = container === undefined ? spec.name : `${container.name} ${spec.name}`;
  const { summary, since, group } = spec;
  const syntax = spec.syntax.replaceAll(" | ", "|");
  const subcommands = spec.subcommands ?? [];
  return [{ name, syntax, summary, since, group }, ...subcommands.flatMap((sub) => entriesOf(sub, spec))];
}
