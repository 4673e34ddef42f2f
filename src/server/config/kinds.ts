/**
 * The kinds of values that are one word: yes or no, integers, amounts of memory, choices, text.
 *
 * A value is kept as the text that CONFIG GET prints, in canonical form, so that it can be compared, restored and
 * printed without knowing its kind. A kind turns words into such a text (or says why not), and such a text into
 * lines of a file. Special values of several words are in `special_kinds.ts`.
 */
import { formatMemory, parseInteger, parseLooseInteger, parseMemory } from "./numbers.ts";
import { quote } from "./tokens.ts";

/** A value that was refused; the message is the text that the operator or the client reads. */
export class InvalidValue extends Error {
  override name = "InvalidValue";
}

/** Where a value comes from: a configuration file (or the command line), or CONFIG SET. */
export type Source = "file" | "client";

/** What a kind may look at while it reads a value. */
export interface ParseContext {
  readonly source: Source;
  /** The value so far. */
  readonly previous: string;
  /** Whether a file has set the value before: repeated `save` lines add up. */
  readonly isSet: boolean;
  /** Makes a folder the working directory; throws an Error with the system's text. */
  changeDirectory(path: string): void;
}

/** Lines to be written into a configuration file. */
export interface RewrittenLine {
  readonly text: string;
  /** Whether the line is added when the old file has none to put it in place of. */
  readonly force: boolean;
}

export interface Kind {
  /** What the value is, for tables and documents: "yes or no", "integer", ... */
  readonly type: string;
  /** Whether the value may have several words. */
  readonly multiple: boolean;
  /** The value that the words mean. @throws {InvalidValue} */
  parse(words: readonly string[], context: ParseContext): string;
  /** What CONFIG GET prints, where that is not the value itself. */
  show?(value: string): string;
  /** The value as a number, for kinds that are numbers. */
  toNumber?(value: string): number;
  /** The lines that a configuration file needs to say this value. */
  rewrite(name: string, value: string, initial: string): readonly RewrittenLine[];
}

/** A line `name value`, added when the value is not the default. */
function plainLine(name: string, shown: string, value: string, initial: string): RewrittenLine[] {
  return [{ text: `${name} ${shown}`, force: value !== initial }];
}

/** Text up to the first zero byte: most values are C strings in the reference. */
export function untilZeroByte(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

function refuseOutside(value: bigint, min: bigint, max: bigint, base: 8 | 10 = 10): void {
  if (value >= min && value <= max) return;
  throw new InvalidValue(
    `argument must be between ${min.toString(base)} and ${max.toString(base)} inclusive`,
  );
}

export const YES_OR_NO: Kind = {
  type: "yes or no",
  multiple: false,
  parse(words) {
    const word = untilZeroByte(words[0]!).toLowerCase();
    if (word !== "yes" && word !== "no") throw new InvalidValue("argument must be 'yes' or 'no'");
    return word;
  },
  rewrite: (name, value, initial) => plainLine(name, value, value, initial),
};

/** An integer; both bounds belong to the range. */
export function integerKind(min: bigint, max: bigint): Kind {
  return {
    type: "integer",
    multiple: false,
    parse(words) {
      const value = parseInteger(words[0]!);
      if (value === undefined) throw new InvalidValue("argument couldn't be parsed into an integer");
      refuseOutside(value, min, max);
      return String(value);
    },
    toNumber: Number,
    rewrite: (name, value, initial) => plainLine(name, value, value, initial),
  };
}

/**
 * An amount of memory in bytes. Where the largest allowed value fits a signed 64-bit integer, larger ones are
 * negative to the range check, as in the reference.
 */
export function memoryKind(min: bigint, max: bigint): Kind {
  const isSigned = max < 2n ** 63n;
  return {
    type: "bytes",
    multiple: false,
    parse(words) {
      const value = parseMemory(untilZeroByte(words[0]!));
      if (value === undefined) throw new InvalidValue("argument must be a memory value");
      refuseOutside(isSigned ? BigInt.asIntN(64, value) : value, min, max);
      return String(value);
    },
    toNumber: Number,
    rewrite: (name, value, initial) => plainLine(name, formatMemory(BigInt(value)), value, initial),
  };
}

/** An amount of memory in bytes, or a percentage of another one; as a number, a percentage is negative. */
export const MEMORY_OR_PERCENT: Kind = {
  type: "bytes or percent",
  multiple: false,
  parse(words) {
    const word = untilZeroByte(words[0]!);
    const isPercent = word.endsWith("%");
    const size = isPercent ? parseInteger(word.slice(0, -1)) : parseMemory(word);
    if (size === undefined || size < 0n) throw new InvalidValue("argument must be a memory or percent value");
    // A percentage is a negative number in the reference, and so is an amount of 2^63 bytes or more.
    const value = isPercent ? -size : BigInt.asIntN(64, size);
    if (value < -100n) throw new InvalidValue("percentage argument must be less or equal to 100");
    return value < 0n ? `${-value}%` : String(value);
  },
  toNumber: (value) => value.endsWith("%") ? -Number(value.slice(0, -1)) : Number(value),
  rewrite(name, value, initial) {
    const shown = value.endsWith("%") ? value : formatMemory(BigInt(value));
    return plainLine(name, shown, value, initial);
  },
};

/** Permission bits of a file, in octal digits. */
export function octalKind(min: bigint, max: bigint): Kind {
  return {
    type: "octal",
    multiple: false,
    parse(words) {
      const value = parseLooseInteger(untilZeroByte(words[0]!), 8);
      if (value === undefined) throw new InvalidValue("argument couldn't be parsed as an octal number");
      refuseOutside(value, min, max, 8);
      return value.toString(8);
    },
    toNumber: (value) => parseInt(value, 8),
    rewrite: (name, value, initial) => plainLine(name, value, value, initial),
  };
}

/** One of some words, in any case. `synonyms` are printed as the word that they stand for. */
export function choiceKind(
  choices: readonly string[],
  synonyms: Readonly<Record<string, string>> = {},
): Kind {
  return {
    type: "choice",
    multiple: false,
    parse(words) {
      const word = untilZeroByte(words[0]!).toLowerCase();
      if (!choices.includes(word)) throw notAChoice(choices);
      return synonyms[word] ?? word;
    },
    rewrite: (name, value, initial) => plainLine(name, value, value, initial),
  };
}

export function notAChoice(choices: readonly string[]): InvalidValue {
  return new InvalidValue(`argument(s) must be one of the following: ${choices.join(", ")}`);
}

export interface TextOptions {
  /** Why a text is refused, or undefined. */
  readonly check?: (text: string) => string | undefined;
  /** Whether an empty text means "not set", so that no line is written for it. */
  readonly emptyIsUnset?: boolean;
  /** Whether zero bytes are part of the text: for passwords. */
  readonly isBinary?: boolean;
}

export function textKind(options: TextOptions = {}): Kind {
  return {
    type: "text",
    multiple: false,
    parse(words) {
      const text = options.isBinary ? words[0]! : untilZeroByte(words[0]!);
      const problem = options.check?.(text);
      if (problem !== undefined) throw new InvalidValue(problem);
      return text;
    },
    rewrite(name, value, initial) {
      return value === "" && options.emptyIsUnset ? [] : plainLine(name, quote(value), value, initial);
    },
  };
}
