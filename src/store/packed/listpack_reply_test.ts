import { assertEquals } from "@std/assert";
import { Reply } from "../../resp/reply.ts";
import { latin1, latin1Text } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";
import { endPosition, firstPosition, ListpackBuilder } from "./listpack.ts";
import { replyElements } from "./listpack_reply.ts";

const INTEGERS = [0, 9, 10, 99, 100, 127, 128, 4095, 4096, 32767, 32768, 8388607, 8388608, 2147483647]
  .flatMap((n) => [n, -n, n + 1, -n - 1]).map(String);
const TEXTS = ["", "a", "007", "-0", "9007199254740993", "-9223372036854775808", "9223372036854775808"];
const LENGTHS = [1, 2, 3, 4, 5, 9, 10, 11, 62, 63, 64, 65, 100, 4095, 4096, 20_000];

/** What the elements are as strings of bytes, put together another way. */
function expected(elements: readonly string[]): string {
  return elements.map((element) => `$${element.length}\r\n${element}\r\n`).join("");
}

/** The elements as a listpack that ends `behind` bytes before its buffer does. */
function listpackOf(elements: readonly string[], behind: number): { bytes: Uint8Array; start: number } {
  const builder = new ListpackBuilder();
  for (const element of elements) builder.append(latin1(element), 0, element.length);
  const built = builder.built();
  const bytes = new Uint8Array(3 + built.length + behind).fill(0x55);
  bytes.set(built, 3);
  return { bytes, start: 3 };
}

Deno.test("elements of every kind are replied as they are, however near the end of their buffer they lie", () => {
  const elements = [...INTEGERS, ...TEXTS, ...LENGTHS.map((length) => "é".repeat(length))];
  for (const behind of [0, 1, 3, 70, 1000]) {
    const { bytes, start } = listpackOf(elements, behind);
    const reply = new Reply();
    const end = replyElements(bytes, firstPosition(start), elements.length, reply);
    assertEquals(end, endPosition(bytes, start));
    assertEquals(latin1Text(reply.buffer, 0, reply.length), expected(elements));
  }
});

Deno.test("some elements of many are replied, wherever the reply's buffer ends", () => {
  const seed = 1 + Math.floor(Math.random() * 1e9);
  const random = new Random(seed);
  const kinds = [...INTEGERS, ...TEXTS, "abc", "x".repeat(63), "y".repeat(64), "z".repeat(30)];
  for (let round = 0; round < 300; round++) {
    const elements = Array.from({ length: random.below(200) }, () => kinds[random.below(kinds.length)]!);
    const { bytes, start } = listpackOf(elements, random.below(200));
    const count = random.below(elements.length + 1);
    const reply = new Reply();
    const before = "x".repeat(16_000 + random.below(500));
    reply.status(before);
    replyElements(bytes, firstPosition(start), count, reply);
    const written = latin1Text(reply.buffer, 0, reply.length);
    assertEquals(written, `+${before}\r\n${expected(elements.slice(0, count))}`, `seed ${seed}`);
  }
});
