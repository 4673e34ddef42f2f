/**
 * Command line arguments into flags.
 *
 * Invariants: an argument is used once, in order; what stands after `--` is never read as a flag; what is known
 * under several names (aliases) has the same value under all of them.
 */

type Names<T extends string> = T | readonly T[];

/** Which flags there are and how their values are read. Every list may also be one name. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
  D extends object = Record<string, unknown>,
  DD extends boolean = boolean,
> {
  /** Whether what follows `--` stands in a list of its own, `["--"]`, and not in `_`. Default: false. */
  "--"?: DD;
  /** Other names of a flag. */
  alias?: Record<string, string | readonly string[]>;
  /** Flags that take no value. They are `false` when not given; `true` in place of names means every `--flag`. */
  boolean?: boolean | Names<B>;
  /** Values of flags that were not given. */
  default?: D;
  /** Whether the first argument that is no flag ends the flags. Default: false. */
  stopEarly?: boolean;
  /** Flags whose values stay text, even if they look like numbers; `_` for the arguments that are no flags. */
  string?: Names<S>;
  /** Flags that may be repeated: their values make an array. */
  collect?: Names<C>;
  /** Flags that `--no-flag` sets to `false`. */
  negatable?: string | readonly string[];
  /** Called with what is not declared above; returning `false` leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Value<K, Base, Else, C, D> = K extends C ? Base[]
  : K extends keyof D ? Base | (D[K] extends Base ? never : D[K])
  : Base | Else;

/** The names that are known when types are checked, without `_`. */
type Known<T extends PropertyKey> = string extends T ? never : Exclude<T, "_">;

/** The flags by name, the other arguments in `_`. */
export type Args<
  B extends string = never,
  S extends string = never,
  C extends string = never,
  D extends object = object,
  DD extends boolean = false,
> =
  & Record<string, unknown>
  & { [K in Known<B>]: Value<K, boolean, never, C, D> }
  & { [K in Known<S>]: Value<K, string, undefined, C, D> }
  & { [K in Known<Exclude<C, B | S>>]: unknown[] }
  & { _: (string | number)[] }
  & (DD extends true ? { "--": string[] } : unknown);

/**
 * Reads `--key value`, `--key=value`, `--flag`, `-k value`, `-k=value`, `-k5` and `-abc`.
 *
 * A value that looks like a number becomes one unless its flag is declared as text. A flag whose value is missing
 * is `true`, or `""` if it is declared as text. A dot in a name makes nested objects. O(total length of `args`).
 */
export function parseArgs<
  const B extends string = never,
  const S extends string = never,
  const C extends string = never,
  const D extends object = object,
  const DD extends boolean = false,
>(args: string[], options: ParseOptions<B, S, C, D, DD> = {}): Args<B, S, C, D, DD> {
  return new Parser(options).parse(args) as Args<B, S, C, D, DD>;
}

type Scalar = string | number | boolean;
type Tree = Record<string, unknown>;

class Parser {
  readonly #options: ParseOptions<string, string, string, object>;
  /** A name's other names. */
  readonly #aliases = new Map<string, string[]>();
  readonly #booleans: Set<string>;
  readonly #strings: Set<string>;
  readonly #collected: Set<string>;
  readonly #negatable: Set<string>;
  readonly #allBooleans: boolean;
  readonly #result: Tree & { _: (string | number)[] } = { _: [] };

  constructor(options: ParseOptions<string, string, string, object>) {
    this.#options = options;
    for (const [name, value] of Object.entries(options.alias ?? {})) {
      const family = [name, ...asList(value)];
      for (const member of family) this.#aliases.set(member, family.filter((other) => other !== member));
    }
    this.#allBooleans = options.boolean === true;
    this.#booleans = this.#withAliases(typeof options.boolean === "boolean" ? undefined : options.boolean);
    this.#strings = this.#withAliases(options.string);
    this.#collected = this.#withAliases(options.collect);
    this.#negatable = this.#withAliases(options.negatable);
  }

  parse(all: string[]): Tree {
    const end = all.indexOf("--");
    const args = end < 0 ? all : all.slice(0, end);
    const rest = end < 0 ? [] : all.slice(end + 1);
    for (let at = 0; at < args.length; at++) {
      const arg = args[at]!;
      if (arg.length > 2 && arg.startsWith("--")) {
        at += this.#long(arg, args[at + 1]);
      } else if (arg.length > 1 && arg.startsWith("-")) {
        at += this.#short(arg, args[at + 1]);
      } else {
        this.#positional(arg);
        if (this.#options.stopEarly) {
          this.#result._.push(...args.slice(at + 1));
          break;
        }
      }
    }
    this.#fillDefaults();
    if (this.#options["--"]) this.#result["--"] = rest;
    else this.#result._.push(...rest);
    return this.#result;
  }

  /** `--key`, `--key=value` or `--key value`; answers how many of the following arguments were used. */
  #long(arg: string, next: string | undefined): 0 | 1 {
    const equals = arg.indexOf("=", 3);
    if (equals > 0 && equals < arg.length - 1) {
      const [key, text] = [arg.slice(2, equals), arg.slice(equals + 1)];
      this.#set(key, this.#booleans.has(key) ? text !== "false" : text, arg);
      return 0;
    }
    const key = arg.slice(2);
    if (key.startsWith("no-") && this.#negatable.has(key.slice(3))) {
      this.#set(key.slice(3), false, arg, false);
      return 0;
    }
    if (next && !next.startsWith("-") && !this.#allBooleans && !this.#isBoolean(key)) {
      this.#set(key, next, arg);
      return 1;
    }
    return this.#setWithoutValue(key, next, arg);
  }

