import { assertEquals } from "@std/assert";
import { Keyspace } from "../keyspace.ts";
import { ListBuilder } from "./list_builder.ts";
import { limitsOf } from "./list_limits.ts";
import { Quicklist } from "./quicklist.ts";
import { listLimits } from "./quicklist_fill.ts";
import { RdbWriter } from "../rdb/rdb_codec.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

function dumped(list: Quicklist): Uint8Array {
  const writer = new RdbWriter();
  list.dump(writer);
  return writer.toBytes();
}

for (const [fill, depth] of [[-2, 0], [-1, 0], [1, 0], [7, 1], [-5, 2]] as const) {
  Deno.test(`elements built one by one with fill ${fill} and depth ${depth} have the nodes that pushing makes`, () => {
    const seed = 1 + Math.floor(Math.random() * 1e9);
    const random = new Random(seed);
    for (const size of [1, 2, 50, 3000]) {
      const keyspace = new Keyspace({ databases: 1, random: new Random(1), now: 0 });
      keyspace.listPlainThreshold = 5000;
      const limits = listLimits(fill, depth);
      const pushed = new Quicklist(keyspace.arena, limits, keyspace);
      const builder = new ListBuilder(keyspace, limits);
      for (let i = 0; i < size; i++) {
        const length = [1, 5, 30, 70, 500, 5001][Math.min(random.below(20), 5 - random.below(5))]!;
        const element = latin1(random.below(2) === 0 ? String(random.uint32()) : "é".repeat(length));
        pushed.push(element, 0, element.length, false);
        builder.element(new Slice(element));
      }
      assertEquals(builder.size, size, `seed ${seed}`);
      const { value } = builder.value();
      if (value instanceof Quicklist) {
        assertEquals(dumped(value), dumped(pushed), `seed ${seed}`);
        value.release();
      } else {
        const { nodes } = pushed;
        assertEquals(nodes.length, 1, `seed ${seed}`);
        const start = nodes.start(nodes.first);
        const packed = nodes.bytes(nodes.first).slice(start, start + nodes.size(nodes.first));
        const built = value as Slice;
        assertEquals(built.copy().subarray(0, packed.length), packed);
        assertEquals(limitsOf(built), limits);
      }
      pushed.release();
      assertEquals(keyspace.arena.usedBytes, keyspaceBytes());
    }
  });
}

Deno.test("a list that was built and given up leaves nothing behind", () => {
  const keyspace = new Keyspace({ databases: 1, random: new Random(1), now: 0 });
  const builder = new ListBuilder(keyspace);
  for (let i = 0; i < 10_000; i++) builder.element(new Slice(latin1(`element ${i}`)));
  builder.discard();
  assertEquals(keyspace.arena.usedBytes, keyspaceBytes());
});

/** What an empty keyspace holds of its arena. */
function keyspaceBytes(): number {
  return new Keyspace({ databases: 1, random: new Random(1), now: 0 }).arena.usedBytes;
}
