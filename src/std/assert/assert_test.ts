/** The assertions are tested with plain `throw`, so that a broken one cannot vouch for itself. */
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertInstanceOf,
  AssertionError,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";

function holds(run: () => unknown): void {
  run();
}

/** The message of the assertion that `run` must violate. */
function breaks(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error(`no assertion failed in ${run}`);
}

async function breaksLater(run: () => Promise<unknown>): Promise<string> {
  let result: unknown;
  try {
    result = await run();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error(`no assertion failed, got ${result}`);
}

function contains(text: string, ...parts: string[]): void {
  for (const part of parts) {
    if (!text.includes(part)) throw new Error(`no ${JSON.stringify(part)} in:\n${text}`);
  }
}

Deno.test("assertEquals compares by content", () => {
  const loop: unknown[] = [1];
  loop.push(loop);
  const sameLoop: unknown[] = [1];
  sameLoop.push(sameLoop);
  const pairs: [unknown, unknown][] = [
    [1, 1],
    [NaN, NaN],
    [10n, 10n],
    [new Uint8Array([1, 2]), new Uint8Array([0, 1, 2]).subarray(1)],
    [{ a: [1, { b: null }], c: undefined }, { c: undefined, a: [1, { b: null }] }],
    [new Map([["a", [1]], ["b", [2]]]), new Map([["b", [2]], ["a", [1]]])],
    [new Set([{ a: 1 }, 2]), new Set([2, { a: 1 }])],
    [new Date(5), new Date(5)],
    [new TypeError("x"), new TypeError("x")],
    [loop, sameLoop],
  ];
  for (const [actual, expected] of pairs) {
    holds(() => assertEquals(actual, expected));
    breaks(() => assertNotEquals(actual, expected));
  }
});

Deno.test("assertEquals tells different values apart", () => {
  const pairs: [unknown, unknown][] = [
    [1, "1"],
    [1, 1n],
    [0, -0],
    [null, undefined],
    [[1], [1, undefined]],
    [{ a: 1 }, { a: 1, b: undefined }],
    [new Uint8Array([1]), new Uint8Array([2])],
    [new Uint8Array([1]), new Int8Array([1])],
    [new Uint8Array([1]), [1]],
    [new Map([["a", 1]]), new Map([["a", 2]])],
    [new Set([1]), new Set([1, 2])],
    [new Date(5), new Date(6)],
    [new TypeError("x"), new RangeError("x")],
    [new (class A {})(), new (class B {})()],
  ];
  for (const [actual, expected] of pairs) {
    breaks(() => assertEquals(actual, expected));
    holds(() => assertNotEquals(actual, expected));
  }
});

Deno.test("assertEquals shows which lines differ, and the caller's message", () => {
  const actual = {
    name: "GET",
    args: ["k1", "k2"],
    nested: { deep: { deeper: { deepest: new Uint8Array([1, 2]) } } },
  };
  const expected = structuredClone(actual);
  expected.args[1] = "k3";
  expected.nested.deep.deeper.deepest[1] = 7;
  const text = breaks(() => assertEquals(actual, expected, "after SET"));
  contains(
    text,
    "Values are not equal: after SET",
    "-     'k2'",
    "+     'k3'",
    "name: 'GET'",
    "- ",
    "2",
    "7",
  );
});

Deno.test("assertEquals shows short values in one line each and texts line by line", () => {
  contains(breaks(() => assertEquals(1, 2)), "Values are not equal.", "- 1\n+ 2");
  contains(
    breaks(() => assertEquals("a\r\nb\r\n", "a\r\nc\r\n")),
    "  'a\\r\\n'",
    "- 'b\\r\\n'",
    "+ 'c\\r\\n'",
  );
});

Deno.test("assertEquals folds long equal parts and cuts down huge differences", () => {
  const long = Array.from({ length: 100 }, (_, i) => i);
  const text = breaks(() => assertEquals(long, long.with(50, -1)));
  contains(text, "-   50", "+   -1", "equal lines");
  if (text.split("\n").length > 30) throw new Error(`too long:\n${text}`);
  const huge = Array.from({ length: 5000 }, (_, i) => i);
  contains(breaks(() => assertEquals(huge, huge.map((n) => n + 1))), "only the first difference, at line 2,");
});

Deno.test("assertEquals says so when different values print alike", () => {
  const [first, second] = [() => 1, () => 1];
  Object.defineProperty(second, "name", { value: first.name });
  contains(breaks(() => assertEquals(first, second)), "print alike");
});

Deno.test("assertStrictEquals wants the same reference", () => {
  const list = [1];
  holds(() => assertStrictEquals(list, list));
  holds(() => assertStrictEquals(NaN, NaN));
  contains(breaks(() => assertStrictEquals(list, [1])), "not the same reference");
  contains(breaks(() => assertStrictEquals(0, -0)), "not strictly equal", "- 0\n+ -0");
});

Deno.test("assertAlmostEquals allows the tolerance and no more", () => {
  holds(() => assertAlmostEquals(0.1 + 0.2, 0.3));
  holds(() => assertAlmostEquals(1.5, 1, 0.5));
  holds(() => assertAlmostEquals(Infinity, Infinity));
  breaks(() => assertAlmostEquals(1.5001, 1, 0.5));
  breaks(() => assertAlmostEquals(0.301, 0.3));
  breaks(() => assertAlmostEquals(1e-6, 0));
  breaks(() => assertAlmostEquals(NaN, 1, 10));
  breaks(() => assertAlmostEquals(1, Infinity));
});

Deno.test("the assertions about one value hold and break where they should", () => {
  holds(() => assert("x"));
  contains(breaks(() => assert(0, "zero")), "zero");
  holds(() => assertFalse(""));
  breaks(() => assertFalse(1));
  holds(() => assertExists(0));
  breaks(() => assertExists(null));
  breaks(() => assertExists(undefined));
  holds(() => assertInstanceOf(new TypeError(), Error));
  contains(breaks(() => assertInstanceOf([], Map)), "instance of Map, got Array");
  breaks(() => assertInstanceOf(null, Error));
  holds(() => assertStringIncludes("WRONGTYPE x", "TYPE"));
  contains(breaks(() => assertStringIncludes("a", "b")), "'a'", "'b'");
  holds(() => assertArrayIncludes([1, { a: 2 }, 3], [{ a: 2 }]));
  contains(breaks(() => assertArrayIncludes([1, 2], [2, 5])), "[ 5 ]");
  contains(breaks(() => fail("here")), "here");
});

Deno.test("assertMatch does not depend on an expression's position", () => {
  const pattern = /b/g;
  pattern.lastIndex = 2;
  holds(() => assertMatch("ab", pattern));
  holds(() => assertMatch("ab", pattern));
  breaks(() => assertMatch("ac", pattern));
});

Deno.test("assertThrows checks the class and the message and returns the error", () => {
  const thrower = () => {
    throw new RangeError("too large");
  };
  const error = assertThrows(thrower, RangeError, "large");
  if (error.message !== "too large") throw new Error("another error was returned");
  if (
    assertThrows(() => {
      throw 5;
    }) !== 5
  ) throw new Error("another value was returned");
  holds(() => assertThrows(thrower, "a message only"));
  contains(breaks(() => assertThrows(thrower, TypeError)), "Expected TypeError", "RangeError: too large");
  contains(breaks(() => assertThrows(thrower, RangeError, "small")), "'small'", "'too large'");
  contains(breaks(() => assertThrows(() => 1, Error, "", "why")), "to throw: why");
});

Deno.test("assertRejects wants a promise that is rejected", async () => {
  const error = await assertRejects(() => Promise.reject(new RangeError("late")), RangeError, "late");
  if (error.message !== "late") throw new Error("another error was returned");
  contains(await breaksLater(() => assertRejects(() => Promise.resolve(1))), "to be rejected");
  contains(
    await breaksLater(() => assertRejects(() => Promise.reject(new Error("x")), TypeError)),
    "Expected TypeError",
  );
  const early = () => {
    throw new Error("early");
  };
  contains(await breaksLater(() => assertRejects(early)), "before it returned one");
  contains(
    await breaksLater(() => assertRejects(() => 5 as unknown as Promise<number>)),
    "Expected a promise, got 5",
  );
});
