import { assert, assertEquals } from "@std/assert";
import { latin1 } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";
import * as listpack from "./listpack.ts";

const EDGES =
  ("0 1 127 128 -1 4095 4096 -4096 -4097 32767 32768 -32768 -32769 8388607 8388608 -8388608 -8388609 2147483647 " +
    "2147483648 -2147483648 -2147483649 9007199254740993 9223372036854775807 9223372036854775808 " +
    "-9223372036854775808 -9223372036854775809 01 -0 1.5 a bc").split(" ");
const LENGTHS = [0, 1, 62, 63, 64, 124, 125, 126, 127, 4094, 4095, 4096, 16377, 16378];

function randomText(random: Random): string {
  if (random.below(3) > 0) return EDGES[random.below(EDGES.length)]!;
  const length = LENGTHS[random.below(random.below(4) === 0 ? LENGTHS.length : 9)]!;
  return String.fromCharCode(random.below(256)).repeat(length);
}

function build(texts: string[]): Uint8Array {
  const builder = new listpack.ListpackBuilder();
  for (const text of texts) builder.append(latin1(text), 0, text.length);
  return builder.built().slice();
}

function forward(bytes: Uint8Array, start: number): string[] {
  const entry = new listpack.ListpackEntry();
  const texts: string[] = [];
  for (let p = listpack.firstPosition(start); !listpack.isEnd(bytes, p);) {
    p = entry.read(bytes, p);
    texts.push(entry.text());
  }
  return texts;
}

function backward(bytes: Uint8Array, start: number): string[] {
  const entry = new listpack.ListpackEntry();
  const texts: string[] = [];
  for (let p = listpack.lastPosition(bytes, start); p >= 0; p = listpack.previousPosition(bytes, start, p)) {
    entry.read(bytes, p);
    texts.push(entry.text());
  }
  return texts;
}

/** A listpack in the middle of a block, changed in step with a plain array; bytes around it must never change. */
class Pair {
  readonly start: number;
  bytes: Uint8Array;
  model: string[] = [];
  #room = listpack.LISTPACK_EMPTY_BYTES;

