import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { Database } from "../database.ts";
import { Keyspace } from "../keyspace.ts";
import { DUMPED_ELEMENTS } from "../memory/objects.ts";
import { RdbWriter } from "../rdb/rdb_codec.ts";
import { createStream, readStream, Stream, writeStream } from "./stream.ts";
import { StreamCursor } from "./stream_cursor.ts";
import { parseStreamId, StreamId, streamIdText } from "./stream_id.ts";
import type { ReplyError } from "../../resp/reply_error.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const from = new StreamId();
const to = new StreamId();

function newKeyspace(): Keyspace {
  return new Keyspace({ databases: 1, random: new Random(1), now: 1 });
}

function idOf(text: string): StreamId {
  const id = new StreamId();
  assert(parseStreamId(latin1(text), 0, text.length, "min", id));
  return id;
}

function add(stream: Stream, id: string, ...pairs: (string | Uint8Array)[]): void {
  const slices = pairs.map((item) => new Slice(typeof item === "string" ? latin1(item) : item));
  stream.append(idOf(id), { at: (i) => slices[i]! }, 0, slices.length);
}

/** Entries as texts: `id field=value ...`. */
function entriesOf(stream: Stream, first = "0", last = "max", reverse = false): string[] {
  const entries: string[] = [];
  from.set(idOf(first));
  if (last === "max") to.setMax();
  else to.set(idOf(last));
  const cursor = new StreamCursor().open(stream, from, to, reverse);
  while (cursor.next()) {
    let text = streamIdText(cursor.id);
    while (cursor.nextField()) text += ` ${cursor.field.text()}=${cursor.value.text()}`;
    entries.push(text);
  }
  return entries;
}

function dumped(stream: Stream): string {
  const writer = new RdbWriter({ compression: false });
  writer.byte(0);
  writer.overwrite(0, stream.dump(writer));
  return hex(writer.toBytes());
}

function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

const ID_1_1 = "1000000000000000010000000000000001";

Deno.test("a stream is dumped as Redis 7.0 dumps it", () => {
  const stream = new Stream(newKeyspace());
  const fields = "0201846e616d650583616765040001";
  const ann = "0001000183416e6e0407010501";
  const bob = "0001010183426f6204c12c020501";
  const third = "00010401dfff020101856f74686572068178020601";
  add(stream, "1-1", "name", "Ann", "age", "7");
  assertEquals(
    dumped(stream),
    `1301${ID_1_1}29290000000c0001010001${fields}0201${ann}ff010101010100000100`,
  );
  add(stream, "1-2", "name", "Bob", "age", "300");
  add(stream, "5-0", "other", "x");
  const head = `1301${ID_1_1}404e4e0000001900`;
  assertEquals(
    dumped(stream),
    `${head}03010001${fields}0201${ann}0201${bob}${third}ff030500010100000300`,
  );
  stream.delete(idOf("1-2"));
  assertEquals(
    dumped(stream),
    `${head}02010101${fields}0201${ann}0301${bob}${third}ff020500010101020300`,
  );
  assertEquals(stream.trimToLength(1, false, 0), 1);
  assertEquals(
    dumped(stream),
    `${head}01010201${fields}0301${ann}0301${bob}${third}ff010500050001020300`,
  );
});

Deno.test("differences of ids that do not fit 63 bits are spelled as negative numbers", () => {
  const stream = new Stream(newKeyspace());
  add(stream, "1-5", "a", "b");
  add(stream, "2-1", "a", "18446744073709551615");
  add(stream, "9223372036854775900-3", "a", "-9223372036854775808");
  assertEquals(
    dumped(stream),
    "1301100000000000000001000000000000000540575700000014000301000101018161020001020100010001816202040102010101" +
      "dffc029431383434363734343037333730393535313631351504010201f45b0000000000008009dffe02f400000000000000800904" +
      "01ff0381800000000000005c03010500000300",
  );
  assertEquals(entriesOf(stream), [
    "1-5 a=b",
    "2-1 a=18446744073709551615",
    "9223372036854775900-3 a=-9223372036854775808",
  ]);
});

