/** Arguments that several commands on bits have: offsets, ranges, units. */
import type { Args } from "../../args.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import { parseBigInt64, parseSafeInteger } from "../../store/numbers/int64.ts";

const badOffset = new ReplyError("ERR bit offset is not an integer or out of range");

/** `proto-max-bulk-len` is never less, so offsets below need not ask for it. */
const BULK_BYTES_MAX_LEAST = 1 << 20;

/**
 * Argument `i` as the position of a bit.
 * @param width bits of the field there, for offsets as `#2`, which count fields; 0: these are not understood
 * @throws ReplyError when it is none, or lies beyond `proto-max-bulk-len`
 */
export function bitOffset({ server }: Context, args: Args, i: number, width: number): number {
  const { bytes, start, end } = args.at(i);
  const countsFields = width > 0 && bytes[start] === 35 && end > start; // #
  const from = countsFields ? start + 1 : start;
  let offset = parseSafeInteger(bytes, from, end);
  if (countsFields) offset *= width;
  if (!Number.isSafeInteger(offset)) {
    const exact = parseBigInt64(bytes, from, end);
    if (exact === undefined) throw badOffset;
    // The reference multiplies within 64 bits, where a large number of fields comes round.
    offset = Number(countsFields ? BigInt.asIntN(64, exact * BigInt(width)) : exact);
  }
  if (offset < 0) throw badOffset;
  const byte = Math.floor(offset / 8);
  if (byte >= BULK_BYTES_MAX_LEAST && byte >= server.settings.number("proto-max-bulk-len")) throw badOffset;
  return offset;
}

/** Whether argument `i` says that a range counts bits, not bytes. @throws ReplyError when it says neither */
export function countsBits(args: Args, i: number): boolean {
  if (args.is(i, "bit")) return true;
  if (args.is(i, "byte")) return false;
  throw syntaxError;
}

/** A position, or how far it is from the end when it is negative, within 0 to `length`. */
export function placeFromEnd(position: number, length: number): number {
  return Math.min(Math.max(0, position < 0 ? length + position : position), length);
}

/** Whether argument `i` is more than argument `j`, exactly, over 64 bits. */
export function isMore(args: Args, i: number, j: number): boolean {
  const [a, b] = [args.integer(i), args.integer(j)];
  return a === b && !Number.isSafeInteger(a) ? args.bigInteger(i) > args.bigInteger(j) : a > b;
}