  /** `-k`, `-k value`, `-k=value`, `-k5` or several letters; answers how many following arguments were used. */
  #short(arg: string, next: string | undefined): 0 | 1 {
    for (let at = 1; at < arg.length - 1; at++) {
      const [letter, rest] = [arg[at]!, arg.slice(at + 1)];
      if (rest === "-") {
        this.#set(letter, rest, arg);
        return 0;
      }
      if (/[a-z]/i.test(letter)) {
        const equals = rest.indexOf("=");
        if (equals >= 0) {
          this.#set(letter, rest.slice(equals + 1), arg);
          return 0;
        }
        if (/\d(\.\d*)?(e-?\d+)?$/.test(rest)) {
          this.#set(letter, rest, arg);
          return 0;
        }
      }
      if (rest.length > 1 && /^\W/.test(rest)) {
        this.#set(letter, rest, arg);
        return 0;
      }
      this.#set(letter, this.#strings.has(letter) ? "" : true, arg);
    }
    const last = arg.at(-1)!;
    if (next && !/^--?[^-]/.test(next) && !this.#isBoolean(last)) {
      this.#set(last, next, arg);
      return 1;
    }
    return this.#setWithoutValue(last, next, arg);
  }

  #setWithoutValue(key: string, next: string | undefined, arg: string): 0 | 1 {
    if (next === "true" || next === "false") {
      this.#set(key, next === "true", arg);
      return 1;
    }
    this.#set(key, this.#strings.has(key) ? "" : true, arg);
    return 0;
  }

  #positional(arg: string): void {
    if (this.#options.unknown?.(arg) === false) return;
    this.#result._.push(this.#strings.has("_") ? arg : asNumberIfItIs(arg));
  }

  #set(key: string, given: Scalar, arg: string, collect = true): void {
    const declared = this.#booleans.has(key) || this.#strings.has(key) || this.#aliases.has(key) ||
      (this.#allBooleans && /^--[^=]+$/.test(arg));
    if (!declared && this.#options.unknown?.(arg, key, given) === false) return;
    const value = typeof given === "string" && !this.#strings.has(key) ? asNumberIfItIs(given) : given;
    for (const name of [key, ...this.#aliases.get(key) ?? []]) {
      const { tree, leaf } = reach(this.#result, name);
      const before = Object.hasOwn(tree, leaf) ? tree[leaf] : undefined;
      if (!collect || !this.#collected.has(key)) put(tree, leaf, value);
      else if (Array.isArray(before)) before.push(value);
      else put(tree, leaf, [value]);
    }
  }

  #fillDefaults(): void {
    for (const [key, value] of Object.entries(this.#options.default ?? {})) {
      if (has(this.#result, key)) continue;
      for (const name of [key, ...this.#aliases.get(key) ?? []]) assign(this.#result, name, value);
    }
    for (const key of this.#booleans) {
      if (!has(this.#result, key)) assign(this.#result, key, this.#collected.has(key) ? [] : false);
    }
    for (const key of this.#strings) {
      if (this.#collected.has(key) && !has(this.#result, key)) assign(this.#result, key, []);
    }
  }

  #isBoolean(key: string): boolean {
    return this.#booleans.has(key) || (this.#aliases.get(key) ?? []).some((name) => this.#booleans.has(name));
  }

  #withAliases(names: Names<string> | undefined): Set<string> {
    return new Set(asList(names).filter(Boolean).flatMap((name) => [name, ...this.#aliases.get(name) ?? []]));
  }
}

function asList(names: Names<string> | undefined): readonly string[] {
  if (names === undefined) return [];
  return typeof names === "string" ? [names] : names;
}

function asNumberIfItIs(text: string): string | number {
  return /^(0x[0-9a-f]+|[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?)$/i.test(text) ? Number(text) : text;
}

/** The object that holds a dotted name's last part, made if it is not there. */
function reach(root: Tree, name: string): { tree: Tree; leaf: string } {
  const parts = name.split(".");
  const leaf = parts.pop()!;
  let tree = root;
  for (const part of parts) {
    const below = Object.hasOwn(tree, part) ? tree[part] : undefined;
    tree = typeof below === "object" && below !== null ? below as Tree : put<Tree>(tree, part, {});
  }
  return { tree, leaf };
}

function has(root: Tree, name: string): boolean {
  let tree: unknown = root;
  for (const part of name.split(".")) {
    if (typeof tree !== "object" || tree === null || !Object.hasOwn(tree, part)) return false;
    tree = (tree as Tree)[part];
  }
  return true;
}

function assign(root: Tree, name: string, value: unknown): void {
  const { tree, leaf } = reach(root, name);
  put(tree, leaf, value);
}

/** A plain assignment to `__proto__` would change an object's prototype instead of its content. */
function put<T>(tree: Tree, leaf: string, value: T): T {
  Object.defineProperty(tree, leaf, { value, writable: true, enumerable: true, configurable: true });
  return value;
}
