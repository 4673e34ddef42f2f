import { assert, assertEquals, assertThrows } from "@std/assert";
import { RdbError, RdbReader, RdbWriter } from "./rdb_codec.ts";

const encoder = new TextEncoder();

Deno.test("lengths take the shortest spelling and are read back", () => {
  const cases: [number, number[]][] = [
    [0, [0]],
    [63, [63]],
    [64, [0x40, 64]],
    [16383, [0x7f, 0xff]],
    [16384, [0x80, 0, 0, 0x40, 0]],
    [0xffffffff, [0x80, 0xff, 0xff, 0xff, 0xff]],
    [0x100000000, [0x81, 0, 0, 0, 1, 0, 0, 0, 0]],
    [Number.MAX_SAFE_INTEGER, [0x81, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ];
  for (const [length, bytes] of cases) {
    const writer = new RdbWriter();
    writer.lengthPrefix(length);
    assertEquals([...writer.written()], bytes, String(length));
    assertEquals(new RdbReader(writer.written()).length(), length);
  }
});

Deno.test("a mixed sequence is read back in order", () => {
  const long = encoder.encode("longer and longer ".repeat(50));
  const writer = new RdbWriter({ capacity: 1 });
  writer.byte(250);
  writer.uint16(0xbeef);
  writer.uint32(0xdeadbeef);
  writer.uint64(-2n);
  writer.uint64(0xfedcba9876543210n);
  writer.float64(-0.1);
  writer.string(encoder.encode("-12345"));
  writer.string(long);
  writer.string(encoder.encode("xplainx"), 1, 6);
  writer.raw(encoder.encode("end"));
  const reader = new RdbReader(writer.toBytes());
  assertEquals(reader.byte(), 250);
  assertEquals(reader.uint16(), 0xbeef);
  assertEquals(reader.uint32(), 0xdeadbeef);
  assertEquals(reader.int64(), -2n);
  assertEquals(reader.uint64(), 0xfedcba9876543210n);
  assertEquals(reader.float64(), -0.1);
  assertEquals(reader.string(), encoder.encode("-12345"));
  assertEquals(reader.string(), long);
  assertEquals(reader.string(), encoder.encode("plain"));
  assertEquals(reader.raw(3), encoder.encode("end"));
  assertEquals(reader.remaining, 0);
});

Deno.test("a writer starts over after reset and keeps what was taken", () => {
  const writer = new RdbWriter();
  writer.string(encoder.encode("first"));
  const first = writer.toBytes();
  writer.reset();
  assertEquals(writer.length, 0);
  writer.string(encoder.encode("other"));
  assertEquals(new RdbReader(first).string(), encoder.encode("first"));
  assertEquals(new RdbReader(writer.written()).string(), encoder.encode("other"));
});

Deno.test("a string is compressed only where that saves at least 4 bytes", () => {
  const sizeOf = (text: string, compression = true) => {
    const writer = new RdbWriter({ compression });
    writer.string(encoder.encode(text));
    return writer.length;
  };
  assertEquals(sizeOf("a".repeat(20)), 21);
  assert(sizeOf("a".repeat(21)) < 21);
  assertEquals(sizeOf("a".repeat(21), false), 22);
  assertEquals(sizeOf("abcdefghijklmnopqrstuvwxyz"), 27);
});

Deno.test("every element cut short is an RdbError", () => {
  const writer = new RdbWriter();
  writer.string(encoder.encode("abc".repeat(30)));
  const whole = writer.toBytes();
  for (let end = 0; end < whole.length; end++) {
    assertThrows(() => new RdbReader(whole, 0, end).string(), RdbError);
  }
  for (
    const read of ["byte", "uint16", "uint32", "uint64", "int64", "float64", "length", "string"] as const
  ) {
    assertThrows(() => new RdbReader(new Uint8Array(0))[read](), RdbError);
  }
  assertThrows(() => new RdbReader(whole).raw(whole.length + 1), RdbError);
});

Deno.test("the reader stays within its end although the array goes on", () => {
  const reader = new RdbReader(encoder.encode("\x05hello"), 0, 5);
  assertThrows(() => reader.string(), RdbError);
});
