/** What SCAN, HSCAN, SSCAN and ZSCAN have in common: cursors, options, and patterns. */
import type { Args } from "../args.ts";
import { ReplyError, syntaxError } from "../errors.ts";
import { globMatch } from "../store/glob.ts";
import type { Slice } from "../sys/bytes.ts";

const invalidCursor = new ReplyError("ERR invalid cursor");
const STAR = 0x2a;
const UINT64_MAX = (1n << 64n) - 1n;
const COUNT_DEFAULT = 10;
/** Elements after which one call ends in any case. */
const COUNT_MAX = 2 ** 31;

/** Whether everything matches, so that nothing has to be looked at. */
export function matchesAll(pattern: Slice): boolean {
  return pattern.length === 1 && pattern.bytes[pattern.start] === STAR;
}

export function matches(pattern: Slice, name: Slice): boolean {
  return globMatch(
    pattern.bytes,
    pattern.start,
    pattern.end,
    name.bytes,
    name.start,
    name.end,
  );
}

/** The cursor at argument `i`: any number of 64 bits, with a sign or without, or nothing at all. */
export function readCursor(args: Args, i: number): number {
  const parts = /^([+-]?)(\d+)$/.exec(args.text(i).split("\0", 1)[0]!);
  if (parts === null) {
    if (args.at(i).length === 0) return 0;
    throw invalidCursor;
  }
  const magnitude = BigInt(parts[2]!);
  if (magnitude > UINT64_MAX) throw invalidCursor;
  return Number(BigInt.asUintN(32, parts[1] === "-" ? -magnitude : magnitude));
}

export interface ScanOptions {
  /** Elements to visit, at least; at most 2^31. */
  count: number;
  /** What elements have to match; undefined when all do. */
  pattern: Slice | undefined;
  /** The name of a type, in lower case; only SCAN knows it. */
  type: string | undefined;
}

/** One object for all, since handlers run one after the other. */
const options: ScanOptions = { count: COUNT_DEFAULT, pattern: undefined, type: undefined };

/**
 * Reads the options from argument `from` on; what is returned is reused by the next call.
 * @param knowsType whether TYPE is an option
 */
export function readScanOptions(args: Args, from: number, knowsType = false): ScanOptions {
  options.count = COUNT_DEFAULT;
  options.pattern = undefined;
  options.type = undefined;
  for (let i = from; i < args.count; i += 2) {
    const more = i + 1 < args.count;
    if (args.is(i, "count") && more) {
      const count = args.integer(i + 1);
      if (count < 1) throw syntaxError;
      options.count = Math.min(count, COUNT_MAX);
    } else if (args.is(i, "match") && more) {
      options.pattern = matchesAll(args.at(i + 1)) ? undefined : args.at(i + 1);
    } else if (knowsType && args.is(i, "type") && more) {
      options.type = args.text(i + 1).toLowerCase();
    } else {
      throw syntaxError;
    }
  }
  return options;
}
