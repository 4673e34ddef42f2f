/**
 * What runs scripts, without saying how: nothing outside of an engine's own folder knows which one it is.
 *
 * Values pass through a `ScriptStack`, so that a number costs no object and a string no copy that is not needed.
 * Strings are bytes. One engine runs one script at a time; a script that is suspended is the one that runs.
 */

export type ScriptType =
  | "nil"
  | "boolean"
  | "number"
  | "string"
  | "table"
  | "function"
  | "userdata"
  | "thread";

/**
 * The values that a native function was called with, or that a script returned. Positions count from 1; -1 is the
 * last. Everything here is raw: no metamethods are called.
 */
export interface ScriptStack {
  readonly count: number;
  /** "nil" also where there is no value. */
  type(at: number): ScriptType;
  /** Only nil and false are false. */
  toBoolean(at: number): boolean;
  /** The number that a value is, or that a string reads as; undefined for others. */
  toNumber(at: number): number | undefined;
  /** The bytes of a string, which must not be changed; undefined for others, also for numbers. */
  toBytes(at: number): Uint8Array | undefined;
  /** What the language's `tostring` makes of a number: one character a byte. */
  toText(at: number): string;

  /** Pushes a table's field; nil where there is none. */
  pushField(table: number, name: string): void;
  pushItem(table: number, index: number): void;
  /** Takes a key off and pushes the next key and its value; false, and nothing pushed, after the last. Starts with nil. */
  next(table: number): boolean;
  pop(count: number): void;

  pushNil(): void;
  pushBoolean(value: boolean): void;
  pushNumber(value: number): void;
  /** Pushes a string of bytes that nobody will change any more. */
  pushBytes(bytes: Uint8Array): void;
  /** Pushes a string of one character a byte. */
  pushText(text: string): void;
  pushCopy(at: number): void;
  pushTable(items: number, fields: number): void;
  /** Takes a value off and stores it in the table at that position. */
  setField(table: number, name: string): void;
  setItem(table: number, index: number): void;
  /** Takes a value and the key below it off and stores them; a nil or NaN key is an error of the script. */
  setEntry(table: number): void;

  /**
   * A number that tells a table, function or thread from all others, and does not change: the one that `tostring` shows.
   * 0 for null.
   */
  identity(at: number): number;

  /** Raises the last value as an error of the script. */
  raise(): never;
  /** Raises a message, one character a byte, behind the place (`chunk:line: `) of the function's caller. */
  fail(message: string): never;
  /** Raises "bad argument #n to 'name' (reason)". */
  failArgument(n: number, reason: string): never;
}

/** A function for scripts to call: takes its arguments from the stack, pushes its results, returns their number. */
export type NativeFunction = (stack: ScriptStack) => number;

/** A table of functions and constants that scripts see under a global name. */
export type NativeLibrary = Readonly<Record<string, NativeFunction | number | string>>;

/** A compiled script; only the engine that made it can run it. */
export interface Script {
  readonly engine: ScriptEngine;
}

/** A source that does not compile; the message has one character a byte. */
export class ScriptCompileError extends Error {}

/** Where an error was raised. */
export interface ScriptPosition {
  /** As it was given to the compiler, one character a byte; `=(tail call)` where the caller is not known. */
  readonly source: string;
  /** From 1; -1 where it is not known. */
  readonly line: number;
}

export type ScriptOutcome = "done" | "failed" | "suspended";

export interface ScriptEngine {
  /**
   * The results of the script that ended last: one value, also where the script returned none or several; after a
   * failure the error. Valid until `finish`.
   */
  readonly stack: ScriptStack;

  /**
   * Compiles a source. `chunk` names it in messages: `@name`. Throws ScriptCompileError.
   * @param options `tellsLines`: whether {@link EngineOptions.atLine} is to be asked while it runs
   */
  compile(source: Uint8Array, chunk: string, options?: { readonly tellsLines?: boolean }): Script;

  /**
   * Runs a script with `KEYS` and `ARGV` as given; the engine keeps the arrays' bytes, which must not change any more.
   * Whatever a native function throws that is no error of the script ends the run and is thrown from here.
   */
  run(script: Script, keys: readonly Uint8Array[], args: readonly Uint8Array[]): ScriptOutcome;

  /** Goes on with the suspended script. */
  resume(): ScriptOutcome;

  /** Forgets the suspended script: nothing of it runs any more, not even its error handlers. */
  abandon(): void;

  /** Gives up the results. */
  finish(): void;

  /** Where the script failed, after "failed". */
  readonly failedAt: ScriptPosition | undefined;

  /** Where the suspended script stands. */
  readonly suspendedAt: ScriptPosition | undefined;
}

/** A function of a suspended script that is under way. */
export interface ScriptFrame {
  /** What it was called by; undefined where the caller's code does not tell. */
  readonly name: string | undefined;
  /** As it was given to the compiler. */
  readonly source: string;
  /** At which it is: the innermost is about to begin it. */
  readonly line: number;
  /** The names of its local variables that are in scope, in the order of their declaration. */
  readonly locals: readonly string[];
}

/** What a debugger asks an engine about the script that is suspended, which stays so. */
export interface DebuggableEngine extends ScriptEngine {
  /** The functions that are under way in the running coroutine, the innermost first; native ones are left out. */
  frames(): readonly ScriptFrame[];
  /** Where the values that are asked for are pushed. */
  readonly inspection: ScriptStack;
  /** Pushes the value of a local variable. @param frame, local both from 0 */
  pushLocal(frame: number, local: number): void;
  /** Pushes a global variable, nil where there is none. */
  pushGlobal(name: string): void;
  /**
   * Compiles and runs other code, which sees globals only and cannot be suspended; its one result, or the error, is
   * pushed. @throws ScriptCompileError
   */
  evaluate(source: Uint8Array, chunk: string): "done" | "failed";
}

export interface EngineOptions {
  readonly libraries: Readonly<Record<string, NativeLibrary>>;
  /** Backward jumps and function calls until `suspends` is asked; then until it is asked again. */
  readonly stepsPerTurn: number;
  /** Whether the script is to be suspended. It is asked only where that is possible. */
  suspends(): boolean;
  /**
   * Asked before each line of a script that was compiled to tell them, where it can be suspended: not inside of native
   * functions that cannot be left. True suspends it there.
   */
  atLine?(line: number): boolean;
}
