import { assertEquals, assertThrows } from "@std/assert";
import { fromLatin1, joinArgs, latin1, splitArgs, UnbalancedQuotes } from "./split_args.ts";

Deno.test("a line is split at white space, and quotes keep it together", () => {
  const cases: [string, string[]][] = [
    ["", []],
    ["  GET\tk ", ["GET", "k"]],
    ["SET k ''", ["SET", "k", ""]],
    [`SET k "a b"`, ["SET", "k", "a b"]],
    [`SET k 'it\\'s "x" \\n'`, ["SET", "k", `it's "x" \\n`]],
    [`SET k "\\x00\\xff\\r\\n\\t\\a\\b\\q\\""`, ["SET", "k", `\x00\xff\r\n\t\x07\bq"`]],
    [`a"b"`, ["ab"]],
  ];
  for (const [line, want] of cases) assertEquals(splitArgs(line).map(latin1), want, line);
});

Deno.test("a quote that stays open or ends inside a word is refused", () => {
  for (const line of [`SET k "a`, `SET k 'a`, `SET k "a"b`]) {
    assertThrows(() => splitArgs(line), UnbalancedQuotes);
  }
});

Deno.test("joinArgs gives the line that splits into the same bytes", () => {
  const every = Uint8Array.from({ length: 256 }, (_, i) => i);
  const args = [fromLatin1("SET"), fromLatin1(""), every, fromLatin1("a b")];
  assertEquals(splitArgs(joinArgs(args)), args);
});
