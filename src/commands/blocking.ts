/**
 * Blocking, the same for every command that waits for keys: the timeout as an argument, and what to do when none of
 * the keys has anything yet.
 */
import type { Args } from "../args.ts";
import type { Context } from "../context.ts";
import { ReplyError } from "../errors.ts";
import type { Ref } from "../store/memory/arena.ts";
import type { Database } from "../store/database.ts";
import { formatLongDouble, isFiniteLongDouble, parseLongDoubleBytes } from "../store/numbers/long_double.ts";
import { latin1, latin1Text, Slice } from "../sys/bytes.ts";
import type { Reply } from "../resp/reply.ts";

const notATimeout = new ReplyError("ERR timeout is not a float or out of range");
const negativeTimeout = new ReplyError("ERR timeout is negative");

/**
 * The timeout at argument `i`: seconds, with a fraction.
 * @returns ms to wait, 0: for ever
 * @throws ReplyError when it is no number, or negative; as the reference sees it, more than 2^63 ms are negative, too
 */
export function readTimeout(args: Args, i: number): number {
  const { bytes, start, end } = args.at(i);
  const exact = parseLongDoubleBytes(bytes, start, end);
  if (exact === undefined) throw notATimeout;
  const ms = isFiniteLongDouble(exact) ? Math.ceil(Number(formatLongDouble(exact)) * 1000) : Infinity;
  if (ms < 0 || ms >= 2 ** 63) throw negativeTimeout;
  return ms;
}

/**
 * The entry of a key from which something is to be taken, or 0.
 * @param isFirst whether another type is an error: at the first try, not when the key has changed while a client waits
 */
export function findForTaking(db: Database, key: Slice, type: number, isFirst: boolean): Ref {
  if (isFirst) return db.writeTyped(key, type);
  const ref = db.write(key);
  return ref !== 0 && db.typeOf(ref) === type ? ref : 0;
}

/**
 * Tries each key in order; when none has anything, lets the client wait for them, unless it must not (inside a
 * transaction).
 *
 * @param keys copies of the keys' bytes
 * @param take takes what is asked for from a key and writes the reply; false when there is nothing. It is called again
 * for a key that has changed while the client waits; `isFirst` tells the first try, at which a key of another type
 * is an error, from those.
 * @param nothing writes the reply where the client must not wait
 */
export function takeOrWait(
  context: Context,
  keys: readonly Uint8Array[],
  timeoutMs: number,
  take: (key: Slice, isFirst: boolean) => boolean,
  nothing: (reply: Reply) => void,
): void {
  const { client, db } = context;
  for (const key of keys) if (take(new Slice(key), true)) return;
  if (client.transaction !== undefined) return nothing(client.reply);
  const names = keys.map((key) => latin1Text(key));
  client.wait(
    { database: db.id, keys: names, serve: (name) => take(new Slice(latin1(name)), false) },
    timeoutMs,
    () => client.reply.nilArray(),
  );
}

/**
 * Gives from the first of some keys that has anything, or lets the client wait for them: what the commands that pop have in
 * common.
 * @param first the argument with the first key @param count how many keys there are
 * @param give removes what is asked for from a key of the type, and writes the reply; `isFirst` as in {@link takeOrWait}
 */
export function popOrWait(
  context: Context,
  args: Args,
  first: number,
  count: number,
  timeoutMs: number,
  type: number,
  give: (name: Slice, ref: Ref, isFirst: boolean) => void,
): void {
  const keys: Uint8Array[] = [];
  for (let i = 0; i < count; i++) keys.push(args.at(first + i).copy());
  const take = (name: Slice, isFirst: boolean) => {
    const ref = findForTaking(context.db, name, type, isFirst);
    if (ref !== 0) give(name, ref, isFirst);
    return ref !== 0;
  };
  takeOrWait(context, keys, timeoutMs, take, (reply) => reply.nilArray());
}