Deno.test("a stream whose entries are gone is a stream, and remembers its ids", () => {
  const stream = new Stream(newKeyspace());
  add(stream, "1-1", "a", "b");
  assertEquals(stream.delete(idOf("1-1")), true);
  assertEquals(dumped(stream), "1300000101000001010100");
  assertEquals([stream.size, stream.nodeCount, stream.entriesAdded], [0, 0, 1]);
  assertEquals(streamIdText(stream.firstId(from)), "0-0");
  assertEquals(streamIdText(stream.lastId), "1-1");
});

Deno.test("trimming by id may leave a node behind whose entries are all deleted, as Redis does", () => {
  const stream = new Stream(newKeyspace());
  add(stream, "1-1", "a", "b");
  add(stream, "2-1", "a", "b");
  stream.delete(idOf("2-1"));
  assertEquals(stream.trimToMinId(idOf("2-0"), false, 0), 1);
  assertEquals(
    dumped(stream),
    `1301${ID_1_1}28280000000f00000102010101816102000103010001000181620204010301010100018162020401ff000201000002010200`,
  );
  assertEquals(entriesOf(stream), []);
  add(stream, "3-0", "a", "c");
  assertEquals([stream.nodeCount, streamIdText(stream.firstId(from))], [1, "3-0"]);
  assertEquals(entriesOf(stream), ["3-0 a=c"]);
});

Deno.test("a node takes as many entries as the limit says, deleted ones included", () => {
  const keyspace = newKeyspace();
  keyspace.limits.streamNodeMaxEntries = 3;
  const stream = new Stream(keyspace);
  for (let i = 1; i <= 3; i++) add(stream, `${i}-0`, "a", "b");
  stream.delete(idOf("2-0"));
  assertEquals(stream.nodeCount, 1);
  add(stream, "4-0", "a", "b");
  assertEquals(stream.nodeCount, 2);
  keyspace.limits.streamNodeMaxEntries = 0;
  for (let i = 5; i <= 300; i++) add(stream, `${i}-0`, "a", "b");
  assertEquals(stream.nodeCount, 2, "without a limit bytes decide");
  assertEquals(entriesOf(stream).length, 299);
});

Deno.test("a node is full when the bytes before an entry, and those of its fields and values, reach the limit", () => {
  const keyspace = newKeyspace();
  keyspace.limits.streamNodeMaxBytes = 200;
  const nodesAfter = (length: number) => {
    const stream = new Stream(keyspace);
    add(stream, "1-0", "a", "b");
    // Now it takes 29 bytes, and the field takes one more.
    add(stream, "2-0", "a", "x".repeat(length));
    return stream.nodeCount;
  };
  assertEquals([nodesAfter(169), nodesAfter(170)], [1, 2]);
  keyspace.limits.streamNodeMaxBytes = 0;
  assertEquals(nodesAfter(100_000), 1);
});

Deno.test("the next id is that of the moment, or the one after the last", () => {
  const stream = new Stream(newKeyspace());
  assertEquals([stream.nextId(5, from), streamIdText(from)], [true, "5-0"]);
  add(stream, "7-3", "a", "b");
  assertEquals([stream.nextId(7, from), streamIdText(from)], [true, "7-4"]);
  assertEquals([stream.nextId(8, from), streamIdText(from)], [true, "8-0"]);
  stream.lastId.set(idOf("9223372036854775808-18446744073709551615"));
  assertEquals([stream.nextId(8, from), streamIdText(from)], [true, "9223372036854775809-0"]);
  stream.lastId.setMax();
  assertEquals(stream.nextId(8, from), false);
});

Deno.test("a walk in reverse begins behind the last entry of the range", () => {
  const keyspace = newKeyspace();
  keyspace.limits.streamNodeMaxEntries = 2;
  const stream = new Stream(keyspace);
  for (let i = 1; i <= 9; i++) add(stream, `${i}-0`, "a", String(i));
  stream.delete(idOf("5-0"));
  assertEquals(entriesOf(stream, "4-1", "7-0", true), ["7-0 a=7", "6-0 a=6"]);
  assertEquals(entriesOf(stream, "4-0", "6-5"), ["4-0 a=4", "6-0 a=6"]);
  assertEquals(entriesOf(stream, "0", "0-5", true), []);
  assertEquals(entriesOf(stream, "9-1", "20"), []);
  assertEquals(entriesOf(stream, "7", "3"), []);
});

