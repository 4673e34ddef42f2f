/**
 * The arguments of a command as COMMAND DOCS describes them, read from the `syntax` of its declaration:
 *
 * ```text
 * name          a value                         TOKEN         a keyword
 * TOKEN name    a value behind its keyword      [ ... ]       may be left out
 * a | b         one of them                     a [a ...]     once or more often
 * <a | b>       one of them, among others
 * ```
 *
 * Types of values follow from their names. Names of groups, which the syntax does not tell, are those of the
 * reference where a group of the same members has one there, and else the members' names joined.
 */
import type { CommandSpec } from "../../command.ts";

export interface Argument {
  readonly name: string;
  /** As the reference names types: `string`, `integer`, `key`, `oneof`, `block`, `pure-token` and others. */
  readonly type: string;
  /** Which of the key specifications finds it. */
  readonly keySpec?: number;
  readonly token?: string;
  readonly flags: readonly ("optional" | "multiple")[];
  /** Of a group. */
  readonly parts: readonly Argument[];
}

const KEY_NAMES = new Set(["key", "key1", "key2", "newkey", "source", "destination"]);
const TYPE_OF_NAME: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "bit",
      "client-id",
      "count",
      "cursor",
      "db",
      "decrement",
      "destination-db",
      "end",
      "frequency",
      "increment",
      "index",
      "index1",
      "index2",
      "len",
      "milliseconds",
      "numreplicas",
      "offset",
      "protover",
      "seconds",
      "start",
      "timeout",
      "ttl",
      "version",
    ].map((name) => [name, "integer"]),
  ),
  "unix-time-seconds": "unix-time",
  "unix-time-milliseconds": "unix-time",
  pattern: "pattern",
};
/** Where a name means something else than elsewhere. */
const TYPE_IN_COMMAND: Readonly<Record<string, string>> = { "INCRBYFLOAT increment": "double" };

const NAME_OF_GROUP: Readonly<Record<string, string>> = {
  nx_xx: "condition",
  nx_xx_gt_lt: "condition",
  async_sync: "async",
  left_right: "where",
  before_after: "where",
  write_all: "mode",
  on_off: "enabled",
  module_aclcat_pattern: "filterby",
  protover_auth_setname: "arguments",
};

/** The arguments of a command, in order. @throws Error when the syntax cannot be read */
export function argumentsOf(spec: CommandSpec): Argument[] {
  const words = spec.syntax.match(/[[\]<>|]|[^\s[\]<>|]+/g) ?? [];
  return new Reader(spec, words).all();
}

class Reader {
  readonly #spec: CommandSpec;
  readonly #words: readonly string[];
  readonly #keys: string[] = [];
  #at = 0;

  constructor(spec: CommandSpec, words: readonly string[]) {
    this.#spec = spec;
    this.#words = words;
  }

  all(): Argument[] {
    const alternatives = this.#alternatives();
    if (this.#at < this.#words.length) {
      throw new Error(`syntax of ${this.#spec.name}: unexpected ${this.#words[this.#at]}`);
    }
    return alternatives.length === 1 ? alternatives[0]! : [oneOf(alternatives)];
  }

