import { assert, assertEquals, assertThrows } from "@std/assert";
import { bytesOf, type Decoded, ReplyDecoder, ReplyError, textOf } from "./reply.ts";

function decode(text: string): Decoded<string>[] {
  const decoder = new ReplyDecoder(Uint8Array.from(text, (char) => char.charCodeAt(0)), textOf);
  const all = [];
  for (let read = decoder.next(); read !== undefined; read = decoder.next()) all.push(read);
  return all;
}

function value(text: string): unknown {
  const [read, ...more] = decode(text);
  assertEquals(more, []);
  return read!.value;
}

Deno.test("replies of either version of the protocol are values of JavaScript", () => {
  const cases: [string, unknown][] = [
    ["+OK\r\n", "OK"],
    ["$5\r\nhello\r\n", "hello"],
    ["$0\r\n\r\n", ""],
    ["$2\r\n\xc3\xa9\r\n", "é"],
    ["$-1\r\n", null],
    ["*-1\r\n", null],
    ["_\r\n", null],
    [":-42\r\n", -42],
    [":9007199254740991\r\n", 9007199254740991],
    [":9007199254740993\r\n", 9007199254740993n],
    ["(123456789012345678901234567890\r\n", 123456789012345678901234567890n],
    [",1.5\r\n", 1.5],
    [",inf\r\n", Infinity],
    [",-inf\r\n", -Infinity],
    [",nan\r\n", NaN],
    ["#t\r\n", true],
    ["#f\r\n", false],
    ["=7\r\ntxt:abc\r\n", "abc"],
    ["*2\r\n:1\r\n*1\r\n$1\r\na\r\n", [1, ["a"]]],
    ["*0\r\n", []],
    ["%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n_\r\n", new Map<string, unknown>([["a", 1], ["b", null]])],
    ["~2\r\n$1\r\na\r\n$1\r\nb\r\n", new Set(["a", "b"])],
    ["|1\r\n$1\r\nk\r\n:1\r\n:2\r\n", 2],
  ];
  for (const [bytes, want] of cases) assertEquals(value(bytes), want, JSON.stringify(bytes));
});

Deno.test("an error is a ReplyError with its code, also inside of an array", () => {
  const alone = value("-WRONGTYPE Operation against a key\r\n");
  assert(alone instanceof ReplyError);
  assertEquals(alone.code, "WRONGTYPE");
  assertEquals(alone.message, "WRONGTYPE Operation against a key");
  const [first, second] = value("*2\r\n!5\r\nERR x\r\n:1\r\n") as [ReplyError, number];
  assert(first instanceof ReplyError);
  assertEquals([first.code, second], ["ERR", 1]);
});

Deno.test("pushes are told from replies", () => {
  const kinds = decode(">2\r\n$1\r\na\r\n:1\r\n:7\r\n").map(({ isPush, value }) => [isPush, value]);
  assertEquals(kinds, [[true, ["a", 1]], [false, 7]]);
});

Deno.test("bytes are copies, of what is no text too", () => {
  const bytes = Uint8Array.of(36, 50, 13, 10, 255, 0, 13, 10);
  const read = new ReplyDecoder<Uint8Array>(bytes, bytesOf).next()!.value as Uint8Array;
  bytes.fill(1);
  assertEquals(read, Uint8Array.of(255, 0));
});

Deno.test("what is no reply is an error", () => {
  assertThrows(() => value("?1\r\n"), Error, 'a reply cannot begin with "?"');
});
