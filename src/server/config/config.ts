/**
 * The configuration of a server: values by name, read from files and the command line, changed by CONFIG SET,
 * written back by CONFIG REWRITE. No sockets, and no files but through a {@link ConfigHost}.
 *
 * Names are found in any case, and by the names of older versions. Texts have one character a byte, as everywhere
 * in the commands; `text()` decodes. What a directive is stands in its declaration in `directives/`.
 */
import { shownInErrors } from "../../errors.ts";
import { globMatch } from "../../store/glob.ts";
import { latin1 } from "../../sys/bytes.ts";
import { type CommandLine, parseCommandLine } from "./command_line.ts";
import type { Directive } from "./directive.ts";
import { DIRECTIVES, findDirective } from "./directives/mod.ts";
import type { ConfigHost } from "./host.ts";
import { InvalidValue, type Source, YES_OR_NO } from "./kinds.ts";
import { Loader, type LoadOptions } from "./load.ts";
import { rewriteFile } from "./rewrite.ts";
import { byteText, plainText } from "./tokens.ts";

/** All names that patterns can find, with those of older versions. */
const NAMES = DIRECTIVES.filter(({ isHidden }) => !isHidden).flatMap((directive) =>
  [directive.name, directive.oldName].filter((name) => name !== undefined)
    .map((name) => ({ name, bytes: latin1(name), directive }))
);

export interface SetOptions {
  /** Whether the client is on this machine: `enable-protected-configs local` allows only such. */
  readonly isLocal?: boolean;
  /** Whether data is being loaded. */
  readonly isLoading?: boolean;
}

/** A user of the file, for the access control list to check and to take over. */
export interface ConfiguredUser {
  readonly name: string;
  readonly rules: readonly string[];
}

interface Listener {
  readonly directives: ReadonlySet<Directive>;
  readonly callback: () => void;
}

/** One `name value` of CONFIG SET. */
interface Change {
  readonly directive: Directive;
  /** The name as it was written, in small letters. */
  readonly name: string;
  readonly value: string;
}

export class Config {
  /** Commands to be renamed, or taken away when the new name is empty; in the order of the file. */
  readonly renamedCommands: [from: string, to: string][] = [];
  /** Users of the file, with their rules. */
  readonly users: ConfiguredUser[] = [];
  /** Modules to be loaded: path and arguments. */
  readonly modules: (readonly string[])[] = [];
  #file: string | undefined;

  readonly #host: ConfigHost;
  readonly #values = new Map<Directive, string>();
  readonly #numbers = new Map<string, number>();
  readonly #listeners: Listener[] = [];

  /** All defaults. @param host where `dir` and files are */
  constructor(host: ConfigHost) {
    this.#host = host;
  }

  /** Absolute path of the configuration file that CONFIG REWRITE writes, or undefined. */
  get file(): string | undefined {
    return this.#file;
  }

  /**
   * The configuration that a command line asks for.
   *
   * @param args the server's arguments, or what {@link parseCommandLine} made of them
   * @param stdin what standard input said, when `readsStdin` asked for it
   * @throws {ConfigError} when the server must not start; its message is what the operator reads
   */
  static load(
    args: readonly string[] | CommandLine,
    options: LoadOptions & { readonly stdin?: Uint8Array },
  ): Config {
    const line = isCommandLine(args) ? args : parseCommandLine(args);
    const config = new Config(options.host);
    if (line.file !== undefined) config.#file = absolutePath(line.file, options.host.currentDirectory());
    new Loader(config, options).load({
      file: config.#file,
      options: line.options,
      ...options.stdin === undefined ? {} : { stdin: options.stdin },
    });
    return config;
  }

  /** The value as it is kept, where CONFIG GET shows less; undefined for an unknown name. */
  whole(name: string): string | undefined {
    const directive = findDirective(name);
    return directive === undefined ? undefined : this.#value(directive);
  }

  /** The value as CONFIG GET prints it; undefined for an unknown name. */
  get(name: string): string | undefined {
    const directive = findDirective(name);
    return directive === undefined ? undefined : this.#shown(directive);
  }

