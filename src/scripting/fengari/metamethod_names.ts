/**
 * Finding metamethods. That a metatable lacks one of the frequent ones is remembered in its `flags`.
 */
import { ABSENT, type Table } from "./table.ts";
import {
  type LuaState,
  NIL,
  TABLE,
  type TString,
  type TValue,
  TYPE_MASK,
  USERDATA,
  type Userdata,
} from "./types.ts";

/** Events, by their places in fengari's table of names. */
export const INDEX = 0;
export const NEWINDEX = 1;
export const LEN = 4;
export const EQ = 5;
export const ADD = 6;
export const SUB = 7;
export const MUL = 8;
export const MOD = 9;
export const POW = 10;
export const DIV = 11;
export const UNM = 18;
export const LT = 20;
export const LE = 21;
export const CONCAT = 22;
export const CALL = 23;

/** The metatable of a value, or null. */
export function metatableOf(L: LuaState, o: TValue): Table | null {
  if (o.type === TABLE) return (o.value as Table).metatable;
  if (o.type === USERDATA) return (o.value as Userdata).metatable;
  return L.l_G.mt[o.type & TYPE_MASK] ?? null;
}

/** The metamethod of a value for an event, or a nil. */
export function metamethodOf(L: LuaState, o: TValue, event: number): TValue {
  const metatable = metatableOf(L, o);
  return metatable === null ? ABSENT : metatable.getString(L.l_G.tmname[event]!);
}

/** The metamethod that a metatable has for one of the events up to EQ, or null. */
export function fastMetamethod(L: LuaState, metatable: Table | null, event: number): TValue | null {
  if (metatable === null || (metatable.flags & (1 << event)) !== 0) return null;
  const found = metatable.getString(L.l_G.tmname[event]!);
  if (found.type !== NIL) return found;
  metatable.flags |= 1 << event;
  return null;
}

/** The metamethod by its name, for `__tostring`, `__metatable` and the like. */
export function metafield(L: LuaState, o: TValue, name: TString): TValue {
  return metatableOf(L, o)?.getString(name) ?? ABSENT;
}
