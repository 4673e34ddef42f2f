import { assertEquals } from "@std/assert";
import { errorPlace, sourceExcerpt } from "./source_excerpt.ts";

Deno.test("the line of an error is shown with a caret under what it speaks of", () => {
  const cases: readonly (readonly [source: string, message: string, excerpt: string])[] = [
    [
      "local x = 1\nreturn x.y.z",
      "ERR user_script:2: attempt to index local 'x' (a number value) script: fe31, on @user_script:2.",
      "f.lua:2:8\n    return x.y.z\n           ^\n",
    ],
    [
      "local x = = 1\n",
      "ERR Error compiling script (new function): user_script:1: unexpected symbol near '='",
      "f.lua:1:11\n    local x = = 1\n              ^\n",
    ],
    [
      "if x then\n",
      "ERR Error compiling script (new function): user_script:1: 'end' expected near '<eof>'",
      "f.lua:1:10\n    if x then\n             ^\n",
    ],
    [
      "\tfoo = 1\n",
      "ERR user_script:1: Attempt to modify a readonly table script: 82c4, on @user_script:1.",
      "f.lua:1:2\n    \tfoo = 1\n    \t^\n",
    ],
    [
      "return nosuch",
      "ERR user_script:1: Script attempted to access nonexistent global variable 'nosuch' script: 1, on @user_script:1.",
      "f.lua:1:8\n    return nosuch\n           ^~~~~~\n",
    ],
    [
      "local ok = redis.call('INCR')",
      "ERR Wrong number of args calling Redis command from script script: 7d3b, on @user_script:1.",
      "f.lua:1:12\n    local ok = redis.call('INCR')\n               ^~~~~~~~~~\n",
    ],
  ];
  for (const [source, message, excerpt] of cases) {
    assertEquals(sourceExcerpt(source, message, "f.lua"), excerpt, message);
  }
});

Deno.test("nothing is shown for an error that does not tell its line", () => {
  assertEquals(sourceExcerpt("return 1", "MYERR oops", "f.lua"), "");
  assertEquals(sourceExcerpt("return 1", "ERR user_script:7: beyond the end", "f.lua"), "");
});

Deno.test("of a long line the part around the caret is shown", () => {
  const source = `return ${"1 + ".repeat(200)}nosuch${" + 1".repeat(200)}`;
  const message = "ERR user_script:1: attempt to perform arithmetic on global 'nosuch' (a nil value)";
  const [head, line, caret] = sourceExcerpt(source, message, "f").split("\n");
  assertEquals(head, "f:1:808");
  assertEquals(line!.slice(caret!.indexOf("^"), caret!.length), "nosuch");
  assertEquals(line!.length, 164);
});

Deno.test("a name is marked where it stands as a word", () => {
  const lines = ["return axe .. x"];
  const place = errorPlace(lines, "user_script:1: attempt to concatenate global 'x' (a nil value)");
  assertEquals(place, { line: 1, column: 15, length: 1 });
});
