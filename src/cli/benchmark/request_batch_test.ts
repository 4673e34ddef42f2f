import { assert, assertEquals } from "@std/assert";
import { latin1Text, utf8 } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";
import { RequestBatch, requestOf } from "./request_batch.ts";

const DATA = utf8("VALUE");

function batchOf(
  args: readonly string[],
  pipeline: number,
  keyspace: number | undefined,
  seed = 1,
): RequestBatch {
  return new RequestBatch({ request: requestOf(args, DATA), pipeline, keyspace }, new Random(seed));
}

function textOf(batch: RequestBatch): string {
  batch.draw();
  return latin1Text(batch.bytes);
}

Deno.test("marks of data become the data, wherever they stand", () => {
  assertEquals(
    latin1Text(requestOf(["SET", "k", "<__data____data__>", "__data_"], DATA)),
    "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\n<VALUEVALUE>\r\n$7\r\n__data_\r\n",
  );
});

Deno.test("without a key space the marks of random numbers stay", () => {
  const one = "*2\r\n$3\r\nGET\r\n$12\r\n__rand_int__\r\n";
  assertEquals(textOf(batchOf(["GET", "__rand_int__"], 2, undefined)), one + one);
});

Deno.test("each mark has a number of twelve digits of its own, drawn anew for each batch", () => {
  const batch = batchOf(["SET", "k__rand_int____rand_int__", "__rand_int___rand_int__"], 3, 1000);
  const seen = new Set<string>();
  for (let i = 0; i < 50; i++) {
    const text = textOf(batch);
    assertEquals(
      text.replaceAll(/0{9}\d{3}/g, "#"),
      "*3\r\n$3\r\nSET\r\n$25\r\nk##\r\n$23\r\n#_rand_int__\r\n".repeat(3),
    );
    for (const [number] of text.matchAll(/\d{12}/g)) seen.add(number);
  }
  assert(seen.size > 300, `${seen.size} different numbers of 450`);
});

Deno.test("numbers are below the key space, and all of a small one occur", () => {
  for (const keyspace of [1, 2, 10, 11, 100]) {
    const batch = batchOf(["__rand_int__"], 1, keyspace);
    const seen = new Set(Array.from({ length: 3000 }, () => Number(/\d{12}/.exec(textOf(batch))![0])));
    assertEquals(seen.size, keyspace);
    assertEquals(Math.max(...seen), keyspace - 1);
  }
});

Deno.test("large key spaces fill all twelve digits", () => {
  for (const keyspace of [2 ** 31, 2 ** 40, 10 ** 12, Number.MAX_SAFE_INTEGER]) {
    const batch = batchOf(["__rand_int__"], 1, keyspace);
    const numbers = Array.from({ length: 200 }, () => Number(/\d{12}/.exec(textOf(batch))![0]));
    const most = Math.min(keyspace, 10 ** 12);
    assert(Math.max(...numbers) < most && Math.max(...numbers) > most / 2, `${keyspace}`);
  }
});

Deno.test("the same seed draws the same numbers", () => {
  assertEquals(textOf(batchOf(["__rand_int__"], 5, 1e6, 7)), textOf(batchOf(["__rand_int__"], 5, 1e6, 7)));
});
