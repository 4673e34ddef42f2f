import { assert, assertEquals } from "@std/assert";
import { Int64Words } from "../numbers/int64_words.ts";
import {
  parseStreamId,
  parseUint64Words,
  STREAM_ID_BYTES,
  StreamId,
  streamIdText,
  writeUint64,
} from "./stream_id.ts";
import { latin1, latin1Text } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const MAX = "18446744073709551615";

function parsed(text: string, missing: "min" | "max" = "min"): string | undefined {
  const bytes = latin1(`x${text}y`);
  const id = new StreamId();
  return parseStreamId(bytes, 1, bytes.length - 1, missing, id) ? streamIdText(id) : undefined;
}

Deno.test("an id is milliseconds and a sequence, both unsigned 64-bit integers", () => {
  assertEquals(parsed("1526919030474-55"), "1526919030474-55");
  assertEquals(parsed(`${MAX}-${MAX}`), `${MAX}-${MAX}`);
  assertEquals(parsed("18446744073709551616-0"), undefined);
  assertEquals(parsed("0-0"), "0-0");
});

Deno.test("an id without a sequence gets the least or the greatest one", () => {
  assertEquals(parsed("5", "min"), "5-0");
  assertEquals(parsed("5", "max"), `5-${MAX}`);
});

Deno.test("numbers of an id may be written as strtoull() takes them", () => {
  const texts = [
    "005-1",
    " 5-1",
    "+5-1",
    "5-+1",
    "5- 7",
    "\t5-1",
    "5--0",
    "5-007",
    "5--05",
    "5--18446744073709551615",
  ];
  assertEquals(
    texts.map((text) => parsed(text)),
    ["5-1", "5-1", "5-1", "5-1", "5-7", "5-1", "5-0", "5-7", "5-18446744073709551611", "5-1"],
  );
  assertEquals(parsed("5--9223372036854775809"), "5-9223372036854775807");
  assertEquals(parsed("5\0-7"), "5-0");
  assertEquals(parsed("0".repeat(125) + "-1"), "0-1");
});

Deno.test("what is no id is refused, and the id stays what it was", () => {
  const refused = [
    "",
    "-",
    "+",
    "-5",
    "5-",
    "5--5",
    "5 -7",
    "5-1 ",
    "5-*",
    "5-1-1",
    "a",
    "5--9223372036854775808",
  ];
  for (const text of [...refused, "5--18446744073709551616", "0".repeat(126) + "-1"]) {
    assertEquals(parsed(text), undefined, text);
  }
  const id = new StreamId(1, 2);
  parseStreamId(latin1("7-x"), 0, 3, "min", id);
  assertEquals(streamIdText(id), "1-2");
});

Deno.test("counting goes over all bounds and stops at the ends", () => {
  const counted = (text: string) => {
    const id = new StreamId();
    parseStreamId(latin1(text), 0, text.length, "min", id);
    return [id.increment(), streamIdText(id), id.decrement(), streamIdText(id)];
  };
  for (
    const [from, to] of [["0-4294967295", "0-4294967296"], [`4294967295-${MAX}`, "4294967296-0"], [
      "1-1",
      "1-2",
    ]]
  ) {
    assertEquals(counted(from!), [true, to, true, from]);
  }
  const id = new StreamId().setMax();
  assertEquals([id.increment(), id.isMax, streamIdText(id)], [false, true, `${MAX}-${MAX}`]);
  assertEquals([id.setMin().decrement(), id.isZero], [false, true]);
});

Deno.test("ids are compared as pairs of unsigned numbers", () => {
  const texts = ["0-0", "0-2147483648", `0-${MAX}`, "1-0", "2147483648-0", "4294967296-3", `${MAX}-0`];
  const ids = texts.map((text) => {
    const id = new StreamId();
    assert(parseStreamId(latin1(text), 0, text.length, "min", id));
    return id;
  });
  for (const [i, a] of ids.entries()) {
    for (const [j, b] of ids.entries()) {
      assertEquals(Math.sign(a.compare(b)), Math.sign(i - j));
      assertEquals(a.equals(b), i === j);
    }
  }
});

Deno.test("bytes and texts of random ids are those of bigints", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const bytes = new Uint8Array(STREAM_ID_BYTES);
  const view = new DataView(bytes.buffer);
  const words = new Int64Words();
  const out = new Uint8Array(20);
  const draw = () => {
    const n = (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
    return n >> BigInt(random.below(64));
  };
  for (let i = 0; i < 2000; i++) {
    const ms = draw();
    const sequence = draw();
    view.setBigUint64(0, ms);
    view.setBigUint64(8, sequence);
    const id = new StreamId().readBytes(bytes, 0);
    assertEquals(streamIdText(id), `${ms}-${sequence}`);
    assertEquals(parsed(`${ms}-${sequence}`), `${ms}-${sequence}`);
    assertEquals([id.ms, id.sequence], [Number(ms), Number(sequence)]);
    const again = new Uint8Array(STREAM_ID_BYTES);
    id.writeBytes(again, 0);
    assertEquals(again, bytes);
    const text = latin1(String(ms));
    assert(parseUint64Words(text, 0, text.length, words));
    assertEquals(latin1Text(out, 0, writeUint64(words.high, words.low, out, 0)), String(ms));
  }
});
