/**
 * The debugger of scripts, as redis-cli --ldb speaks with it: where a script is to stop, and what is answered to
 * commands while it stands. It knows no clients and no server; whoever runs the script asks it at each line, and tells it
 * what the script does.
 *
 * Texts have one character a byte. What is to be said gathers in a log, which is sent when the script stops or ends.
 */
import { latin1, latin1Text } from "../sys/bytes.ts";
import { type DebuggableEngine, ScriptCompileError, type ScriptFrame } from "./engine.ts";
import { describeReply, describeValue } from "./debug_values.ts";

/** What the debugger asks of whoever runs the script. */
export interface DebugTarget {
  readonly engine: DebuggableEngine;
  /** Carries a command out as if the script had called it; what is called is told to the debugger. */
  call(words: readonly Uint8Array[]): void;
}

/** "stay": the script stands still. "go": it goes on. "abort": it is to end. */
export type DebugVerdict = "stay" | "go" | "abort";

const CONTEXT_LINES = 5;
const BREAKPOINTS_MAX = 64;
const SHOWN_BYTES_DEFAULT = 256;
const SHOWN_BYTES_MIN = 60;
const SHOWN_ARGUMENTS_MAX = 10;
const ALL_LINES = 1e6;
/** As in the names of chunks that are stopped in. */
const SCRIPT_NAME = "user_script";
const UNKNOWN = "<error> Unknown Redis Lua debugger command or wrong number of arguments.";

const HELP: readonly string[] = [
  "Redis Lua debugger help:",
  "[h]elp               Lists the commands.",
  "[s]tep               Runs this line and stops at the next one.",
  "[n]ext               The same as step.",
  "[c]ontinue           Runs up to the next breakpoint.",
  "[l]ist               Shows the source around the present line.",
  "[l]ist [line]        Shows the source around a line; 0 is the",
  "                     present one.",
  "[l]ist [line] [ctx]  Shows so many lines before and behind it.",
  "[w]hole              Shows the whole source.",
  "[p]rint              Shows all local variables.",
  "[p]rint <var>        Shows a variable, or KEYS or ARGV.",
  "[b]reak              Shows the breakpoints.",
  "[b]reak <line>       Sets a breakpoint.",
  "[b]reak -<line>      Removes a breakpoint.",
  "[b]reak 0            Removes all breakpoints.",
  "[t]race              Shows the functions that are under way.",
  "[e]val <code>        Runs other Lua code, which sees no locals.",
  "[r]edis <cmd>        Carries a Redis command out.",
  "[m]axlen [len]       Cuts values and replies to so many bytes;",
  "                     0: not at all.",
  "[a]bort              Ends the script. With sync, what it wrote",
  "                     remains.",
  "",
  "In a script these can be called:",
  "redis.debug()        Shows its arguments here.",
  "redis.breakpoint()   Stops at the next line.",
];

export class Debugger {
  /** Whether what the script calls is told: it is run line by line. */
  tellsCalls = true;
  readonly #target: DebugTarget;
  readonly #source: readonly string[];
  readonly #breakpoints: number[] = [];
  #log: string[] = [];
  #line = 0;
  /** Stops at the next line. */
  #isStepping = true;
  #isBreakpointCalled = false;
  #isOverdue = false;
  #shownBytes = SHOWN_BYTES_DEFAULT;
  #hintGiven = false;

  /** @param source of the script, with the line that declares its flags */
  constructor(source: string, target: DebugTarget) {
    const trimmed = source.replace(/[\r\n]+$/, "");
    this.#source = trimmed === "" ? [] : trimmed.split("\n");
    this.#target = target;
  }

  // ---- while the script runs --------------------------------------------------------------------------------

  /** The script comes to a line; whether it is to stop there. */
  atLine(line: number): boolean {
    this.#line = line;
    return this.#isStepping || this.#isBreakpointCalled || this.#breakpoints.includes(line);
  }

