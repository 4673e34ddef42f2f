/**
 * fengari's internal structures, with types: fengari itself has none.
 *
 * A stack slot, a table slot and an upvalue are all a `TValue`, a box that is written in place. `type` is one of the
 * tags below. Invariants this folder adds to fengari's:
 * - a number is always a double with the tag `NUMBER`; the former integer tag marks the one thing a JS number cannot
 *   say, a NaN whose sign is plus (`POSITIVE_NAN`, see arithmetic.ts);
 * - a slot of a stack above its `top` may hold a stale box, which is free to be used again, or none.
 */
import type { RandomState } from "./stdlib/math.ts";
import type { Table } from "./table.ts";

export const NIL = 0;
export const BOOLEAN = 1;
export const LIGHT_USERDATA = 2;
export const NUMBER = 3;
export const SHORT_STRING = 4;
export const TABLE = 5;
export const LUA_FUNCTION = 6;
export const USERDATA = 7;
export const THREAD = 8;
export const POSITIVE_NAN = 19;
/** The tag of every string that the VM makes. */
export const STRING = 20;
/** A native function without upvalues. */
export const NATIVE_FUNCTION = 22;
/** A native function with upvalues. */
export const NATIVE_CLOSURE = 38;
/** Takes the variant out of a tag, which leaves the type that `type()` names. */
export const TYPE_MASK = 0x0f;
export const FUNCTION_TYPE = 6;
export const STRING_TYPE = 4;

export const STATUS_OK = 0;
export const STATUS_YIELD = 1;
export const STATUS_RUNTIME_ERROR = 2;
export const STATUS_SYNTAX_ERROR = 3;
export const STATUS_MEMORY_ERROR = 4;
export const STATUS_ERROR_IN_ERROR = 6;

export const MULTIPLE_RESULTS = -1;

/** Bits of `CallInfo.callstatus`. */
export const CALL_IS_LUA = 1 << 1;
export const CALL_IS_FRESH = 1 << 3;
export const CALL_IS_PCALL = 1 << 4;
/** The Lua function waits for a metamethod or iterator: 5.1 lets nobody yield through it. */
export const CALL_IN_METAMETHOD = 1 << 12;
/** The call is one of `LuaState.nCcalls`. */
export const CALL_IS_COUNTED = 1 << 13;

export interface TValue {
  type: number;
  value: unknown;
}

export interface TString {
  /** Lua 5.1's hash of the bytes, or null while nobody asked. */
  hash: number | null;
  readonly realstring: Uint8Array;
}

export interface LocalVariable {
  readonly name: TString;
  startPc: number;
  endPc: number;
}

/** A compiled function: Lua 5.1's instructions (see opcodes.ts). */
export interface Proto {
  readonly id: number;
  /** What is executed: `original`, or with traps in it (line_traps.ts). */
  code: Int32Array;
  /** The instructions themselves. */
  original: Int32Array;
  lineinfo: Int32Array;
  k: TValue[];
  p: Proto[];
  locals: LocalVariable[];
  upvalueNames: TString[];
  numparams: number;
  /** Bits VARARG_* of opcodes.ts. */
  variadic: number;
  maxstacksize: number;
  linedefined: number;
  lastlinedefined: number;
  source: TString;
}

export interface LuaClosure {
  readonly id: number;
  p: Proto;
  nupvalues: number;
  upvals: TValue[];
}

export interface NativeClosure {
  readonly id: number;
  f: NativeBody;
  nupvalues: number;
  upvalue: TValue[];
}

export interface Userdata {
  readonly id: number;
  metatable: Table | null;
}

export type NativeBody = (L: LuaState) => number;
/** What runs instead of the rest of a native function whose callee was suspended. */
export type Continuation = (L: LuaState, status: number, context: unknown) => number;

export interface CallInfo {
  func: TValue;
  funcOff: number;
  top: number;
  previous: CallInfo;
  next: CallInfo | null;
  l_base: number;
  l_code: Int32Array | null;
  l_savedpc: number;
  c_k: Continuation | null;
  c_old_errfunc: number;
  c_ctx: unknown;
  nresults: number;
  callstatus: number;
  extra: number;
  /** Calls below this one, the base being 0; constant for the object. */
  depth: number;
  /** Tail calls that replaced the function of this call. */
  tailcalls: number;
  /** `nCcalls` when this native function began a protected call. */
  nativeCalls: number;
  /** Where the function met a trap last, and whether it was suspended there (line_traps.ts). */
  trappedPc: number;
  isAtLine: boolean;
}

export interface GlobalState {
  id_counter: number;
  mainthread: LuaState;
  l_registry: TValue;
  /** The table of globals, which no script can replace. */
  globals: TValue;
  /** The thread that a script itself runs in: to the script it is no coroutine. */
  scriptThread: LuaState | undefined;
  tmname: TString[];
  mt: (Table | null | undefined)[];
  atnativeerror: NativeBody | null;
  /** Where `math.random` stands; absent until it is used. */
  random?: RandomState;
}

export interface LuaState {
  readonly id: number;
  readonly base_ci: CallInfo;
  top: number;
  stack_last: number;
  readonly l_G: GlobalState;
  stack: TValue[];
  ci: CallInfo;
  /** Calls that are native or wait for a native function, a metamethod or an iterator. */
  nCcalls: number;
  /** `nCcalls` when the engine suspended the thread; 0 when it did not. */
  suspendedCalls: number;
  nny: number;
  status: number;
  errfunc: number;
}