  constructor(start: number) {
    this.start = start;
    this.bytes = new Uint8Array(start + this.#room + 64).fill(0xa5);
    listpack.writeEmptyListpack(this.bytes, start);
  }

  /** What an owner does: a block that is large enough, and not a byte larger. */
  need(total: number): void {
    const kept = Math.min(total, listpack.listpackBytes(this.bytes, this.start));
    const block = new Uint8Array(this.start + total + 64).fill(0xa5);
    block.set(this.bytes.subarray(this.start, this.start + kept), this.start);
    this.bytes = block;
    this.#room = total;
  }

  insert(index: number, text: string): void {
    const value = latin1(text);
    this.need(listpack.bytesAfterInsert(this.bytes, this.start, value, 0, value.length));
    const { bytes, start } = this;
    if (index === this.model.length) listpack.append(bytes, start, value, 0, value.length);
    else if (index === 0) listpack.prepend(bytes, start, value, 0, value.length);
    else {
      const at = listpack.seek(bytes, start, index);
      const after = listpack.insert(bytes, start, at, value, 0, value.length);
      assertEquals(after, listpack.nextPosition(bytes, at));
    }
    this.model.splice(index, 0, text);
    assertEquals(listpack.listpackBytes(bytes, start), this.#room);
  }

  replace(index: number, text: string): void {
    const value = latin1(text);
    const at = listpack.seek(this.bytes, this.start, index);
    const total = listpack.bytesAfterReplace(this.bytes, this.start, at, value, 0, value.length);
    this.need(Math.max(total, listpack.listpackBytes(this.bytes, this.start)));
    const after = listpack.replace(this.bytes, this.start, at, value, 0, value.length);
    assertEquals(after, listpack.nextPosition(this.bytes, at));
    assertEquals(listpack.listpackBytes(this.bytes, this.start), total);
    this.model[index] = text;
  }

  /** Everything that can be asked, against the array. */
  check(random: Random): void {
    const { bytes, start, model } = this;
    const total = listpack.listpackBytes(bytes, start);
    assertEquals(listpack.validateListpack(bytes, start, total), model.length);
    assertEquals(listpack.listpackCount(bytes, start), model.length);
    assertEquals(forward(bytes, start), model);
    assertEquals(backward(bytes, start).reverse(), model);
    assertEquals(bytes.slice(start, start + total), build(model), "one spelling");
    assert(bytes.subarray(0, start).every((byte) => byte === 0xa5), "bytes before are untouched");
    assert(bytes.subarray(start + this.#room).every((byte) => byte === 0xa5), "bytes behind are untouched");
    for (const index of [random.below(model.length + 2), -random.below(model.length + 2)]) {
      const at = listpack.seek(bytes, start, index);
      const text = model.at(index);
      assertEquals(at < 0, index >= model.length || index < -model.length);
      if (at < 0 || text === undefined) continue;
      assertEquals(listpack.elementLength(bytes, at), text.length);
      const other = randomText(random);
      assertEquals(listpack.elementEquals(bytes, at, latin1(text), 0, text.length), true);
      assertEquals(listpack.elementEquals(bytes, at, latin1(other), 0, other.length), text === other);
    }
    this.#checkFind(random);
  }

  #checkFind(random: Random): void {
    const { bytes, start, model } = this;
    const wanted = randomText(random);
    for (const skip of [0, 1, 2]) {
      const from = random.below(model.length + 1);
      const fromAt = from < model.length
        ? listpack.seek(bytes, start, from)
        : listpack.endPosition(bytes, start);
      const index = model.findIndex((text, i) =>
        i >= from && (i - from) % (skip + 1) === 0 && text === wanted
      );
      assertEquals(
        listpack.find(bytes, fromAt, latin1(wanted), 0, wanted.length, skip),
        index < 0 ? -1 : listpack.seek(bytes, start, index),
      );
    }
  }
}

Deno.test("a listpack changes as an array of texts does, whatever is done to it", () => {
  const seed = new Random().uint32();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (let run = 0; run < 12; run++) {
    const pair = new Pair(random.below(20));
    for (let step = 0; step < 120; step++) {
      const count = pair.model.length;
      const action = random.below(10);
      if (action < 4 || count === 0) {
        pair.insert([0, count, random.below(count + 1)][random.below(3)]!, randomText(random));
      } else if (action < 7) {
        pair.replace(random.below(count), randomText(random));
      } else if (action < 9) {
        const index = random.below(count);
        listpack.remove(pair.bytes, pair.start, listpack.seek(pair.bytes, pair.start, index));
        pair.model.splice(index, 1);
      } else {
        const index = random.below(count + 1) - random.below(count + 1);
        const number = random.below(4);
        const exists = index < count && index >= -count;
        const removed = exists ? pair.model.splice(index, number).length : 0;
        assertEquals(listpack.removeRange(pair.bytes, pair.start, index, number), removed);
      }
      pair.check(random);
    }
  }
});

Deno.test("entries move from one listpack into the middle of another as they stand", () => {
  const source = build(["a", "1", "b".repeat(200), "-70000", "c"]);
  const target = new Uint8Array(400);
  target.set(build(["x", "y"]), 3);
  const from = listpack.seek(source, 0, 1);
  const to = listpack.seek(source, 0, 4);
  listpack.insertEntries(target, 3, listpack.seek(target, 3, 1), source, from, to, 3);
  listpack.removeEntries(source, 0, from, to, 3);
  assertEquals(forward(target, 3), ["x", "1", "b".repeat(200), "-70000", "y"]);
  assertEquals(listpack.validateListpack(target, 3, listpack.listpackBytes(target, 3)), 5);
  assertEquals(source.slice(0, listpack.listpackBytes(source, 0)), build(["a", "c"]));
});

Deno.test("a value may lie in the array that it is inserted into", () => {
  const bytes = new Uint8Array(200);
  listpack.writeEmptyListpack(bytes, 0);
  bytes.set(latin1("hello 42"), 150);
  listpack.append(bytes, 0, bytes, 150, 155);
  listpack.prepend(bytes, 0, bytes, 156, 158);
  assertEquals(forward(bytes, 0), ["42", "hello"]);
});

Deno.test("integers are read as numbers, strings are not", () => {
  const bytes = build(["5", "-4096", "70000", "9007199254740993", "1.5", ""]);
  const numbers: number[] = [];
  for (let p = listpack.firstPosition(0); !listpack.isEnd(bytes, p); p = listpack.nextPosition(bytes, p)) {
    numbers.push(listpack.integerAt(bytes, p));
  }
  assertEquals(numbers, [5, -4096, 70000, 9007199254740992, NaN, NaN]);
});

Deno.test("beyond 65534 elements the count is found by walking, and seeking still works", () => {
  const texts = Array.from({ length: 65600 }, (_, i) => String(i));
  const bytes = build(texts);
  assertEquals([bytes[4], bytes[5]], [255, 255]);
  assertEquals(listpack.listpackCount(bytes, 0), 65600);
  assertEquals(listpack.validateListpack(bytes, 0, bytes.length), 65600);
  const entry = new listpack.ListpackEntry();
  entry.read(bytes, listpack.seek(bytes, 0, 65599));
  assertEquals(entry.text(), "65599");
  entry.read(bytes, listpack.seek(bytes, 0, -65600));
  assertEquals(entry.text(), "0");
  assertEquals(listpack.seek(bytes, 0, 65600), -1);
  assertEquals(listpack.seek(bytes, 0, -65601), -1);
  assertEquals(listpack.removeRange(bytes, 0, 0, 65000), 65000);
  assertEquals(listpack.listpackCount(bytes, 0), 600);
});

Deno.test("an integer in a longer spelling than needed, or spelled as a string, is found by its text", () => {
  // 1 in 13 bits, "1" as a string, 1 in 64 bits.
  const entries = [0xc0, 1, 2, 0x81, 0x31, 2, 0xf4, 1, 0, 0, 0, 0, 0, 0, 0, 9];
  const bytes = Uint8Array.from([7 + entries.length, 0, 0, 0, 3, 0, ...entries, 0xff]);
  assertEquals(listpack.validateListpack(bytes, 0, bytes.length), 3);
  for (const p of [6, 9, 12]) {
    assertEquals(listpack.find(bytes, p, latin1("1"), 0, 1), p);
    assertEquals(listpack.find(bytes, p, latin1("2"), 0, 1), -1);
  }
});

/** The same bytes; reading beside them fails. */
function guarded(bytes: Uint8Array): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      const index = typeof key === "string" ? Number(key) : NaN;
      assert(!(index < 0 || index >= target.length), `read at ${index} of ${target.length}`);
      return Reflect.get(target, key, target);
    },
  });
}

