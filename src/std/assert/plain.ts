/** Assertions about one value: truth, presence, class and text. */
import { AssertionError, suffix } from "./assertion_error.ts";
import { show } from "./format.ts";

/** A class whose constructor takes any arguments. */
export type AnyConstructor<T = unknown> = abstract new (...args: never[]) => T;

/** Throws `AssertionError` unless `expr` is truthy. */
export function assert(expr: unknown, message = ""): asserts expr {
  if (!expr) throw new AssertionError(message || "Expected a truthy value.");
}

/** Throws `AssertionError` unless `expr` is falsy. */
export function assertFalse(expr: unknown, message = ""): asserts expr is false {
  if (expr) throw new AssertionError(message || `Expected a falsy value, got ${show(expr)}.`);
}

/** Throws `AssertionError` always. */
export function fail(message?: string): never {
  throw new AssertionError(`Failed assertion${suffix(message)}`);
}

/** Throws `AssertionError` when `actual` is `undefined` or `null`. */
export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw new AssertionError(
      `Expected a value other than null and undefined, got ${actual}${suffix(message)}`,
    );
  }
}

/** Throws `AssertionError` unless `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: AnyConstructor<T>,
  message = "",
): asserts actual is T {
  if (actual instanceof expectedType) return;
  const got = actual !== null && typeof actual === "object"
    ? actual.constructor?.name ?? "Object"
    : show(actual);
  throw new AssertionError(
    `Expected an instance of ${expectedType.name || "an anonymous class"}, got ${got}${suffix(message)}`,
  );
}

/** Throws `AssertionError` unless `expected` matches somewhere in `actual`. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  // A sticky or global expression carries a position from one call to the next; a test must not depend on it.
  expected.lastIndex = 0;
  const matches = expected.test(actual);
  expected.lastIndex = 0;
  if (!matches) throw new AssertionError(`Expected ${show(actual)} to match ${expected}${suffix(message)}`);
}

/** Throws `AssertionError` unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (!actual.includes(expected)) {
    throw new AssertionError(`Expected ${show(actual)} to contain ${show(expected)}${suffix(message)}`);
  }
}