  /** The script stands where {@link atLine} has said so. */
  stopped(): void {
    let reason = "step over";
    if (this.#isBreakpointCalled) reason = "redis.breakpoint() called";
    else if (this.#breakpoints.includes(this.#line)) reason = "break point";
    else if (this.#isOverdue) reason = "timeout reached, infinite loop?";
    this.#isStepping =
      this.#isBreakpointCalled =
      this.#isOverdue =
      this.tellsCalls =
        false;
    this.#say(`* Stopped at ${this.#line}, stop reason = ${reason}`);
    this.#sayLine(this.#line);
  }

  /** The script has run for so long without a stop that it is to be looked at. */
  overdue(): void {
    if (this.#isStepping) return;
    this.#isOverdue = this.#isStepping = this.tellsCalls = true;
  }

  /** Nobody is there any more: the script is to run to its end. */
  letGo(): void {
    this.#isStepping = this.#isBreakpointCalled = this.tellsCalls = false;
    this.#breakpoints.length = 0;
  }

  /** redis.breakpoint(). */
  breakpointCalled(): void {
    this.#isBreakpointCalled = true;
  }

  /** redis.debug(): the values are those on the stack. */
  debugCalled(stack: DebuggableEngine["stack"]): void {
    const values = Array.from({ length: stack.count }, (_, i) => describeValue(stack, i + 1));
    this.#say(`<debug> line ${this.#line}: ${values.join(", ")}`);
  }

  /** The script calls a command. @param words one character a byte */
  called(words: readonly string[]): void {
    if (!this.tellsCalls) return;
    const more = words.length - SHOWN_ARGUMENTS_MAX;
    // The first that is not shown is not counted, either.
    const shown = more > 0 ? [...words.slice(0, SHOWN_ARGUMENTS_MAX), `... (${more - 1} more)`] : words;
    this.#say(`<redis> ${shown.join(" ")}`);
  }

  /** What it called has answered. */
  replied(bytes: Uint8Array): void {
    if (!this.tellsCalls) return;
    if (bytes[0] === 0x2d) this.failed(latin1Text(bytes, 0, bytes.indexOf(0x0d)));
    this.#sayShortened("<reply> " + describeReply(bytes));
  }

  /** What it called has made an error of its own. @param text without the code ERR */
  failed(text: string): void {
    if (this.tellsCalls) this.#say(`<error> ${text}`);
  }

  /** What there is to say since this was asked last. */
  takeLog(): string[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  // ---- commands ---------------------------------------------------------------------------------------------

  /** Carries a command out, while the script stands. */
  command(words: readonly Uint8Array[]): DebugVerdict {
    const [name = "", ...args] = words.map((word) => latin1Text(word));
    switch (name.toLowerCase()) {
      case "s":
      case "step":
      case "n":
      case "next":
        this.#isStepping = this.tellsCalls = true;
        return "go";
      case "c":
      case "continue":
        return "go";
      case "a":
      case "abort":
        return "abort";
      case "r":
      case "redis":
        if (args.length === 0) this.#say(UNKNOWN);
        else this.#call(words.slice(1));
        return "stay";
      default:
        this.#show(name.toLowerCase(), args);
        return "stay";
    }
  }

  /** The commands that only show something. */
  #show(name: string, args: readonly string[]): void {
    switch (name) {
      case "h":
      case "help":
        return HELP.forEach((line) => this.#say(line));
      case "l":
      case "list":
        return this.#list(
          integerAtStart(args[0]),
          args[1] === undefined ? CONTEXT_LINES : integerAtStart(args[1]),
        );
      case "w":
      case "whole":
        return this.#list(1, ALL_LINES);
      case "p":
      case "print":
        return args.length === 1 ? this.#printOne(args[0]!) : this.#printAll();
      case "b":
      case "break":
        return args.length === 0 ? this.#listBreakpoints() : this.#setBreakpoints(args);
      case "t":
      case "trace":
        return this.#trace();
      case "e":
      case "eval":
        return this.#evaluate(args.join(" "));
      case "m":
      case "maxlen":
        return this.#limit(args);
      default:
        this.#say(UNKNOWN);
    }
  }

  #list(wanted: number, context: number): void {
    const around = wanted > 0 ? wanted : this.#line;
    for (let line = Math.max(1, around - context); line <= this.#source.length; line++) {
      if (line > around + context) break;
      this.#sayLine(line);
    }
  }

  #printAll(): void {
    const { engine } = this.#target;
    const locals = engine.frames()[0]?.locals ?? [];
    if (locals.length === 0) this.#say("No local variables in the current context.");
    locals.forEach((name, at) => {
      engine.pushLocal(0, at);
      this.#sayValue(`<value> ${name} = `);
    });
  }

  #printOne(name: string): void {
    const { engine } = this.#target;
    const frames = engine.frames();
    for (const [frame, { locals }] of frames.entries()) {
      const at = locals.indexOf(name);
      if (at < 0) continue;
      engine.pushLocal(frame, at);
      return this.#sayValue("<value> ");
    }
    if (name !== "KEYS" && name !== "ARGV") return this.#say("No such variable.");
    engine.pushGlobal(name);
    this.#sayValue("<value> ");
  }

  #listBreakpoints(): void {
    const { length } = this.#breakpoints;
    if (length === 0) return this.#say("No breakpoints set. Use 'b <line>' to add one.");
    this.#say(`${length} breakpoints set:`);
    for (const line of this.#breakpoints) this.#sayLine(line);
  }

  #setBreakpoints(args: readonly string[]): void {
    for (const arg of args) {
      if (!/^(0|-?[1-9][0-9]{0,17})$/.test(arg)) {
        this.#say(`Invalid argument:'${arg}'`);
        continue;
      }
      const line = Number(arg);
      if (line === 0) {
        this.#breakpoints.length = 0;
        this.#say("All breakpoints removed.");
      } else if (line < 0) {
        this.#removeBreakpoint(-line);
      } else if (this.#breakpoints.length === BREAKPOINTS_MAX) {
        this.#say("Too many breakpoints set.");
      } else if (line > this.#source.length || this.#breakpoints.includes(line)) {
        this.#say("Wrong line number.");
      } else {
        this.#breakpoints.push(line);
        this.#list(line, 1);
      }
    }
  }

