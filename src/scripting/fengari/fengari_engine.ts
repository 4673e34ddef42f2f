/**
 * Lua 5.1 as the reference runs it, on fengari.
 *
 * A script runs in a thread of its own, so that it can be suspended wherever it is. The thread, the globals and the
 * compiled function are used again by the next script; a thread that failed, was abandoned, or grew large is replaced.
 */
import "./patches.ts";
import {
  type DebuggableEngine,
  type EngineOptions,
  type NativeLibrary,
  type Script,
  ScriptCompileError,
  type ScriptEngine,
  type ScriptFrame,
  type ScriptOutcome,
  type ScriptPosition,
  type ScriptStack,
} from "../engine.ts";
import { adjustTop, pushNil } from "./calls.ts";
import { calledName, isLuaCall, luaCalls, namesOfLocals, nextLine, sourceOf } from "./debug_info.ts";
import { LuaSyntaxError } from "./lexer.ts";
import { openLibraries, positionAt, protectGlobals, setField } from "./libraries.ts";
import { setTraps } from "./line_traps.ts";
import { lobject, lstate } from "./modules.ts";
import { pushCopy, pushFunction } from "./native.ts";
import { compile } from "./parser.ts";
import { FengariStack, nativeBody } from "./stack.ts";
import { latin1, nameString, newString, stringOf } from "./strings.ts";
import { ABSENT, Table } from "./table.ts";
import { resume } from "./threads.ts";
import { startTurn, turn } from "./turn.ts";
import {
  type CallInfo,
  LUA_FUNCTION,
  type LuaClosure,
  type LuaState,
  NATIVE_FUNCTION,
  NIL,
  NUMBER,
  STATUS_OK,
  STATUS_YIELD,
  STRING,
  TABLE,
  type TString,
  type TValue,
} from "./types.ts";

/** fengari's own list of the tables that every state has: 2 is that of the globals. */
const REGISTRY_GLOBALS = 2;

/** A thread with more slots than this is not kept. */
const KEPT_STACK_SLOTS = 64;

class FengariScript implements Script {
  readonly engine: ScriptEngine;
  readonly closure: LuaClosure;

  constructor(engine: ScriptEngine, closure: LuaClosure) {
    this.engine = engine;
    this.closure = closure;
  }
}

/**
 * An array as it would be after its items were stored one by one: the last script's, if that has left it as it was made.
 * A string whose bytes are the last script's stays the same string.
 */
function listOf(strings: readonly Uint8Array[], last: unknown): Table {
  const count = strings.length;
  const size = count <= 1 ? count : 2 ** (32 - Math.clz32(count - 1));
  const table = last instanceof Table && last.isPlainArray(size) ? last : new Table(size);
  for (let i = 0; i < size; i++) {
    const bytes = strings[i];
    const slot = table.numberSlot(i + 1);
    if (bytes === undefined) {
      slot.type = NIL;
      slot.value = null;
    } else if (slot.type !== STRING || (slot.value as TString).realstring !== bytes) {
      slot.type = STRING;
      slot.value = newString(bytes);
    }
  }
  return table;
}

export class FengariEngine implements DebuggableEngine {
  readonly stack = new FengariStack();
  readonly #main: LuaState;
  readonly #options: EngineOptions;
  readonly #keys: TValue;
  readonly #args: TValue;
  #thread: LuaState | undefined;
  #failedAt: ScriptPosition | undefined;
  /** The thread that was suspended last: the script's own, or a coroutine of it. */
  #suspendedIn: LuaState | undefined;
  #inspected: LuaState | undefined;
  readonly #inspection = new FengariStack();

  constructor(options: EngineOptions) {
    this.#options = options;
    const L = lstate.lua_newstate();
    this.#main = L;
    L.l_G.globals = (L.l_G.l_registry.value as Table).getNumber(REGISTRY_GLOBALS);
    // The same objects as the names in scripts, so that looking for them compares references.
    L.l_G.tmname = L.l_G.tmname.map((name) => nameString(String.fromCharCode(...name.realstring)));
    openLibraries(L);
    const globals = L.l_G.globals.value as Table;
    for (const [name, library] of Object.entries(options.libraries)) define(globals, name, library);
    for (const name of ["KEYS", "ARGV"]) setField(globals, name, TABLE, new Table());
    protectGlobals(L);
    for (const name of ["KEYS", "ARGV"]) {
      (globals.getString(nameString(name)).value as Table).readonly = false;
    }
    this.#keys = globals.getString(nameString("KEYS"));
    this.#args = globals.getString(nameString("ARGV"));
  }

  get failedAt(): ScriptPosition | undefined {
    return this.#failedAt;
  }

  get suspendedAt(): ScriptPosition | undefined {
    const L = this.#suspendedIn;
    if (this.#thread?.status !== STATUS_YIELD || L === undefined) return undefined;
    return isLuaCall(L.ci) ? { source: sourceOf(L.ci), line: nextLine(L.ci) } : positionAt(L, 0);
  }

  compile(source: Uint8Array, chunk: string, options: { readonly tellsLines?: boolean } = {}): Script {
    const closure = this.#compile(source, chunk);
    if (options.tellsLines === true) setTraps(closure.p);
    return new FengariScript(this, closure);
  }

  #compile(source: Uint8Array, chunk: string): LuaClosure {
    const closure = new lobject.LClosure(this.#main, 0);
    try {
      closure.p = compile(source, latin1(chunk));
    } catch (error) {
      if (error instanceof LuaSyntaxError) throw new ScriptCompileError(error.message);
      throw error;
    }
    return closure;
  }

  run(script: Script, keys: readonly Uint8Array[], args: readonly Uint8Array[]): ScriptOutcome {
    if (!(script instanceof FengariScript)) throw new TypeError("script of another engine");
    const L = this.#thread ??= this.#newThread();
    if (L.status !== STATUS_OK || L.ci !== L.base_ci) throw new Error("a script is already running");
    this.#keys.value = listOf(keys, this.#keys.value);
    this.#args.value = listOf(args, this.#args.value);
    this.#startTurn();
    L.top = L.ci.funcOff + 1;
    pushFunction(L, LUA_FUNCTION, script.closure);
    return this.#go(L);
  }

  resume(): ScriptOutcome {
    const L = this.#thread;
    if (L === undefined || L.status !== STATUS_YIELD) throw new Error("no script is suspended");
    this.#startTurn();
    return this.#go(L);
  }

  #startTurn(): void {
    const { stepsPerTurn, suspends, atLine } = this.#options;
    startTurn(stepsPerTurn, suspends, atLine);
  }

