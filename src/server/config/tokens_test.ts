import { assertEquals } from "@std/assert";
import { byteText, plainText, quote, splitWords, trimLine } from "./tokens.ts";

Deno.test("words are split at white space, and quotes hold them together", () => {
  const cases: [string, string[] | undefined][] = [
    ["", []],
    ["  a \t b\r", ["a", "b"]],
    ['a "b c" d', ["a", "b c", "d"]],
    ["a 'b c' d", ["a", "b c", "d"]],
    ['ab"c d"', ["abc d"]],
    ['""', [""]],
    ["a '' b", ["a", "", "b"]],
    ['"a', undefined],
    ["'a", undefined],
    ['"a"b', undefined],
    ["'a'b", undefined],
    ['"a""b"', undefined],
    ['"\\', undefined],
  ];
  for (const [line, words] of cases) assertEquals(splitWords(line), words, line);
});

Deno.test("double quotes know escapes, single quotes only the escaped quote", () => {
  assertEquals(splitWords('"\\x41\\n\\r\\t\\b\\a\\"\\\\\\q\\x4g"'), ['A\n\r\t\b\x07"\\qx4g']);
  assertEquals(splitWords("'a\\'b\\n'"), ["a'b\\n"]);
  assertEquals(splitWords("'a\\\\'"), undefined);
});

Deno.test("a quoted value is read back as it was, for every byte", () => {
  const every = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
  assertEquals(splitWords(quote(every)), [every]);
  assertEquals(quote('é\t\x7f"'), '"\\xe9\\t\\x7f\\""');
});

Deno.test("only blanks and line ends are trimmed from a line", () => {
  assertEquals(trimLine(" \t\r port 1 \r"), "port 1");
  assertEquals(trimLine("\fport"), "\fport");
});

Deno.test("text and the characters of its bytes turn into each other", () => {
  assertEquals(byteText("é"), "\xc3\xa9");
  assertEquals(plainText("\xc3\xa9"), "é");
});
