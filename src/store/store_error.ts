/** The errors that the keyspace itself finds. */
import { ReplyError } from "../resp/reply_error.ts";

export const wrongType: ReplyError = new ReplyError(
  "WRONGTYPE Operation against a key holding the wrong kind of value",
);
/** The one length that is bounded more tightly here than in the reference: a key lies in one block of the arena. */
export const keyTooLong: ReplyError = new ReplyError("ERR key exceeds the maximum of 16000000 bytes");
