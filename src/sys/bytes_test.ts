import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { copyBytes, latin1, latin1Text, NO_BYTES, sameBytes, Slice, utf8 } from "./bytes.ts";

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);

Deno.test("a slice copies, views and prints its stretch", () => {
  const bytes = latin1("abcdef");
  const slice = new Slice(bytes, 1, 4);
  assertEquals(slice.length, 3);
  assertEquals(slice.text(), "bcd");
  assertEquals(slice.copy(), latin1("bcd"));
  assertNotEquals(slice.copy().buffer, bytes.buffer);
  assertStrictEquals(slice.view().buffer, bytes.buffer);
  bytes[1] = 66;
  assertEquals(slice.text(), "Bcd");
});

Deno.test("a slice is whole bytes by default, and none without bytes", () => {
  assertEquals(new Slice(latin1("abc")).text(), "abc");
  assertEquals(new Slice().length, 0);
  assertEquals(NO_BYTES.length, 0);
});

Deno.test("a slice can be pointed elsewhere", () => {
  const slice = new Slice(latin1("abc"));
  assertStrictEquals(slice.point(latin1("xyz"), 1, 3), slice);
  assertEquals(slice.text(), "yz");
});

Deno.test("copies are right at every length around the switch to a block copy", () => {
  for (let length = 0; length <= 200; length++) {
    const to = new Uint8Array(220);
    copyBytes(ALL_BYTES, 3, 3 + length, to, 10);
    const wanted = new Uint8Array(220);
    wanted.set(ALL_BYTES.subarray(3, 3 + length), 10);
    assertEquals(to, wanted, `${length} bytes`);
  }
});

Deno.test("copies within one buffer may overlap in either direction", () => {
  for (const length of [0, 1, 5, 50, 96, 97, 150]) {
    for (const at of [0, 1, 19, 20, 21, 60, 106]) {
      const bytes = ALL_BYTES.slice();
      copyBytes(bytes, 20, 20 + length, bytes, at);
      const wanted = ALL_BYTES.slice();
      wanted.set(ALL_BYTES.slice(20, 20 + length), at);
      assertEquals(bytes, wanted, `${length} bytes to ${at}`);
    }
  }
});

Deno.test("stretches are the same when their bytes are, wherever they lie", () => {
  const a = latin1("xxabcxx");
  const b = latin1("abcabd");
  assert(sameBytes(a, 2, 5, b, 0, 3));
  assert(!sameBytes(a, 2, 5, b, 3, 6));
  assert(!sameBytes(a, 2, 5, b, 0, 4), "another length");
  assert(sameBytes(a, 2, 2, b, 5, 5), "nothing is like nothing");
});

Deno.test("text of one character a byte loses nothing, at every length", () => {
  for (const length of [0, 1, 31, 32, 33, 256, 8191, 8192, 8193, 20_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7 & 255);
    const text = latin1Text(bytes);
    assertEquals(text.length, length);
    assertEquals(latin1(text), bytes);
    assert([...text].every((character) => character.charCodeAt(0) < 256));
  }
});

Deno.test("text can be made of a part of the bytes", () => {
  assertEquals(latin1Text(ALL_BYTES, 65, 68), "ABC");
  assertEquals(latin1Text(ALL_BYTES, 97), latin1Text(ALL_BYTES.slice(97)));
});

Deno.test("UTF-8 is what the platform's encoder makes", () => {
  assertEquals(utf8("a\xe9\u20ac"), Uint8Array.of(97, 0xc3, 0xa9, 0xe2, 0x82, 0xac));
});
