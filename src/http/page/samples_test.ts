import { assertEquals } from "@std/assert";
import { Samples } from "./samples.js";

const largest = (key: string, bytes: number) => ({ database: 0, key, type: "string", bytes });

function sample(keys: number, strings: number, large: readonly [string, number][], isWhole = false) {
  return {
    keys,
    sampled: 100,
    isWhole,
    swapped: 1,
    types: { string: { keys: strings, bytes: strings * 10, expiring: 1 } },
    sizes: [0, strings],
    largest: large.map(([key, bytes]) => largest(key, bytes)),
  };
}

function strings(known: { types: object }): number | undefined {
  return (known.types as Record<string, { keys: number }>).string?.keys;
}

Deno.test("samples of a large keyspace are added up, and the largest keys of all of them kept", () => {
  const samples = new Samples();
  samples.add(sample(5000, 60, [["a", 100]]), 0);
  const { keys, sampled, swapped, types, sizes, largest: seen } = samples.add(
    sample(5010, 80, [["b", 300]]),
    5000,
  );
  assertEquals([keys, sampled, swapped, sizes], [5010, 200, 2, [0, 140]]);
  assertEquals(types, { string: { keys: 140, bytes: 1400, expiring: 2 } });
  assertEquals(seen, [largest("b", 300), largest("a", 100)]);
});

Deno.test("only the latest samples count, and a large key is forgotten when it was not seen for minutes", () => {
  const samples = new Samples();
  samples.add(sample(5000, 1, [["a", 100]]), 0);
  for (let i = 1; i < 6; i++) samples.add(sample(5000, 10, []), i * 1000);
  assertEquals(strings(samples.add(sample(5000, 10, []), 7000)), 60);
  assertEquals(samples.add(sample(5000, 10, []), 180_000).largest, [largest("a", 100)]);
  assertEquals(samples.add(sample(5000, 10, []), 180_001).largest, []);
});

Deno.test("when the keyspace has become another one, or was looked at as a whole, older samples are dropped", () => {
  const samples = new Samples();
  samples.add(sample(5000, 60, [["a", 100]]), 0);
  assertEquals(samples.add(sample(9000, 80, []), 1000).sampled, 100);
  assertEquals(strings(samples.add(sample(50, 5, [["b", 1]], true), 2000)), 5);
  const { sampled, largest: seen } = samples.add(sample(50, 6, [["c", 1]], true), 3000);
  assertEquals([sampled, seen], [100, [largest("c", 1)]]);
});
