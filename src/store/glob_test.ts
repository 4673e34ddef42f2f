import { assert, assertEquals } from "@std/assert";
import { globMatch, globMatchText } from "./glob.ts";

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** Pattern, texts that match, texts that do not. Every line was put to redis-server 7.0.15 (KEYS). */
const VECTORS: [string, string[], string[]][] = [
  ["", [""], ["a"]],
  ["**", ["a", "abc"], [""]],
  ["?", ["a", "\xff"], ["", "ab"]],
  ["a*", ["a", "ab", "abc"], ["", "ba"]],
  ["*a", ["a", "ba", "aa", "aba"], ["", "ab"]],
  ["*a*b*", ["ab", "xaxbx", "aab"], ["ba", "a", "b"]],
  ["a?*", ["ab", "abc"], ["a"]],
  ["[abc]", ["a", "b", "c"], ["d", "ab", ""]],
  ["[^abc]", ["d", "^"], ["a", "b", ""]],
  ["[a-c]x", ["ax", "bx", "cx"], ["dx", "-x"]],
  ["[c-a]x", ["ax", "bx", "cx"], ["dx", "-x"]],
  ["[a-]", ["a", "]", "_"], ["b", "-", "a]"]],
  ["[-a]", ["a", "-"], ["b"]],
  ["[a-]]", ["]", "a", "^", "_"], ["b", "a]", "-"]],
  ["[]", [], ["]", "[", "a", ""]],
  ["[]a]", [], ["]", "a", "a]"]],
  ["[^]", ["^", "a", "]"], ["", "aa", "^]"]],
  ["[", [], ["[", ""]],
  ["[^", ["[", "a"], ["", "ab"]],
  ["[ab", ["a", "b"], ["[", "ab"]],
  ["x[ab", ["xa", "xb"], ["x", "xab"]],
  ["[a-", ["a", "-"], ["b"]],
  ["[\\]]", ["]"], ["\\", "a"]],
  ["[\\", ["\\"], ["a"]],
  ["[\\]", ["]"], ["\\"]],
  ["[a\\-c]", ["a", "-", "c"], ["b"]],
  ["[^a\\-c]", ["b"], ["a", "-", "c"]],
  ["[a-\xff]", ["\xff", "\x01", "Z", "a"], ["b", "z", "\x80", "\xfe"]],
  ["[\x80-\xff]", ["\x80", "\xfe", "\xff"], ["\x00", "a"]],
  ["\\*", ["*"], ["a", "\\*", "\\"]],
  ["a\\", ["a\\"], ["a", "a\\\\"]],
  ["\\a", ["a"], ["\\a"]],
  ["\\\\", ["\\"], ["\\\\"]],
  ["a\\**", ["a*", "a*b"], ["a", "ab"]],
  ["*[0-9]?", ["1a", "x1a", "111"], ["a1", "1"]],
  ["h[^e]llo", ["hallo", "hbllo"], ["hello"]],
  ["*ab*ab", ["abab", "aababab", "abxab"], ["aab", "ababa"]],
];

Deno.test("globMatch agrees with the recorded answers of the reference", () => {
  for (const [pattern, hits, misses] of VECTORS) {
    const p = latin1(pattern);
    for (const [texts, expected] of [[hits, true], [misses, false]] as const) {
      for (const text of texts) {
        const t = latin1(text);
        assertEquals(
          globMatch(p, 0, p.length, t, 0, t.length),
          expected,
          `${JSON.stringify(pattern)} on ${JSON.stringify(text)}`,
        );
      }
    }
  }
});

Deno.test("globMatch reads nothing outside of the given ranges", () => {
  const pattern = latin1("x[ab]y*");
  const text = latin1("xaby");
  // `[ab` is an unterminated class here, and the text is just "a".
  assert(globMatch(pattern, 1, 4, text, 1, 2));
  assert(!globMatch(pattern, 1, 4, text, 1, 3));
});

Deno.test("ignoring case folds letters and ranges, but not escapes inside a class", () => {
  assert(globMatchText("HELLO", "hello", true));
  assert(globMatchText("h[E]LLO", "hello", true));
  assert(globMatchText("h[A-F]LLO", "hello", true));
  assert(globMatchText("\\H*", "hello", true));
  assert(!globMatchText("[\\H]ello", "hello", true));
  assert(!globMatchText("[Z-a]", "m", true));
  assert(!globMatchText("HELLO", "hello"));
});

Deno.test("text is matched by its bytes", () => {
  assert(globMatchText("??", "é"));
  assert(!globMatchText("?", "é"));
});

Deno.test("many stars do not blow up", () => {
  const text = "a".repeat(20_000);
  let best = Infinity;
  // A busy machine may stop in the midst of one.
  for (let i = 0; i < 10 && best >= 2_000; i++) {
    const started = performance.now();
    assert(!globMatchText("a*".repeat(30) + "b", text));
    assert(!globMatchText("*a".repeat(30) + "*b", text));
    best = Math.min(best, performance.now() - started);
  }
  // Exponential would be never, cubic would be hours; both calls together take some milliseconds.
  assert(best < 2_000);
});

Deno.test("a match passes at most 1000 stars, except one at the very end", () => {
  const run = (n: number) => "a".repeat(n);
  assert(globMatchText("*a".repeat(1000), run(1000)));
  assert(!globMatchText("*a".repeat(1001), run(1001)));
  assert(globMatchText("a*".repeat(1001), run(1001)));
  assert(!globMatchText("a*".repeat(1002), run(1002)));
});
