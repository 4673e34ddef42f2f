import { assertEquals } from "@std/assert";
import { pieces } from "./lua.js";

Deno.test("the pieces of a script are the script", () => {
  const scripts = [
    "",
    "return 1",
    "--[[ long\ncomment ]] local a = [==[ text ]] ]==] .. 'it\\'s' -- end",
    "#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1]) or 0x1F + 1.5e3",
    'unfinished = "text',
    "--[[ unfinished",
    "x = a.b['\u00e4']",
  ];
  for (const script of scripts) assertEquals(pieces(script).map(([, text]) => text).join(""), script);
});

Deno.test("keywords, names of the library, texts, numbers and comments are told apart", () => {
  const kinds = pieces('local n = redis.call("GET", KEYS[1]) -- look').filter(([kind]) => kind !== "");
  assertEquals(kinds, [
    ["keyword", "local"],
    ["global", "redis"],
    ["string", '"GET"'],
    ["global", "KEYS"],
    ["number", "1"],
    ["comment", "-- look"],
  ]);
});
