/** Assertions that compare two values. Invariant: what `equal` says is what every assertion here means by equal. */
import { isDeepStrictEqual } from "node:util";
import { AssertionError, suffix } from "./assertion_error.ts";
import { diff, show } from "./format.ts";

/**
 * Whether two values are the same by content: nested objects and arrays, typed arrays, maps, sets, dates, errors
 * and cycles. `NaN` equals itself, `0` does not equal `-0`, and prototypes must be the same.
 */
export function equal(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

/** Throws `AssertionError` with a difference by lines unless `actual` equals `expected` (see `equal`). */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${suffix(message)}\n\n(- actual, + expected)\n\n${diff(actual, expected)}\n`,
  );
}

/** Throws `AssertionError` when `actual` equals `expected` (see `equal`). */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(`Expected a value other than ${show(actual)}${suffix(message)}`);
}

/** Throws `AssertionError` unless both are the very same value (`Object.is`). */
export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const why = equal(actual, expected)
    ? "Values have the same content but are not the same reference"
    : "Values are not strictly equal";
  throw new AssertionError(
    `${why}${suffix(message)}\n\n(- actual, + expected)\n\n${diff(actual, expected)}\n`,
  );
}

/**
 * Throws `AssertionError` unless two numbers are at most `tolerance` apart.
 * Without a tolerance one ten-millionth of `expected` is allowed, and 1e-7 around zero.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ??
    (Number.isFinite(expected) && expected !== 0 ? Math.abs(expected * 1e-7) : 1e-7);
  const distance = Math.abs(expected - actual);
  if (distance <= allowed) return;
  throw new AssertionError(
    `Expected ${actual} to be within ${allowed} of ${expected}, it is ${distance} away${suffix(message)}`,
  );
}

/** An array, a string or a typed array: something with a length and numbered elements. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** Throws `AssertionError` unless every element of `expected` has an equal in `actual`. O(actual times expected). */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  message?: string,
): void {
  const have = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) => !have.some((element) => equal(element, wanted)));
  if (missing.length === 0) return;
  throw new AssertionError(`Expected ${show(actual)} to include ${show(missing)}${suffix(message)}`);
}
