import { assertEquals } from "@std/assert";
import { type Answer, sameBytes, sameElements } from "../compat/comparisons.ts";
import { parseReplies } from "../support/resp_value.ts";
import { fromLatin1 } from "../support/split_args.ts";
import { QueuedComparisons } from "./queued.ts";

function answer(text: string): Answer {
  const bytes = fromLatin1(text);
  return { bytes, values: parseReplies(bytes).map(({ value }) => value), closed: false };
}

Deno.test("what EXEC answers is compared reply by reply, as each command asks for", () => {
  const queue = new QueuedComparisons();
  queue.next(sameBytes, answer("+OK\r\n"));
  assertEquals(queue.next(sameElements, answer("+QUEUED\r\n")), sameBytes);
  queue.next(sameBytes, answer("-ERR MULTI calls can not be nested\r\n"));
  queue.next(sameBytes, answer("+QUEUED\r\n"));
  const real = "*2\r\n*2\r\n+a\r\n+b\r\n+c\r\n";
  const { agree, reduce } = queue.next(sameBytes, answer(real));
  const agrees = (ours: string) => agree(reduce(answer(real)), reduce(answer(ours)));
  assertEquals(agrees("*2\r\n*2\r\n+b\r\n+a\r\n+c\r\n"), true);
  assertEquals(agrees("*2\r\n*2\r\n+b\r\n+a\r\n+d\r\n"), false);
  assertEquals(agrees("*1\r\n*2\r\n+b\r\n+a\r\n"), false);
  assertEquals(agrees("-EXECABORT\r\n"), false);
  assertEquals(queue.next(sameElements, answer(real)), sameElements, "the queue is empty now");
});
