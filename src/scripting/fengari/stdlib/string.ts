/**
 * The string library of Lua 5.1. Strings are bytes; positions count from 1 and, negative, from the end.
 */
import { NO_BYTES } from "../../../sys/bytes.ts";
import { copyOf, newBytes } from "../../short_bytes.ts";
import { needSlots, pushNil } from "../calls.ts";
import { argumentError, libraryError, typeName } from "../errors.ts";
import { dumpFunction } from "../dump.ts";
import { ByteBuffer } from "../lib/byte_buffer.ts";
import { fastMetamethod, INDEX } from "../metamethod_names.ts";
import { isFunction } from "../metamethods.ts";
import {
  argument,
  argumentCount,
  bytesOf,
  type Call,
  CALL_2_1,
  checkBytes,
  checkFunction,
  checkInt,
  checkInteger,
  isStringOrNumber,
  isTrue,
  optionalInt,
  optionalInteger,
  pushBytes,
  pushCopy,
  pushFunction,
  pushNumber,
  type Steps,
  steps,
} from "../native.ts";
import type { Table } from "../table.ts";
import {
  FUNCTION_TYPE,
  LUA_FUNCTION,
  type LuaClosure,
  type LuaState,
  NATIVE_FUNCTION,
  type NativeBody,
  NIL,
  NUMBER,
  STRING_TYPE,
  TABLE,
  type TValue,
  TYPE_MASK,
} from "../types.ts";
import { luaFormat } from "./format.ts";
import { findBytes, isDigitByte, isPlain, Matcher } from "./pattern.ts";

const PERCENT = 0x25;
const CARET = 0x5e;

/** A position that may count from the end, as one from the start; 0 before the start. */
function fromStart(position: number, length: number): number {
  const p = position < 0 ? position + length + 1 : position;
  return p >= 0 ? p : 0;
}

function luaLen(L: LuaState): number {
  pushNumber(L, checkBytes(L, 1).length);
  return 1;
}

function luaSub(L: LuaState): number {
  const bytes = checkBytes(L, 1);
  const start = Math.max(fromStart(checkInteger(L, 2), bytes.length), 1);
  const end = Math.min(fromStart(optionalInteger(L, 3, -1), bytes.length), bytes.length);
  pushBytes(L, start <= end ? copyOf(bytes, start - 1, end) : NO_BYTES);
  return 1;
}

function luaReverse(L: LuaState): number {
  pushBytes(L, checkBytes(L, 1).slice().reverse());
  return 1;
}

function luaLower(L: LuaState): number {
  return changeCase(L, 0x41, 0x20);
}

function luaUpper(L: LuaState): number {
  return changeCase(L, 0x61, -0x20);
}

/** Adds `by` to the 26 letters from `first` on. */
function changeCase(L: LuaState, first: number, by: number): number {
  const bytes = checkBytes(L, 1);
  const changed = newBytes(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    changed[i] = byte >= first && byte < first + 26 ? byte + by : byte;
  }
  pushBytes(L, changed);
  return 1;
}

function luaRep(L: LuaState): number {
  const bytes = checkBytes(L, 1);
  const count = checkInt(L, 2);
  const total = count > 0 ? bytes.length * count : 0;
  const result = newBytes(total);
  if (total > 0) result.set(bytes);
  for (let done = bytes.length; done < total; done *= 2) {
    result.copyWithin(done, 0, Math.min(done, total - done));
  }
  pushBytes(L, result);
  return 1;
}

function luaByte(L: LuaState): number {
  const bytes = checkBytes(L, 1);
  const first = fromStart(optionalInteger(L, 2, 1), bytes.length);
  const last = Math.min(fromStart(optionalInteger(L, 3, first), bytes.length), bytes.length);
  const start = Math.max(first, 1);
  if (start > last) return 0;
  needSlots(L, last - start + 1, "string slice too long");
  for (let at = start; at <= last; at++) pushNumber(L, bytes[at - 1]!);
  return last - start + 1;
}

function luaChar(L: LuaState): number {
  const count = argumentCount(L);
  const bytes = newBytes(count);
  for (let i = 1; i <= count; i++) {
    const code = checkInt(L, i);
    if ((code & 0xff) !== code) argumentError(L, i, "invalid value");
    bytes[i - 1] = code;
  }
  pushBytes(L, bytes);
  return 1;
}

function luaDump(L: LuaState): number {
  const o = checkFunction(L, 1);
  if (o.type !== LUA_FUNCTION) libraryError(L, "unable to dump given function");
  pushBytes(L, dumpFunction((o.value as LuaClosure).p));
  return 1;
}

function pushCapture(L: LuaState, matcher: Matcher, n: number, start: number, end: number): void {
  const capture = matcher.capture(n, start, end);
  if (typeof capture === "number") pushNumber(L, capture);
  else pushBytes(L, capture);
}

function pushCaptures(L: LuaState, matcher: Matcher, count: number, start: number, end: number): number {
  needSlots(L, count, "too many captures");
  for (let n = 0; n < count; n++) pushCapture(L, matcher, n, start, end);
  return count;
}

