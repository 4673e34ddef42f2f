import { assertEquals } from "@std/assert";
import { Random } from "../../sys/random.ts";
import { countOnes, countOnesOfBits, findBit, readBits, writeBits } from "./bits.ts";

const SEED = 20_240_229;

/** The bits of a string one by one. */
function bitsOf(bytes: Uint8Array, start: number, end: number): number[] {
  return [...bytes.subarray(start, end)].flatMap((byte) =>
    Array.from({ length: 8 }, (_, i) => (byte >> (7 - i)) & 1)
  );
}

/** Bytes that are random, or mostly 0, or mostly 255, so that long runs are met. */
function someBytes(random: Random, length: number): Uint8Array {
  const kind = random.below(3);
  return Uint8Array.from({ length }, () => {
    if (kind === 0) return random.below(256);
    const odd = random.below(150) === 0;
    return odd ? random.below(256) : kind === 1 ? 0 : 255;
  });
}

Deno.test(`counting and finding agree with looking at each bit, wherever a string lies (SEED=${SEED})`, () => {
  const random = new Random(SEED);
  for (let round = 0; round < 300; round++) {
    const bytes = someBytes(random, 1 + random.below(400));
    const start = random.below(Math.min(bytes.length, 9));
    const bits = bitsOf(bytes, start, bytes.length);
    const ones = (from: number, to: number) => bits.slice(from, to).filter((bit) => bit === 1).length;
    assertEquals(countOnes(bytes, start, bytes.length), ones(0, bits.length));
    for (let i = 0; i < 20; i++) {
      const from = random.below(bits.length);
      const to = from + 1 + random.below(bits.length - from);
      assertEquals(countOnesOfBits(bytes, start, from, to), ones(from, to), `${from} to ${to}`);
      for (const bit of [0, 1] as const) {
        const found = bits.slice(from, to).indexOf(bit);
        assertEquals(findBit(bytes, start, from, to, bit), found < 0 ? -1 : from + found);
      }
    }
  }
});

Deno.test("the one bit of a long string that is different is found, wherever it is", () => {
  const block = 64 << 10;
  for (const bit of [0, 1] as const) {
    for (const start of [0, 3]) {
      const bytes = new Uint8Array(start + 3 * block + 100).fill(bit === 1 ? 0 : 255);
      const length = bytes.length - start;
      assertEquals(findBit(bytes, start, 0, length * 8, bit), -1);
      for (const at of [0, 1, block - 1, block, block + 1, 2 * block, 3 * block - 1, 3 * block, length - 1]) {
        bytes[start + at]! ^= 0x10;
        assertEquals(findBit(bytes, start, 0, length * 8, bit), at * 8 + 3);
        assertEquals(findBit(bytes, start, 0, at * 8 + 3, bit), -1, "the range ends before it");
        bytes[start + at]! ^= 0x10;
      }
    }
  }
});

Deno.test("all ones, and all zeros, of a long string are counted", () => {
  for (const length of [63, 64, 65, 100, 1000, 4099]) {
    assertEquals(countOnes(new Uint8Array(length).fill(255), 0, length), length * 8);
    assertEquals(countOnes(new Uint8Array(length), 1, length), 0);
  }
});

Deno.test(`what is written is read again, and the bits around it stay (SEED=${SEED})`, () => {
  const random = new Random(SEED);
  for (let round = 0; round < 500; round++) {
    const bytes = someBytes(random, 20);
    const before = bitsOf(bytes, 0, 20);
    const width = 1 + random.below(51);
    const offset = random.below(160 - width);
    const value = Math.floor((random.uint32() + random.uint32() * 2 ** 32) % 2 ** width);
    writeBits(bytes, 0, offset, width, value);
    assertEquals(readBits(bytes, 0, 20, offset, width), value, `${width} bits at ${offset}`);
    const after = bitsOf(bytes, 0, 20);
    assertEquals(after.slice(0, offset), before.slice(0, offset));
    assertEquals(after.slice(offset + width), before.slice(offset + width));
    assertEquals(parseInt(after.slice(offset, offset + width).join(""), 2), value);
  }
});

Deno.test("behind its end a string goes on with zeros", () => {
  const bytes = Uint8Array.of(0xff, 0xff, 0xff, 0xff);
  assertEquals(readBits(bytes, 1, 2, 4, 8), 0xf0);
  assertEquals(readBits(bytes, 1, 2, 8, 51), 0);
  assertEquals(readBits(bytes, 1, 2, 4_000_000_000, 8), 0);
});
