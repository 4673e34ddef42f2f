import { assertEquals } from "@std/assert";
import {
  formatDouble,
  formatMemory,
  INT64_MAX,
  INT64_MIN,
  parseDouble,
  parseInteger,
  parseLooseInteger,
  parseMemory,
} from "./numbers.ts";

Deno.test("an integer has one form only", () => {
  assertEquals(parseInteger("0"), 0n);
  assertEquals(parseInteger("-5"), -5n);
  assertEquals(parseInteger("9223372036854775807"), INT64_MAX);
  for (const bad of ["", "+5", "05", "-0", " 5", "5 ", "5.0", "0x5", "9223372036854775808"]) {
    assertEquals(parseInteger(bad), undefined, bad);
  }
});

Deno.test("a loose integer forgives blanks and signs, and is clipped", () => {
  assertEquals(parseLooseInteger(""), 0n);
  assertEquals(parseLooseInteger(" \t+05"), 5n);
  assertEquals(parseLooseInteger("99999999999999999999"), INT64_MAX);
  assertEquals(parseLooseInteger("-99999999999999999999"), INT64_MIN);
  assertEquals(parseLooseInteger("0700", 8), 448n);
  for (const bad of ["5x", "5 ", "0x5", "-"]) assertEquals(parseLooseInteger(bad), undefined, bad);
  assertEquals(parseLooseInteger("8", 8), undefined);
});

Deno.test("memory units are read in any case, and the product wraps around", () => {
  const cases: [string, bigint | undefined][] = [
    ["1", 1n],
    ["1B", 1n],
    ["1k", 1000n],
    ["1Kb", 1024n],
    ["2m", 2000000n],
    ["2MB", 2097152n],
    ["1g", 1000000000n],
    ["1gB", 1073741824n],
    ["", 0n],
    ["gb", 0n],
    ["18446744073709551616", 18446744073709551615n],
    ["99999999999gb", 15140462030378500096n],
    ["1kbx", undefined],
    ["1 kb", undefined],
    ["-1", undefined],
    ["1.5gb", undefined],
    ["1t", undefined],
    ["9".repeat(128), undefined],
  ];
  for (const [text, bytes] of cases) assertEquals(parseMemory(text), bytes, text);
});

Deno.test("memory is written in the largest unit that divides it", () => {
  assertEquals([0n, 1n, 1000n, 1024n, 1536n, 1n << 20n, 3n << 30n].map(formatMemory), [
    "0",
    "1",
    "1000",
    "1kb",
    "1536",
    "1mb",
    "3gb",
  ]);
});

Deno.test("floating-point numbers are read as C reads them", () => {
  const cases: [string, number | undefined][] = [
    ["50", 50],
    ["5.", 5],
    [".5", 0.5],
    ["1e1", 10],
    ["0x10", 16],
    ["0x1p3", 8],
    ["0x.8", 0.5],
    ["-0", -0],
    ["inf", Infinity],
    ["-Infinity", -Infinity],
    ["1e400", undefined],
    ["1e-400", undefined],
    ["0e-400", 0],
    ["5 ", undefined],
    [" 5", undefined],
    ["0x", undefined],
    ["", undefined],
    ["1e", undefined],
  ];
  for (const [text, value] of cases) assertEquals(parseDouble(text), value, text);
  assertEquals(parseDouble("nan"), NaN);
});

Deno.test("floating-point numbers are written without trailing zeros", () => {
  assertEquals([50, 99.9, 33.33333333, 1e-7, 100, -0].map(formatDouble), [
    "50",
    "99.9",
    "33.333333",
    "0",
    "100",
    "-0",
  ]);
});
