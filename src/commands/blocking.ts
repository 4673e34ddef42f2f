/**
 * Blocking, the same for every command that waits for keys: the timeout as an argument, and what to do when none of
 * the keys has anything yet.
 */
import type { Args } from "../args.ts";
import type { Context } from "../context.ts";
import { ReplyError } from "../errors.ts";
import { INT64_MAX } from "../store/int64.ts";
import { latin1, Slice } from "../sys/bytes.ts";
import type { Reply } from "../resp/reply.ts";

const notAFloatTimeout = new ReplyError("ERR timeout is not a float or out of range");
const negativeTimeout = new ReplyError("ERR timeout is negative");
const timeoutOutOfRange = new ReplyError("ERR timeout is out of range");

/**
 * The timeout at argument `i`: seconds, with a fraction.
 * @returns ms to wait, 0: for ever
 * @throws ReplyError when it is no number, negative or too large
 */
export function readTimeout(args: Args, i: number, now: number): number {
  const seconds = args.double(i, notAFloatTimeout);
  const ms = Math.ceil(seconds * 1000);
  if (ms > Number(INT64_MAX)) throw timeoutOutOfRange;
  if (ms < 0) throw negativeTimeout;
  if (ms + now > Number(INT64_MAX)) throw timeoutOutOfRange;
  return ms;
}

/**
 * Tries each key in order; when none has anything, lets the client wait for them, unless it must not (inside a
 * transaction): then it is answered as if the time were up.
 *
 * @param take takes what is asked for from a key and writes the reply; false when there is nothing. It is called again
 * for a key that has changed while the client waits; `isFirst` tells the first try, at which a key of another type
 * is an error, from those.
 * @param nothing writes the reply for when the time is up
 */
export function takeOrWait(
  context: Context,
  keys: readonly Uint8Array[],
  timeoutMs: number,
  take: (key: Slice, reply: Reply, isFirst: boolean) => boolean,
  nothing: (reply: Reply) => void,
): void {
  const { client, db } = context;
  const { reply } = client;
  for (const key of keys) if (take(new Slice(key), reply, true)) return;
  if (client.transaction !== undefined) return nothing(reply);
  const names = keys.map((key) => new Slice(key).text());
  client.wait(
    { database: db.id, keys: names, serve: (name) => take(new Slice(latin1(name)), reply, false) },
    timeoutMs,
    () => nothing(reply),
  );
}