Deno.test("a walk may leave fields unread", () => {
  const stream = new Stream(newKeyspace());
  add(stream, "1-0", "a", "1", "b", "2");
  add(stream, "2-0", "c", "3", "d", "4", "e", "5");
  add(stream, "3-0", "a", "6", "b", "7");
  for (const reverse of [false, true]) {
    for (const read of [0, 1, 2]) {
      const seen: string[] = [];
      const cursor = new StreamCursor().open(stream, from.setMin(), to.setMax(), reverse);
      while (cursor.next()) {
        seen.push(`${streamIdText(cursor.id)} ${cursor.fieldCount}`);
        for (let i = 0; i < read; i++) cursor.nextField();
      }
      const ids = ["1-0 2", "2-0 3", "3-0 2"];
      assertEquals(seen, reverse ? ids.reverse() : ids);
    }
  }
});

Deno.test("entries of many megabytes are kept, counted and given back", () => {
  const keyspace = newKeyspace();
  const db = keyspace.databases[0]!;
  const key = new Slice(latin1("s"));
  const before = keyspace.usedBytes;
  const stream = createStream(db, key);
  const large = new Uint8Array(5_000_000).fill(7);
  add(stream, "1-0", "a", "b");
  add(stream, "2-0", "a", large);
  add(stream, "3-0", "a", new Uint8Array(40_000));
  assertEquals(keyspace.objects.bytes, stream.bytes);
  assert(stream.bytes > 5_040_000 && stream.memory > 5_040_000);
  assert(keyspace.usedBytes < before + 5_060_000);
  const cursor = new StreamCursor().open(stream, idOf("2-0"), idOf("2-0"), false);
  assert(cursor.next() && cursor.nextField());
  assertEquals(cursor.value.copy(), large);
  stream.delete(idOf("2-0"));
  assert(keyspace.usedBytes < before + 60_000);
  assertEquals(keyspace.objects.bytes, stream.bytes);
  const other = new Slice(latin1("t"));
  db.copyTo(db.find(key), db, other);
  assertEquals(keyspace.objects.bytes, stream.bytes + readStream(db, other)!.bytes);
  db.delete(key, false);
  db.delete(other, true);
  while (keyspace.freeSome(() => true));
  assertEquals([keyspace.objects.bytes, keyspace.arena.usedBytes], [0, before]);
});

Deno.test("what is larger than a gigabyte is refused", () => {
  const stream = new Stream(newKeyspace());
  const half = { bytes: new Uint8Array(0), start: 0, end: 1 << 29 } as Slice;
  const error = assertThrows(() => stream.append(new StreamId(1, 0), { at: () => half }, 0, 4));
  assertEquals((error as ReplyError).text, "ERR Elements are too large to be stored");
  assertEquals([stream.size, stream.nodeCount, streamIdText(stream.lastId)], [0, 0, "0-0"]);
});

Deno.test("the only node of a small stream takes what its bytes take", () => {
  const keyspace = newKeyspace();
  const before = keyspace.arena.usedBytes;
  const stream = new Stream(keyspace);
  add(stream, "1-0", "temperature", "21.5");
  assert(keyspace.arena.usedBytes - before <= 96, `${keyspace.arena.usedBytes - before} bytes`);
  assert(stream.memory < 750);
});

Deno.test("a node that is full gives back its room", () => {
  const keyspace = newKeyspace();
  const stream = new Stream(keyspace);
  for (let i = 1; i <= 10_000; i++) add(stream, `${i}-0`, "field", `value ${i}`);
  const written = dumped(stream).length / 2;
  const held = stream.nodes.heldBytes;
  assert(held < written * 1.13, `${held} bytes for ${written}`);
});

