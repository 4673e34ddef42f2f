import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Random } from "../../sys/random.ts";
import { utf8 } from "../../sys/bytes.ts";
import { halfSipHash } from "./siphash.ts";

const MASK = 0xffffffffn;
const rotate = (word: bigint, by: bigint) => ((word << by) | (word >> (32n - by))) & MASK;

/** HalfSipHash-1-3 by its definition, slowly and without machine words. */
function byDefinition(message: Uint8Array, k0: bigint, k1: bigint): number {
  let [v0, v1, v2, v3] = [k0, k1, 0x6c796765n ^ k0, 0x74656462n ^ k1];
  const round = () => {
    v0 = (v0 + v1) & MASK;
    v1 = rotate(v1, 5n) ^ v0;
    v0 = rotate(v0, 16n);
    v2 = (v2 + v3) & MASK;
    v3 = rotate(v3, 8n) ^ v2;
    v0 = (v0 + v3) & MASK;
    v3 = rotate(v3, 7n) ^ v0;
    v2 = (v2 + v1) & MASK;
    v1 = rotate(v1, 13n) ^ v2;
    v2 = rotate(v2, 16n);
  };
  // The message is padded with zeros to whole words, the very last byte being its length.
  const padded = new Uint8Array((message.length & ~3) + 4);
  padded.set(message);
  padded[padded.length - 1] = message.length & 255;
  for (let at = 0; at < padded.length; at += 4) {
    let word = 0n;
    for (let i = 3; i >= 0; i--) word = (word << 8n) | BigInt(padded[at + i]!);
    v3 ^= word;
    round();
    v0 ^= word;
  }
  v2 ^= 0xffn;
  for (let i = 0; i < 3; i++) round();
  return Number(BigInt.asIntN(32, v1 ^ v3));
}

Deno.test("the hash is HalfSipHash-1-3 as its definition has it, for every length to 40 and beyond", () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`SEED=${seed}`);
  const random = new Random(seed);
  const lengths = [...Array.from({ length: 41 }, (_, i) => i), 63, 64, 65, 255, 256, 257, 1000];
  for (const length of lengths) {
    for (let i = 0; i < 10; i++) {
      const message = random.bytes(length);
      const [k0, k1] = [random.uint32(), random.uint32()];
      assertEquals(
        halfSipHash(message, 0, length, k0, k1),
        byDefinition(message, BigInt(k0), BigInt(k1)),
        `${length} bytes under ${k0}, ${k1}`,
      );
    }
  }
});

Deno.test("the hash depends on the bytes alone, not on where they lie", () => {
  const wanted = halfSipHash(utf8("some key"), 0, 8, 1, 2);
  for (let offset = 0; offset < 9; offset++) {
    const bytes = new Uint8Array(40).fill(0xaa);
    bytes.set(utf8("some key"), offset);
    assertEquals(halfSipHash(bytes, offset, offset + 8, 1, 2), wanted);
  }
});

Deno.test("keys given as signed or unsigned words are the same keys", () => {
  const bytes = utf8("key");
  assertEquals(
    halfSipHash(bytes, 0, 3, 0xfedcba98, 0x89abcdef),
    halfSipHash(bytes, 0, 3, 0xfedcba98 | 0, 0x89abcdef | 0),
  );
});

Deno.test("each half of the key changes the hash", () => {
  const bytes = utf8("key");
  const hash = halfSipHash(bytes, 0, 3, 1, 2);
  for (let bit = 0; bit < 32; bit++) {
    assertNotEquals(halfSipHash(bytes, 0, 3, 1 ^ (1 << bit), 2), hash);
    assertNotEquals(halfSipHash(bytes, 0, 3, 1, 2 ^ (1 << bit)), hash);
  }
});

Deno.test("zeros at the end change the hash", () => {
  const hashes = new Set(
    Array.from({ length: 64 }, (_, length) => halfSipHash(new Uint8Array(64), 0, length, 3, 4)),
  );
  assertEquals(hashes.size, 64);
});

function bits(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}

Deno.test("one bit of the message turns about half the bits of the hash, each of them often", () => {
  const random = new Random(7);
  const turned = new Array<number>(32).fill(0);
  let sum = 0;
  const rounds = 4000;
  for (let i = 0; i < rounds; i++) {
    const message = random.bytes(1 + random.below(24));
    const before = halfSipHash(message, 0, message.length, 5, 6);
    message[random.below(message.length)]! ^= 1 << random.below(8);
    const difference = before ^ halfSipHash(message, 0, message.length, 5, 6);
    sum += bits(difference);
    for (let bit = 0; bit < 32; bit++) if ((difference >>> bit) & 1) turned[bit]!++;
  }
  assert(Math.abs(sum / rounds - 16) < 0.3, `${sum / rounds} bits on average`);
  for (const [bit, count] of turned.entries()) {
    assert(Math.abs(count / rounds - 0.5) < 0.05, `bit ${bit} turned ${count} times of ${rounds}`);
  }
});

Deno.test("keys that people use fill the low bits evenly", () => {
  const buckets = new Array<number>(256).fill(0);
  for (let i = 0; i < 25_600; i++) {
    const key = utf8(`user:${i}:session`);
    buckets[halfSipHash(key, 0, key.length, 8, 9) & 255]!++;
  }
  const chiSquare = buckets.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
  // 255 degrees of freedom: a fair hash is beyond 340 once in five thousand keys of the hash; these are fixed.
  assert(chiSquare < 340, `chi square ${chiSquare}`);
});
