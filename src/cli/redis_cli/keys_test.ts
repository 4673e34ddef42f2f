import { assertEquals } from "@std/assert";
import { type Key, KeyReader } from "./keys.ts";

function keysOf(...chunks: readonly string[]): string[] {
  const reader = new KeyReader();
  const keys: Key[] = [];
  for (const chunk of chunks) {
    reader.feed(Uint8Array.from(chunk, (char) => char.charCodeAt(0)));
    for (let key = reader.next(); key !== undefined; key = reader.next()) keys.push(key);
  }
  return keys.map((key) => "char" in key ? key.char : `<${key.name}>`);
}

Deno.test("bytes are characters, control keys and named keys", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["ab", ["a", "b"]],
    ["\r\n\t", ["<enter>", "<enter>", "<tab>"]],
    ["\x7f\b", ["<backspace>", "<backspace>"]],
    ["\x01\x05\x12\x03", ["<ctrl-a>", "<ctrl-e>", "<ctrl-r>", "<ctrl-c>"]],
    ["\x1b[A\x1b[B\x1b[C\x1b[D", ["<up>", "<down>", "<right>", "<left>"]],
    ["\x1bOH\x1bOF\x1b[H\x1b[F\x1b[1~\x1b[4~", ["<home>", "<end>", "<home>", "<end>", "<home>", "<end>"]],
    ["\x1b[3~x", ["<delete>", "x"]],
    ["\x1b[1;5C\x1bb\x1bf\x1bd", ["<word right>", "<word left>", "<word right>", "<kill word>"]],
    ["\x1b[15~a\x1bzb", ["a", "b"]],
    ["\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", ["é", "€", "😀"]],
    ["\xff\xc3a", ["\ufffd", "\ufffd", "a"]],
  ];
  for (const [bytes, keys] of cases) assertEquals(keysOf(bytes), keys, JSON.stringify(bytes));
});

Deno.test("a key may come in pieces, cut anywhere", () => {
  const bytes = "a\x1b[A\xe2\x82\xac\x1b[1;5Cb";
  assertEquals(keysOf(...bytes), keysOf(bytes));
});

Deno.test("an escape alone is a key when nothing belongs to it", () => {
  const reader = new KeyReader();
  reader.feed(Uint8Array.of(27));
  assertEquals(reader.next(), undefined);
  assertEquals(reader.flush(), { name: "escape" });
  assertEquals(reader.flush(), undefined);
});
