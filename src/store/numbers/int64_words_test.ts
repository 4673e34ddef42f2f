import { assert, assertEquals } from "@std/assert";
import { latin1 } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";
import { INT64_MAX, INT64_MIN } from "./int64.ts";
import { ElementSlice, Int64Words } from "./int64_words.ts";

function* integers(): Generator<bigint> {
  for (let bit = 0n; bit <= 63n; bit++) {
    for (const delta of [-1n, 0n, 1n]) {
      for (const n of [(1n << bit) + delta, -(1n << bit) + delta]) {
        if (n >= INT64_MIN && n <= INT64_MAX) yield n;
      }
    }
  }
  for (let power = 1n; power < INT64_MAX; power *= 10n) yield* [power, power - 1n, -power, 1n - power];
  const seed = new Random().uint32();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (let i = 0; i < 2000; i++) {
    const n = (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
    yield BigInt.asIntN(64, n) >> BigInt(random.below(64));
  }
}

Deno.test("64-bit integers survive text and bytes exactly, whatever their size", () => {
  const words = new Int64Words();
  const again = new Int64Words();
  const element = new ElementSlice();
  const bytes = new Uint8Array(10);
  for (const n of integers()) {
    const text = latin1(String(n));
    assert(words.parse(text, 0, text.length), String(n));
    words.write(bytes, 1);
    assertEquals(new DataView(bytes.buffer).getBigInt64(1, true), n);
    assertEquals(element.pointAtWords(again.read(bytes, 1)).text(), String(n));
    assertEquals(again.toDouble(), Number(n));
    const safe = Number.isSafeInteger(Number(n));
    assertEquals(again.toSafeInteger(), safe ? Number(n) : NaN);
    if (safe) assertEquals(again.setNumber(Number(n)).compare(words.high, words.low), 0);
  }
});

Deno.test("64-bit integers compare as integers do", () => {
  const sample = [...integers()].filter((_, i) => i % 23 === 0);
  const a = new Int64Words();
  const b = new Int64Words();
  for (const x of sample) {
    const xText = latin1(String(x));
    a.parse(xText, 0, xText.length);
    for (const y of sample) {
      const yText = latin1(String(y));
      b.parse(yText, 0, yText.length);
      assertEquals(Math.sign(a.compare(b.high, b.low)), x < y ? -1 : x > y ? 1 : 0, `${x} and ${y}`);
    }
  }
});

Deno.test("text that is no canonical 64-bit integer is refused and changes nothing", () => {
  const words = new Int64Words().setNumber(7);
  for (
    const text of [
      "",
      "-",
      "-0",
      "01",
      "+1",
      "1.0",
      " 1",
      "9223372036854775808",
      "-9223372036854775809",
      "1x",
    ]
  ) {
    const bytes = latin1(text);
    assertEquals(words.parse(bytes, 0, bytes.length), false, text);
  }
  assertEquals(words.toSafeInteger(), 7);
});
