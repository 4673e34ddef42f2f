/** The errors that the keyspace itself finds. */
import { ReplyError } from "../../resp/reply_error.ts";

export const wrongType: ReplyError = new ReplyError(
  "WRONGTYPE Operation against a key holding the wrong kind of value",
);
/** The one length that is bounded more tightly here than in the reference: a key lies in one block of the arena. */
export const keyTooLong: ReplyError = new ReplyError("ERR key exceeds the maximum of 16000000 bytes");
/** As for keys: an element of a large hash or set lies in one block, except a field's value, which has no such bound. */
export const elementTooLong: ReplyError = new ReplyError("ERR element exceeds the maximum of 16000000 bytes");