function findOrMatch(L: LuaState, find: boolean): number {
  const source = checkBytes(L, 1);
  const pattern = checkBytes(L, 2);
  const init = Math.min(Math.max(fromStart(optionalInteger(L, 3, 1), source.length) - 1, 0), source.length);
  if (find && (isTrue(argument(L, 4)) || isPlain(pattern))) {
    const at = findBytes(source, pattern, init);
    if (at < 0) {
      pushNil(L);
      return 1;
    }
    pushNumber(L, at + 1);
    pushNumber(L, at + pattern.length);
    return 2;
  }
  const anchor = pattern[0] === CARET;
  const matcher = new Matcher(L, source, pattern);
  for (let start = init; start <= source.length; start++) {
    const end = matcher.match(start, anchor ? 1 : 0);
    if (end >= 0) {
      if (!find) return pushCaptures(L, matcher, matcher.captureCount, start, end);
      pushNumber(L, start + 1);
      pushNumber(L, end);
      return pushCaptures(L, matcher, matcher.level, start, end) + 2;
    }
    if (anchor) break;
  }
  pushNil(L);
  return 1;
}

function luaFind(L: LuaState): number {
  return findOrMatch(L, true);
}

function luaMatch(L: LuaState): number {
  return findOrMatch(L, false);
}

function luaGmatch(L: LuaState): number {
  const source = checkBytes(L, 1);
  const pattern = checkBytes(L, 2);
  let at = 0;
  pushFunction(L, NATIVE_FUNCTION, (L: LuaState): number => {
    const matcher = new Matcher(L, source, pattern);
    for (let start = at; start <= source.length; start++) {
      const end = matcher.match(start, 0);
      if (end < 0) continue;
      at = end === start ? end + 1 : end;
      return pushCaptures(L, matcher, matcher.captureCount, start, end);
    }
    return 0;
  });
  return 1;
}

/** Adds the replacement string, with `%1` and the like put in. */
function addReplacement(
  out: ByteBuffer,
  matcher: Matcher,
  text: Uint8Array,
  start: number,
  end: number,
): void {
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c !== PERCENT) {
      out.byte(c);
      continue;
    }
    const next = text[++i] ?? 0;
    if (!isDigitByte(next)) {
      out.byte(next);
    } else if (next === 0x30) {
      out.bytes(matcher.source.subarray(start, end));
    } else {
      const capture = matcher.capture(next - 0x31, start, end);
      if (typeof capture === "number") out.text(String(capture));
      else out.bytes(capture);
    }
  }
}

/** Leaves the replacement by a function or a table on top. */
function* replacement(
  L: LuaState,
  matcher: Matcher,
  by: TValue,
  start: number,
  end: number,
): Generator<Call, void, void> {
  if (by.type !== TABLE) {
    pushCopy(L, by);
    const args = pushCaptures(L, matcher, matcher.captureCount, start, end);
    yield { args, results: 1 };
    return;
  }
  pushCapture(L, matcher, 0, start, end);
  yield* indexTop(L, by);
}

/** Replaces the key on top by the value that `t` has for it. */
function* indexTop(L: LuaState, t: TValue): Generator<Call, void, void> {
  const key = L.stack[L.top - 1]!;
  let from = t;
  while (from.type === TABLE) {
    const table = from.value as Table;
    const found = table.get(key);
    const metamethod = found.type === NIL ? fastMetamethod(L, table.metatable, INDEX) : null;
    if (metamethod === null) {
      key.type = found.type;
      key.value = found.value;
      return;
    }
    if (isFunction(metamethod)) {
      pushCopy(L, from);
      pushCopy(L, key);
      key.type = metamethod.type;
      key.value = metamethod.value;
      yield CALL_2_1;
      return;
    }
    from = metamethod;
  }
  libraryError(L, `attempt to index a ${typeName(from)} value`);
}

function* luaGsub(L: LuaState): Steps {
  const source = checkBytes(L, 1);
  const pattern = checkBytes(L, 2);
  const by = argument(L, 3);
  const kind = by.type & TYPE_MASK;
  const most = optionalInt(L, 4, source.length + 1);
  if (kind !== NUMBER && kind !== STRING_TYPE && kind !== FUNCTION_TYPE && kind !== TABLE) {
    argumentError(L, 3, "string/function/table expected");
  }
  const text = isStringOrNumber(by) ? bytesOf(by) : undefined;
  const anchor = pattern[0] === CARET;
  const matcher = new Matcher(L, source, pattern);
  const out = new ByteBuffer();
  let at = 0;
  let count = 0;
  while (count < most) {
    const end = matcher.match(at, anchor ? 1 : 0);
    if (end >= 0) {
      count++;
      if (text !== undefined) {
        addReplacement(out, matcher, text, at, end);
      } else {
        yield* replacement(L, matcher, argument(L, 3), at, end);
        addResult(L, out, source, at, end);
      }
    }
    if (end > at) at = end;
    else if (at < source.length) out.byte(source[at++]!);
    else break;
    if (anchor) break;
  }
  out.bytes(source.subarray(at));
  pushBytes(L, out.copy());
  pushNumber(L, count);
  return 2;
}

/** Adds what is on top, and takes it away; the match itself for nil and false. */
function addResult(L: LuaState, out: ByteBuffer, source: Uint8Array, start: number, end: number): void {
  const result = L.stack[L.top - 1]!;
  if (!isTrue(result)) out.bytes(source.subarray(start, end));
  else if (isStringOrNumber(result)) out.bytes(bytesOf(result));
  else libraryError(L, `invalid replacement value (a ${typeName(result)})`);
  L.top--;
}

export const STRING_LIBRARY: Readonly<Record<string, NativeBody>> = {
  byte: luaByte,
  char: luaChar,
  dump: luaDump,
  find: luaFind,
  format: luaFormat,
  gfind: luaGmatch,
  gmatch: luaGmatch,
  gsub: steps(luaGsub),
  len: luaLen,
  lower: luaLower,
  match: luaMatch,
  rep: luaRep,
  reverse: luaReverse,
  sub: luaSub,
  upper: luaUpper,
};
