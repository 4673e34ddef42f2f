import { assertEquals, assertThrows } from "@std/assert";
import { latin1 } from "../sys/bytes.ts";
import { parseReply, ReplyProtocolError, ReplyReader, type ReplyValue } from "./reply_value.ts";

const NESTED = "*3\r\n%1\r\n+k\r\n~2\r\n:1\r\n$3\r\na\r\n\r\n|1\r\n+a\r\n:1\r\n#t\r\n=6\r\ntxt:ab\r\n";
const NESTED_VALUE: ReplyValue = {
  kind: "array",
  items: [
    {
      kind: "map",
      items: [
        { kind: "status", text: "k" },
        { kind: "set", items: [{ kind: "integer", text: "1" }, { kind: "bulk", text: "a\r\n" }] },
      ],
    },
    { kind: "boolean", value: true },
    { kind: "verbatim", format: "txt", text: "ab" },
  ],
};

Deno.test("every type of both protocols is read", () => {
  const cases: readonly (readonly [string, ReplyValue])[] = [
    ["+OK\r\n", { kind: "status", text: "OK" }],
    ["-ERR no\r\n", { kind: "error", text: "ERR no" }],
    ["!6\r\nERR no\r\n", { kind: "error", text: "ERR no" }],
    [":-12\r\n", { kind: "integer", text: "-12" }],
    [",1.50\r\n", { kind: "double", text: "1.50" }],
    ["(12345678901234567890\r\n", { kind: "big number", text: "12345678901234567890" }],
    ["$2\r\n\r\n\r\n", { kind: "bulk", text: "\r\n" }],
    ["$0\r\n\r\n", { kind: "bulk", text: "" }],
    ["$-1\r\n", { kind: "nil" }],
    ["*-1\r\n", { kind: "nil" }],
    ["_\r\n", { kind: "nil" }],
    ["#f\r\n", { kind: "boolean", value: false }],
    ["*0\r\n", { kind: "array", items: [] }],
    ["%0\r\n", { kind: "map", items: [] }],
    [">1\r\n+x\r\n", { kind: "push", items: [{ kind: "status", text: "x" }] }],
    ["|0\r\n+x\r\n", { kind: "status", text: "x" }],
    [NESTED, NESTED_VALUE],
  ];
  for (const [text, value] of cases) assertEquals(parseReply(latin1(text)), value);
});

Deno.test("a reply may come in pieces, cut anywhere", () => {
  const bytes = latin1(NESTED + "+next\r\n");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new ReplyReader();
    reader.feed(bytes.subarray(0, cut));
    const first = reader.next();
    reader.feed(bytes.subarray(cut));
    assertEquals(first ?? reader.next(), NESTED_VALUE, `cut at ${cut}`);
    assertEquals(reader.next(), { kind: "status", text: "next" }, `cut at ${cut}`);
    assertEquals(reader.next(), undefined);
    assertEquals(reader.isMidReply, false);
  }
});

Deno.test("a reply may be larger than the first buffer, and come byte by byte", () => {
  const text = "x".repeat(40_000);
  const reader = new ReplyReader();
  for (const byte of latin1(`*2\r\n$${text.length}\r\n${text}\r\n+y\r\n`)) {
    assertEquals(reader.next(), undefined);
    reader.feed(Uint8Array.of(byte));
  }
  assertEquals(reader.next(), {
    kind: "array",
    items: [{ kind: "bulk", text }, { kind: "status", text: "y" }],
  });
});

Deno.test("what is no reply is refused", () => {
  for (const text of ["hello\r\n", "$x\r\n", "*1000000000000000000\r\n", "$-2\r\n"]) {
    assertThrows(() => parseReply(latin1(text)), ReplyProtocolError);
  }
  assertThrows(() => parseReply(latin1("$3\r\na")), ReplyProtocolError, "not complete");
});
