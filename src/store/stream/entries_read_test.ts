import { assertEquals } from "@std/assert";
import { Keyspace } from "../keyspace.ts";
import { Random } from "../../sys/random.ts";
import { Slice, utf8 } from "../../sys/bytes.ts";
import { ENTRIES_READ_UNKNOWN } from "./consumer_group.ts";
import { advanceGroup, entriesReadAt, lagOf } from "./entries_read.ts";
import { Stream } from "./stream.ts";
import { StreamId } from "./stream_id.ts";

const ENTRY = { at: () => new Slice(utf8("x")) };

/** A stream of the entries 1-0 to `count`-0. */
function streamOf(count: number): Stream {
  const stream = new Stream(new Keyspace({ databases: 1, random: new Random(1), now: 0 }));
  for (let i = 1; i <= count; i++) stream.append(new StreamId(i), ENTRY, 0, 2);
  return stream;
}

function group(stream: Stream, lastId: number, entriesRead: number | bigint = ENTRIES_READ_UNKNOWN) {
  return stream.createGroup(`${lastId}, ${entriesRead}`, new StreamId(lastId), entriesRead)!;
}

Deno.test("how much was read is known at both ends of a stream, not inside", () => {
  const stream = streamOf(5);
  const read = [0, 1, 3, 5, 6].map((ms) => entriesReadAt(stream, new StreamId(ms)));
  assertEquals(read, [0, 1, ENTRIES_READ_UNKNOWN, 5, ENTRIES_READ_UNKNOWN]);
});

Deno.test("what was deleted inside hides the beginning, what was deleted before it does not", () => {
  const stream = streamOf(5);
  stream.delete(new StreamId(3));
  assertEquals(entriesReadAt(stream, new StreamId(0)), ENTRIES_READ_UNKNOWN);
  assertEquals(lagOf(stream, group(stream, 2, 2)), undefined);
  assertEquals(lagOf(stream, group(stream, 4, 4)), 1);
  stream.trimToLength(2, false, 0);
  assertEquals(entriesReadAt(stream, new StreamId(0)), 3);
  assertEquals(lagOf(stream, group(stream, 2, 3)), 2);
});

Deno.test("a group counts what it is given, from where its count is known", () => {
  const stream = streamOf(3);
  const [counted, inside, first] = [group(stream, 1, 1), group(stream, 1), group(stream, 0)];
  advanceGroup(stream, counted, new StreamId(2));
  advanceGroup(stream, inside, new StreamId(2));
  advanceGroup(stream, first, new StreamId(1));
  assertEquals([counted, inside, first].map(({ entriesRead }) => entriesRead), [2, ENTRIES_READ_UNKNOWN, 1]);
  assertEquals([counted, inside, first].map(({ lastId }) => lastId.ms), [2, 2, 1]);
  advanceGroup(stream, inside, new StreamId(3));
  assertEquals(inside.entriesRead, 3);
});

Deno.test("counts beyond 2^53 are exact", () => {
  const stream = streamOf(1);
  stream.entriesAdded = 2n ** 63n - 1n;
  assertEquals(lagOf(stream, group(stream, 0)), 1);
  assertEquals(lagOf(stream, group(stream, 0, 2n ** 62n)), 2n ** 62n - 1n);
  assertEquals(entriesReadAt(stream, new StreamId(0)), 2n ** 63n - 2n);
});

Deno.test("nothing is before a group of a stream that never had entries", () => {
  const stream = streamOf(0);
  assertEquals(lagOf(stream, group(stream, 0)), 0);
  assertEquals(lagOf(stream, group(stream, 7, 9)), 0);
});