  #go(L: LuaState): ScriptOutcome {
    let status: number;
    this.#failedAt = undefined;
    try {
      status = resume(L, null, 0);
    } catch (error) {
      this.#thread = undefined;
      throw error;
    }
    if (status === STATUS_YIELD) {
      this.#suspendedIn = turn.suspendedIn;
      return "suspended";
    }
    this.stack.attach(L);
    if (status === STATUS_OK) {
      adjustTop(L, L.ci.funcOff + 2);
      return "done";
    }
    this.#failedAt = positionAt(L, 0);
    this.#keepError(L);
    return "failed";
  }

  /** Leaves the error alone on a new thread; the one that failed is of no more use. */
  #keepError(L: LuaState): void {
    const error = L.stack[L.top - 1]!;
    const thread = this.#thread = this.#newThread();
    pushNil(thread);
    const slot = thread.stack[thread.top - 1]!;
    slot.type = error.type;
    slot.value = error.value;
    this.stack.attach(thread);
  }

  abandon(): void {
    this.#thread = undefined;
  }

  finish(): void {
    const L = this.#thread;
    if (L === undefined) return;
    if (L.stack.length > KEPT_STACK_SLOTS) {
      this.#thread = undefined;
      return;
    }
    // Nothing that a script made is kept alive by the boxes that it leaves behind.
    const { stack } = L;
    for (let i = 0; i < stack.length; i++) {
      const slot = stack[i];
      if (slot === undefined) continue;
      slot.type = NIL;
      slot.value = null;
    }
    L.top = L.ci.funcOff + 1;
  }

  #newThread(): LuaState {
    const thread = this.#newCoroutine();
    this.#main.l_G.scriptThread = thread;
    return thread;
  }

  #newCoroutine(): LuaState {
    const thread = lstate.lua_newthread(this.#main);
    this.#main.top--;
    return thread;
  }

  // ---- for a debugger ---------------------------------------------------------------------------------------

  frames(): readonly ScriptFrame[] {
    const L = this.#suspendedThread();
    return luaCalls(L).map((ci) => {
      const pc = currentPcOf(L, ci);
      const { lineinfo } = (ci.func.value as LuaClosure).p;
      return {
        name: calledName(ci)?.name,
        source: sourceOf(ci),
        line: lineinfo[pc] ?? -1,
        locals: namesOfLocals(ci, pc),
      };
    });
  }

  get inspection(): ScriptStack {
    this.#inspectedThread();
    return this.#inspection;
  }

  pushLocal(frame: number, local: number): void {
    const L = this.#suspendedThread();
    const ci = luaCalls(L)[frame];
    if (ci === undefined) throw new RangeError(`no function ${frame} is under way`);
    pushCopy(this.#inspectedThread(), L.stack[ci.l_base + local]!);
  }

  pushGlobal(name: string): void {
    pushCopy(this.#inspectedThread(), (this.#main.l_G.globals.value as Table).getString(nameString(name)));
  }

  evaluate(source: Uint8Array, chunk: string): "done" | "failed" {
    const closure = this.#compile(source, chunk);
    const { l_G } = this.#main;
    const { scriptThread } = l_G;
    const L = l_G.scriptThread = this.#newCoroutine();
    this.#inspected = undefined;
    startTurn(Infinity, () => false);
    pushFunction(L, LUA_FUNCTION, closure);
    const status = resume(L, null, 0);
    l_G.scriptThread = scriptThread;
    const at = status === STATUS_OK ? L.ci.funcOff + 1 : L.top - 1;
    const result = at < L.top ? L.stack[at]! : ABSENT;
    pushCopy(this.#inspectedThread(), result);
    return status === STATUS_OK ? "done" : "failed";
  }

  #suspendedThread(): LuaState {
    if (this.#thread?.status !== STATUS_YIELD || this.#suspendedIn === undefined) {
      throw new Error("no script is suspended");
    }
    return this.#suspendedIn;
  }

  #inspectedThread(): LuaState {
    if (this.#inspected === undefined) this.#inspection.attach(this.#inspected = this.#newCoroutine());
    return this.#inspected;
  }
}

/** At which instruction a function is: the innermost is about to carry it out, the others are waiting for a call. */
function currentPcOf(L: LuaState, ci: CallInfo): number {
  return ci === L.ci ? ci.l_savedpc : ci.l_savedpc - 1;
}

function define(globals: Table, name: string, library: NativeLibrary): void {
  const table = new Table();
  for (const [key, value] of Object.entries(library)) {
    if (typeof value === "function") setField(table, key, NATIVE_FUNCTION, nativeBody(value));
    else if (typeof value === "number") setField(table, key, NUMBER, value);
    else setField(table, key, STRING, stringOf(value));
  }
  setField(globals, name, TABLE, table);
}
