import { assertEquals } from "@std/assert";
import { specifiersOf, withoutTextAndComments } from "./source_text.ts";

Deno.test("comments, strings and regular expressions become spaces of the same length", () => {
  const cases: [string, string][] = [
    ["a // b\nc", "a     \nc"],
    ["a /* b\nc */ d", "a     \n     d"],
    [`f("x", 'y')`, `f(" ", ' ')`],
    [String.raw`f("\"", '\\')`, `f("  ", '  ')`],
    ["`a${b + `c${'d'}`}e`", "` ${b + ` ${' '}`} `"],
    ["`${{ a: 1 }}x`.y", "`${{ a: 1 }} `.y"],
    ["x = /[/'\"]\\//g.test(y)", "x =          g.test(y)"],
    ["a / b / c", "a / b / c"],
    ["(a) / b // c", "(a) / b     "],
    ["return /'/", "return    "],
    ["/* open", "       "],
    ["// \u{1F600}", "     "],
  ];
  for (const [source, wanted] of cases) {
    assertEquals(withoutTextAndComments(source), wanted, source);
    assertEquals(wanted.length, source.length, source);
  }
});

Deno.test("specifiers are found in every form of import and export, with their lines", () => {
  const source = [
    'import a from "./a.ts";',
    "import {",
    "  b, // from './no.ts'",
    "} from './b.ts';",
    'export * from "./c.ts";',
    'import type { D } from "./d.ts";',
    'import "./e.ts";',
    'const f = await import("./f.ts");',
    'const g = Array.from("./no.ts");',
    "const h = \"import './no.ts'\";",
    "/* import './no.ts' */",
  ].join("\n");
  assertEquals(specifiersOf(source), [
    { specifier: "./a.ts", line: 1 },
    { specifier: "./b.ts", line: 4 },
    { specifier: "./c.ts", line: 5 },
    { specifier: "./d.ts", line: 6 },
    { specifier: "./e.ts", line: 7 },
    { specifier: "./f.ts", line: 8 },
  ]);
});
