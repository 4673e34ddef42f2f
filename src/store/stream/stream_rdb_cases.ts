/**
 * Streams in RDB spelling for tests: some as redis-server 7.0.15 dumped them, and some put together by hand, with what it says of
 * them when it looks into everything (`sanitize-dump-payload yes`).
 */
import { RdbType } from "../rdb/collection_rdb.ts";
import { ListpackBuilder, writeCount } from "../packed/listpack.ts";
import { RdbWriter } from "../rdb/rdb_codec.ts";
import { latin1 } from "../../sys/bytes.ts";

/** What DUMP gave: deleted entries, entries with other fields, large ids, groups, consumers; streams without entries; one
 * of several nodes; one whose only entry is deleted, but there. */
export const STREAM_DUMPS: readonly string[] = [
  "EwEQAAAAAAAAAAEAAAAAAAAACsNAaECJEokAAAAoAAQBAQECAYFhAoFiAgAgCQAAIAFAEQIFAQMgCQACIAUD0GACBSAKDQQB3/YCAQGBYwKB" +
  "eAIGIBkABkAQIAsBnnngFAAAH0A8Bd/+At/0AmBnAPQgdkAAAUAJIHQEAgEIAf8Egf//////////gf/////////+AQoBDAUEwAwFAIH/////" +
  "/////wAAAWeB//////////+B//////////4FBAAAAAAAAAABAAAAAAAAAAp42OD5oQEAAAEAAAAAAAAABQAAAAAAAAAA6AMAAAAAAABAZAAA" +
  "AAAAAAAHAAAAAAAAAAA5MAAAAAAAAIF///////////////////////////////542OD5oQEAAAEEwLN42OD5oQEAAAAEbm9uZXjY4PmhAQAA" +
  "AAN6ZWR42OD5oQEAAAMAAAAAAAAAAQAAAAAAAAAKAAAAAAAAAAUAAAAAAAAAAAAAAAAAAAAHAAAAAAAAAADDCTIBenrgJQABenp42OD5oQEA" +
  "AAH////////////////////+wwkoAW5u4BsAAW5uAAAAAAAC/wAFAIEAAAAcvpkaFAAACgAeVbRf0OxpPA==",
  "EwAACQkAAAAAAQEBZwUAgf//////////AAAKAD0Dj9XaCDj7",
  "EwAAAAAAAAAAAAEBZwAAgf//////////AAAKAKAalT37nN3e",
  "EwQQAAAAAAAAA+gAAAAAAAAAADAwAAAAFAABAQIBAQGBZgIAAQMBAAEAAQABBAEDAQABAQEBAQQBAgEAAQIBAgEEAf8QAAAAAAAAA+kAAAAA" +
  "AAAAAzAwAAAAFAACAQEBAQGBZgIAAQIBAAEAAQMBBAEDAQABAQEEAQQBAgEAAQIBBQEEAf8QAAAAAAAAA+oAAAAAAAAABjAwAAAAFAADAQAB" +
  "AQGBZgIAAQIBAAEAAQYBBAECAQABAQEHAQQBAgEAAQIBCAEEAf8QAAAAAAAAA+sAAAAAAAAACRwcAAAACgABAQABAQGBZgIAAQIBAAEAAQkB" +
  "BAH/B0PrCUPoAkPpBAoACgBwHXZef/1x3w==",
  "EwEQAAAAAAAAAAEAAAAAAAAAAcMqMw4zAAAAFAAAAQMBAQGBYQJACAAAIAEDgWICBCATAABAFcAKAAJgCgEB/wABAwAAAQMDAAoA5Gd+vuwzmsY=",
];

/** A payload as older versions wrote it, and what DUMP gave when redis-server had taken it. */
export const OLD_STREAM_DUMP: readonly [old: string, dumped: string] = [
  "DwEQAAAAAAAAAAEAAAAAAAAAAUBBQQAAABkAAwEAAQIBgWECgWICAAECAQABAAGBMQKBMgIFAQIBAAEBAYEzAoE0AgUBAAEFAQABAQGBeAKBeQIG" +
  "Af8DBgEDAWcBAQEAAAAAAAAAAQAAAAAAAAAB6AMAAAAAAAABAQFj6AMAAAAAAAABAAAAAAAAAAEAAAAAAAAAAQFoBgEAAAFpAQIAAAoAqZbzwVra" +
  "iHk=",
  "EwEQAAAAAAAAAAEAAAAAAAAAAUBBQQAAABkAAwEAAQIBgWECgWICAAECAQABAAGBMQKBMgIFAQIBAAEBAYEzAoE0AgUBAAEFAQABAQGBeAKBeQIG" +
  "Af8DBgEBAQAAAwMBZwEBAQEAAAAAAAAAAQAAAAAAAAAB6AMAAAAAAAABAQFj6AMAAAAAAAABAAAAAAAAAAEAAAAAAAAAAQFoBgEDAAABaQECgf//" +
  "////////AAAKAMBWsDlUlWzK",
];

