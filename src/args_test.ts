import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Args } from "./args.ts";
import { notAFloat, notAnInteger, outOfRange, ReplyError } from "./errors.ts";
import { latin1 } from "./sys/bytes.ts";

/** What `run` throws, to be compared with one of the known errors. */
function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

Deno.test("arguments are read as text, as UTF-8 and as error texts repeat them", () => {
  const args = Args.of("GET", "k\xe9", latin1("a\0b"), "");
  assertEquals(args.count, 4);
  assertEquals(args.text(0), "GET");
  assertEquals(args.text(1), "k\xc3\xa9");
  assertEquals(args.utf8(1), "k\xe9");
  assertEquals(args.text(2), "a\0b");
  assertEquals(args.shown(2), "a");
  assertEquals(args.text(3), "");
});

Deno.test("keywords are found in any case, and only whole", () => {
  const args = Args.of("PX", "px", "pX", "p", "pxx", latin1("p\x18"), "Get-All");
  assert(args.is(0, "px") && args.is(1, "px") && args.is(2, "px"));
  assert(!args.is(3, "px") && !args.is(4, "px"));
  assert(!args.is(5, "p8"), "only letters have a case");
  assert(args.is(6, "get-all"));
});

Deno.test("integers are signed 64-bit integers, rounded beyond 2^53", () => {
  const cases: [text: string, value: number | undefined][] = [
    ["0", 0],
    ["-1", -1],
    ["9007199254740991", 9007199254740991],
    ["9223372036854775807", 9223372036854775807],
    ["-9223372036854775808", -9223372036854775808],
    ["9223372036854775808", undefined],
    ["-9223372036854775809", undefined],
    ["01", undefined],
    ["+1", undefined],
    [" 1", undefined],
    ["1.0", undefined],
    ["-0", undefined],
    ["", undefined],
  ];
  for (const [text, value] of cases) {
    const args = Args.of(text);
    if (value === undefined) assertStrictEquals(thrown(() => args.integer(0)), notAnInteger, text);
    else assertEquals(args.integer(0), value, text);
  }
});

Deno.test("big integers are exact to the last digit", () => {
  assertEquals(Args.of("9223372036854775807").bigInteger(0), 9223372036854775807n);
  assertEquals(Args.of("-9223372036854775808").bigInteger(0), -9223372036854775808n);
  assertStrictEquals(thrown(() => Args.of("9223372036854775808").bigInteger(0)), notAnInteger);
});

Deno.test("whoever reads a number may say what the error is", () => {
  const own = new ReplyError("ERR own");
  const args = Args.of("x");
  assertStrictEquals(thrown(() => args.integer(0, own)), own);
  assertStrictEquals(thrown(() => args.bigInteger(0, own)), own);
  assertStrictEquals(thrown(() => args.double(0, own)), own);
  assertStrictEquals(thrown(() => args.double(0)), notAFloat);
});

Deno.test("integers between bounds may be the bounds; what is no integer is another error than what lies outside", () => {
  const read = (text: string) => Args.of(text).integerBetween(0, -3, 5, outOfRange);
  assertEquals([read("-3"), read("0"), read("5")], [-3, 0, 5]);
  assertStrictEquals(thrown(() => read("6")), outOfRange);
  assertStrictEquals(thrown(() => read("-4")), outOfRange);
  assertStrictEquals(thrown(() => read("x")), notAnInteger);
});

Deno.test("doubles are read, and integers known in the form in which the server prints them", () => {
  assertEquals(Args.of("1.5e3").double(0), 1500);
  assertEquals(Args.of("-inf").double(0), -Infinity);
  for (
    const [text, yes] of [["12", true], ["-12", true], ["012", false], ["1.0", false], ["", false]] as const
  ) {
    assertEquals(Args.of(text).isInteger(0), yes, text);
  }
});

Deno.test("clear lets the next request begin at argument 0, in the slices of the last one", () => {
  const args = Args.of("SET", "k", "v");
  const slice = args.at(0);
  args.clear();
  assertEquals(args.count, 0);
  args.push(latin1("xGETx"), 1, 4);
  assertEquals(args.count, 1);
  assertEquals(args.text(0), "GET");
  assertStrictEquals(args.at(0), slice);
});

Deno.test("a request of many arguments does not leave as many slices behind", () => {
  const args = new Args();
  const bytes = latin1("a");
  for (let i = 0; i < 5000; i++) args.push(bytes);
  args.clear();
  assertEquals(args.at(1023) !== undefined, true);
  assertEquals(args.at(1024), undefined);
  for (let i = 0; i < 2000; i++) args.push(bytes);
  assertEquals(args.count, 2000);
  assertEquals(args.text(1999), "a");
});

Deno.test("rebase follows the bytes to their new place, and leaves arguments from elsewhere alone", () => {
  const [old, elsewhere] = [latin1("..GETkey"), latin1("other")];
  const args = new Args();
  args.push(old, 2, 5);
  args.push(old, 5, 8);
  args.push(elsewhere);
  const moved = new Uint8Array(16);
  moved.set(old.subarray(2));
  args.rebase(old, moved, 2);
  old.fill(0);
  assertEquals([args.text(0), args.text(1), args.text(2)], ["GET", "key", "other"]);
  moved.copyWithin(4, 0, 6);
  args.rebase(moved, moved, -4);
  moved.fill(0, 0, 4);
  assertEquals([args.text(0), args.text(1)], ["GET", "key"]);
});

Deno.test("slices behind the arguments of the request let go of the old buffer", () => {
  const old = latin1("abc");
  const args = new Args();
  for (let i = 0; i < 3; i++) args.push(old, i, i + 1);
  args.clear();
  args.push(old, 0, 1);
  args.rebase(old, latin1("abc"), 0);
  assertEquals(args.at(1).bytes === old, false);
  assertEquals(args.at(2).length, 0);
});
