/**
 * Every error text that more than one command sends to a client, once. A handler throws one of these; only
 * dispatch catches them. The texts are the reference's, to the full stop: clients match on them.
 */

import { ReplyError } from "./resp/reply_error.ts";

export { ReplyError };
export { keyTooLong, wrongType } from "./store/memory/store_error.ts";

export const syntaxError: ReplyError = new ReplyError("ERR syntax error");
export const notAnInteger: ReplyError = new ReplyError("ERR value is not an integer or out of range");
export const notAFloat: ReplyError = new ReplyError("ERR value is not a valid float");
export const outOfRange: ReplyError = new ReplyError("ERR value is out of range");
export const noSuchKey: ReplyError = new ReplyError("ERR no such key");
export const sameObject: ReplyError = new ReplyError("ERR source and destination objects are the same");
export const invalidDatabase: ReplyError = new ReplyError("ERR invalid DB index");
export const databaseOutOfRange: ReplyError = new ReplyError("ERR DB index is out of range");
export const stringTooLong: ReplyError = new ReplyError(
  "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
);
export const internalError: ReplyError = new ReplyError("ERR internal error");
export const busy: ReplyError = new ReplyError(
  "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
);
export const outOfMemory: ReplyError = new ReplyError(
  "OOM command not allowed when used memory > 'maxmemory'.",
);
export const noAuthentication: ReplyError = new ReplyError("NOAUTH Authentication required.");

/** @param command the name in lower case; of a subcommand `container|name` */
export function wrongArity(command: string): ReplyError {
  return new ReplyError(`ERR wrong number of arguments for '${command}' command`);
}

export function invalidExpire(command: string): ReplyError {
  return new ReplyError(`ERR invalid expire time in '${command}' command`);
}

/** A text as error texts repeat it: up to its first zero byte. */
export function shownInErrors(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
