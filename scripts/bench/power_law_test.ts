import { assert, assertAlmostEquals } from "@std/assert";
import { Random } from "../../src/sys/random.ts";
import { powerLaw, shareOf } from "./power_law.ts";

for (const exponent of [-1.5, -1, -0.5]) {
  Deno.test(`of a power law with exponent ${exponent}, the first keys get the share that they should`, () => {
    const random = new Random(9);
    const next = powerLaw(100_000, exponent, () => random.uint32() / 2 ** 32);
    let hot = 0;
    for (let i = 0; i < 200_000; i++) {
      const key = next();
      assert(key >= 0 && key < 100_000);
      if (key < 1000) hot++;
    }
    assertAlmostEquals(hot / 200_000, shareOf(1000, 100_000, exponent), 0.01);
  });
}
