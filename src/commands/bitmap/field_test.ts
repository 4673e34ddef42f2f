import { assertEquals } from "@std/assert";
import { Random } from "../../sys/random.ts";
import { Slice } from "../../sys/bytes.ts";
import { converted, increased, type Overflow, readField, writeField } from "./field.ts";

// What happens to values that do not fit is compared with the reference in test/compat, for all widths.

const SEED = 20_240_301;

Deno.test(`integers of every width are read as they were written (SEED=${SEED})`, () => {
  const random = new Random(SEED);
  for (let width = 1; width <= 64; width++) {
    for (const isSigned of width === 64 ? [true] : [true, false]) {
      const type = { width, isSigned };
      const span = 1n << BigInt(width);
      const min = isSigned ? -span / 2n : 0n;
      const drawn = (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
      for (const exact of [min, min + span - 1n, 0n, min + drawn % span]) {
        const value = new Slice(Uint8Array.from({ length: 24 }, () => random.below(256)), 3, 23);
        const offset = random.below(96);
        writeField(value, offset, type, exact);
        assertEquals(BigInt(readField(value, offset, type)), exact, `${exact} in ${width} bits`);
        if (width <= 51) writeField(value, offset, type, Number(exact));
        assertEquals(BigInt(readField(value, offset, type)), exact, `${exact} as a number`);
      }
    }
  }
});

Deno.test("numbers and bigints give the same, for all that can become of them", () => {
  const modes: readonly Overflow[] = ["wrap", "sat", "fail"];
  const operands = [0, 1, -1, 7, -9, 200, -200, 2 ** 31, -(2 ** 33), 2 ** 50 + 3, -(2 ** 51)];
  const asText = (value: number | bigint | undefined) => String(value);
  for (const width of [1, 2, 8, 31, 32, 33, 50, 51]) {
    for (const isSigned of [true, false]) {
      const type = { width, isSigned };
      for (const overflow of modes) {
        for (const operand of operands) {
          const converting = (value: number | bigint) => asText(converted(value, type, overflow));
          assertEquals(converting(operand), converting(BigInt(operand)), `${operand} to ${width} bits`);
          const old = isSigned ? -(2 ** (width - 1)) : 2 ** width - 1;
          const adding = (value: number | bigint) => asText(increased(old, value, type, overflow));
          assertEquals(adding(operand), adding(BigInt(operand)), `${old} + ${operand} in ${width} bits`);
        }
      }
    }
  }
});