type Id = readonly [ms: number | bigint, sequence: number | bigint];
type Element = string | number | bigint;

export interface StreamParts {
  readonly nodes?: readonly (readonly [Uint8Array | Id, Uint8Array])[];
  readonly length?: number;
  readonly last?: Id;
  readonly first?: Id;
  readonly maxDeleted?: Id;
  readonly added?: number | bigint;
  readonly groups?: readonly GroupParts[];
}

export interface GroupParts {
  readonly name?: string;
  readonly last?: Id;
  readonly read?: number | bigint;
  readonly pending?: readonly (readonly [id: Id, at: number | bigint, count: number | bigint])[];
  readonly consumers?: readonly (readonly [name: string, seen: number | bigint, ids: readonly Id[]])[];
}

/** A value put together from parts that need not fit: type and body. */
export function streamBytes(parts: StreamParts, type: number = RdbType.stream2): Uint8Array {
  const writer = new RdbWriter({ compression: false });
  const isSecond = type === RdbType.stream2;
  const { nodes = [NODE], last = [6, 1], groups = [] } = parts;
  writer.byte(type);
  writer.lengthPrefix(nodes.length);
  for (const [key, listpack] of nodes) {
    writer.string(key instanceof Uint8Array ? key : idBytes(key));
    writer.string(listpack);
  }
  writer.lengthPrefix(parts.length ?? (nodes.length === 0 ? 0 : 3));
  writeId(writer, last);
  if (isSecond) {
    writeId(writer, parts.first ?? (nodes.length === 0 ? [0, 0] : [1, 1]));
    writeId(writer, parts.maxDeleted ?? [0, 0]);
    writeLength(writer, parts.added ?? 3);
  }
  writer.lengthPrefix(groups.length);
  for (const group of groups) writeGroup(writer, group, isSecond);
  return writer.toBytes();
}

function writeGroup(writer: RdbWriter, group: GroupParts, isSecond: boolean): void {
  const { name = "g", last = [1, 1], read = 1, pending = PENDING, consumers = CONSUMERS } = group;
  writer.string(latin1(name));
  writeId(writer, last);
  if (isSecond) writeLength(writer, read);
  writer.lengthPrefix(pending.length);
  for (const [id, at, count] of pending) {
    writer.raw(idBytes(id));
    writer.uint64(BigInt(at));
    writeLength(writer, count);
  }
  writer.lengthPrefix(consumers.length);
  for (const [name, seen, ids] of consumers) {
    writer.string(latin1(name));
    writer.uint64(BigInt(seen));
    writer.lengthPrefix(ids.length);
    for (const id of ids) writer.raw(idBytes(id));
  }
}

function writeLength(writer: RdbWriter, value: number | bigint): void {
  const bits = BigInt.asUintN(64, BigInt(value));
  writer.lengthWords(Number(BigInt.asIntN(32, bits >> 32n)), Number(BigInt.asIntN(32, bits)));
}

function writeId(writer: RdbWriter, [ms, sequence]: Id): void {
  writeLength(writer, ms);
  writeLength(writer, sequence);
}

function idBytes([ms, sequence]: Id): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(ms));
  view.setBigUint64(8, BigInt(sequence));
  return bytes;
}

function listpack(...elements: Element[]): Uint8Array {
  const builder = new ListpackBuilder();
  for (const element of elements) {
    const text = latin1(String(element));
    builder.append(text, 0, text.length);
  }
  return builder.built().slice();
}

const master = (count: Element, deleted: Element = 0): Element[] => [count, deleted, 2, "a", "b", 0];
/** Entries with the fields of the master, and with others. */
const same = (
  ms: Element,
  sequence: Element,
  flags: Element = 2,
): Element[] => [flags, ms, sequence, "v", "w", 5];
const own = (ms: Element, sequence: Element): Element[] => [0, ms, sequence, 1, "x", "y", 6];

const E1 = same(0, 0);
const E2 = same(0, 1);
const GOOD = listpack(...master(3), ...E1, ...E2, ...own(5, 0));
const NODE = [[1, 1], GOOD] as const;
const PENDING: NonNullable<GroupParts["pending"]> = [[[1, 1], 1000, 1]];
const CONSUMERS: NonNullable<GroupParts["consumers"]> = [["c", 1000, [[1, 1]]]];

const one = (...elements: Element[]): StreamParts => ({
  nodes: [[[1, 1], listpack(...elements)]],
  length: 1,
});
const withGroups = (...groups: GroupParts[]): StreamParts => ({ groups });

