import { assertEquals } from "@std/assert";
import { Random } from "../../sys/random.ts";
import { orderByScore } from "./score_order.ts";

/** A score of any size and sign; many are equal. */
function score(random: Random): number {
  switch (random.below(5)) {
    case 0:
      return random.below(10) - 5;
    case 1:
      return (random.uint32() - 2 ** 31) / 1000;
    case 2:
      return [Infinity, -Infinity, 0, -0, 5e-324, -5e-324, 1.7e308][random.below(7)]!;
    case 3:
      return random.uint32() * 2 ** (random.below(200) - 100) * (random.below(2) === 0 ? 1 : -1);
    default:
      return random.uint32();
  }
}

for (const length of [0, 1, 2, 100, 255, 256, 3000, 40_000]) {
  Deno.test(`${length} scores are put in order, equal ones by what decides between them`, () => {
    const seed = 1 + Math.floor(Math.random() * 1e9);
    const random = new Random(seed);
    const scores = Float64Array.from({ length }, () => score(random));
    const byNumber = (a: number, b: number) => b - a;
    const expected = Array.from(scores.keys()).sort((a, b) => {
      if (scores[a]! !== scores[b]!) return scores[a]! < scores[b]! ? -1 : 1;
      return byNumber(a, b);
    });
    assertEquals(Array.from(orderByScore(scores, byNumber)), expected, `seed ${seed}`);
  });
}