Deno.test("a copy shares nothing with the stream", () => {
  const keyspace = newKeyspace();
  const before = keyspace.arena.usedBytes;
  const stream = new Stream(keyspace);
  for (let i = 1; i <= 250; i++) add(stream, `${i}-0`, "a", "b");
  stream.createGroup("g", idOf("3-0"), 3)!.add(idOf("2-0"), undefined, 1, 1);
  const bytes = dumped(stream);
  const copy = stream.copy();
  assertEquals(dumped(copy), bytes);
  stream.trimToLength(7, false, 0);
  stream.groups.get("g")!.remove(idOf("2-0"));
  assertEquals(dumped(copy), bytes);
  stream.release();
  copy.release();
  assertEquals(keyspace.arena.usedBytes, before);
});

Deno.test("a stream is dumped and freed in parts", () => {
  const keyspace = newKeyspace();
  const before = keyspace.arena.usedBytes;
  const stream = new Stream(keyspace);
  for (let i = 1; i <= 5 * DUMPED_ELEMENTS; i++) add(stream, `${i}-0`, "a", "b");
  keyspace.limits.streamNodeMaxEntries = 1;
  for (let i = 1; i <= 2000; i++) add(stream, `${i + 10_000}-0`, "a", "b");
  for (const name of ["b", "a"]) {
    const group = stream.createGroup(name, new StreamId(), 0)!;
    const consumer = group.createConsumer("c", 1);
    for (let i = 1; i <= 3 * DUMPED_ELEMENTS; i++) group.add(from.setTo(i, 0), consumer, 1, 1);
  }
  const whole = dumped(stream);
  const writer = new RdbWriter({ compression: false });
  writer.byte(0);
  writer.overwrite(0, stream.dumpHead(writer));
  let parts = 0;
  let at = 0;
  do {
    at = stream.dumpSome(writer, at);
    parts++;
    // Somebody may want all of it meanwhile.
    assertEquals(dumped(stream).length, whole.length);
  } while (at !== 0);
  assert(parts > 5 + 2000 / DUMPED_ELEMENTS + 2 * 3, `${parts} parts`);
  assertEquals(hex(writer.toBytes()), whole);
  assertEquals(stream.releaseSome(), true);
  while (stream.releaseSome());
  assertEquals([keyspace.arena.usedBytes, stream.groups.size], [before, 0]);
});

Deno.test("groups are listed in the order of their names, and there is one of each", () => {
  const stream = new Stream(newKeyspace());
  for (const name of ["b", "\xff", "B", "ab"]) assert(stream.createGroup(name, new StreamId(1, 0), 0));
  assertStrictEquals(stream.createGroup("b", new StreamId(), 0), undefined);
  assertEquals(stream.groupNames(), ["B", "ab", "b", "\xff"]);
  assertEquals([stream.destroyGroup("b"), stream.destroyGroup("b")], [true, false]);
  assertEquals(stream.groups.size, 3);
});

Deno.test("a key's stream is found again, and other types are refused", () => {
  const db: Database = newKeyspace().databases[0]!;
  const key = new Slice(latin1("s"));
  assertEquals([readStream(db, key), writeStream(db, key)], [undefined, undefined]);
  const stream = createStream(db, key);
  assertStrictEquals(readStream(db, key), stream);
  assertStrictEquals(writeStream(db, key), stream);
  db.setString(key, new Slice(latin1("x")));
  const error = assertThrows(() => readStream(db, key)) as ReplyError;
  assertEquals(error.text, "WRONGTYPE Operation against a key holding the wrong kind of value");
});

// ---- against plain arrays ---------------------------------------------------------------------------------------

interface Modelled {
  id: bigint;
  text: string;
}

class StreamModel {
  readonly keyspace: Keyspace = newKeyspace();
  readonly before: number = this.keyspace.arena.usedBytes;
  readonly stream: Stream = new Stream(this.keyspace);
  entries: Modelled[] = [];
  lastId = 0n;
  maxDeleted = 0n;
  added = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  idText(id: bigint): string {
    return `${id >> 64n}-${id & ((1n << 64n) - 1n)}`;
  }

  anyId(): bigint {
    const { length } = this.entries;
    if (length === 0) return this.lastId;
    const at = this.#random.below(3) === 0 ? 0 : this.#random.below(length);
    return this.entries[at]!.id + BigInt(this.#random.below(3) - 1);
  }

  #value(): string {
    const random = this.#random;
    const kind = random.below(6);
    if (kind === 0) return String(random.below(1000) - 300);
    if (kind === 1) return String(BigInt(random.uint32()) * BigInt(random.uint32()) - (1n << 62n));
    return "v".repeat(kind === 2 ? random.below(kind * 60) : random.below(20));
  }

