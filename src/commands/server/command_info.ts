/** One command as COMMAND INFO and bare COMMAND describe it, in the reference's form and order of words. */
import type { Flag, KeyFlag, KeySpec } from "../../command.ts";
import type { Command } from "../../command_table.ts";
import type { Reply } from "../../resp/reply.ts";

/** Fields of an entry. */
const FIELDS = 10;

const FLAG_ORDER: readonly Flag[] = [
  "write",
  "readonly",
  "denyoom",
  "admin",
  "pubsub",
  "noscript",
  "blocking",
  "loading",
  "stale",
  "skip_monitor",
  "skip_slowlog",
  "asking",
  "fast",
  "no_auth",
  "no_mandatory_keys",
  "no_async_loading",
  "no_multi",
  "allow_busy",
  "movablekeys",
];

const KEY_FLAG_ORDER: readonly KeyFlag[] = [
  "RO",
  "RW",
  "OW",
  "RM",
  "access",
  "update",
  "insert",
  "delete",
  "not_key",
  "incomplete",
  "variable_flags",
];

/** The entry of a command; nil when there is none. */
export function writeCommand(command: Command | undefined, reply: Reply): void {
  if (command === undefined) return reply.nil();
  const { spec } = command;
  const range = firstRange(spec.keys ?? []);
  reply.array(FIELDS);
  reply.bulkText(command.name);
  reply.integer(command.arity);
  writeStatuses(FLAG_ORDER.filter((flag) => spec.flags.includes(flag)), reply);
  for (const place of range) reply.integer(place);
  writeStatuses(command.categories.map((category) => `@${category}`), reply);
  const tips = spec.tips ?? [];
  reply.set(tips.length);
  for (const tip of tips) reply.bulkText(tip);
  const keys = spec.keys ?? [];
  reply.set(keys.length);
  for (const key of keys) writeKeySpec(key, reply);
  reply.set(command.subcommands.length);
  for (const subcommand of command.subcommands) writeCommand(subcommand, reply);
}

function writeStatuses(words: readonly string[], reply: Reply): void {
  reply.set(words.length);
  for (const word of words) reply.status(word);
}

/** @param flags in any order */
export function writeKeyFlags(flags: readonly KeyFlag[], reply: Reply): void {
  writeStatuses(KEY_FLAG_ORDER.filter((flag) => flags.includes(flag)), reply);
}

function writeKeySpec({ flags, begin, find, notes }: KeySpec, reply: Reply): void {
  reply.map(notes === undefined ? 3 : 4);
  if (notes !== undefined) {
    reply.bulkText("notes");
    reply.bulkText(notes);
  }
  reply.bulkText("flags");
  writeKeyFlags(flags, reply);
  reply.bulkText("begin_search");
  if ("index" in begin) writeSearch("index", [["index", begin.index]], reply);
  else if ("unknown" in begin) writeSearch("unknown", [], reply);
  else writeSearch("keyword", [["keyword", begin.keyword], ["startfrom", begin.startFrom]], reply);
  reply.bulkText("find_keys");
  if ("unknown" in find) {
    writeSearch("unknown", [], reply);
  } else if ("keynum" in find) {
    const { keynum, firstKey, step } = find;
    writeSearch("keynum", [["keynumidx", keynum], ["firstkey", firstKey], ["keystep", step]], reply);
  } else {
    const { lastKey, step, limit } = find;
    writeSearch("range", [["lastkey", lastKey], ["keystep", step], ["limit", limit]], reply);
  }
}

function writeSearch(
  type: string,
  fields: readonly (readonly [string, string | number])[],
  reply: Reply,
): void {
  reply.map(2);
  reply.bulkText("type");
  reply.bulkText(type);
  reply.bulkText("spec");
  reply.map(fields.length);
  for (const [name, value] of fields) {
    reply.bulkText(name);
    if (typeof value === "number") reply.integer(value);
    else reply.bulkText(value);
  }
}

/**
 * First key, last key and step, from the time before key specifications: those of the only one, or the stretch that
 * the specifications of neighbouring keys make together. Zeros when there is none.
 */
function firstRange(keys: readonly KeySpec[]): readonly [first: number, last: number, step: number] {
  const ranges = keys.flatMap(({ begin, find }) =>
    "index" in begin && "lastKey" in find ? [{ first: begin.index, ...find }] : []
  );
  if (keys.length === 1 && ranges.length === 1) {
    const { first, lastKey, step } = ranges[0]!;
    return [first, lastKey < 0 ? lastKey : first + lastKey, step];
  }
  let first = 0;
  let last = 0;
  for (const range of ranges) {
    if (range.step !== 1 || (last !== 0 && range.first !== last + 1)) continue;
    if (first === 0) first = range.first;
    // Counted from the end is further away than any place counted from the start.
    last = range.lastKey < 0 ? range.lastKey : range.first + range.lastKey;
  }
  return first === 0 ? [0, 0, 0] : [first, last, 1];
}
