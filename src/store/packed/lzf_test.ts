import { assert, assertEquals } from "@std/assert";
import { lzfCompress, lzfDecompress } from "./lzf.ts";

// The compressor's choices are compared with the reference's payloads in rdb_value_test.ts.

/** Small reproducible generator; only the seed matters for repeating a failure. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
}

function randomInput(below: (n: number) => number): Uint8Array {
  const input = new Uint8Array(1 + below(below(4) === 0 ? 20_000 : 400));
  const alphabet = 1 + below(below(3) === 0 ? 256 : 6);
  for (let i = 0; i < input.length;) {
    const copy = i > 4 && below(5) === 0 ? 3 + below(300) : 0;
    const from = below(Math.max(i, 1));
    for (let k = 0; k < copy && i < input.length; k++) input[i++] = input[from + k]!;
    if (i < input.length) input[i++] = below(alphabet);
  }
  return input;
}

Deno.test("what is compressed is decompressed to the same bytes", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  const below = generator(seed);
  let shorter = 0;
  for (let round = 0; round < 300; round++) {
    const input = randomInput(below);
    const output = new Uint8Array(input.length + 100 + (input.length >> 4));
    const size = lzfCompress(input, output);
    assert(size > 0, `SEED=${seed}`);
    if (size < input.length) shorter++;
    const back = new Uint8Array(input.length);
    assertEquals(lzfDecompress(output.subarray(0, size), back), input.length, `SEED=${seed}`);
    assertEquals(back, input, `SEED=${seed}`);
  }
  assert(shorter > 100, `SEED=${seed}`);
});

Deno.test("every size of the output gives either the whole result or 0, and nothing is written behind it", () => {
  const below = generator(1);
  for (let round = 0; round < 30; round++) {
    const input = randomInput(below).subarray(0, 200);
    const wide = new Uint8Array(400);
    const full = lzfCompress(input, wide);
    for (let room = 0; room <= full + 4; room++) {
      const guarded = new Uint8Array(room + 8).fill(0xee);
      const size = lzfCompress(input, guarded.subarray(0, room));
      assert(size === 0 || size === full, `${size} of ${full} in ${room}`);
      if (size > 0) assertEquals(guarded.subarray(0, size), wide.subarray(0, full));
      assert(guarded.subarray(room).every((byte) => byte === 0xee));
      if (room > full + 3) assertEquals(size, full);
    }
  }
});

Deno.test("inputs do not see each other through the table of earlier positions", () => {
  const input = new TextEncoder().encode("abcdefgh".repeat(20));
  const first = new Uint8Array(200);
  const second = new Uint8Array(200);
  const size = lzfCompress(input, first);
  lzfCompress(new TextEncoder().encode("xxabcdefghabcdefgh".repeat(9)), new Uint8Array(300));
  assertEquals(lzfCompress(input, second), size);
  assertEquals(second, first);
});

Deno.test("damaged input gives -1", () => {
  const cases: [string, number[]][] = [
    ["literals cut off", [3, 97, 98]],
    ["copy before the beginning", [0x20, 0]],
    ["copy one too far back", [0, 97, 0x20, 1]],
    ["copy without its distance", [0, 97, 0x20]],
    ["long copy without its length", [0, 97, 0xe0]],
    ["long copy without its distance", [0, 97, 0xe0, 0]],
    ["more literals than room", [31, ...new Array<number>(32).fill(97)]],
    ["a longer copy than room", [0, 97, 0xe0, 255, 0]],
  ];
  for (const [label, bytes] of cases) {
    assertEquals(lzfDecompress(Uint8Array.from(bytes), new Uint8Array(16)), -1, label);
  }
});

Deno.test("random garbage never leaves the output", () => {
  const below = generator(7);
  for (let round = 0; round < 3000; round++) {
    const garbage = Uint8Array.from({ length: below(40) }, () => below(256));
    const guarded = new Uint8Array(64 + 8).fill(0xee);
    const size = lzfDecompress(garbage, guarded.subarray(0, 64));
    assert(size >= -1 && size <= 64);
    assert(guarded.subarray(64).every((byte) => byte === 0xee));
  }
});

Deno.test("a copy may overlap what it writes", () => {
  const output = new Uint8Array(10);
  assertEquals(lzfDecompress(Uint8Array.from([1, 97, 98, 0x80 | 0x40, 1]), output), 10);
  assertEquals(new TextDecoder().decode(output), "ababababab");
});

Deno.test("a few bytes behind the last copy are gathered anew, however many stood before it", () => {
  for (let before = 1; before <= 70; before++) {
    for (let behind = 0; behind < 5; behind++) {
      const input = new Uint8Array(before + 60 + behind).fill(255, before, before + 60);
      for (let i = 0; i < before; i++) input[i] = i;
      input.fill(254, before + 60);
      const stored = new Uint8Array(input.length);
      const size = lzfCompress(input, stored);
      const output = new Uint8Array(input.length);
      assertEquals(lzfDecompress(stored.subarray(0, size), output), input.length, `${before} and ${behind}`);
      assertEquals(output, input);
    }
  }
});
