import { assertEquals, assertNotEquals } from "@std/assert";
import { Random } from "../sys/random.ts";
import { checksum } from "./checksum.ts";

Deno.test("every flipped bit changes the checksum, and so does the place", () => {
  const random = new Random(3);
  for (const length of [0, 1, 3, 4, 5, 64, 1001]) {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = random.below(256);
    const sum = checksum(bytes, 0, length, 7);
    assertNotEquals(checksum(bytes, 0, length, 8), sum);
    for (let bit = 0; bit < 8 * length; bit++) {
      bytes[bit >>> 3]! ^= 1 << (bit & 7);
      assertNotEquals(checksum(bytes, 0, length, 7), sum, `bit ${bit} of ${length} bytes`);
      bytes[bit >>> 3]! ^= 1 << (bit & 7);
    }
  }
});

Deno.test("the checksum does not depend on where in memory the bytes lie", () => {
  const random = new Random(4);
  const bytes = new Uint8Array(300);
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
  for (let length = 0; length < 40; length++) {
    for (let at = 0; at < 9; at++) {
      const moved = new Uint8Array(400);
      moved.set(bytes.subarray(100, 100 + length), at);
      assertEquals(checksum(moved, at, at + length, 1), checksum(bytes, 100, 100 + length, 1));
    }
  }
});
