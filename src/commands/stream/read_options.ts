/** The arguments that XREAD and XREADGROUP have in common. */
import type { Args } from "../../args.ts";
import type { Client } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";

const unbalanced = new ReplyError(
  "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
);
const notATimeout = new ReplyError("ERR timeout is not an integer or out of range");
const negativeTimeout = new ReplyError("ERR timeout is negative");
const missingGroup = new ReplyError("ERR Missing GROUP option for XREADGROUP");

export interface ReadOptions {
  /** At most so many entries of each stream; 0: all. */
  readonly count: number;
  /** Ms to wait, 0: for ever; -1: not at all. */
  readonly timeoutMs: number;
  /** The argument with the first key, and the number of keys; an id for each of them follows behind the last. */
  readonly firstKey: number;
  readonly streams: number;
  /** The argument that names the group, before the one that names the consumer; 0 without a group. */
  readonly group: number;
  readonly noAck: boolean;
}

function onlyForGroups(option: string): ReplyError {
  return new ReplyError(
    `ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`,
  );
}

/** @throws ReplyError in the reference's order: each option as it comes, the number of ids, whether something is missing */
export function readReadOptions(args: Args, client: Client, isForGroup: boolean): ReadOptions {
  let count = 0;
  let timeoutMs = -1;
  let group = 0;
  let noAck = false;
  let firstKey = 0;
  const last = args.count - 1;
  for (let i = 1; i <= last && firstKey === 0; i++) {
    if (args.is(i, "block") && i < last) {
      if (client.isScript === true) {
        throw new ReplyError(`ERR ${args.shown(0)} command is not allowed with BLOCK option from scripts`);
      }
      timeoutMs = args.integer(++i, notATimeout);
      if (timeoutMs < 0) throw negativeTimeout;
    } else if (args.is(i, "count") && i < last) {
      count = Math.max(0, args.integer(++i));
    } else if (args.is(i, "streams") && i < last) {
      firstKey = i + 1;
      if ((args.count - firstKey) % 2 !== 0) throw unbalanced;
    } else if (args.is(i, "group") && i + 1 < last) {
      if (!isForGroup) throw onlyForGroups("GROUP");
      group = i + 1;
      i += 2;
    } else if (args.is(i, "noack")) {
      if (!isForGroup) throw onlyForGroups("NOACK");
      noAck = true;
    } else {
      throw syntaxError;
    }
  }
  if (firstKey === 0) throw syntaxError;
  if (isForGroup && group === 0) throw missingGroup;
  return { count, timeoutMs, firstKey, streams: (args.count - firstKey) / 2, group, noAck };
}
