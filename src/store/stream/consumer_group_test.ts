import { assert, assertEquals } from "@std/assert";
import { Arena } from "../memory/arena.ts";
import { type Consumer, ConsumerGroup, type Count, type PendingWalk } from "./consumer_group.ts";
import { IdCursor } from "./id_table.ts";
import { StreamId, streamIdText } from "./stream_id.ts";
import { Random } from "../../sys/random.ts";

const id = new StreamId();
const MIN = new StreamId();
const MAX = new StreamId().setMax();

function at(ms: number, sequence = 0): StreamId {
  return id.setTo(ms, sequence);
}

/** A group with a consumer "a" who waits for 1-0, 2-0 ... */
function groupWith(pending: number): { group: ConsumerGroup; a: Consumer; arena: Arena } {
  const arena = new Arena();
  const group = new ConsumerGroup(arena, "g");
  const a = group.createConsumer("a", 100);
  for (let i = 1; i <= pending; i++) group.add(at(i), a, 1000 + i, 1);
  return { group, a, arena };
}

/** What a walk finds: id, consumer, time, deliveries. */
function found(walk: PendingWalk): string[] {
  const lines: string[] = [];
  while (walk.next()) {
    const { id, consumer, deliveredAt, deliveries } = walk.pending;
    lines.push(`${streamIdText(id)} ${consumer.name} ${deliveredAt} ${deliveries}`);
  }
  return lines;
}

Deno.test("what is added is pending in the group and at its consumer", () => {
  const { group, a } = groupWith(0);
  const b = group.createConsumer("b", 0);
  assertEquals(group.add(at(5, 1), a, 1234, 1), true);
  assertEquals(group.add(at(3, 9), b, 1235, 7), true);
  assertEquals(found(group.walk(MIN, MAX)), ["3-9 b 1235 7", "5-1 a 1234 1"]);
  assertEquals(found(a.walk(MIN, MAX)), ["5-1 a 1234 1"]);
  assertEquals([group.pendingCount, a.pendingCount, b.pendingCount], [2, 1, 1]);
  assert(group.firstPending(id));
  assertEquals(streamIdText(id), "3-9");
  assert(group.lastPending(id));
  assertEquals(streamIdText(id), "5-1");
});

Deno.test("what is pending is not added once more", () => {
  const { group, a } = groupWith(1);
  assertEquals(group.add(at(1), a, 5, 5), false);
  assertEquals(found(group.walk(MIN, MAX)), ["1-0 a 1001 1"]);
});

Deno.test("an id that is assigned to another consumer leaves the first one", () => {
  const { group, a } = groupWith(2);
  const b = group.createConsumer("b", 0);
  assert(group.find(at(2)));
  group.assign(b, 7, 3);
  assertEquals(found(a.walk(MIN, MAX)), ["1-0 a 1001 1"]);
  assertEquals(found(b.walk(MIN, MAX)), ["2-0 b 7 3"]);
  assertEquals(group.pending.consumer, b);
});

Deno.test("an id that is removed is pending nowhere", () => {
  const { group, a } = groupWith(2);
  assertEquals([group.remove(at(1)), group.remove(at(1)), group.find(at(1))], [true, false, false]);
  assertEquals(found(group.walk(MIN, MAX)), found(a.walk(MIN, MAX)));
  assertEquals(a.pendingCount, 1);
});

Deno.test("with a consumer goes what is pending at it, and its number is given to another", () => {
  const { group, a } = groupWith(3);
  const b = group.createConsumer("b", 0);
  group.add(at(9), b, 1, 1);
  assertEquals(group.deleteConsumer("a"), 3);
  assertEquals(group.deleteConsumer("a"), -1);
  assertEquals(found(group.walk(MIN, MAX)), ["9-0 b 1 1"]);
  const c = group.createConsumer("c", 0);
  assertEquals(c.number, a.number);
  assertEquals(group.consumerWithNumber(c.number), c);
  assertEquals(c.pendingCount, 0);
});

Deno.test("walks keep to their bounds, which are included", () => {
  const { group, a } = groupWith(5);
  const ids = (walk: PendingWalk) => found(walk).map((line) => line.split(" ")[0]);
  assertEquals(ids(group.walk(new StreamId(2), new StreamId(4))), ["2-0", "3-0", "4-0"]);
  assertEquals(ids(a.walk(new StreamId(2, 1), new StreamId(3, 9))), ["3-0"]);
  assertEquals(ids(group.walk(new StreamId(6), MAX)), []);
  assertEquals(ids(group.walk(new StreamId(4), new StreamId(2))), []);
  const walk = group.walk(new StreamId(1), new StreamId(1));
  assertEquals([walk.next(), walk.next(), walk.next()], [true, false, false]);
});

Deno.test("a walk goes on behind what it found, whatever becomes of that", () => {
  const { group } = groupWith(300);
  const b = group.createConsumer("b", 0);
  const seen: number[] = [];
  const walk = group.walk(MIN, MAX);
  while (walk.next()) {
    const { ms, sequence } = group.pending.id;
    seen.push(ms);
    if (ms % 3 === 0) group.assign(b, 0, 2);
    else group.remove(group.pending.id.clone());
    if (ms === 7 && sequence === 0) group.add(at(7, 1), b, 0, 0);
  }
  assertEquals(seen.length, 301);
  assertEquals(seen.slice(5, 9), [6, 7, 7, 8]);
  assertEquals([group.pendingCount, b.pendingCount], [100, 100]);
});

