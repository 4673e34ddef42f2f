import { assertEquals, assertThrows } from "@std/assert";
import { formatReply, parseReplies, plain, ProtocolViolation, ReplyParser } from "./resp_value.ts";
import { fromLatin1, latin1 } from "./split_args.ts";

const EVERY_TYPE =
  "+OK\r\n-ERR no\r\n:-7\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n*2\r\n:1\r\n*0\r\n_\r\n,1.5\r\n,-inf\r\n#t\r\n" +
  "(12345678901234567890\r\n=6\r\ntxt:hi\r\n!3\r\nBAD\r\n%1\r\n+k\r\n:1\r\n~1\r\n:2\r\n>1\r\n+p\r\n|1\r\n+a\r\n:1\r\n:5\r\n";

Deno.test("every reply type is read, whole and byte by byte", () => {
  const want = parseReplies(fromLatin1(EVERY_TYPE));
  assertEquals(want.map(({ bytes }) => latin1(bytes)).join(""), EVERY_TYPE);
  assertEquals(want.length, 18);
  const parser = new ReplyParser();
  const got = [];
  for (const byte of fromLatin1(EVERY_TYPE)) {
    parser.feed(Uint8Array.of(byte));
    for (let reply = parser.next(); reply; reply = parser.next()) got.push(reply);
  }
  assertEquals(got, want);
});

Deno.test("what the protocol does not allow is an error, not a guess", () => {
  for (
    const bytes of [
      "OK\r\n",
      "+a\rb\r\n",
      "+a\nb\r\n",
      ":1.0\r\n",
      ":01\r\n",
      "$03\r\nabc\r\n",
      "$1\r\nab\r\n",
      "#x\r\n",
      "%-1\r\n",
    ]
  ) {
    assertThrows(() => parseReplies(fromLatin1(bytes)), ProtocolViolation, undefined, bytes);
  }
});

Deno.test("nested replies are shown as redis-cli shows them", () => {
  const [reply] = parseReplies(fromLatin1("*3\r\n*2\r\n$1\r\na\r\n:1\r\n$-1\r\n*0\r\n"));
  assertEquals(formatReply(reply!.value), `1) 1) "a"\n   2) (integer) 1\n2) (nil)\n3) (empty array)`);
  assertEquals(plain(reply!.value), [["a", 1], null, []]);
});