  append(): void {
    const random = this.#random;
    const kind = random.below(8);
    if (kind > 4) this.lastId += 1n;
    else if (kind > 0) this.lastId = ((this.lastId >> 64n) + BigInt(1 + random.below(200))) << 64n;
    else this.lastId += BigInt(random.uint32()) << BigInt(random.below(60));
    const fields = random.below(6) === 0 ? ["other", "7", "3"].slice(random.below(3)) : ["a", "b"];
    const pairs = fields.flatMap((field) => [field, this.#value()]);
    add(this.stream, this.idText(this.lastId), ...pairs);
    let text = this.idText(this.lastId);
    for (let i = 0; i < pairs.length; i += 2) text += ` ${pairs[i]}=${pairs[i + 1]}`;
    this.entries.push({ id: this.lastId, text });
    this.added++;
  }

  delete(): void {
    const id = this.anyId();
    const at = this.entries.findIndex((entry) => entry.id === id);
    const text = this.idText(id);
    assertEquals(this.stream.has(idOf(text)), at >= 0);
    assertEquals(this.stream.delete(idOf(text)), at >= 0);
    if (at < 0) return;
    this.entries.splice(at, 1);
    if (id > this.maxDeleted) this.maxDeleted = id;
  }

  trim(): void {
    const random = this.#random;
    const isApproximate = random.below(2) === 0;
    const limit = random.below(2) * random.below(60);
    const id = this.anyId();
    const length = Math.max(0, this.entries.length - random.below(30));
    const byLength = random.below(2) === 0;
    const trim = () =>
      byLength
        ? this.stream.trimToLength(length, isApproximate, limit)
        : this.stream.trimToMinId(idOf(this.idText(id)), isApproximate, limit);
    const most = byLength
      ? this.entries.length - length
      : this.entries.filter((entry) => entry.id < id).length;
    const removed = trim();
    if (!isApproximate && limit === 0) assertEquals(removed, most);
    assert(removed <= most && (limit === 0 || removed <= limit));
    this.entries.splice(0, removed);
  }

  check(): void {
    const { stream, entries, keyspace } = this;
    assertEquals(entriesOf(stream), entries.map(({ text }) => text));
    assertEquals([stream.size, stream.entriesAdded], [entries.length, this.added]);
    assertEquals(streamIdText(stream.firstId(from)), this.idText(entries[0]?.id ?? 0n));
    assertEquals(streamIdText(stream.lastEntryId(from)), this.idText(entries.at(-1)?.id ?? 0n));
    assertEquals(streamIdText(stream.lastId), this.idText(this.lastId));
    assertEquals(streamIdText(stream.maxDeletedId), this.idText(this.maxDeleted));
    assertEquals(keyspace.arena.usedBytes - this.before + stream.bytes, stream.nodes.heldBytes);
  }

  checkRange(): void {
    const first = this.anyId();
    const last = this.anyId() + BigInt(this.#random.below(1000));
    const expected = this.entries.filter(({ id }) => id >= first && id <= last).map(({ text }) => text);
    const [a, b] = [this.idText(first), this.idText(last)];
    assertEquals(entriesOf(this.stream, a, b), expected);
    assertEquals(entriesOf(this.stream, a, b, true), expected.reverse());
  }
}

Deno.test("a stream does what an array of entries does", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (const [entries, bytes] of [[100, 4096], [5, 0], [0, 0], [300, 100_000], [1, 4096]]) {
    const model = new StreamModel(random);
    model.keyspace.limits.streamNodeMaxEntries = entries!;
    model.keyspace.limits.streamNodeMaxBytes = bytes!;
    for (let step = 0; step < 900; step++) {
      const what = random.below(100);
      if (what < 80 && model.lastId < 1n << 126n) model.append();
      else if (what < 93) model.delete();
      else if (what < 96) model.trim();
      else model.checkRange();
      if (step % 60 === 0) model.check();
    }
    model.check();
    model.stream.release();
    assertEquals(model.keyspace.arena.usedBytes, model.before);
  }
});