Deno.test("times and numbers of 64 bits are kept exactly", () => {
  const { group, a } = groupWith(0);
  const values: Count[] = [0, 1, -1, -5000, 2 ** 53 - 1, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
  values.forEach((value, i) => group.add(at(i + 1), a, value, value));
  const deliveries = values.map((_, i) => {
    assert(group.find(at(i + 1)));
    return group.pending.deliveries;
  });
  assertEquals(deliveries, values);
  group.find(at(6));
  assertEquals([group.pending.time.high, group.pending.time.low], [0x200000, 1]);
});

Deno.test("setters of what was found change the group", () => {
  const { group } = groupWith(2);
  group.find(at(2));
  group.pending.deliveredAt = 77;
  group.pending.deliveries = 5;
  assertEquals(found(group.walk(MIN, MAX)), ["1-0 a 1001 1", "2-0 a 77 5"]);
});

Deno.test("consumers are listed in the order of the bytes of their names", () => {
  const { group } = groupWith(0);
  for (const name of ["z", "\xff", "aa", "", "B", "\x00"]) group.createConsumer(name, 0);
  assertEquals(group.consumerNames(), ["", "\x00", "B", "a", "aa", "z", "\xff"]);
});

Deno.test("a copy is the same, and changes alone", () => {
  const { group, a } = groupWith(100);
  group.createConsumer("gone", 0);
  const b = group.createConsumer("b", 55);
  group.deleteConsumer("gone");
  group.find(at(50));
  group.assign(b, 9, 9);
  group.lastId.setTo(100, 7);
  group.entriesRead = 42;
  const copy = group.copy();
  assertEquals(found(copy.walk(MIN, MAX)), found(group.walk(MIN, MAX)));
  assertEquals(found(copy.findConsumer("b")!.walk(MIN, MAX)), ["50-0 b 9 9"]);
  assertEquals([copy.name, streamIdText(copy.lastId), copy.entriesRead], ["g", "100-7", 42]);
  assertEquals(copy.findConsumer("b")!.seenAt, 55);
  copy.deleteConsumer("a");
  const c = copy.createConsumer("c", 0);
  const d = copy.createConsumer("d", 0);
  assert(c.number !== d.number && c.number !== copy.findConsumer("b")!.number);
  assertEquals([group.pendingCount, a.pendingCount, copy.pendingCount], [100, 99, 1]);
});

Deno.test("a group that is released in steps gives everything back", () => {
  const { group, arena } = groupWith(40_000);
  for (let i = 0; i < 1000; i++) group.createConsumer(`c${i}`, 0);
  assert(group.heldBytes > 40_000 * (36 + 16));
  let steps = 1;
  while (group.releaseSome()) steps++;
  assert(steps > 3, String(steps));
  assertEquals(arena.usedBytes, 0);
});

interface Row {
  consumer: string;
  at: number;
  count: number;
}

/** Whether both tables, and what is told of the memory, are what a model says. */
function checkAgainst(model: Map<number, Row>, consumers: Set<string>, group: ConsumerGroup, arena: Arena) {
  const sorted = [...model].sort(([a], [b]) => a - b);
  const line = ([key, row]: [number, Row]) => `${key}-0 ${row.consumer} ${row.at} ${row.count}`;
  assertEquals(found(group.walkAll()), sorted.map(line));
  assertEquals(group.consumerNames(), [...consumers].sort());
  for (const name of consumers) {
    const consumer = group.findConsumer(name)!;
    const own = sorted.filter(([, row]) => row.consumer === name);
    assertEquals(found(consumer.walkAll()), own.map(line));
    assertEquals(consumer.pendingCount, own.length);
    const cursor = new IdCursor(consumer.table);
    assertEquals(cursor.seekFirst(), own.length > 0);
  }
  assertEquals(group.heldBytes, arena.usedBytes);
}

Deno.test("a group does what a plain map of rows does, in random order", () => {
  const seed = Number(Deno.env.get("SEED") ?? new Random().uint32());
  console.log(`SEED=${seed}`);
  const random = new Random(seed);
  const arena = new Arena();
  let group = new ConsumerGroup(arena, "g");
  const model = new Map<number, Row>();
  const consumers = new Set<string>();
  const consumerOf = (name: string) => {
    consumers.add(name);
    return group.findConsumer(name) ?? group.createConsumer(name, 0);
  };
  const below = (n: number) => random.uint32() % n;
  for (let step = 0; step < 6000; step++) {
    const key = 1 + below(700);
    const name = `c${below(8)}`;
    const row = { consumer: name, at: below(1000), count: below(9) };
    switch (below(10)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4: {
        const consumer = consumerOf(name);
        assertEquals(group.add(at(key), consumer, row.at, row.count), !model.has(key));
        if (!model.has(key)) model.set(key, row);
        break;
      }
      case 5:
      case 6:
        assertEquals(group.find(at(key)), model.has(key));
        if (model.has(key)) {
          group.assign(consumerOf(name), row.at, row.count);
          model.set(key, row);
        }
        break;
      case 7:
      case 8:
        assertEquals(group.remove(at(key)), model.delete(key));
        break;
      default: {
        if (below(20) !== 0) break;
        const own = [...model].filter(([, { consumer }]) => consumer === name);
        assertEquals(group.deleteConsumer(name), consumers.delete(name) ? own.length : -1);
        for (const [gone] of own) model.delete(gone);
        const copy = group.copy();
        group.release();
        group = copy;
      }
    }
    if (step % 500 === 0) checkAgainst(model, consumers, group, arena);
  }
  checkAgainst(model, consumers, group, arena);
});