function withCount(bytes: Uint8Array, count: number): Uint8Array {
  const changed = bytes.slice();
  writeCount(changed, 0, count);
  return changed;
}

const NODE_DAMAGED = "Stream listpack integrity check failed.";
const KEY_SIZE = "Stream node key entry is not the size of a stream ID";
const TWICE_ASSIGNED = "Stream consumer PEL entry already has a consumer assigned";
const NOT_PENDING = "Consumer entry not found in group global PEL";
const NOBODY = "Stream CG PEL entry without consumer";

export interface StreamCase {
  readonly name: string;
  readonly parts: StreamParts;
  /** What it is refused with; absent: it is taken. */
  readonly error?: string;
  /** What is different of the reference: it takes what would break the order, or keeps numbers that entries contradict. */
  readonly differs?: "refused here alone" | "mended here";
}

const refused: readonly (readonly [name: string, parts: StreamParts, error?: string])[] = [
  ["a length without nodes", { nodes: [], length: 3 }, "Stream length inconsistent with rax entries"],
  ["a key of 15 bytes", { nodes: [[new Uint8Array(15), GOOD]] }, KEY_SIZE],
  ["a key of 17 bytes", { nodes: [[new Uint8Array(17), GOOD]] }, KEY_SIZE],
  ["an empty key", { nodes: [[new Uint8Array(), GOOD]] }, KEY_SIZE],
  ["a node twice", { nodes: [NODE, NODE], length: 6 }, "Listpack re-added with existing key"],
  ["a node of no bytes", { nodes: [[[1, 1], new Uint8Array()]] }],
  ["a node without elements", one()],
  ["a node that is no listpack", { nodes: [[[1, 1], latin1("abcdefghijkl")]] }],
  ["a node that is cut off", { nodes: [[[1, 1], GOOD.subarray(0, -3)]] }],
  ["a node without its end", { nodes: [[[1, 1], GOOD.with(GOOD.length - 1, 0)]] }],
  ["more entries than announced", one(...master(1), ...E1, ...E2)],
  ["less entries than announced", one(...master(3), ...E1, ...E2)],
  ["a deleted entry that is not announced", one(...master(1), ...same(0, 0, 3), ...E2)],
  ["a negative count of entries", one(...master(-1), ...E1)],
  ["a count that is text", one(...master("q"), ...E1)],
  ["a count of deleted ones that is text", one(...master(1, "q"), ...E1)],
  ["a count of fields that is text", one(1, 0, "q", "a", "b", 0, ...E1)],
  ["a negative count of fields", one(1, 0, -1, 0, ...E1)],
  ["too many master fields", one(1, 0, 50, "a", "b", 0, ...E1)],
  ["too few master fields", one(1, 0, 1, "a", "b", 0, ...E1)],
  ["a master that ends in 7", one(1, 0, 2, "a", "b", 7, ...E1)],
  ["a master that ends in text", one(1, 0, 2, "a", "b", "q", ...E1)],
  ["a master that does not end", one(1, 0, 2, "a", "b", ...E1)],
  ["flags that are text", one(...master(1), ...same(0, 0, "q"))],
  ["milliseconds that are text", one(...master(1), ...same("q", 0))],
  ["a sequence that is text", one(...master(1), ...same(0, "q"))],
  ["a count of own fields that is text", one(...master(1), 0, 0, 0, "q", "x", "y", 6)],
  ["too many own fields", one(...master(1), 0, 0, 0, 9, "x", "y", 6)],
  ["far too many own fields", one(...master(1), 0, 0, 0, 2 ** 40, "x", "y", 6)],
  ["a number of elements that is too small", one(...master(1), 2, 0, 0, "v", "w", 4)],
  ["a number of elements that is too large", one(...master(1), 2, 0, 0, "v", "w", 6)],
  ["a number of elements that is text", one(...master(1), 2, 0, 0, "v", "w", "q")],
  ["no number of elements", one(...master(1), 2, 0, 0, "v", "w")],
  ["an element behind the last entry", one(...master(1), ...E1, 7)],
  ["a group twice", withGroups({}, {}), "Duplicated consumer group name g"],
  ["an id that is pending at nobody", withGroups({ consumers: [] }), NOBODY],
  ["an id that its consumer does not have", withGroups({ consumers: [["c", 0, []]] }), NOBODY],
  ["an id of a consumer alone", withGroups({ consumers: [["c", 0, [[1, 1], [2, 2]]]] }), NOT_PENDING],
  ["an id twice at its consumer", withGroups({ consumers: [["c", 0, [[1, 1], [1, 1]]]] }), TWICE_ASSIGNED],
  [
    "an id at two consumers",
    withGroups({ consumers: [["c", 0, [[1, 1]]], ["d", 0, [[1, 1]]]] }),
    TWICE_ASSIGNED,
  ],
  [
    "a consumer twice",
    withGroups({ consumers: [["c", 0, [[1, 1]]], ["c", 0, []]] }),
    "Duplicate stream consumer detected.",
  ],
  [
    "an id that is pending twice",
    withGroups({ pending: [[[1, 1], 1, 1], [[1, 1], 1, 1]] }),
    "Duplicated global PEL entry loading stream consumer group",
  ],
];

