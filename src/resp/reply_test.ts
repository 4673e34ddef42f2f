import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { parseReplies } from "../../test/support/resp_value.ts";
import { latin1, latin1Text, NO_BYTES, Slice } from "../sys/bytes.ts";
import { Random } from "../sys/random.ts";
import { recycleReplyBuffer, Reply } from "./reply.ts";

const BUFFER_BYTES = 16 << 10;

function written(reply: Reply): string {
  return latin1Text(reply.buffer, 0, reply.length);
}

const METHODS: readonly [what: string, write: (reply: Reply) => void, resp2: string, resp3: string][] = [
  ["OK", (r) => r.ok(), "+OK\r\n", "+OK\r\n"],
  ["a status", (r) => r.status("PONG"), "+PONG\r\n", "+PONG\r\n"],
  ["an error", (r) => r.error("ERR no"), "-ERR no\r\n", "-ERR no\r\n"],
  ["an error with line ends", (r) => r.error("ERR a\r\nb\nc"), "-ERR a  b c\r\n", "-ERR a  b c\r\n"],
  ["an integer", (r) => r.integer(-42), ":-42\r\n", ":-42\r\n"],
  [
    "a large integer",
    (r) => r.bigInteger(-(1n << 63n)),
    ":-9223372036854775808\r\n",
    ":-9223372036854775808\r\n",
  ],
  ["bytes", (r) => r.bulkBytes(latin1("a\r\n\xff")), "$4\r\na\r\n\xff\r\n", "$4\r\na\r\n\xff\r\n"],
  ["a part of bytes", (r) => r.bulkBytes(latin1("abcdef"), 2, 4), "$2\r\ncd\r\n", "$2\r\ncd\r\n"],
  ["a slice", (r) => r.bulk(new Slice(latin1("abcdef"), 1, 3)), "$2\r\nbc\r\n", "$2\r\nbc\r\n"],
  ["no bytes", (r) => r.bulkBytes(NO_BYTES), "$0\r\n\r\n", "$0\r\n\r\n"],
  ["a text of bytes", (r) => r.bulkText("\xe9"), "$1\r\n\xe9\r\n", "$1\r\n\xe9\r\n"],
  ["a text in UTF-8", (r) => r.bulkUtf8("\xe9"), "$2\r\n\xc3\xa9\r\n", "$2\r\n\xc3\xa9\r\n"],
  ["a text for people", (r) => r.verbatim("h\xe9"), "$3\r\nh\xc3\xa9\r\n", "=7\r\ntxt:h\xc3\xa9\r\n"],
  ["Markdown", (r) => r.verbatim("*", "mkd"), "$1\r\n*\r\n", "=5\r\nmkd:*\r\n"],
  ["an empty text for people", (r) => r.verbatim(""), "$0\r\n\r\n", "=4\r\ntxt:\r\n"],
  ["no value", (r) => r.nil(), "$-1\r\n", "_\r\n"],
  ["no array", (r) => r.nilArray(), "*-1\r\n", "_\r\n"],
  ["an array", (r) => r.array(2), "*2\r\n", "*2\r\n"],
  ["an empty array", (r) => r.array(0), "*0\r\n", "*0\r\n"],
  ["a map", (r) => r.map(5), "*10\r\n", "%5\r\n"],
  ["a set", (r) => r.set(3), "*3\r\n", "~3\r\n"],
  ["a push", (r) => r.push(3), "*3\r\n", ">3\r\n"],
  ["true", (r) => r.boolean(true), ":1\r\n", "#t\r\n"],
  ["false", (r) => r.boolean(false), ":0\r\n", "#f\r\n"],
  ["a double", (r) => r.double("1.5"), "$3\r\n1.5\r\n", ",1.5\r\n"],
  ["a reply as bytes", (r) => r.raw(latin1("x+OK\r\nx"), 1, 6), "+OK\r\n", "+OK\r\n"],
];

Deno.test("every kind of reply is written as its protocol version has it", async (t) => {
  for (const [what, write, resp2, resp3] of METHODS) {
    await t.step(what, () => {
      const reply = new Reply();
      write(reply);
      assertEquals(written(reply), resp2);
      reply.truncate(0);
      reply.resp3 = true;
      write(reply);
      assertEquals(written(reply), resp3);
      reply.resp3 = false;
      write(reply);
      assertEquals(written(reply), resp3 + resp2, "the version may change between two replies");
    });
  }
});

Deno.test("every kind of reply finds room wherever the buffer ends", () => {
  for (const resp3 of [false, true]) {
    for (const [what, write, resp2, version3] of METHODS) {
      const wanted = resp3 ? version3 : resp2;
      for (let room = 0; room <= wanted.length + 26; room++) {
        const reply = new Reply();
        reply.resp3 = resp3;
        const before = new Uint8Array(BUFFER_BYTES - room).fill(120);
        reply.raw(before);
        write(reply);
        const all = written(reply);
        assertEquals(all.slice(before.length), wanted, `${what} with ${room} bytes left`);
        assert(/^x*$/.test(all.slice(0, before.length)));
      }
    }
  }
});