  /** The value as text, decoded from UTF-8: for paths and messages. @throws {Error} for an unknown name */
  text(name: string): string {
    return plainText(this.#shown(known(name)));
  }

  /**
   * The value as a number: bytes for memory, permission bits for octal ones, negative for a percentage. Exact up to
   * 2^53. O(1), without parsing.
   *
   * @throws {Error} for an unknown name, or one that is no number
   */
  number(name: string): number {
    const cached = this.#numbers.get(name);
    if (cached !== undefined) return cached;
    const directive = known(name);
    if (directive.kind.toNumber === undefined) throw new Error(`directive ${name} is not a number`);
    const value = directive.kind.toNumber(this.#value(directive));
    this.#numbers.set(name, value);
    return value;
  }

  /** Whether a directive of type "yes or no" is on. @throws {Error} for an unknown name, or another type */
  flag(name: string): boolean {
    const directive = known(name);
    if (directive.kind !== YES_OR_NO) throw new Error(`directive ${name} is not yes or no`);
    return this.#value(directive) === "yes";
  }

  /**
   * Names and values that match any of the patterns, each name once. A pattern without `* ? [` is a name, answered
   * as it was asked for; only so hidden ones are found. Old names count as names.
   */
  getMatching(patterns: readonly string[]): [name: string, value: string][] {
    const found = new Map<string, [string, string]>();
    const add = (name: string, directive: Directive) => {
      const key = name.toLowerCase();
      if (!found.has(key)) found.set(key, [name, this.#shown(directive)]);
    };
    for (const pattern of patterns) {
      if (!/[*?[]/.test(pattern)) {
        const directive = findDirective(pattern);
        if (directive !== undefined) add(pattern, directive);
        continue;
      }
      const glob = latin1(pattern);
      for (const { name, bytes, directive } of NAMES) {
        if (globMatch(glob, 0, glob.length, bytes, 0, bytes.length, true)) add(name, directive);
      }
    }
    return [...found.values()];
  }

  /**
   * CONFIG SET: sets all pairs, or none of them.
   *
   * @returns undefined, or the error that the client reads, with its `ERR`
   */
  setMany(
    pairs: readonly (readonly [name: string, value: string])[],
    options: SetOptions = {},
  ): string | undefined {
    const changes: Change[] = [];
    // Whatever else is wrong: that it loads is what clients know how to deal with.
    if (options.isLoading && pairs.some(([asked]) => this.#mustWaitForLoading(asked, options))) {
      return "LOADING Redis is loading the dataset in memory";
    }
    for (const [asked, value] of pairs) {
      const name = asked.toLowerCase();
      const directive = findDirective(name);
      if (directive === undefined) {
        return `ERR Unknown option or number of arguments for CONFIG SET - '${shownInErrors(asked)}'`;
      }
      if (directive.isImmutable) return setFailed(asked, "can't set immutable config");
      if (directive.isProtected && !this.#allowsProtected(options)) {
        return setFailed(asked, "can't set protected config");
      }
      if (changes.some((change) => change.name === name)) return setFailed(asked, "duplicate parameter");
      changes.push({ directive, name, value });
    }
    return this.#apply(changes);
  }

  /**
   * Calls back after CONFIG SET changed any of the names, once for all of them. A callback that throws vetoes the
   * whole CONFIG SET, and its message is what the client reads. Then all values are put back, and the callbacks of
   * this CONFIG SET that were called, the vetoing one included, are called again to follow; what they throw then
   * is ignored.
   */
  onChange(names: readonly string[], callback: () => void): void {
    this.#listeners.push({ directives: new Set(names.map(known)), callback });
  }

  /**
   * The text of the configuration file after CONFIG REWRITE.
   *
   * @param old the present text, or undefined when there is no file
   * @param users lines for all users (`user name rules`); without them such lines stay as they are
   */
  rewriteText(old: string | undefined, users?: readonly string[]): string {
    return rewriteFile(old, DIRECTIVES, (directive) => this.#value(directive), users);
  }

  /** Names that were given another value than the default although the server does not act on them yet. */
  keptChanges(): string[] {
    return DIRECTIVES
      .filter((each) => each.effect === "kept" && this.#value(each) !== each.initial)
      .map((each) => each.name);
  }

  /** Takes over the words of one line of a file. @throws {InvalidValue} */
  setFromFile(directive: Directive, words: readonly string[]): void {
    this.#store(directive, this.#parse(directive, words, "file"));
  }

  #mustWaitForLoading(asked: string, options: SetOptions): boolean {
    const directive = findDirective(asked.toLowerCase());
    if (directive?.isRefusedWhileLoading !== true) return false;
    return !directive.isProtected || this.#allowsProtected(options);
  }

  #allowsProtected(options: SetOptions): boolean {
    const allowed = this.get("enable-protected-configs");
    return allowed === "yes" || (allowed === "local" && options.isLocal === true);
  }

  #apply(changes: readonly Change[]): string | undefined {
    const before = changes.map(({ directive }) => [directive, this.#value(directive)] as const);
    for (const { directive, name, value } of changes) {
      try {
        const words = directive.kind.multiple ? splitAtBlanks(value) : [value];
        this.#store(directive, this.#parse(directive, words, "client"));
      } catch (error) {
        this.#putBack(before);
        if (error instanceof InvalidValue) return setFailed(name, error.message);
        throw error;
      }
    }
    const changed = changes.filter(({ directive }) =>
      this.#value(directive) !== before.find(([each]) => each === directive)![1]
    );
    return this.#tell(changed, before);
  }

  /** Calls the listeners of what has changed; on a veto puts everything back. */
  #tell(
    changed: readonly Change[],
    before: readonly (readonly [Directive, string])[],
  ): string | undefined {
    const called: Listener[] = [];
    for (const { directive, name } of changed) {
      for (const listener of this.#listeners) {
        if (!listener.directives.has(directive) || called.includes(listener)) continue;
        called.push(listener);
        try {
          listener.callback();
        } catch (error) {
          this.#putBack(before);
          for (const each of called) callQuietly(each.callback);
          return setFailed(name, (error as Error).message);
        }
      }
    }
    return undefined;
  }

  #putBack(before: readonly (readonly [Directive, string])[]): void {
    // Backwards, because a directive given under two names was changed twice.
    for (const [directive, value] of before.toReversed()) {
      if (directive.name === "dir" && value !== this.#value(directive)) {
        this.#host.changeDirectory(plainText(value));
      }
      this.#store(directive, value);
    }
  }

  #parse(directive: Directive, words: readonly string[], source: Source): string {
    const value = directive.kind.parse(words, {
      source,
      previous: this.#value(directive),
      isSet: this.#values.has(directive),
      changeDirectory: (path) => this.#host.changeDirectory(plainText(path)),
    });
    const problem = directive.refuse?.(value, source);
    if (problem !== undefined) throw new InvalidValue(problem);
    return directive.adjust?.(value, source, this.number("hz")) ?? value;
  }

  #store(directive: Directive, value: string): void {
    this.#values.set(directive, value);
    this.#numbers.clear();
  }

  /** The working directory belongs to the process; everything else is kept here. */
  #value(directive: Directive): string {
    if (directive.name === "dir") return byteText(this.#host.currentDirectory());
    return this.#values.get(directive) ?? directive.initial;
  }

  #shown(directive: Directive): string {
    const value = this.#value(directive);
    return directive.kind.show?.(value) ?? value;
  }
}

/** Words between single blanks; no words in an empty text. */
function splitAtBlanks(value: string): string[] {
  return value === "" ? [] : value.split(" ");
}

function isCommandLine(args: readonly string[] | CommandLine): args is CommandLine {
  return "options" in args;
}

function known(name: string): Directive {
  const directive = findDirective(name);
  if (directive === undefined) throw new Error(`there is no directive ${name}`);
  return directive;
}

function setFailed(name: string, reason: string): string {
  return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`;
}

function callQuietly(callback: () => void): void {
  try {
    callback();
  } catch {
    // The values are the old ones again; a listener that cannot go back has nobody left to tell.
  }
}

/** A path from the root, with `../` at its start resolved. */
function absolutePath(path: string, directory: string): string {
  if (path.startsWith("/")) return path;
  let rest = path.trim();
  let base = directory.replace(/\/+$/, "");
  while (rest.startsWith("../")) {
    rest = rest.slice(3);
    base = base.replace(/\/[^/]*$/, "");
  }
  return `${base}/${rest}`;
}
