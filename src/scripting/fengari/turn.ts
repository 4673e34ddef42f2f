/**
 * How long a script may run before others get a turn.
 *
 * One counter serves the whole process, because one script runs at a time. It counts backward jumps and entries of
 * Lua functions: between two of them a script cannot run for long, native functions aside.
 */
import { ldo } from "./modules.ts";
import { type LuaState, STATUS_YIELD } from "./types.ts";

export const turn = {
  /** Jumps and calls until `turnIsOver` is asked. */
  left: Infinity,
  /** The script is being suspended: a thread that yields now does so for the engine and not for the script. */
  suspending: false,
  /** Native functions that resumed a coroutine and cannot be suspended themselves. */
  pinned: 0,
  /** The thread that was suspended: the script's own, or a coroutine of it. */
  suspendedIn: undefined as LuaState | undefined,
  /** Asked where a line of code with traps begins; true suspends the script there. */
  atLine: nobodyWantsToKnow as (line: number) => boolean,
};

function nobodyWantsToKnow(): boolean {
  return false;
}

let steps = Infinity;
let mustSuspend: () => boolean = () => false;

/** Begins a run: after every `count` jumps and calls `ask` is asked whether to suspend. */
export function startTurn(count: number, ask: () => boolean, atLine?: (line: number) => boolean): void {
  turn.atLine = atLine ?? nobodyWantsToKnow;
  steps = count;
  mustSuspend = ask;
  turn.left = count;
  turn.suspending = false;
  turn.pinned = 0;
}

/** Ends the turn of a thread at the place its call info tells, if it is asked to. */
export function turnIsOver(L: LuaState): void {
  turn.left = steps;
  if (L.nny > 0 || turn.pinned > 0 || !mustSuspend()) return;
  suspend(L);
}

/** Suspends the thread at the place its call info tells; it must be able to. */
export function suspend(L: LuaState): never {
  turn.suspending = true;
  turn.suspendedIn = L;
  L.status = STATUS_YIELD;
  L.ci.extra = L.ci.funcOff;
  ldo.luaD_throw(L, STATUS_YIELD);
}