const MAX = 2n ** 64n - 1n;
const onlyPending = (id: Id, at: number | bigint, count: number | bigint): StreamParts =>
  withGroups({ pending: [[id, at, count]], consumers: [["c", 1, [id]]] });

const taken: readonly (readonly [name: string, parts: StreamParts])[] = [
  ["three entries", {}],
  ["no entries", { nodes: [], last: [9, 9] }],
  ["a group", withGroups({})],
  ["two groups", withGroups({ name: "a" }, { name: "b" })],
  ["groups without names", withGroups({ name: "", consumers: [["", 5, [[1, 1]]]] })],
  ["the greatest ids", { last: [MAX, MAX], maxDeleted: [MAX, MAX - 1n] }],
  ["as many added as there can be", { added: MAX }],
  ["less added than are there", { added: 1 }],
  ["a first entry that is deleted", { ...one(...master(1, 1), ...same(0, 0, 3), ...E2), first: [1, 2] }],
  ["a node whose entries are all deleted", {
    ...one(...master(0, 1), ...same(0, 0, 3)),
    first: [0, 0],
    length: 0,
  }],
  ["a node without entries", { ...one(...master(0)), first: [0, 0], length: 0 }],
  ["no fields", one(1, 0, 0, 0, 2, 0, 0, 3)],
  ["no fields of its own", one(...master(1), 0, 0, 0, 0, 4)],
  ["fields that are numbers", one(1, 0, 2, 5, 7, 0, 2, 0, 0, 8, -9000, 5)],
  ["a sequence that goes down with the milliseconds", {
    ...one(...master(1), ...same(3, -1)),
    first: [4, 0],
  }],
  ["an entry that is not there any more", onlyPending([4, 4], 1, 1)],
  ["a negative time", onlyPending([1, 1], -5, 1)],
  ["the last time there is", onlyPending([1, 1], 2n ** 63n - 1n, 1)],
  ["the most deliveries there can be", onlyPending([1, 1], 1, MAX)],
  ["no delivery", onlyPending([1, 1], 1, 0)],
  ["a group ahead of its stream", withGroups({ last: [99, 9] })],
  ["entries read that nobody knows", withGroups({ read: MAX })],
  ["less than none read", withGroups({ read: -5 })],
  ["many read", withGroups({ read: 2n ** 62n })],
];

const different: readonly (readonly [string, StreamParts, NonNullable<StreamCase["differs"]>, string?])[] = [
  ["a length that is too small", { length: 2 }, "mended here"],
  ["a length that is too large", { length: 4 }, "mended here"],
  ["a last id that is less than an entry's", { last: [1, 1] }, "mended here"],
  ["a first id that is no entry's", { first: [5, 5] }, "mended here"],
  [
    "a listpack that counts wrongly",
    { nodes: [[[1, 1], withCount(GOOD, 5)]] },
    "refused here alone",
    NODE_DAMAGED,
  ],
  ["flags that nobody knows", one(...master(1), ...same(0, 0, 6)), "refused here alone", NODE_DAMAGED],
  ["ids that do not ascend", one(...master(2), ...E2, ...E1), "refused here alone", NODE_DAMAGED],
  ["an id twice", one(...master(2), ...E1, ...E1), "refused here alone", NODE_DAMAGED],
  ["an id before its node", one(...master(1), ...same(-1, 0)), "refused here alone", NODE_DAMAGED],
  ["more deleted than marked", one(...master(1, 1), ...E1, ...E2), "refused here alone", NODE_DAMAGED],
  ["a negative number of own fields", one(...master(1), 0, 0, 0, -1, 2), "refused here alone", NODE_DAMAGED],
  [
    "nodes that overlap",
    { nodes: [NODE, [[2, 1], GOOD]], length: 6, last: [20, 0] },
    "refused here alone",
    "Stream nodes overlap, or are not in their order",
  ],
];

/** Everything above. */
export const STREAM_CASES: readonly StreamCase[] = [
  ...refused.map(([name, parts, error = NODE_DAMAGED]) => ({ name, parts, error })),
  ...taken.map(([name, parts]) => ({ name, parts })),
  ...different.map(([name, parts, differs, error]) => ({
    name,
    parts,
    differs,
    ...(error === undefined ? {} : { error }),
  })),
];
