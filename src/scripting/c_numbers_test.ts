import { latin1 } from "../sys/bytes.ts";
import { assertEquals } from "@std/assert";
import {
  doubleToInt,
  formatSignificant,
  numberOfString,
  readNumber,
  toInt32,
  toInt64,
  toUint64,
} from "./c_numbers.ts";

Deno.test("a number is printed with so many significant digits and no zeros behind", () => {
  const printed: [number, number, string][] = [
    [1 / 3, 14, "0.33333333333333"],
    [100, 14, "100"],
    [99999999999999, 14, "99999999999999"],
    [1e14, 14, "1e+14"],
    [2 ** 53, 14, "9.007199254741e+15"],
    [2 ** 53, 17, "9007199254740992"],
    [0.1, 17, "0.10000000000000001"],
    [0.0001, 14, "0.0001"],
    [0.00001, 14, "1e-05"],
    [-1.5e300, 14, "-1.5e+300"],
    [-0, 14, "-0"],
    [1234, 2, "1.2e+03"],
    [Infinity, 14, "inf"],
    [-Infinity, 14, "-inf"],
  ];
  for (const [value, precision, text] of printed) assertEquals(formatSignificant(value, precision), text);
  assertEquals(formatSignificant(NaN, 14), "nan");
  assertEquals(formatSignificant(NaN, 14, true), "-nan");
});

Deno.test("a value exactly between two printed numbers goes to the even digit", () => {
  assertEquals(formatSignificant(2.5, 1), "2");
  assertEquals(formatSignificant(3.5, 1), "4");
  assertEquals(formatSignificant(0.125, 2), "0.12");
  assertEquals(formatSignificant(12345678901234.5, 14), "12345678901234");
  assertEquals(formatSignificant(12345678901235.5, 14), "12345678901236");
  // 0.15 and 0.35 are not exact: the one is below, the other above their name.
  assertEquals(formatSignificant(0.15, 1), "0.1");
  assertEquals(formatSignificant(0.35, 1), "0.3");
  assertEquals(formatSignificant(0.45, 1), "0.5");
});

Deno.test("the longest beginning that is a number is read", () => {
  const read: [string, number, number][] = [
    ["12x", 12, 2],
    [" -1.5e3e", -1500, 7],
    ["1e+", 1, 1],
    ["0x1F.8p1z", 63, 8],
    ["0xg", 0, 1],
    ["infinity", Infinity, 8],
    ["-infinite", -Infinity, 4],
    ["nan(x)y", NaN, 6],
    ["nan(", NaN, 3],
    ["0x1p-1074", 5e-324, 9],
    ["0x1p-1075", 0, 9],
    ["0x3p-1075", 1e-323, 9],
    ["0x1.fffffffffffff8p0", 2, 20],
    ["0x1p1024", Infinity, 8],
  ];
  for (const [text, value, end] of read) {
    assertEquals(readNumber(latin1(text), 0), { value, end, negative: /^ *-/.test(text) }, text);
  }
  for (const text of ["", " ", "-", ".", "e5", "x", "--1"]) {
    assertEquals(readNumber(latin1(text), 0), undefined);
  }
});

Deno.test("a string is a number if nothing but white space follows up to its end or a zero byte", () => {
  assertEquals(numberOfString(latin1(" 12\t")), 12);
  assertEquals(numberOfString(latin1("12\0x")), 12);
  assertEquals(numberOfString(latin1("12x")), undefined);
  assertEquals(numberOfString(latin1("0x")), undefined);
});

Deno.test("doubles become integers as x86-64 converts them", () => {
  assertEquals([toInt64(-1.9), toInt64(2 ** 63), toInt64(NaN)], [-1n, -(2n ** 63n), -(2n ** 63n)]);
  assertEquals([toUint64(-1), toUint64(2 ** 63), toUint64(2 ** 64), toUint64(-Infinity)], [
    2n ** 64n - 1n,
    2n ** 63n,
    0n,
    2n ** 63n,
  ]);
  assertEquals([toInt32(2 ** 32 + 5), toInt32(2 ** 31), toInt32(2 ** 63 + 2048)], [5, -(2 ** 31), 0]);
  assertEquals([doubleToInt(5.9), doubleToInt(2 ** 31), doubleToInt(NaN)], [5, -(2 ** 31), -(2 ** 31)]);
});
