/** BITOP: bitwise operations on whole strings. */
import { defineCommand, type Handler, key, keys } from "../../command.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Database } from "../../store/database.ts";
import { Encoding, Type } from "../../store/memory/entry.ts";
import { BigString } from "../../store/memory/objects.ts";
import { Slice } from "../../sys/bytes.ts";
import { toAlignment, wordsOf } from "./bits.ts";

const notTakesOne = new ReplyError("ERR BITOP NOT must be called with a single source key.");

/** More than a block of the arena holds. */
const HANDED_OVER_BYTES_MIN = 64 << 10;

/** Changes `into` by what lies beside it in `from`; both are equally long. */
type Combine = (into: Int32Array | Uint8Array, from: Int32Array | Uint8Array) => void;

const OPERATIONS: Readonly<Record<string, Combine>> = {
  and(into, from) {
    for (let i = 0; i < into.length; i++) into[i] = into[i]! & from[i]!;
  },
  or(into, from) {
    for (let i = 0; i < into.length; i++) into[i] = into[i]! | from[i]!;
  },
  xor(into, from) {
    for (let i = 0; i < into.length; i++) into[i] = into[i]! ^ from[i]!;
  },
  not(into) {
    for (let i = 0; i < into.length; i++) into[i] = ~into[i]!;
  },
};

/** Combines the first `source.length` bytes of `result` with a string. O(length). */
function combine(operation: Combine, result: Uint8Array, source: Slice): void {
  const { length } = source;
  // Words must lie on multiples of four bytes; copying them there costs much less than going byte by byte.
  const { bytes, start, end } = toAlignment(source.bytes, source.start) === 0
    ? source
    : new Slice(source.copy());
  operation(wordsOf(result, 0, length), wordsOf(bytes, start, end));
  const rest = length & ~3;
  operation(result.subarray(rest, length), bytes.subarray(start + rest, end));
}

/** Sets a key to a string; one that is long is handed over instead of being copied once more. */
function store(db: Database, destination: Slice, result: Uint8Array): void {
  if (result.length < HANDED_OVER_BYTES_MIN) {
    db.setString(destination, new Slice(result), false, Encoding.raw);
    return;
  }
  const old = db.find(destination);
  if (old !== 0 && db.expireAt(old) >= 0) {
    db.persist(destination);
    db.keyspace.dirty--; // It is one change, counted below.
  }
  db.setObject(destination, Type.string, Encoding.raw, new BigString(result, result.length));
}

const run: Handler = ({ db }, args, reply) => {
  const name = ["and", "or", "xor", "not"].find((name) => args.is(1, name));
  if (name === undefined) throw syntaxError;
  if (name === "not" && args.count !== 4) throw notTakesOne;
  const operation = OPERATIONS[name]!;
  const destination = args.at(2);
  const sources: Slice[] = [];
  let length = 0;
  for (let i = 3; i < args.count; i++) {
    const source = db.readString(args.at(i), new Slice()) ?? new Slice();
    sources.push(source);
    length = Math.max(length, source.length);
  }
  if (length === 0) {
    if (db.deleteDeadOrAlive(destination)) db.event("g", "del", destination);
    return reply.integer(0);
  }
  const result = new Uint8Array(length);
  const first = sources[0]!;
  result.set(first.view());
  if (name === "not") combine(operation, result, first);
  for (const source of sources.slice(1)) {
    combine(operation, result, source);
    // A string that is shorter goes on with zeros.
    if (name === "and") result.fill(0, source.length);
  }
  store(db, destination, result);
  db.event("$", "set", destination);
  reply.integer(length);
};

export const bitop = defineCommand({
  name: "BITOP",
  group: "bitmap",
  since: "2.6.0",
  summary: "Stores the bits of some strings, combined by AND, OR or XOR, or those of one turned over by NOT",
  complexity: "O(N) where N is the number of bytes in all strings",
  syntax: "operation destkey key [key ...]",
  arity: -4,
  flags: ["write", "denyoom"],
  categories: ["bitmap"],
  keys: [key(2, "OW", "update"), keys(3, 1, "RO", "access")],
  run,
});
