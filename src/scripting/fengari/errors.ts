/**
 * Raising Lua errors, with Lua 5.1's texts. Texts here have one character a byte.
 */
import { toNumber } from "./conversions.ts";
import { calledName, isLuaCall, positionOf, registerName, where } from "./debug_info.ts";
import { ldo, lobject } from "./modules.ts";
import { stringOf } from "./strings.ts";
import {
  type LuaState,
  NUMBER,
  STATUS_RUNTIME_ERROR,
  STATUS_SYNTAX_ERROR,
  STRING,
  STRING_TYPE,
  type TValue,
  TYPE_MASK,
} from "./types.ts";

const TYPE_NAMES = [
  "nil",
  "boolean",
  "userdata",
  "number",
  "string",
  "table",
  "function",
  "userdata",
  "thread",
];

/** What `type` calls it. */
export function typeName(o: TValue): string {
  return TYPE_NAMES[o.type & TYPE_MASK]!;
}

function throwText(L: LuaState, message: string, status: number): never {
  L.stack[L.top++] = new lobject.TValue(STRING, stringOf(message));
  ldo.luaD_throw(L, status);
}

/** Raises the message as it is. */
export function raise(L: LuaState, message: string): never {
  throwText(L, message, STATUS_RUNTIME_ERROR);
}

export function raiseSyntaxError(L: LuaState, message: string): never {
  throwText(L, message, STATUS_SYNTAX_ERROR);
}

/** Raises an error of the VM: at the place where the running Lua function is; without one in a native function. */
export function runError(L: LuaState, message: string): never {
  raise(L, isLuaCall(L.ci) ? `${positionOf(L.ci)} ${message}` : message);
}

/** Raises an error of a native function: at the place of its caller. */
export function libraryError(L: LuaState, message: string): never {
  raise(L, where(L, 1) + message);
}

/** Raises the error of a wrong argument of the running native function. */
export function argumentError(L: LuaState, argument: number, reason: string): never {
  const called = calledName(L.ci);
  let position = argument;
  if (called?.kind === "method") {
    position--;
    if (position === 0) libraryError(L, `calling '${called.name}' on bad self (${reason})`);
  }
  libraryError(L, `bad argument #${position} to '${called?.name ?? "?"}' (${reason})`);
}

/** "attempt to <operation> a value of that type", with the name of the variable that holds it. */
export function typeError(L: LuaState, o: TValue, operation: string): never {
  const { ci } = L;
  if (isLuaCall(ci)) {
    for (let at = ci.l_base; at < ci.top; at++) {
      if (L.stack[at] !== o) continue;
      const variable = registerName(ci, at - ci.l_base);
      if (variable === undefined) break;
      runError(L, `attempt to ${operation} ${variable.kind} '${variable.name}' (a ${typeName(o)} value)`);
    }
  }
  runError(L, `attempt to ${operation} a ${typeName(o)} value`);
}

export function concatenateError(L: LuaState, a: TValue, b: TValue): never {
  const kind = a.type & TYPE_MASK;
  typeError(L, kind === STRING_TYPE || kind === NUMBER ? b : a, "concatenate");
}

export function arithmeticError(L: LuaState, a: TValue, b: TValue): never {
  typeError(L, toNumber(a) === undefined ? a : b, "perform arithmetic on");
}

export function compareError(L: LuaState, a: TValue, b: TValue): never {
  const [one, other] = [typeName(a), typeName(b)];
  // The original compares the third letters, which tell its types apart.
  if (one[2] === other[2]) runError(L, `attempt to compare two ${one} values`);
  runError(L, `attempt to compare ${one} with ${other}`);
}
