import { assertEquals } from "@std/assert";
import { latin1 } from "../../sys/bytes.ts";
import { ElementSlice } from "../numbers/int64_words.ts";
import { firstPosition, ListpackBuilder } from "../packed/listpack.ts";
import { parseSavedScore, pointAtScore, scoreAt } from "./score_text.ts";

function scoreOf(text: string): number {
  const builder = new ListpackBuilder();
  builder.append(latin1(text), 0, text.length);
  return scoreAt(builder.built(), firstPosition(0));
}

/** Text, and what redis-server 7.0.15 makes of it as a saved score (NaN: refuses it) and in a listpack. */
const SCORES: [text: string, saved: number, inListpack: number][] = [
  ["1", 1, 1],
  ["1.5", 1.5, 1.5],
  ["1abc", 1, 1],
  [" 1", 1, 1],
  ["\t\n 1", 1, 1],
  ["+1", 1, 1],
  ["-1", -1, -1],
  ["1e", 1, 1],
  ["1e+", 1, 1],
  ["1e5x", 100000, 100000],
  ["1e5", 100000, 100000],
  ["0x", NaN, 0],
  ["0x10", 16, 16],
  ["0x1p", 1, 1],
  ["0x1p3", 8, 8],
  ["0x.8", 0.5, 0.5],
  ["0x.", 0, 0],
  ["inf", Infinity, Infinity],
  ["infi", NaN, Infinity],
  ["infin", NaN, Infinity],
  ["infinity", Infinity, Infinity],
  ["infinityx", Infinity, Infinity],
  ["INF", Infinity, Infinity],
  ["nan", NaN, NaN],
  ["nan(", NaN, NaN],
  ["nan()", NaN, NaN],
  ["nan(12)", NaN, NaN],
  ["nan(1", NaN, NaN],
  ["-nan", NaN, NaN],
  ["na", NaN, 0],
  [".5", 0.5, 0.5],
  ["5.", 5, 5],
  [".", NaN, 0],
  ["-", NaN, 0],
  ["", NaN, 0],
  ["e5", NaN, 0],
  ["1..2", 1, 1],
  ["1e400", Infinity, Infinity],
  ["-1e400", -Infinity, -Infinity],
  ["1e-400", 0, 0],
  ["4.9e-324", 4.9406564584124654e-324, 4.9406564584124654e-324],
  ["1\u0000", 1, 1],
  ["1 2", 1, 1],
  ["\u000b1", 1, 1],
  ["\f1", 1, 1],
  ["\r1", 1, 1],
  ["\u00a01", NaN, 0],
  ["in", NaN, 0],
  ["i", NaN, 0],
  ["0x1.8p1", 3, 3],
  ["0x1.8P+1", 3, 3],
  ["0x1.8p-", 1.5, 1.5],
  ["1E5", 100000, 100000],
  ["1e-", 1, 1],
  ["1e+5", 100000, 100000],
  ["--1", NaN, 0],
  ["+-1", NaN, 0],
  ["0x1g", 1, 1],
  ["1d", 1, 1],
  ["1f", 1, 1],
  ["1_0", 1, 1],
  ["1,5", 1, 1],
  ["1e5.5", 100000, 100000],
  ["00012", 12, 12],
  ["0x0", 0, 0],
  ["-0", -0, -0],
  ["INFINITE", NaN, Infinity],
  ["infinit", NaN, Infinity],
  ["0xp1", NaN, 0],
  ["0x.p1", 0, 0],
  ["0X1P1", 2, 2],
  ["1p3", 1, 1],
  [" ", NaN, 0],
  ["+", NaN, 0],
  ["+.", NaN, 0],
  ["+.e1", NaN, 0],
  [".e1", NaN, 0],
  ["1.e1", 10, 10],
  ["1.e", 1, 1],
  ["0e", 0, 0],
  ["0x1p3.5", 8, 8],
  ["0b1", 0, 0],
  ["1e99999999999999999999", Infinity, Infinity],
  ["0x1p99999999999999999", Infinity, Infinity],
  ["1e-99999999999999999999", 0, 0],
];

Deno.test("scores of unknown origin are read as far as they are numbers", () => {
  for (const [text, saved, inListpack] of SCORES) {
    assertEquals(parseSavedScore(latin1(text)), saved, `${text} saved`);
    assertEquals(scoreOf(text), inListpack, `${text} in a listpack`);
  }
});

Deno.test("only the first 127 bytes of a score in a listpack count", () => {
  assertEquals(scoreOf("1".repeat(252)), 1.111111111111111e126);
  assertEquals(scoreOf(`0.${"0".repeat(200)}1`), 0);
});

Deno.test("whole scores are integers in a listpack up to 2^62, all others have 17 digits", () => {
  const element = new ElementSlice();
  const texts = [
    0,
    -0,
    5,
    -1.5,
    0.1,
    Infinity,
    -Infinity,
    2 ** 53,
    -(2 ** 61),
    2 ** 62,
    -(2 ** 62),
    2 ** 62 + 1024,
    1e300,
  ]
    .map((score) => {
      pointAtScore(element, score);
      return element.text();
    });
  assertEquals(texts, [
    "0",
    "0",
    "5",
    "-1.5",
    "0.10000000000000001",
    "inf",
    "-inf",
    "9007199254740992",
    "-2305843009213693952",
    "4611686018427387904",
    "-4611686018427387904",
    "4.6116860184273889e+18",
    "1.0000000000000001e+300",
  ]);
});
