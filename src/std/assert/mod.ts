/**
 * A stand-in for the few functions of `jsr:@std/assert` that this project uses, for machines that cannot reach
 * JSR (deno.json's `links` names this folder). Names and signatures are the real package's, so that deleting the
 * `links` entry changes nothing else.
 *
 * Equality is deep and strict: prototypes, `NaN`, `-0`, typed arrays, maps (by key), sets and cycles are compared
 * by `node:util`'s `isDeepStrictEqual`.
 */
export { AssertionError } from "./assertion_error.ts";
export {
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  equal,
} from "./equality.ts";
export { assertRejects, assertThrows } from "./throws.ts";
export {
  assert,
  assertExists,
  assertFalse,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
  fail,
} from "./plain.ts";
