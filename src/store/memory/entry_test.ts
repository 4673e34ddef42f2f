import { assertEquals } from "@std/assert";
import { Arena } from "./arena.ts";
import * as entry from "./entry.ts";

function makeEntry(arena: Arena, expires: boolean, external: boolean): number {
  const ref = arena.allocate(entry.HEADER_BYTES + (expires ? entry.EXPIRE_BYTES : 0) + 10);
  entry.writeHeader(
    arena,
    ref,
    entry.Type.hash | (entry.Encoding.listpack << 4),
    0xabcdef,
    3,
    7,
    expires,
    external,
  );
  return ref;
}

Deno.test("an entry keeps type, encoding, access clock, lengths and marks apart from each other", () => {
  const arena = new Arena();
  for (const expires of [false, true]) {
    for (const external of [false, true]) {
      const ref = makeEntry(arena, expires, external);
      assertEquals(entry.typeOf(arena, ref), entry.Type.hash);
      assertEquals(entry.encodingOf(arena, ref), entry.Encoding.listpack);
      assertEquals(entry.accessOf(arena, ref), 0xabcdef);
      assertEquals(entry.keyLengthOf(arena, ref), 3);
      assertEquals(entry.valueWordOf(arena, ref), 7);
      assertEquals(entry.hasExpire(arena, ref), expires);
      assertEquals(entry.isExternal(arena, ref), external);
      entry.setTypeAndEncoding(arena, ref, entry.Type.zset, entry.Encoding.skiplist);
      entry.setAccess(arena, ref, 0xffffff);
      entry.setExternal(arena, ref, !external);
      assertEquals(entry.typeOf(arena, ref), entry.Type.zset);
      assertEquals(entry.encodingOf(arena, ref), entry.Encoding.skiplist);
      assertEquals(entry.accessOf(arena, ref), 0xffffff);
      assertEquals(entry.isExternal(arena, ref), !external);
      assertEquals(entry.hasExpire(arena, ref), expires);
      assertEquals(entry.keyLengthOf(arena, ref), 3);
    }
  }
});

Deno.test("key and value lie behind the header, one after the other", () => {
  const arena = new Arena();
  for (const expires of [false, true]) {
    const ref = makeEntry(arena, expires, false);
    const header = entry.HEADER_BYTES + (expires ? entry.EXPIRE_BYTES : 0);
    assertEquals(entry.headerBytesOf(arena, ref), header);
    assertEquals(entry.valueStartOf(arena, ref), entry.keyStartOf(arena, ref) + 3);
  }
});

Deno.test("a time of death is exact over 63 bits", () => {
  const arena = new Arena();
  const ref = makeEntry(arena, true, false);
  const other = makeEntry(arena, true, false);
  for (
    const when of [0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 1_700_000_000_123n, 2n ** 53n + 1n, 2n ** 63n - 1n]
  ) {
    entry.setExpireWords(arena, ref, Number(BigInt.asIntN(32, when)), Number(when >> 32n));
    assertEquals(entry.exactExpireAtOf(arena, ref), when);
    assertEquals(entry.expireAtOf(arena, ref), Number(when));
    entry.copyExpire(arena, ref, other);
    assertEquals(entry.exactExpireAtOf(arena, other), when);
  }
});

Deno.test("an entry without a time to live dies at -1", () => {
  const arena = new Arena();
  assertEquals(entry.expireAtOf(arena, makeEntry(arena, false, false)), -1);
});

Deno.test("encodings have the names that OBJECT ENCODING gives", () => {
  assertEquals(entry.encodingName(entry.Encoding.embstr), "embstr");
  assertEquals(entry.encodingName(entry.Encoding.raw), "raw");
  assertEquals(entry.encodingName(15), "unknown");
});