  #removeBreakpoint(line: number): void {
    const at = this.#breakpoints.indexOf(line);
    if (at >= 0) this.#breakpoints.splice(at, 1);
    this.#say(at < 0 ? "No breakpoint in the specified line." : "Breakpoint removed.");
  }

  #trace(): void {
    const isScript = ({ source }: ScriptFrame) => source.includes(SCRIPT_NAME);
    this.#target.engine.frames().filter(isScript).forEach(({ name, line }, level) => {
      this.#say(`${level === 0 ? "In" : "From"} ${name ?? "top level"}:`);
      this.#sayLine(line);
    });
  }

  #evaluate(code: string): void {
    const { engine } = this.#target;
    let outcome: "done" | "failed";
    try {
      outcome = this.#run(code);
    } catch (error) {
      if (!(error instanceof ScriptCompileError)) throw error;
      return this.#say(`<error> ${error.message}`);
    }
    const { inspection } = engine;
    if (outcome === "done") return this.#sayValue("<retval> ");
    let type = inspection.type(-1);
    if (type === "table") {
      inspection.pushField(-1, "err");
      type = inspection.type(-1);
    }
    const text = type === "string" ? latin1Text(inspection.toBytes(-1)!) : describeValue(inspection, -1);
    this.#say(`<error> ${text}`);
    inspection.pop(inspection.count);
  }

  /** As an expression, or else as statements. */
  #run(code: string): "done" | "failed" {
    const { engine } = this.#target;
    try {
      return engine.evaluate(latin1(`return ${code}`), "@ldb_eval");
    } catch (error) {
      if (!(error instanceof ScriptCompileError)) throw error;
      return engine.evaluate(latin1(code), "@ldb_eval");
    }
  }

  #call(words: readonly Uint8Array[]): void {
    this.tellsCalls = true;
    this.#target.call(words);
    this.tellsCalls = false;
  }

  #limit(args: readonly string[]): void {
    if (args.length === 1) {
      const wanted = integerAtStart(args[0]);
      this.#shownBytes = wanted === 0 ? 0 : Math.max(wanted, SHOWN_BYTES_MIN);
      this.#hintGiven = true;
    }
    this.#say(
      this.#shownBytes === 0
        ? "<value> replies are unlimited."
        : `<value> replies are truncated at ${this.#shownBytes} bytes.`,
    );
  }

  // ---- the log ----------------------------------------------------------------------------------------------

  #say(text: string): void {
    this.#log.push(text);
  }

  /** Says the last value that the engine shows, and takes it off. */
  #sayValue(prefix: string): void {
    const { inspection } = this.#target.engine;
    this.#sayShortened(prefix + describeValue(inspection, -1));
    inspection.pop(1);
  }

  #sayShortened(text: string): void {
    const most = this.#shownBytes;
    if (most === 0 || text.length <= most) return this.#say(text);
    this.#say(`${text.slice(0, most)} ...`);
    if (this.#hintGiven) return;
    this.#hintGiven = true;
    this.#say("<hint> The above reply was trimmed. Use 'maxlen 0' to disable trimming.");
  }

  #sayLine(line: number): void {
    const text = this.#source[line - 1] ?? "<out of range source code line>";
    const present = line === this.#line ? "->" : "  ";
    const marked = this.#breakpoints.includes(line) ? "#" : " ";
    this.#say(`${present}${marked}${String(line).padEnd(3)} ${text}`);
  }
}

/** The number that a text begins with, 0 where it begins with none. */
function integerAtStart(text: string | undefined): number {
  return Number(/^\s*([+-]?\d+)/.exec(text ?? "")?.[1] ?? 0);
}