Deno.test("integers are printed as JavaScript prints them, at every edge", () => {
  const values = new Set<number>([0]);
  const add = (value: number) => {
    for (const near of [value - 1, value, value + 1]) {
      if (Number.isSafeInteger(near) || Math.abs(near) === 2 ** 53) values.add(near).add(-near);
    }
  };
  for (let power = 0; power <= 53; power++) add(2 ** power);
  for (let power = 0; power <= 15; power++) add(10 ** power);
  for (let digit = 1; digit <= 9; digit++) add(digit * 10 ** 15 > 2 ** 53 ? digit : digit * 10 ** 15);
  for (const value of values) {
    const reply = new Reply();
    reply.integer(value);
    // -0 has no text of its own.
    assertEquals(written(reply), `:${value === 0 ? 0 : value}\r\n`);
  }
});

Deno.test("random integers are printed as JavaScript prints them", () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`SEED=${seed}`);
  const random = new Random(seed);
  const reply = new Reply();
  for (let i = 0; i < 20_000; i++) {
    const value = random.below(2 ** random.below(53) + 1) * (random.below(2) === 0 ? 1 : -1);
    reply.truncate(0);
    reply.integer(value);
    assertEquals(written(reply), `:${value === 0 ? 0 : value}\r\n`);
  }
});

Deno.test("strings of every length around the switch from loop to block copy come out whole", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i & 255);
  for (let length = 0; length <= 200; length++) {
    const reply = new Reply();
    reply.bulkBytes(bytes, 7, 7 + length);
    assertEquals(written(reply), `$${length}\r\n${latin1Text(bytes, 7, 7 + length)}\r\n`);
  }
});

Deno.test("a reply holds no buffer before the first byte, nor after it was taken", () => {
  const reply = new Reply();
  assertEquals(reply.buffer.length, 0);
  reply.ok();
  assertEquals(reply.buffer.length, BUFFER_BYTES);
  const taken = reply.take();
  assertEquals(latin1Text(taken, 0, 5), "+OK\r\n");
  assertEquals(reply.buffer.length, 0);
  assertEquals(reply.length, 0);
  assertEquals(reply.take().length, 0, "nothing was written");
});

Deno.test("a buffer given back is the next one handed out, to one reply only", () => {
  const first = new Reply();
  first.ok();
  const buffer = first.take();
  recycleReplyBuffer(buffer);
  const second = new Reply();
  const third = new Reply();
  second.ok();
  third.status("PONG");
  assertStrictEquals(second.buffer, buffer);
  assertNotEquals(third.buffer, second.buffer);
  assertEquals(written(second), "+OK\r\n");
  assertEquals(written(third), "+PONG\r\n");
});

Deno.test("a large buffer given back is the next one of its size handed out, but never a small one", () => {
  const reply = new Reply();
  reply.bulkBytes(new Uint8Array(BUFFER_BYTES));
  const buffer = reply.take();
  assertEquals(buffer.length, 2 * BUFFER_BYTES);
  recycleReplyBuffer(buffer);
  reply.ok();
  assertEquals(reply.buffer.length, BUFFER_BYTES);
  reply.bulkBytes(new Uint8Array(BUFFER_BYTES).fill(97));
  assertStrictEquals(reply.buffer, buffer);
  assertEquals(written(reply), `+OK\r\n$${BUFFER_BYTES}\r\n${"a".repeat(BUFFER_BYTES)}\r\n`);
});

Deno.test("of large buffers given back at most 8 MiB are kept, and none above 256 KiB", () => {
  const grown = (bytes: number) => {
    const reply = new Reply();
    reply.bulkBytes(new Uint8Array(bytes - 100));
    return reply.take();
  };
  for (const [size, most] of [[256 << 10, 32], [512 << 10, 0]] as const) {
    const buffers = new Set(Array.from({ length: 100 }, () => grown(size)));
    for (const buffer of buffers) recycleReplyBuffer(buffer);
    const again = Array.from({ length: 100 }, () => grown(size));
    const reused = again.filter((buffer) => buffers.has(buffer)).length;
    assert(reused <= most && (most === 0 || reused > 0), `${reused} of ${size} bytes were kept`);
    assertEquals(new Set(again).size, 100, "no buffer has two owners");
  }
});

Deno.test("a buffer that a reply outgrows is the next one handed out", () => {
  const reply = new Reply();
  reply.ok();
  const small = reply.buffer;
  reply.bulkBytes(new Uint8Array(BUFFER_BYTES));
  const next = new Reply();
  next.ok();
  assertStrictEquals(next.buffer, small);
  assertEquals(reply.length, 5 + 8 + BUFFER_BYTES + 2);
});

