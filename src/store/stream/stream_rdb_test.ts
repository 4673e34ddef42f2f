import { assert, assertEquals, assertThrows } from "@std/assert";
import { RdbType } from "../rdb/collection_rdb.ts";
import { Keyspace } from "../keyspace.ts";
import { RdbError, RdbReader, RdbWriter } from "../rdb/rdb_codec.ts";
import { readValue } from "../rdb/restore.ts";
import { skipValue } from "../rdb/rdb_skip.ts";
import { Random } from "../../sys/random.ts";
import { Stream } from "./stream.ts";
import { StreamId, streamIdText } from "./stream_id.ts";
import { OLD_STREAM_DUMP, STREAM_CASES, STREAM_DUMPS, streamBytes } from "./stream_rdb_cases.ts";

/** Version and checksum behind a value. */
const FOOTER_BYTES = 10;

function newKeyspace(): Keyspace {
  return new Keyspace({ databases: 1, random: new Random(1), now: 0 });
}

/** A value without what DUMP puts behind it. */
function bytesOf(dump: string): Uint8Array {
  return Uint8Array.from(atob(dump), (char) => char.charCodeAt(0)).subarray(0, -FOOTER_BYTES);
}

function read(bytes: Uint8Array, keyspace = newKeyspace()): Stream {
  const reader = new RdbReader(bytes);
  const stream = readValue(reader, keyspace)!.value;
  assert(stream instanceof Stream);
  assertEquals(reader.remaining, 0);
  return stream;
}

function written(stream: Stream): Uint8Array {
  const writer = new RdbWriter();
  writer.byte(0);
  writer.overwrite(0, stream.dump(writer));
  return writer.toBytes();
}

Deno.test("what redis-server dumped is written as it was read", () => {
  for (const dump of STREAM_DUMPS) {
    const bytes = bytesOf(dump);
    assertEquals(written(read(bytes)), bytes);
  }
});

Deno.test("what redis-server dumped is written in parts as it is written at once", () => {
  for (const dump of STREAM_DUMPS) {
    const bytes = bytesOf(dump);
    const stream = read(bytes);
    const parts = new RdbWriter();
    parts.byte(RdbType.stream2);
    assertEquals(stream.dumpHead(parts), RdbType.stream2);
    for (let from = 0; (from = stream.dumpSome(parts, from)) !== 0;);
    assertEquals(parts.toBytes(), bytes);
  }
});

Deno.test("a stream may be dumped at once between two parts of a dump in parts", () => {
  const stream = read(bytesOf(STREAM_DUMPS[3]!));
  const group = stream.createGroup("g", new StreamId(7, 7), 3)!;
  const consumer = group.createConsumer("c", 1);
  for (let i = 0; i < 2000; i++) group.add(new StreamId(i, i), consumer, i, i);
  const expected = written(stream);
  const parts = new RdbWriter();
  parts.byte(RdbType.stream2);
  stream.dumpHead(parts);
  let count = 0;
  for (let from = 0; (from = stream.dumpSome(parts, from)) !== 0; count++) {
    assertEquals(written(stream), expected);
    group.find(new StreamId(1000, 1000));
  }
  assert(count > 6, String(count));
  assertEquals(parts.toBytes(), expected);
});

Deno.test("a stream of an older version gets the numbers that redis-server gives it", () => {
  const [old, dumped] = OLD_STREAM_DUMP.map(bytesOf);
  assertEquals(written(read(old!)), dumped);
});

Deno.test("groups and consumers are read with all that is pending", () => {
  const group = read(bytesOf(STREAM_DUMPS[0]!)).groups.get("g")!;
  assertEquals(group.consumerNames(), ["-77", "none", "zed", "z".repeat(50)]);
  const lines: string[] = [];
  for (const walk = group.walkAll(); walk.next();) {
    const { id, consumer, deliveredAt, deliveries } = group.pending;
    lines.push(`${streamIdText(id)} ${consumer.name.slice(0, 4)} ${deliveredAt} ${deliveries}`);
  }
  assertEquals(lines, [
    "1-10 zed 1795193624696 1",
    "5-0 zed 1000 100",
    "7-0 zed 12345 9223372036854775807",
    "18446744073709551615-18446744073709551614 zzzz 1795193624696 1",
  ]);
  assertEquals([group.entriesRead, group.findConsumer("none")!.seenAt], [5, 1795193624696]);
});

Deno.test("damage is refused in the words of the reference, and whatever else is taken comes back", async (t) => {
  for (const { name, parts, error, differs } of STREAM_CASES) {
    await t.step(name, () => {
      const bytes = streamBytes(parts);
      const keyspace = newKeyspace();
      const before = keyspace.usedBytes;
      if (error !== undefined) {
        assertEquals(assertThrows(() => read(bytes, keyspace), RdbError).message, error);
      } else {
        const stream = read(bytes, keyspace);
        if (differs === undefined) assertEquals(read(written(stream)).size, stream.size);
        if (differs === undefined) assertEquals(written(stream), written(read(written(stream))));
        stream.release();
      }
      assertEquals(keyspace.usedBytes, before);
    });
  }
});

Deno.test("a last id that is less than that of an entry becomes that of the entry", () => {
  const stream = read(streamBytes({ last: [1, 1] }));
  assertEquals(streamIdText(stream.lastId), "6-1");
  assertEquals(streamIdText(stream.firstId(new StreamId())), "1-1");
});

Deno.test("a stream that is cut off anywhere is refused, and nothing of it is kept", () => {
  const bytes = bytesOf(STREAM_DUMPS[0]!);
  const keyspace = newKeyspace();
  const before = keyspace.usedBytes;
  for (let end = 1; end < bytes.length; end++) {
    assertThrows(() => read(bytes.subarray(0, end), keyspace), RdbError);
    assertEquals(keyspace.usedBytes, before);
  }
});

Deno.test("whatever bytes are changed, a stream is read that can be written and read again, or refused", () => {
  const seed = Number(Deno.env.get("SEED") ?? new Random().uint32());
  console.log(`SEED=${seed}`);
  const random = new Random(seed);
  const keyspace = newKeyspace();
  const before = keyspace.usedBytes;
  let taken = 0;
  let refused = 0;
  const sources = [...STREAM_DUMPS.map(bytesOf), streamBytes({ groups: [{}, { name: "h" }] })];
  for (let i = 0; i < 5000; i++) {
    const bytes = sources[i % sources.length]!.slice();
    for (let left = 1 + random.uint32() % 3; left > 0; left--) {
      // The type stays what it is.
      bytes[1 + random.uint32() % (bytes.length - 1)] = random.uint32();
    }
    try {
      const value = readValue(new RdbReader(bytes), keyspace)!.value as Stream;
      const again = written(value);
      const second = read(again, keyspace);
      assertEquals(written(second), again);
      second.release();
      value.release();
      taken++;
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
      refused++;
    }
    assertEquals(keyspace.usedBytes, before);
  }
  assert(taken > 500 && refused > 500, `${taken} taken, ${refused} refused`);
});

Deno.test("a stream is passed over up to its last byte", () => {
  for (const bytes of [...STREAM_DUMPS.map(bytesOf), bytesOf(OLD_STREAM_DUMP[0])]) {
    const reader = new RdbReader(bytes, 1);
    skipValue(bytes[0]!, reader);
    assertEquals(reader.remaining, 0);
  }
});
