import { assertEquals } from "@std/assert";
import { latin1 } from "../sys/bytes.ts";
import { Debugger } from "./debugger.ts";
import { FengariEngine } from "./fengari/fengari_engine.ts";

/** A script under a debugger, with nothing around it. */
class Session {
  readonly #engine: FengariEngine;
  readonly #debugger: Debugger;
  #outcome: string;

  constructor(source: string) {
    this.#engine = new FengariEngine({
      libraries: {},
      stepsPerTurn: 1000,
      suspends: () => false,
      atLine: (line) => this.#debugger.atLine(line),
    });
    this.#debugger = new Debugger(source, { engine: this.#engine, call: () => {} });
    const script = this.#engine.compile(latin1(source), "@user_script", { tellsLines: true });
    this.#outcome = this.#engine.run(script, [latin1("key")], []);
    if (this.#outcome === "suspended") this.#debugger.stopped();
  }

  /** What is said to a line of words. */
  say(line = ""): string[] {
    const words = line.split(" ").filter((word) => word !== "");
    if (words.length > 0 && this.#debugger.command(words.map(latin1)) === "go") {
      this.#outcome = this.#engine.resume();
      if (this.#outcome === "suspended") this.#debugger.stopped();
    }
    return this.#outcome === "suspended" || words.length === 0
      ? this.#debugger.takeLog()
      : [...this.#debugger.takeLog(), this.#outcome];
  }
}

const SOURCE = "local a = 1\nlocal b = {a, x = 'y'}\nfor i = 1, 2 do\n  a = a + i\nend\nreturn a";

Deno.test("a script stops at its first line, and a step runs to the next", () => {
  const session = new Session(SOURCE);
  assertEquals(session.say(), ["* Stopped at 1, stop reason = step over", "-> 1   local a = 1"]);
  assertEquals(session.say("s"), [
    "* Stopped at 2, stop reason = step over",
    "-> 2   local b = {a, x = 'y'}",
  ]);
});

Deno.test("to continue is to run to the next breakpoint, each time it is come to", () => {
  const session = new Session(SOURCE);
  session.say();
  assertEquals(session.say("break 4"), ["   3   for i = 1, 2 do", "  #4     a = a + i", "   5   end"]);
  assertEquals(session.say("c"), ["* Stopped at 4, stop reason = break point", "->#4     a = a + i"]);
  assertEquals(session.say("p a"), ["<value> 1"]);
  session.say("continue");
  assertEquals(session.say("p a"), ["<value> 2"]);
  assertEquals(session.say("b -4"), ["Breakpoint removed."]);
  assertEquals(session.say("c"), ["done"]);
});

Deno.test("variables are shown by name, all of them, and as tables within tables", () => {
  const session = new Session(SOURCE);
  session.say("b 4");
  session.say("c");
  assertEquals(session.say("print"), [
    "<value> a = 1",
    '<value> b = {[1]=1; ["x"]="y"}',
    "<value> (for index) = 1",
    "<value> (for limit) = 2",
    "<value> (for step) = 1",
    "<value> i = 1",
  ]);
  assertEquals(session.say("p KEYS"), ['<value> {"key"}']);
  assertEquals(session.say("p nobody"), ["No such variable."]);
});

Deno.test("code is evaluated as an expression or as statements, and its errors are told", () => {
  const session = new Session(SOURCE);
  session.say();
  assertEquals(session.say("eval 1 + 1"), ["<retval> 2"]);
  assertEquals(session.say("e local t = {} return t"), ["<retval> {}"]);
  assertEquals(session.say("e error('x')"), ["<error> ldb_eval:1: x"]);
  assertEquals(session.say("e x y"), ["<error> ldb_eval:1: '=' expected near 'y'"]);
});

Deno.test("long values are cut, and that is explained once", () => {
  const session = new Session("local s = string.rep('x', 300)\nreturn s");
  session.say("s");
  const [cut, hint] = session.say("p s");
  assertEquals(cut, `<value> "${"x".repeat(247)} ...`);
  assertEquals(hint, "<hint> The above reply was trimmed. Use 'maxlen 0' to disable trimming.");
  assertEquals(session.say("p s"), [cut!]);
  assertEquals(session.say("maxlen 0"), ["<value> replies are unlimited."]);
  assertEquals(session.say("p s"), [`<value> "${"x".repeat(300)}"`]);
});

Deno.test("a script that runs for too long stops at its next line", () => {
  let turns = 0;
  const engine: FengariEngine = new FengariEngine({
    libraries: {},
    stepsPerTurn: 10,
    suspends: () => {
      if (++turns === 3) shown.overdue();
      return false;
    },
    atLine: (line) => shown.atLine(line),
  });
  const source = "local i = 0\nwhile true do\n  i = i + 1\nend";
  const shown: Debugger = new Debugger(source, { engine, call: () => {} });
  engine.run(engine.compile(latin1(source), "@user_script", { tellsLines: true }), [], []);
  shown.stopped();
  shown.takeLog();
  shown.command([latin1("c")]);
  assertEquals(engine.resume(), "suspended");
  shown.stopped();
  assertEquals(shown.takeLog()[0], "* Stopped at 3, stop reason = timeout reached, infinite loop?");
});