Deno.test("an entry whose header, data or back length runs into the end is refused without reading on", () => {
  for (let first = 0; first < 0xff; first++) {
    for (let more = 0; more < 4; more++) {
      const bytes = Uint8Array.from([8 + more, 0, 0, 0, 1, 0, first, ...Array(more).fill(1), 0xff]);
      // The ones behind are a back length of 1 at best: of a small integer, or of the empty string.
      const whole = first <= 0x80 && more === 1;
      assertEquals(listpack.validateListpack(guarded(bytes), 0, bytes.length), whole ? 1 : -1);
    }
  }
});

Deno.test("damaged bytes are refused or are a listpack that can be walked, and nothing outside is read", () => {
  const seed = new Random().uint32();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  let accepted = 0;
  for (let run = 0; run < 20000; run++) {
    const good = build(Array.from({ length: 1 + random.below(4) }, () => randomText(random).slice(0, 130)));
    for (let i = random.below(3); i >= 0; i--) good[random.below(good.length)] = random.below(256);
    const count = listpack.validateListpack(guarded(good), 0, good.length);
    if (count < 0) continue;
    accepted++;
    assertEquals(forward(good, 0).length, count);
    assertEquals(backward(good, 0).length, count);
    assertEquals(listpack.listpackCount(good, 0), count);
  }
  assert(accepted > 100, `${accepted} were accepted`);
});

Deno.test("a listpack cut anywhere, or with another size than it says, is refused", () => {
  const whole = build(["a", "128", "b".repeat(70), "99999999999"]);
  for (let size = 0; size < whole.length; size++) {
    assertEquals(listpack.validateListpack(whole, 0, size), -1);
    const cut = whole.slice(0, size);
    if (size >= 7) {
      cut[0] = size;
      cut[size - 1] = 0xff;
    }
    assertEquals(listpack.validateListpack(cut, 0, size), -1, `cut at ${size}`);
  }
  assertEquals(listpack.validateListpack(whole, 0, whole.length + 1), -1);
  assertEquals(listpack.validateListpack(whole, 0, whole.length), 4);
});
