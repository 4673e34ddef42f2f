import { assertEquals } from "@std/assert";
import {
  bytes,
  clientFields,
  count,
  exact,
  fromTyped,
  isText,
  micros,
  percent,
  prettyJson,
  seconds,
  shown,
  words,
} from "./format.js";

Deno.test("numbers keep three digits that mean something", () => {
  const cases = [
    [count(0), "0"],
    [count(999), "999"],
    [count(1000), "1.00 k"],
    [count(999_999), "1.00 M"],
    [count(12.345), "12.3"],
    [count(NaN), "–"],
    [exact(1234567), "1\u202f234\u202f567"],
    [bytes(0), "0 B"],
    [bytes(1023), "1.00 KiB"],
    [bytes(123_456_789), "118 MiB"],
    [percent(0.97034), "97.0 %"],
    [percent(1), "100 %"],
    [percent(0.00123), "0.12 %"],
    [micros(0.75), "0.75 µs"],
    [micros(999.9), "1.00 ms"],
    [micros(2_500_000), "2.50 s"],
    [seconds(0), "0 s"],
    [seconds(59), "59 s"],
    [seconds(3600), "1 h"],
    [seconds(93_784), "1 d 2 h"],
  ];
  for (const [text, wanted] of cases) assertEquals(text, wanted);
});

Deno.test("bytes are shown as the text that they are, or escaped", () => {
  assertEquals(shown("\xc3\xa4 b\nc"), "ä b\nc");
  assertEquals(isText("\xc3\xa4"), true);
  assertEquals(shown('a\xff\0\n"\\'), 'a\\xff\\x00\\n"\\');
  assertEquals(isText("\xff"), false);
  assertEquals(isText("\x1b[0m"), false);
});

Deno.test("what is typed goes out as its bytes, and comes back", () => {
  for (const text of ["", "abc", "ä 東京 🎉", "a\nb\t"]) assertEquals(shown(fromTyped(text)), text);
  assertEquals(fromTyped("ä"), "\xc3\xa4");
});

Deno.test("words are separated by blanks, but not in quotes", () => {
  assertEquals(words(""), []);
  assertEquals(words(" a  b "), ["a", "b"]);
  assertEquals(words(`user:7 "a key" 'it "is"' "x\\"y\\n"`), ["user:7", "a key", 'it "is"', 'x"y\n']);
});

Deno.test("only what is a JSON collection is laid out", () => {
  assertEquals(prettyJson('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}');
  assertEquals([prettyJson("7"), prettyJson("{no"), prettyJson("")], [undefined, undefined, undefined]);
});

Deno.test("a line of CLIENT LIST is its fields, values with an equals sign included", () => {
  assertEquals(clientFields("id=7 addr=[::1]:5 name=a=b cmd=client|list"), {
    id: "7",
    addr: "[::1]:5",
    name: "a=b",
    cmd: "client|list",
  });
});
