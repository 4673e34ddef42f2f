/** Which arguments of a request are keys, by the key specifications of its command. */
import type { Args } from "../../args.ts";
import type { KeyFlag, KeySpec } from "../../command.ts";
import { INT64_MAX, INT64_MIN } from "../../store/numbers/int64.ts";
import type { Command } from "../../command_table.ts";

/** A key among arguments: its place, and what the command does to it. */
export interface FoundKey {
  readonly at: number;
  readonly flags: readonly KeyFlag[];
}

/** What commands do to their keys whose specification says that it depends on the arguments. */
const FLAGS_BY_ARGUMENTS: Readonly<Record<string, (args: Args, from: number) => readonly KeyFlag[]>> = {
  set(args, from) {
    for (let i = from + 3; i < args.count; i++) if (args.is(i, "get")) return ["RW", "access", "update"];
    return ["OW", "update"];
  },
  bitfield(args, from) {
    let i = from + 2;
    for (; i < args.count; i++) {
      const more = args.count - 1 - i;
      if (args.is(i, "get") && more >= 2) i += 2;
      else if (args.is(i, "overflow") && more >= 1) i++;
      else return ["RW", "access", "update"];
    }
    return ["RO", "access"];
  },
};

/**
 * The keys of the request that begins at argument `from`. They come in the order of the specifications; where the
 * number of keys is not written as the server would write it, the reference looks for them in an older way, which is
 * satisfied with the digits that it begins with, names counted keys first, and knows nothing of their flags. O(arguments) for each specification.
 */
export function findKeys(command: Command, args: Args, from: number): FoundKey[] {
  const specs = command.spec.keys ?? [];
  const found = findBySpecs(specs, command.name, args, from, strictCountAt);
  if (found !== undefined) return found;
  const counted = specs.filter(({ find }) => "keynum" in find);
  const reordered = [...counted, ...specs.filter((each) => !counted.includes(each))];
  const loose = findBySpecs(reordered, command.name, args, from, looseCountAt) ?? [];
  return loose.map(({ at }) => ({ at, flags: [] }));
}

/** The keys, or undefined when the request does not fit a specification: then it is wrong as a whole. */
function findBySpecs(
  specs: readonly KeySpec[],
  name: string,
  args: Args,
  from: number,
  countAt: CountReader,
): FoundKey[] | undefined {
  const found: FoundKey[] = [];
  for (const spec of specs) {
    const variable = spec.flags.includes("variable_flags") ? FLAGS_BY_ARGUMENTS[name] : undefined;
    const flags = variable?.(args, from) ?? spec.flags;
    for (const at of placesOf(spec, args, from, countAt)) {
      if (at === MISFIT) return undefined;
      found.push({ at, flags });
    }
  }
  return found;
}

/** Reads the number of keys at an argument; 0 when it is none. */
type CountReader = (args: Args, i: number) => number;

/** The place of a key in a request that is wrong. */
const MISFIT = -1;

function* placesOf(
  { begin, find }: KeySpec,
  args: Args,
  from: number,
  countAt: CountReader,
): Iterable<number> {
  if ("unknown" in begin) return yield* begin.unknown(args, from);
  if ("unknown" in find) return;
  const start = "index" in begin
    ? from + begin.index
    : afterKeyword(begin.keyword, begin.startFrom, args, from);
  if (start >= args.count) return;
  let first = start;
  let last: number;
  if ("keynum" in find) {
    const count = start + find.keynum < args.count ? countAt(args, start + find.keynum) : 0;
    first = start + find.firstKey;
    last = first + (count - 1) * find.step;
  } else if (find.lastKey >= 0) {
    last = first + find.lastKey;
  } else if (find.limit <= 1) {
    last = args.count + find.lastKey;
  } else {
    last = first + Math.floor((args.count - first) / find.limit) + find.lastKey;
  }
  // More keys are announced than there are arguments, or none where there must be some.
  if (last >= args.count || last < first) return yield MISFIT;
  for (let at = first; at <= last; at += find.step) yield at;
}

function strictCountAt(args: Args, i: number): number {
  return args.isInteger(i) ? args.integer(i) : 0;
}

/** Whatever follows the digits is overlooked, and so is what does not fit 32 bits. */
function looseCountAt(args: Args, i: number): number {
  const digits = /^[ \t-\r]*([+-]?[0-9]+)/.exec(args.text(i))?.[1] ?? "0";
  const number = BigInt(digits.replace("+", ""));
  const clamped = number > INT64_MAX ? INT64_MAX : number < INT64_MIN ? INT64_MIN : number;
  return Number(BigInt.asIntN(32, clamped));
}

/** The place after a keyword, looked for forwards, or backwards from the end when `startFrom` is negative. */
function afterKeyword(keyword: string, startFrom: number, args: Args, from: number): number {
  const wanted = keyword.toLowerCase();
  const step = startFrom < 0 ? -1 : 1;
  const start = startFrom < 0 ? args.count + startFrom : from + startFrom;
  for (let i = start; i > from && i < args.count; i += step) {
    if (args.is(i, wanted)) return i + 1;
  }
  return args.count;
}
