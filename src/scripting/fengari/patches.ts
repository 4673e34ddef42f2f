/**
 * Puts this folder's functions in the places of fengari's. Importing this module does it, once per process; it must
 * be imported before `fengari` itself, whose API module copies the functions that it exports.
 */
import {
  adjustTop,
  call,
  callWithoutYield,
  copyValue,
  extendCalls,
  postCall,
  preCall,
  pushSlot,
  setInterpreter,
} from "./calls.ts";
import { isNumber, setNumber, toNumber, toStringInPlace } from "./conversions.ts";
import { callAtLevel, calledName, currentLine, isLuaCall, sourceOf } from "./debug_info.ts";
import { raiseSyntaxError, runError, typeError } from "./errors.ts";
import { LuaSyntaxError } from "./lexer.ts";
import { numberOfString } from "../c_numbers.ts";
import {
  concatenate,
  equal,
  index,
  length,
  lessOrEqual,
  lessThan,
  rawEqual,
  setIndex,
  writableSlot,
} from "./metamethods.ts";
import { lapi, ldebug, ldo, lobject, lparser, lstate, lstring, ltable, lvm } from "./modules.ts";
import { compile } from "./parser.ts";
import { CHUNK_NAME_BYTES, chunkName, latin1, latin1Text, stringHash } from "./strings.ts";
import { ABSENT, Table } from "./table.ts";
import { callBody, protectedCall, resume, runProtected, throwStatus, yieldFrom } from "./threads.ts";
import {
  type CallInfo,
  type Continuation,
  type LuaState,
  NIL,
  TABLE,
  type TString,
  type TValue,
  USERDATA,
  type Userdata,
} from "./types.ts";
import { finishInstruction } from "./instructions.ts";
import { execute } from "./vm.ts";

setInterpreter(execute);

function makeClosure(L: LuaState, source: Uint8Array, chunk: Uint8Array): TValue["value"] {
  const closure = new lobject.LClosure(L, 0);
  closure.p = compile(source, chunk, L.nCcalls);
  return closure;
}

/** The bytes of an open interval of fengari's input stream. */
interface Input {
  zgetc(): number;
}

function readAll(input: Input, first: number): Uint8Array {
  const bytes: number[] = [];
  for (let byte = first; byte !== -1; byte = input.zgetc()) bytes.push(byte);
  return Uint8Array.from(bytes);
}

/** The slot of an index of the API, which for a positive one counts from the function. */
function slotAt(L: LuaState, index: number): TValue {
  const at = index > 0 ? L.ci.funcOff + index : L.top + index;
  if (index < -L.top) return L.l_G.l_registry;
  return at < L.top ? L.stack[at]! : ABSENT;
}

function tableAt(L: LuaState, index: number): Table {
  return slotAt(L, index).value as Table;
}

Object.assign(lobject.TValue.prototype, { ttisinteger: () => false });

Object.assign(lobject, {
  luaO_nilobject: new lobject.TValue(NIL, null),
  luaO_tostring: (_L: LuaState, o: TValue) => toStringInPlace(o),
  luaO_str2num(bytes: Uint8Array, o: TValue): number {
    const value = numberOfString(bytes);
    if (value === undefined) return 0;
    setNumber(o, value);
    return bytes.length + 1;
  },
  luaO_chunkid: (source: Uint8Array) => latin1(chunkName(source, CHUNK_NAME_BYTES)),
});

Object.assign(lstate, { luaE_extendCI: extendCalls });
Object.assign(lstring, { luaS_hashlongstr: stringHash });

Object.assign(ltable, {
  Table,
  invalidateTMcache(table: Table): void {
    table.flags = 0;
  },
  luaH_new: () => new Table(),
  luaH_get: (_L: LuaState, table: Table, key: TValue) => table.get(key),
  luaH_getint: (table: Table, key: number) => table.getNumber(key),
  luaH_getstr: (table: Table, key: TString) => table.getString(key),
  luaH_getn: (table: Table) => table.length(),
  luaH_setint: (table: Table, key: number, value: TValue) => copyValue(value, table.numberSlot(key)),
  luaH_setfrom: (L: LuaState, table: Table, key: TValue, value: TValue) =>
    copyValue(value, writableSlot(L, table, key)),
  luaH_next(L: LuaState, table: Table, at: number): boolean {
    const key = L.stack[at]!;
    const value = L.stack[at + 1] ??= new lobject.TValue(NIL, null);
    const found = table.next(key, key, value);
    if (found === "invalid") runError(L, "invalid key to 'next'");
    return found === "found";
  },
});

Object.assign(lvm, {
  cvt2str: isNumber,
  luaV_concat: concatenate,
  luaV_equalobj: (L: LuaState | null, a: TValue, b: TValue) =>
    (L === null ? rawEqual(a, b) : equal(L, a, b)) ? 1 : 0,
  luaV_execute: execute,
  luaV_finishOp: finishInstruction,
  luaV_gettable: index,
  luaV_lessequal: (L: LuaState, a: TValue, b: TValue) => lessOrEqual(L, a, b) ? 1 : 0,
  luaV_lessthan: (L: LuaState, a: TValue, b: TValue) => lessThan(L, a, b) ? 1 : 0,
  luaV_objlen(L: LuaState, to: TValue, o: TValue): void {
    pushSlot(L);
    length(L, o, L.top - 1);
    copyValue(L.stack[--L.top]!, to);
  },
  luaV_tointeger: toInteger,
  settable: setIndex,
  tointeger: toInteger,
  tonumber: (o: TValue) => toNumber(o) ?? false,
});

