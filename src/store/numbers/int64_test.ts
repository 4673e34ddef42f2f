import { assert, assertEquals } from "@std/assert";
import {
  addInt64,
  fitsInt64,
  INT64_MAX,
  INT64_MIN,
  integerTextLength,
  isCanonicalInteger,
  parseBigInt64,
  parseInt64,
  parseSafeInteger,
  writeBigInt,
  writeInteger,
} from "./int64.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const INTEGERS = [
  "0",
  "1",
  "-1",
  "9",
  "10",
  "-10",
  "99",
  "100",
  "12345",
  "-99999",
  "100000",
  "2147483647",
  "2147483648",
  "-2147483648",
  "-2147483649",
  "4294967296",
  "999999999999999",
  "1000000000000000",
  "-1000000000000000",
  "9007199254740991",
  "-9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "-9007199254740992",
  "99999999999999999",
  "999999999999999999",
  "1000000000000000000",
  "9223372035999999999",
  "9223372036854775806",
  "9223372036854775807",
  "-9223372036854775807",
  "-9223372036854775808",
];

const NOT_INTEGERS = [
  "",
  "-",
  "+",
  "+1",
  "-0",
  "00",
  "01",
  "-01",
  " 1",
  "1 ",
  "1.0",
  "1e3",
  "0x10",
  "inf",
  "nan",
  "1\0",
  "--1",
  "9223372036854775808",
  "9223372037000000000",
  "9999999999999999999",
  "10000000000000000000",
  "-9223372036854775809",
  "-10000000000000000000",
  "18446744073709551616",
  "123456789012345678901",
  "1１",
];

function written(n: number): string {
  const out = new Uint8Array(24);
  const end = writeInteger(n, out, 3);
  assertEquals(integerTextLength(n), end - 3);
  return decoder.decode(out.subarray(3, end));
}

Deno.test("every canonical integer is read exactly and written back as it was", () => {
  for (const text of INTEGERS) {
    const bytes = encoder.encode(`7${text}7`);
    const end = bytes.length - 1;
    const exact = BigInt(text);
    assert(isCanonicalInteger(bytes, 1, end), text);
    assertEquals(parseBigInt64(bytes, 1, end), exact, text);
    const safe = Number.isSafeInteger(Number(text)) && BigInt(Number(text)) === exact;
    assertEquals(parseSafeInteger(bytes, 1, end), safe ? Number(text) : NaN, text);
    assertEquals(parseInt64(bytes, 1, end), safe ? Number(text) : exact, text);
    if (safe) assertEquals(written(Number(text)), text);
    const out = new Uint8Array(24);
    assertEquals(decoder.decode(out.subarray(2, writeBigInt(exact, out, 2))), text);
  }
});

Deno.test("text that is not a canonical 64-bit integer is refused", () => {
  for (const text of NOT_INTEGERS) {
    const bytes = encoder.encode(text);
    assert(!isCanonicalInteger(bytes, 0, bytes.length), text);
    assertEquals(parseBigInt64(bytes, 0, bytes.length), undefined, text);
    assertEquals(parseSafeInteger(bytes, 0, bytes.length), NaN, text);
    assertEquals(parseInt64(bytes, 0, bytes.length), undefined, text);
  }
});

Deno.test("numbers of every length are written as JavaScript prints them", () => {
  for (let digits = 1; digits <= 15; digits++) {
    for (const n of [10 ** (digits - 1), 10 ** digits - 1, 5 * 10 ** (digits - 1) + 3]) {
      assertEquals(written(n), String(n));
      assertEquals(written(-n), String(-n));
    }
  }
  for (const n of [2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
    assertEquals(written(n), String(n));
  }
  assertEquals(written(-0), "0");
});

Deno.test("addition tells when it leaves 64 bits", () => {
  assertEquals(addInt64(INT64_MAX, 0n), INT64_MAX);
  assertEquals(addInt64(INT64_MAX, 1n), undefined);
  assertEquals(addInt64(INT64_MIN, -1n), undefined);
  assertEquals(addInt64(INT64_MIN, INT64_MAX), -1n);
  assert(fitsInt64(INT64_MIN) && !fitsInt64(INT64_MIN - 1n));
});
