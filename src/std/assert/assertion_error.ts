/** The one error that every assertion throws. */

/** Says that an assertion does not hold; the message is complete and meant for the reader of a test's output. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** `": why"` for a message given by the caller, and `"."` without one. */
export function suffix(message: string | undefined): string {
  return message ? `: ${message}` : ".";
}