function toInteger(o: TValue): number | false {
  const value = toNumber(o);
  return value === undefined ? false : Math.trunc(value);
}

Object.assign(ldebug, {
  luaG_runerror: (L: LuaState, message: Uint8Array) => runError(L, latin1Text(message)),
  luaG_typeerror: (L: LuaState, o: TValue, operation: Uint8Array) => typeError(L, o, latin1Text(operation)),
  luaG_errormsg: (L: LuaState) => throwStatus(L, 2),
  lua_getstack(L: LuaState, level: number, into: { i_ci: CallInfo | "tail" }): number {
    const ci = callAtLevel(L, level);
    if (ci === undefined) return 0;
    into.i_ci = ci;
    return 1;
  },
  lua_getinfo(_L: LuaState, _what: Uint8Array, into: Record<string, unknown>): number {
    const ci = into.i_ci as CallInfo | "tail";
    const called = ci === "tail" ? undefined : calledName(ci);
    const isLua = ci !== "tail" && isLuaCall(ci);
    const source = ci === "tail" ? "=(tail call)" : isLua ? sourceOf(ci) : "=[C]";
    Object.assign(into, {
      name: called === undefined ? null : latin1(called.name),
      namewhat: latin1(called?.kind ?? ""),
      what: latin1(ci === "tail" ? "tail" : isLua ? "Lua" : "C"),
      source: latin1(source),
      short_src: latin1(chunkName(latin1(source), CHUNK_NAME_BYTES)),
      currentline: isLua ? currentLine(ci) : -1,
    });
    return 1;
  },
});

Object.assign(ldo, {
  adjust_top: adjustTop,
  luaD_call: call,
  luaD_callnoyield: callWithoutYield,
  luaD_inctop: pushSlot,
  luaD_pcall(
    L: LuaState,
    body: (L: LuaState, argument: { funcOff: number; nresults: number }) => void,
    argument: { funcOff?: number; nresults?: number },
    top: number,
  ): number {
    if (argument?.funcOff !== undefined) {
      return protectedCall(L, callBody, { at: argument.funcOff, results: argument.nresults! }, top);
    }
    return protectedCall(L, body, argument as { funcOff: number; nresults: number }, top);
  },
  luaD_poscall: postCall,
  luaD_precall: preCall,
  luaD_rawrunprotected: runProtected,
  luaD_throw: throwStatus,
  luaD_protectedparser(L: LuaState, input: Input, chunk: Uint8Array): number {
    const source = readAll(input, input.zgetc());
    return protectedCall(
      L,
      () => {
        try {
          const closure = makeClosure(L, source, chunk);
          const slot = pushSlot(L);
          slot.type = 6;
          slot.value = closure;
        } catch (error) {
          if (error instanceof LuaSyntaxError) raiseSyntaxError(L, error.message);
          throw error;
        }
      },
      undefined,
      L.top,
    );
  },
  lua_resume: resume,
  lua_yieldk: (L: LuaState, results: number, context: unknown, k: Continuation | null) =>
    yieldFrom(L, results, context, k),
});

Object.assign(lparser, {
  luaY_parser: (
    L: LuaState,
    input: Input,
    _buffer: unknown,
    _data: unknown,
    chunk: Uint8Array,
    first: number,
  ) => makeClosure(L, readAll(input, first), chunk),
});

Object.assign(lapi, {
  lua_createtable(L: LuaState, items: number, fields: number): void {
    const slot = pushSlot(L);
    slot.type = TABLE;
    slot.value = new Table(items, fields);
  },
  lua_rawset(L: LuaState, at: number): void {
    const [key, value] = [L.stack[L.top - 2]!, L.stack[L.top - 1]!];
    copyValue(value, writableSlot(L, tableAt(L, at), key));
    L.top -= 2;
  },
  lua_rawseti(L: LuaState, at: number, key: number): void {
    const table = tableAt(L, at);
    if (table.readonly) runError(L, "Attempt to modify a readonly table");
    copyValue(L.stack[L.top - 1]!, table.numberSlot(key));
    L.top--;
  },
  lua_setmetatable(L: LuaState, at: number): boolean {
    const metatable = L.stack[L.top - 1]!;
    const value = metatable.type === NIL ? null : metatable.value as Table;
    setMetatable(L, slotAt(L, at), value);
    L.top--;
    return true;
  },
});

/** Gives a value a metatable: a table or userdata its own, any other type one for all of its values. */
export function setMetatable(L: LuaState, o: TValue, metatable: Table | null): void {
  if (o.type === TABLE) {
    const table = o.value as Table;
    if (table.readonly) runError(L, "Attempt to modify a readonly table");
    table.metatable = metatable;
  } else if (o.type === USERDATA) {
    (o.value as Userdata).metatable = metatable;
  } else {
    L.l_G.mt[o.type & 15] = metatable;
  }
}
