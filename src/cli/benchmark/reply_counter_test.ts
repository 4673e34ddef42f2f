import { assertEquals, assertThrows } from "@std/assert";
import { utf8 } from "../../sys/bytes.ts";
import { ReplyCounter, UnreadableReply } from "./reply_counter.ts";

const REPLIES = [
  "+OK\r\n",
  ":-12\r\n",
  "$5\r\nhello\r\n",
  "$4\r\n\r\n+\r\r\n",
  "$0\r\n\r\n",
  "$-1\r\n",
  "*-1\r\n",
  "*0\r\n",
  "*3\r\n$1\r\na\r\n*2\r\n:1\r\n*0\r\n-inner\r\n",
  "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n_\r\n",
  "~1\r\n,1.5\r\n",
  "#t\r\n",
  "(12345678901234567890\r\n",
  "=7\r\ntxt:abc\r\n",
  "|1\r\n+ttl\r\n:1\r\n*2\r\n:1\r\n|1\r\n+k\r\n+v\r\n:2\r\n",
];
const PUSH = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n";

/** How many replies there are when the bytes come in pieces, each of at most `size` bytes. */
function countInPieces(counter: ReplyCounter, bytes: Uint8Array, size: number): number {
  const buffer = new Uint8Array(bytes.length);
  let replies = 0;
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    buffer.set(piece, counter.kept);
    const end = counter.kept + piece.length;
    replies += counter.count(buffer, end);
    buffer.copyWithin(0, end - counter.kept, end);
  }
  return replies;
}

Deno.test("every kind of reply counts once, and pushes not at all, however they are cut", () => {
  const bytes = utf8(PUSH + REPLIES.join(PUSH) + PUSH);
  for (let size = 1; size <= bytes.length; size++) {
    assertEquals(countInPieces(new ReplyCounter(), bytes, size), REPLIES.length, `pieces of ${size} bytes`);
  }
});

Deno.test("each reply alone counts once", () => {
  for (const reply of REPLIES) {
    const counter = new ReplyCounter();
    const bytes = utf8(reply);
    assertEquals([counter.count(bytes, bytes.length), counter.kept], [1, 0], JSON.stringify(reply));
    assertEquals(counter.count(bytes, bytes.length - 1), 0, JSON.stringify(reply));
  }
});

Deno.test("a reply that is an error is kept, one inside of another reply is not", () => {
  const counter = new ReplyCounter();
  const inner = utf8("*1\r\n-ERR inside\r\n");
  assertEquals([counter.count(inner, inner.length), counter.error], [1, undefined]);
  const outer = utf8("+OK\r\n-ERR no such thing\r\n");
  assertEquals([counter.count(outer, outer.length), counter.error], [2, "ERR no such thing"]);
});

Deno.test("what is no reply is an error that names its first byte", () => {
  const bytes = utf8("hello\r\n");
  assertThrows(
    () => new ReplyCounter().count(bytes, bytes.length),
    UnreadableReply,
    'Protocol error, got "h" as reply type byte',
  );
  const length = utf8("$x\r\n");
  assertThrows(() => new ReplyCounter().count(length, length.length), UnreadableReply);
});
