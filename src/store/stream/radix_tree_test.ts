import { assert, assertEquals } from "@std/assert";
import { Arena } from "../memory/arena.ts";
import { IdTable } from "./id_table.ts";
import { radixTreeNodes } from "./radix_tree.ts";
import { parseStreamId, StreamId } from "./stream_id.ts";
import { latin1 } from "../../sys/bytes.ts";

function nodesOver(...ids: string[]): number {
  const table = new IdTable(new Arena(), 0);
  const id = new StreamId();
  for (const text of ids) {
    assert(parseStreamId(latin1(text), 0, text.length, "min", id));
    table.insert(id);
  }
  return radixTreeNodes(table);
}

Deno.test("a radix tree over ids has as many nodes as Redis 7.0 tells", () => {
  assertEquals(nodesOver(), 1);
  assertEquals(nodesOver("1-1"), 2);
  assertEquals(nodesOver("1-1", "1-2"), 4);
  assertEquals(nodesOver("1-1", "2-1"), 6);
  assertEquals(nodesOver("1-255", "1-256"), 6);
  assertEquals(nodesOver("0-1", "72057594037927936-1"), 5);
  assertEquals(nodesOver("1-1", "1-2", "1-3", "2-0", "3-0"), 11);
  assertEquals(nodesOver("1-4294967296", "1-4294967297", "1-8589934592"), 8);
  assertEquals(nodesOver("1-1", "256-0", "257-0", "65536-7", "65536-8", "65536-300"), 17);
});
