/** Assertions about functions that must fail. The error that was thrown is handed back for a closer look. */
import { AssertionError, suffix } from "./assertion_error.ts";
import { show } from "./format.ts";

// Any class of errors, whatever its constructor takes.
type ErrorConstructor<E extends Error> = abstract new (...args: never[]) => E;

/** Throws `AssertionError` unless `fn` throws; the thrown value is returned. */
export function assertThrows(fn: () => unknown, message?: string): unknown;
/** As above; the error must also be an instance of `errorClass` with `messageIncludes` in its message. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorConstructor<E>,
  messageIncludes?: string,
  message?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  classOrMessage?: ErrorConstructor<E> | string,
  includesOrMessage?: string,
  message?: string,
): unknown {
  const expected = expectation(classOrMessage, includesOrMessage, message);
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
    return verify(thrown, expected);
  }
  throw new AssertionError(`Expected the function to throw${suffix(expected.message)}`);
}

/** Throws `AssertionError` unless the promise of `fn` is rejected; the reason is returned. */
export function assertRejects(fn: () => PromiseLike<unknown>, message?: string): Promise<unknown>;
/** As above; the reason must also be an instance of `errorClass` with `messageIncludes` in its message. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorConstructor<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  classOrMessage?: ErrorConstructor<E> | string,
  includesOrMessage?: string,
  message?: string,
): Promise<unknown> {
  const expected = expectation(classOrMessage, includesOrMessage, message);
  let returned: unknown;
  try {
    returned = fn();
  } catch (error) {
    throw new AssertionError(
      `Expected a rejected promise, but the function threw ${show(error)} before it returned one${
        suffix(expected.message)
      }`,
    );
  }
  if (typeof (returned as PromiseLike<unknown> | null | undefined)?.then !== "function") {
    throw new AssertionError(`Expected a promise, got ${show(returned)}${suffix(expected.message)}`);
  }
  try {
    await returned;
  } catch (error) {
    return verify(error, expected);
  }
  throw new AssertionError(`Expected the promise to be rejected${suffix(expected.message)}`);
}

interface Expectation<E extends Error> {
  errorClass: ErrorConstructor<E> | undefined;
  includes: string | undefined;
  message: string | undefined;
}

function expectation<E extends Error>(
  classOrMessage: ErrorConstructor<E> | string | undefined,
  includesOrMessage: string | undefined,
  message: string | undefined,
): Expectation<E> {
  if (typeof classOrMessage === "string") {
    return { errorClass: undefined, includes: undefined, message: classOrMessage };
  }
  return { errorClass: classOrMessage, includes: includesOrMessage, message };
}

function verify<E extends Error>(
  thrown: unknown,
  { errorClass, includes, message }: Expectation<E>,
): unknown {
  if (errorClass === undefined) return thrown;
  if (!(thrown instanceof Error)) {
    throw new AssertionError(`Expected an Error to be thrown, got ${show(thrown)}${suffix(message)}`);
  }
  if (!(thrown instanceof errorClass)) {
    throw new AssertionError(
      `Expected ${errorClass.name} to be thrown, got ${thrown.constructor.name}: ${thrown.message}${
        suffix(message)
      }`,
      { cause: thrown },
    );
  }
  if (includes !== undefined && !thrown.message.includes(includes)) {
    throw new AssertionError(
      `Expected the error's message to contain ${show(includes)}, got ${show(thrown.message)}${
        suffix(message)
      }`,
      { cause: thrown },
    );
  }
  return thrown;
}