  /** Up to a closing bracket of either kind or the end. */
  #alternatives(): Argument[][] {
    const alternatives: Argument[][] = [[]];
    for (;;) {
      const word = this.#words[this.#at];
      if (word === undefined || word === "]" || word === ">") return alternatives;
      const current = alternatives.at(-1)!;
      if (word === "|") {
        this.#at++;
        alternatives.push([]);
      } else if (word === "[") {
        this.#bracket(current);
      } else if (word === "<") {
        this.#at++;
        current.push(oneOf(this.#alternatives()));
        if (this.#words[this.#at++] !== ">") throw new Error(`syntax of ${this.#spec.name}: > is missing`);
      } else {
        current.push(this.#word());
      }
    }
  }

  /** What may be left out, or the sign that what stands before it may be repeated. */
  #bracket(before: Argument[]): void {
    const close = this.#closing();
    if (this.#words[close - 1] === "...") {
      const repeated = this.#words.slice(this.#at + 1, close - 1).join(" ");
      this.#at = close + 1;
      repeat(before, repeated);
      return;
    }
    this.#at++;
    const alternatives = this.#alternatives();
    if (this.#words[this.#at++] !== "]") throw new Error(`syntax of ${this.#spec.name}: ] is missing`);
    const group = alternatives.length > 1 ? oneOf(alternatives) : single(alternatives[0]!);
    before.push({ ...group, flags: ["optional", ...group.flags] });
  }

  /** Where the bracket that opens here closes. */
  #closing(): number {
    let depth = 0;
    for (let i = this.#at; i < this.#words.length; i++) {
      if (this.#words[i] === "[") depth++;
      else if (this.#words[i] === "]" && --depth === 0) return i;
    }
    throw new Error(`syntax of ${this.#spec.name}: ] is missing`);
  }

  #word(): Argument {
    const word = this.#words[this.#at++]!;
    if (!isToken(word)) return this.#value(word);
    const next = this.#words[this.#at];
    if (next === undefined || isToken(next) || /^[[\]<>|]$/.test(next)) {
      return { name: word.toLowerCase(), type: "pure-token", token: word, flags: [], parts: [] };
    }
    this.#at++;
    return { ...this.#value(next), token: word };
  }

  #value(name: string): Argument {
    const { keys = [], name: command } = this.#spec;
    if (KEY_NAMES.has(name) && keys.length > 0) {
      if (!this.#keys.includes(name)) this.#keys.push(name);
      const keySpec = Math.min(this.#keys.indexOf(name), keys.length - 1);
      return { name, type: "key", keySpec, flags: [], parts: [] };
    }
    const type = TYPE_IN_COMMAND[`${command} ${name}`] ?? TYPE_OF_NAME[name] ?? "string";
    return { name, type, flags: [], parts: [] };
  }
}

function isToken(word: string): boolean {
  return /^[A-Z][A-Z0-9-]*$/.test(word);
}

/** Marks the arguments named, which stand at the end, as repeatable: one as it is, several as a group. */
function repeat(before: Argument[], names: string): void {
  const count = names.split(" ").length;
  const repeated = before.splice(-count);
  const group = single(repeated);
  before.push({ ...group, flags: [...group.flags, "multiple"] });
}

/** Several arguments that belong together; a keyword before the first of them is the keyword of all. */
function single(parts: readonly Argument[]): Argument {
  const [first, ...rest] = parts;
  if (first !== undefined && rest.length === 0) return first;
  const token = first?.token;
  const isHeaded = first !== undefined && token !== undefined && first.type !== "pure-token" &&
    rest.every(({ token, flags }) => token === undefined && flags.length === 0);
  if (!isHeaded) return { name: nameOf(parts), type: "block", flags: [], parts };
  const { token: _, ...value } = first;
  const members = [value, ...rest];
  return { name: nameOf(members), type: "block", token, flags: [], parts: members };
}

/** `TYPE NORMAL | MASTER` is a choice behind a keyword, so the first keyword of two is that of the group. */
function oneOf(alternatives: readonly (readonly Argument[])[]): Argument {
  const [first = [], ...rest] = alternatives;
  const head = first[0];
  const isHeaded = first.length === 2 && head?.type === "pure-token" && first[1]!.token !== undefined;
  const parts = [isHeaded ? first[1]! : single(first), ...rest.map(single)];
  const group = { name: nameOf(parts), type: "oneof", flags: [], parts };
  return isHeaded ? { ...group, token: head.token! } : group;
}

function nameOf(parts: readonly Argument[]): string {
  const tokens = parts.map(({ token, name }) => token?.toLowerCase() ?? name);
  if (tokens.includes("ex") && tokens.includes("px")) return "expiration";
  const joined = tokens.join("_");
  return NAME_OF_GROUP[joined] ?? joined;
}
