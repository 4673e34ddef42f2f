import { assert, assertEquals } from "@std/assert";
import { latin1 } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";
import { ElementSlice, Int64Words } from "../numbers/int64_words.ts";
import * as intset from "./intset.ts";

function wordsOf(n: bigint): Int64Words {
  const text = latin1(String(n));
  const words = new Int64Words();
  assert(words.parse(text, 0, text.length));
  return words;
}

function members(bytes: Uint8Array, start: number): bigint[] {
  const member = new ElementSlice();
  const value = new Int64Words();
  return Array.from({ length: intset.intsetCount(bytes, start) }, (_, i) => {
    intset.intsetMember(bytes, start, i, member);
    intset.intsetGet(bytes, start, i, value);
    assertEquals(new ElementSlice().pointAtWords(value).text(), member.text());
    return BigInt(member.text());
  });
}

/** Bytes as the format says, without the code that is tested. */
function spelled(sorted: bigint[], width: number): Uint8Array {
  const bytes = new Uint8Array(8 + sorted.length * width);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width, true);
  view.setUint32(4, sorted.length, true);
  sorted.forEach((n, i) => {
    for (let k = 0; k < width; k++) bytes[8 + i * width + k] = Number((n >> BigInt(8 * k)) & 0xffn);
  });
  return bytes;
}

function widthOf(n: bigint): number {
  return BigInt.asIntN(16, n) === n ? 2 : BigInt.asIntN(32, n) === n ? 4 : 8;
}

Deno.test("an intset changes as a sorted array of integers does, and widens when it must", () => {
  const seed = new Random().uint32();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (let run = 0; run < 60; run++) {
    const start = random.below(9);
    const bytes = new Uint8Array(start + 8 + 8 * 130 + 16).fill(0xa5);
    intset.writeEmptyIntset(bytes, start);
    let model: bigint[] = [];
    let width = 2;
    const drawn = () => {
      // Each run has its own largest size, so that each step of widening is the last one in some.
      const bits = [9n, 16n, 17n, 32n, 33n, 64n][run % 6]! - BigInt(random.below(9));
      return BigInt.asIntN(Number(bits), (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()));
    };
    for (let step = 0; step < 120; step++) {
      const n = drawn();
      const at = intset.intsetFind(bytes, start, wordsOf(n));
      const index = model.indexOf(n);
      if (index >= 0) {
        assertEquals(at, index);
      } else {
        assertEquals(~at, model.filter((m) => m < n).length);
        width = Math.max(width, widthOf(n));
        assertEquals(
          intset.intsetBytesAfterInsert(bytes, start, wordsOf(n)),
          8 + (model.length + 1) * width,
        );
        intset.intsetInsert(bytes, start, ~at, wordsOf(n));
        model = [...model, n].sort((a, b) => a < b ? -1 : 1);
      }
      if (random.below(3) === 0 && model.length > 0) {
        const gone = random.below(model.length);
        intset.intsetRemove(bytes, start, gone);
        model.splice(gone, 1);
      }
      const size = intset.intsetBytes(bytes, start);
      assertEquals(bytes.slice(start, start + size), spelled(model, width));
      assertEquals(members(bytes, start), model);
      assertEquals(intset.validateIntset(bytes, start, size), model.length === 0 ? -1 : model.length);
    }
    assert(bytes.subarray(0, start).every((byte) => byte === 0xa5));
    assert(bytes.subarray(bytes.length - 16).every((byte) => byte === 0xa5));
  }
});

Deno.test("integers beyond 2^53 are told apart", () => {
  const values = [9007199254740992n, 9007199254740993n, 9007199254740994n, -9223372036854775808n];
  const bytes = new Uint8Array(100);
  intset.writeEmptyIntset(bytes, 0);
  for (const n of values) {
    const at = intset.intsetFind(bytes, 0, wordsOf(n));
    assert(at < 0, String(n));
    intset.intsetInsert(bytes, 0, ~at, wordsOf(n));
  }
  assertEquals(members(bytes, 0), [values[3]!, values[0]!, values[1]!, values[2]!]);
  assertEquals(intset.intsetFind(bytes, 0, wordsOf(9007199254740995n)), ~4);
});

Deno.test("bytes that are no intset are refused", () => {
  const good = spelled([-5n, 0n, 7n], 2);
  assertEquals(intset.validateIntset(good, 0, good.length), 3);
  for (let size = 0; size < good.length; size++) assertEquals(intset.validateIntset(good, 0, size), -1);
  assertEquals(intset.validateIntset(good, 0, good.length + 2), -1, "longer than the bytes");
  assertEquals(intset.validateIntset(spelled([0n, 0n], 4), 0, 16), -1, "twice the same");
  assertEquals(intset.validateIntset(spelled([1n, 0n], 8), 0, 24), -1, "not in order");
  assertEquals(intset.validateIntset(spelled([-1n, 1n], 8), 0, 24), 2);
  assertEquals(intset.validateIntset(spelled([], 2), 0, 8), -1, "empty");
  for (const width of [0, 1, 3, 16]) {
    assertEquals(intset.validateIntset(spelled([1n], width), 0, 8 + width), -1, `width ${width}`);
  }
  const huge = good.slice();
  huge[7] = 0xff;
  assertEquals(intset.validateIntset(huge, 0, huge.length), -1, "more elements than bytes");
});
