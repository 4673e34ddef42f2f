/**
 * Reading configuration text into a {@link Config}: lines, statements that are not plain values (`include`,
 * `rename-command`, `user`, `loadmodule`), and the errors that end the start.
 */
import { latin1Text } from "../../sys/bytes.ts";
import type { Config } from "./config.ts";
import { ConfigError, fatal, lineError } from "./config_error.ts";
import { findDirective } from "./directives/mod.ts";
import type { ConfigHost } from "./host.ts";
import { InvalidValue } from "./kinds.ts";
import { plainText, splitWords, trimLine } from "./tokens.ts";

/** Files may include files so deep; the reference has no limit, and dies of a file that includes itself. */
const INCLUDE_DEPTH_MAX = 100;

/** Names that older versions had: a value is accepted and means nothing. */
const FORGOTTEN = ["list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands"];

const BAD_DIRECTIVE = "Bad directive or wrong number of arguments";

export interface LoadOptions {
  readonly host: ConfigHost;
  /** Names of all commands: `rename-command` checks against them. Without them it accepts any name. */
  readonly commandNames?: Iterable<string>;
}

export interface Sources {
  /** The configuration file, or undefined. */
  readonly file: string | undefined;
  /** What standard input said, if it was to be read. */
  readonly stdin?: Uint8Array;
  /** Lines for the options of the command line, in text of one character a byte. */
  readonly options?: string;
}

export class Loader {
  readonly #config: Config;
  readonly #host: ConfigHost;
  readonly #commandNames: Set<string> | undefined;
  #moduleSetting: string | undefined;
  #depth = 0;

  constructor(config: Config, options: LoadOptions) {
    this.#config = config;
    this.#host = options.host;
    if (options.commandNames !== undefined) {
      this.#commandNames = new Set([...options.commandNames].map((name) => name.toLowerCase()));
    }
  }

  /**
   * Reads the file, then standard input, then the options; later lines win. @throws {ConfigError}
   */
  load(sources: Sources): void {
    let text = sources.file === undefined ? "" : this.#readAll(sources.file);
    if (sources.stdin !== undefined) text += latin1Text(sources.stdin);
    if (sources.options) text += "\n" + sources.options;
    this.#lines(text);
    if (this.#config.flag("cluster-enabled") && this.#config.get("replicaof") !== "") {
      throw fatal("replicaof directive not allowed in cluster mode");
    }
    if (this.#moduleSetting !== undefined) {
      throw new ConfigError(
        "log",
        "Module Configuration detected without loadmodule directive or no ApplyConfig call: aborting",
      );
    }
  }

  /** The text of a file, or of all files that match a pattern. */
  #readAll(path: string): string {
    const paths = /[*?[]/.test(path) ? this.#host.glob(path) : [path];
    return paths.map((each) => this.#read(each)).join("");
  }

  #read(path: string): string {
    try {
      return latin1Text(this.#host.readFile(path));
    } catch (error) {
      throw new ConfigError(
        "log",
        `Fatal error, can't open config file '${path}': ${(error as Error).message}`,
      );
    }
  }

  #lines(text: string): void {
    for (const [i, raw] of text.split("\n").entries()) {
      const line = trimLine(raw);
      if (line === "" || line.startsWith("#")) continue;
      const problem = this.#line(line);
      if (problem !== undefined) throw lineError(i + 1, plainText(line), plainText(problem));
    }
  }

  /** Takes over one line; the text of what is wrong with it, or undefined. */
  #line(line: string): string | undefined {
    const words = splitWords(line);
    if (words === undefined) return "Unbalanced quotes in configuration line";
    const [first, ...args] = words;
    if (first === undefined) return undefined;
    const name = first.toLowerCase();
    const directive = findDirective(name);
    if (directive === undefined) return this.#statement(name, args);
    if (!directive.kind.multiple && args.length !== 1) return "wrong number of arguments";
    // One quoted word for a value of several words is taken apart; with broken quotes nothing is left of it.
    const isPacked = directive.kind.multiple && args.length === 1 && args[0] !== "";
    try {
      this.#config.setFromFile(directive, isPacked ? splitWords(args[0]!) ?? [] : args);
      return undefined;
    } catch (error) {
      if (error instanceof InvalidValue) return error.message;
      throw error;
    }
  }

  #statement(name: string, args: readonly string[]): string | undefined {
    if (name === "include" && args.length === 1) return this.#include(args[0]!);
    if (FORGOTTEN.includes(name) && args.length === 1) return undefined;
    if (name === "rename-command" && args.length === 2) return this.#renameCommand(args[0]!, args[1]!);
    if (name === "user" && args.length >= 1) return this.#user(args);
    if (name === "loadmodule" && args.length >= 1) {
      this.#config.modules.push(args);
      return undefined;
    }
    if (name === "sentinel") {
      return args.length === 0 ? undefined : "sentinel directive while not in sentinel mode";
    }
    if (name.includes(".")) {
      if (args.length === 0) return "Module config specified without value";
      this.#moduleSetting = name;
      return undefined;
    }
    return BAD_DIRECTIVE;
  }

  #include(path: string): string | undefined {
    if (this.#depth >= INCLUDE_DEPTH_MAX) {
      return `files include each other more than ${INCLUDE_DEPTH_MAX} deep`;
    }
    this.#depth++;
    this.#lines(this.#readAll(plainText(path)));
    this.#depth--;
    return undefined;
  }

  #renameCommand(from: string, to: string): string | undefined {
    const names = this.#commandNames;
    if (names !== undefined) {
      if (!names.delete(from.toLowerCase())) return "No such command in rename-command";
      if (to !== "" && names.has(to.toLowerCase())) return "Target command name already exists";
      if (to !== "") names.add(to.toLowerCase());
    }
    this.#config.renamedCommands.push([from, to]);
    return undefined;
  }

  #user(args: readonly string[]): string | undefined {
    const [name, ...rules] = args as [string, ...string[]];
    if (this.#config.users.some((user) => user.name === name)) {
      return `Error in user declaration '${name}': Duplicate user found. ` +
        "A user can only be defined once in config files";
    }
    this.#config.users.push({ name, rules });
    return undefined;
  }
}
