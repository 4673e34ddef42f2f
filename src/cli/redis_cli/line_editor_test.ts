import { assertEquals } from "@std/assert";
import type { Key, KeyName } from "./keys.ts";
import { type Completer, type EditorEvent, LineEditor } from "./line_editor.ts";

const HISTORY = ["set a 1", "get a", "set b 2"];

/** Keys as a line: names of keys stand in angle brackets. */
function keysOf(line: string): Key[] {
  return Array.from(
    line.matchAll(/<([^>]+)>|(.)/gsu),
    ([, name, char]) => name === undefined ? { char: char! } : { name: name as KeyName },
  );
}

/** What the line is after these keys, with `|` for the cursor. */
function edited(line: string, complete: Completer = () => []): string {
  const editor = new LineEditor({ history: HISTORY, complete });
  for (const key of keysOf(line)) editor.press(key);
  return shownText(editor);
}

function shownText(editor: LineEditor): string {
  const { characters, cursor } = editor;
  return characters.slice(0, cursor).join("") + "|" + characters.slice(cursor).join("");
}

function lastEvent(line: string, complete: Completer = () => []): EditorEvent | undefined {
  const editor = new LineEditor({ history: HISTORY, complete });
  return keysOf(line).map((key) => editor.press(key)).at(-1);
}

const CASES: Readonly<Record<string, readonly (readonly [keys: string, line: string])[]>> = {
  "characters are put in at the cursor, whatever their code": [
    ["abc", "abc|"],
    ["ac<left>b", "ab|c"],
    ["é😀<left>x", "éx|😀"],
  ],
  "the cursor goes by characters, to the ends and no further": [
    ["abc<left><left>", "a|bc"],
    ["abc<ctrl-a><left>", "|abc"],
    ["abc<home><right>", "a|bc"],
    ["abc<ctrl-b><ctrl-b><ctrl-f>", "ab|c"],
    ["abc<home><end>", "abc|"],
    ["abc<home><ctrl-e><right>", "abc|"],
  ],
  "the cursor goes by words, which blanks separate": [
    ["get key:1 x<word left>", "get key:1 |x"],
    ["get key:1 x<word left><word left>", "get |key:1 x"],
    ["get  a<home><word right><word right>", "get  a|"],
    ["  a<home><word right>", "  a|"],
  ],
  "characters are taken away before and at the cursor": [
    ["abc<backspace>", "ab|"],
    ["abc<home><backspace>", "|abc"],
    ["abc<home><delete>", "|bc"],
    ["abc<delete>", "abc|"],
    ["abc<left><ctrl-d>", "ab|"],
    ["a😀<backspace>", "a|"],
  ],
  "stretches are killed, and the last one comes back": [
    ["get abc<ctrl-u>", "|"],
    ["get abc<left><ctrl-u>", "|"],
    ["get abc<home><ctrl-k>", "|"],
    ["get abc<left><ctrl-k>", "get ab|"],
    ["get abc<ctrl-w>", "get |"],
    ["get abc  <ctrl-w>", "get |"],
    ["get abc<left><ctrl-w>", "get |c"],
    ["a b<home><kill word>", "| b"],
    ["get abc<ctrl-w>x <ctrl-y>", "get x abc|"],
    ["<ctrl-y>", "|"],
  ],
  "two characters change places": [
    ["abc<left><ctrl-t>", "ac|b"],
    ["abcd<left><left><ctrl-t>", "acb|d"],
    ["abc<ctrl-t>", "abc|"],
    ["abc<home><ctrl-t>", "|abc"],
  ],
  "former lines come back, the youngest first, and this one stays": [
    ["new<up>", "set b 2|"],
    ["new<up><up><up>", "set a 1|"],
    ["new<up><up><up><up>", "set a 1|"],
    ["new<ctrl-p><ctrl-n>", "new|"],
    ["new<down>", "new|"],
    ["<up>3<up><down>", "set b 23|"],
  ],
  "the history is searched backwards while one types": [
    ["x<ctrl-r>set", "|set b 2"],
    ["x<ctrl-r>set<ctrl-r>", "|set a 1"],
    ["x<ctrl-r>a 1", "set |a 1"],
    ["x<ctrl-r>set<ctrl-r><ctrl-r>", "|set a 1"],
    ["x<ctrl-r>nothing", "x|"],
    ["x<ctrl-r>set<ctrl-g>", "x|"],
    ["x<ctrl-r>set<ctrl-c>", "x|"],
    ["x<ctrl-r>b 2<escape>!", "set !|b 2"],
    ["x<ctrl-r>b 2<end>!", "set b 2!|"],
    ["x<ctrl-r>get<up>", "set a 1|"],
    ["x<ctrl-r>seq<backspace>", "|set b 2"],
  ],
};

for (const [fact, cases] of Object.entries(CASES)) {
  Deno.test(fact, () => {
    for (const [keys, line] of cases) assertEquals(edited(keys), line, keys);
  });
}

Deno.test("completion goes round through what it offers, and back to what was typed", () => {
  const complete: Completer = (text) =>
    ["GET", "GETDEL"].filter((name) => name.startsWith(text.toUpperCase()));
  const cases: readonly (readonly [string, string])[] = [
    ["ge<tab>", "GET|"],
    ["ge<tab><tab>", "GETDEL|"],
    ["ge<tab><tab><tab>", "ge|"],
    ["ge<tab><tab><tab><tab>", "GET|"],
    ["ge<tab><escape>", "ge|"],
    ["ge<tab> k", "GET k|"],
    ["ge<tab>d<tab>", "GETDEL|"],
    ["x<tab>", "x|"],
  ];
  for (const [keys, line] of cases) assertEquals(edited(keys, complete), line, keys);
  assertEquals(lastEvent("x<tab>", complete), "refused");
});

Deno.test("enter, Ctrl-C, and Ctrl-D on an empty line end the line", () => {
  assertEquals(lastEvent("get a<enter>"), "entered");
  assertEquals(lastEvent("get a<ctrl-c>"), "interrupted");
  assertEquals(lastEvent("<ctrl-d>"), "ended");
  assertEquals(lastEvent("a<ctrl-d>"), "nothing");
  assertEquals(lastEvent("<ctrl-r>set<enter>"), "entered");
});

Deno.test("what changes nothing is not shown, and what means nothing is refused", () => {
  for (const keys of ["<left>", "<ctrl-k>", "<backspace>", "<ctrl-w>", "<down>"]) {
    assertEquals(lastEvent(keys), "nothing", keys);
  }
  for (const keys of ["<ctrl-z>", "<tab>"]) assertEquals(lastEvent(keys), "refused", keys);
  assertEquals(lastEvent("<ctrl-l>"), "clear");
});

Deno.test("the prompt of a search tells what is searched, and whether it was found", () => {
  const editor = new LineEditor({ history: HISTORY });
  const promptAfter = (line: string) => {
    for (const key of keysOf(line)) editor.press(key);
    return editor.searchPrompt;
  };
  assertEquals(promptAfter("x"), undefined);
  assertEquals(promptAfter("<ctrl-r>"), "(reverse-i-search)`': ");
  assertEquals(promptAfter("se"), "(reverse-i-search)`se': ");
  assertEquals(promptAfter("q"), "(failed reverse-i-search)`seq': ");
  assertEquals(promptAfter("<escape>"), undefined);
});