Deno.test("of a thousand buffers given back at most 256 are kept", () => {
  const replies = Array.from({ length: 1000 }, () => {
    const reply = new Reply();
    reply.ok();
    return reply;
  });
  const buffers = new Set(replies.map((reply) => reply.take()));
  for (const buffer of buffers) recycleReplyBuffer(buffer);
  let reused = 0;
  const again = Array.from({ length: 1000 }, () => {
    const reply = new Reply();
    reply.ok();
    if (buffers.has(reply.buffer)) reused++;
    return reply.buffer;
  });
  assert(reused > 0 && reused <= 256, `${reused} were kept`);
  assertEquals(new Set(again).size, 1000, "no buffer has two owners");
});

Deno.test("a reply grows in doubling steps, however small its parts are", () => {
  const reply = new Reply();
  const sizes = new Set<number>();
  for (let i = 0; i < 100_000; i++) {
    reply.integer(i % 10);
    sizes.add(reply.buffer.length);
  }
  assertEquals(reply.length, 400_000);
  assertEquals([...sizes], [16384, 32768, 65536, 131072, 262144, 524288]);
  assertEquals(written(reply), Array.from({ length: 100_000 }, (_, i) => `:${i % 10}\r\n`).join(""));
});

Deno.test("one large string makes the buffer as large as it needs at once", () => {
  const reply = new Reply();
  reply.ok();
  reply.bulkBytes(new Uint8Array(1_000_000).fill(97));
  assertEquals(reply.buffer.length, 1 << 20);
  assertEquals(written(reply), `+OK\r\n$1000000\r\n${"a".repeat(1_000_000)}\r\n`);
});

Deno.test("truncate takes back what was written last, and writing goes on there", () => {
  const reply = new Reply();
  reply.ok();
  const before = reply.length;
  reply.array(2);
  reply.bulkText("half");
  reply.truncate(before);
  reply.error("ERR no");
  assertEquals(written(reply), "+OK\r\n-ERR no\r\n");
});

Deno.test("an array whose length comes last is headed as one whose length comes first", () => {
  for (const resp3 of [false, true]) {
    for (const head of ["array", "map", "set"] as const) {
      for (const count of [0, 1, 9, 10, 99, 100, 5000]) {
        const [late, early] = [new Reply(), new Reply()];
        late.resp3 = early.resp3 = resp3;
        for (const reply of [late, early]) reply.status("before");
        const begun = late.beginArray();
        early[head](count);
        for (const reply of [late, early]) {
          for (let i = 0; i < count * (head === "map" ? 2 : 1); i++) reply.bulkText(`element ${i}`);
        }
        late.endArray(begun, count, head);
        for (const reply of [late, early]) reply.integer(1);
        assert(written(late) === written(early), `${head} of ${count}, RESP${resp3 ? 3 : 2}`);
        assertEquals(parseReplies(late.buffer.slice(0, late.length)).length, 3);
      }
    }
  }
});

Deno.test("arrays whose lengths come last may be nested", () => {
  const reply = new Reply();
  const outer = reply.beginArray();
  const inner = reply.beginArray();
  reply.integer(1);
  reply.endArray(inner, 1);
  reply.integer(2);
  reply.endArray(outer, 2);
  assertEquals(written(reply), "*2\r\n*1\r\n:1\r\n:2\r\n");
});

Deno.test("the head of an array fits in where the buffer is full to the last byte", () => {
  const reply = new Reply();
  const begun = reply.beginArray();
  reply.raw(new Uint8Array(BUFFER_BYTES).fill(120));
  reply.endArray(begun, 12);
  assertEquals(written(reply), "*12\r\n" + "x".repeat(BUFFER_BYTES));
});

Deno.test("bytes that are shared are never written to, and never reused", () => {
  const shared = Uint8Array.of(1, 2, 3, 4);
  const [one, two] = [new Reply(), new Reply()];
  for (const reply of [one, two]) reply.share(shared);
  one.ok();
  two.truncate(2);
  two.ok();
  assertEquals([...one.buffer.subarray(0, one.length)], [1, 2, 3, 4, 43, 79, 75, 13, 10]);
  assertEquals([...two.buffer.subarray(0, two.length)], [1, 2, 43, 79, 75, 13, 10]);
  assertEquals([...shared], [1, 2, 3, 4]);
  const large = new Uint8Array(32 << 10);
  one.release();
  one.share(large);
  one.release();
  one.reserve(large.length);
  assert(one.buffer !== large);
});

Deno.test("what was pushed is not taken back", () => {
  const reply = new Reply();
  reply.ok();
  reply.pushed();
  reply.status("answer");
  reply.truncate(0);
  assertEquals(reply.length, 5);
  reply.release();
  reply.ok();
  reply.truncate(0);
  assertEquals(reply.length, 0);
});
