import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  Arena,
  ArenaFullError,
  BLOCK_BYTES_MAX,
  OFFSET_MASK,
  SEGMENT_SHIFT,
  SMALL_BLOCK_BYTES_MAX,
} from "./arena.ts";
import { Random } from "../../sys/random.ts";

const SEED = 1;

function bytesOf(arena: Arena, ref: number, size: number): Uint8Array {
  const start = (ref & OFFSET_MASK) << 3;
  return arena.bytes[ref >>> SEGMENT_SHIFT]!.subarray(start, start + size);
}

Deno.test("a block is at least as large as asked for, and at most an eighth larger from 128 bytes on", () => {
  const arena = new Arena();
  for (let size = 1; size <= SMALL_BLOCK_BYTES_MAX; size += size < 600 ? 1 : 97) {
    const ref = arena.allocate(size);
    const rounded = arena.sizeOf(ref);
    assert(rounded >= size, `${size}: ${rounded}`);
    assert(rounded <= Math.max(size + 15, size * 1.13), `${size}: ${rounded}`);
    assertEquals(rounded, Arena.roundedSize(size));
    arena.free(ref);
  }
  assertEquals(arena.usedBytes, 0);
});

Deno.test("blocks never overlap, keep their bytes, and all memory is accounted for", () => {
  const random = new Random(SEED);
  const arena = new Arena();
  const blocks: { ref: number; size: number; mark: number }[] = [];
  let used = 0;
  const check = ({ ref, size, mark }: { ref: number; size: number; mark: number }) =>
    assert(bytesOf(arena, ref, size).every((byte) => byte === mark), `seed ${SEED}, block of ${size}`);
  for (let step = 0; step < 30_000; step++) {
    // Waves of growing and shrinking, so that pages fill, empty and are reused by other classes.
    const grows = random.below(100) < (Math.floor(step / 3000) % 2 === 0 ? 70 : 30);
    if (grows) {
      const kind = random.below(1000);
      const size = kind === 0
        ? 40_000 + random.below(300_000)
        : kind < 30
        ? 1 + random.below(SMALL_BLOCK_BYTES_MAX)
        : 1 + random.below(200);
      const block = { ref: arena.allocate(size), size, mark: random.below(256) };
      assertNotEquals(block.ref, 0);
      bytesOf(arena, block.ref, size).fill(block.mark);
      blocks.push(block);
      used += Arena.roundedSize(size);
    } else if (blocks.length > 0) {
      const at = random.below(blocks.length);
      const block = blocks[at]!;
      check(block);
      used -= arena.sizeOf(block.ref);
      arena.free(block.ref);
      blocks[at] = blocks[blocks.length - 1]!;
      blocks.pop();
    }
    assertEquals(arena.usedBytes, used);
  }
  blocks.forEach(check);
  for (const { ref } of blocks) arena.free(ref);
  assertEquals(arena.usedBytes, 0);
});

Deno.test("what is freed goes back to the system", () => {
  const arena = new Arena();
  const kept = arena.allocate(8);
  const refs: number[] = [];
  for (let i = 0; i < 8; i++) refs.push(arena.allocate(BLOCK_BYTES_MAX));
  for (let i = 0; i < 400_000; i++) refs.push(arena.allocate(100));
  assertEquals(arena.reservedBytes, 11 * (16 << 20));
  for (const ref of refs) arena.free(ref);
  assertEquals(arena.usedBytes, arena.sizeOf(kept));
  assert(arena.pageBytes <= 128 << 10, `${arena.pageBytes} bytes of pages`);
  arena.releaseIdle();
  arena.releaseIdle();
  assertEquals(arena.pageBytes, 64 << 10);
  assertEquals(arena.reservedBytes, 16 << 20);
  assertEquals(arena.sizeOf(arena.allocate(100)), 104);
});

Deno.test("memory freed by one class serves another", () => {
  const arena = new Arena();
  const refs = Array.from({ length: 100_000 }, () => arena.allocate(64));
  const { pageBytes } = arena;
  for (const ref of refs) arena.free(ref);
  for (let i = 0; i < 50_000; i++) arena.allocate(128);
  assert(arena.pageBytes <= pageBytes + (128 << 10), `${arena.pageBytes} after ${pageBytes}`);
});

Deno.test("segments that nobody needs for a while go back to the system, those that are needed again do not", () => {
  const arena = new Arena();
  const kept = arena.allocate(BLOCK_BYTES_MAX);
  const large = Array.from({ length: 3 }, () => arena.allocate(BLOCK_BYTES_MAX));
  const buffers = large.map((ref) => arena.bytes[ref >>> SEGMENT_SHIFT]!.buffer);
  arena.releaseIdle();
  for (const ref of large) arena.free(ref);
  assertEquals(arena.reservedBytes, 4 * (16 << 20));
  arena.releaseIdle();
  const again = arena.allocate(BLOCK_BYTES_MAX);
  assertEquals(buffers.includes(arena.bytes[again >>> SEGMENT_SHIFT]!.buffer), true);
  arena.releaseIdle();
  assertEquals(arena.reservedBytes, 2 * (16 << 20));
  assertEquals(buffers.filter(({ byteLength }) => byteLength > 0).length, 1);
  assertEquals(arena.sizeOf(kept), BLOCK_BYTES_MAX);
});

Deno.test("the largest block is taken from one segment", () => {
  const arena = new Arena();
  const ref = arena.allocate(BLOCK_BYTES_MAX);
  assertEquals(bytesOf(arena, ref, BLOCK_BYTES_MAX).length, BLOCK_BYTES_MAX);
});

Deno.test("an arena of 32 GiB is full, and says so", () => {
  const arena = new Arena();
  // Untouched pages cost nothing, but 2048 segments would cost address space: the list is filled up by hand.
  while (arena.bytes.length < 2048) {
    arena.bytes.push(new Uint8Array(0));
    arena.words.push(new Int32Array(0));
  }
  assertThrows(() => arena.allocate(10), ArenaFullError);
});

Deno.test("a discarded arena holds no memory, and the next one can use it whatever is in it", () => {
  const first = new Arena();
  const ref = first.allocate(100);
  const { buffer } = first.bytes[ref >>> SEGMENT_SHIFT]!;
  first.bytes[0]!.fill(0xff);
  first.discard();
  assertEquals(first.reservedBytes, 0);
  const second = new Arena();
  const others = Array.from({ length: 1000 }, (_, i) => second.allocate(i + 1));
  assertEquals(second.bytes[0]!.buffer === buffer, true);
  assertEquals(new Set(others).size, 1000);
  for (const each of others) second.free(each);
  assertEquals(second.usedBytes, 0);
});
