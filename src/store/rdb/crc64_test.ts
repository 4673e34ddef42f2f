import { assertEquals } from "@std/assert";
import { Crc64, crc64 } from "./crc64.ts";

const CHECK = new TextEncoder().encode("123456789");

Deno.test("the checksum of 123456789 is the published check value", () => {
  assertEquals(crc64(CHECK), 0xe9c6d914c4b8d9can);
  assertEquals(crc64(new Uint8Array(0)), 0n);
});

Deno.test("the halves are unsigned and make up the digest", () => {
  const crc = new Crc64();
  crc.update(CHECK);
  assertEquals(crc.hi, 0xe9c6d914);
  assertEquals(crc.lo, 0xc4b8d9ca);
});

Deno.test("the checksum agrees with the bit by bit definition, at any cut", () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 89 + 17) & 0xff);
  let expected = 0n;
  for (const byte of bytes) {
    expected ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      // The polynomial 0xad93d23594c935a9 with its bits reversed.
      expected = (expected & 1n) === 1n ? (expected >> 1n) ^ 0x95ac9329ac4bc9b5n : expected >> 1n;
    }
  }
  for (let cut = 0; cut <= bytes.length; cut++) {
    const crc = new Crc64();
    crc.update(bytes, 0, cut);
    crc.update(bytes, cut, bytes.length);
    assertEquals(crc.digest(), expected, `cut at ${cut}`);
  }
});

Deno.test("a long input taken in at once has the checksum of its pieces, wherever it begins", () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i * 31 + (i >> 7)) & 0xff);
  for (const start of [0, 1, 2, 3, 7]) {
    for (const length of [8191, 8192, 8195, 8196, 8200, 16384, 16387, 65536, 69_000]) {
      const whole = new Crc64();
      whole.set(0x12345678, 0x9abcdef0);
      whole.update(bytes.subarray(start), 0, length);
      const pieces = new Crc64();
      pieces.set(0x12345678, 0x9abcdef0);
      for (let at = 0; at < length; at += 100) {
        pieces.update(bytes, start + at, start + Math.min(at + 100, length));
      }
      assertEquals(whole.digest(), pieces.digest(), `${length} bytes from ${start}`);
    }
  }
});
