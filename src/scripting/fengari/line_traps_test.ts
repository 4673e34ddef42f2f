import { assert, assertEquals } from "@std/assert";
import { latin1 } from "../../sys/bytes.ts";
import { FengariEngine } from "./fengari_engine.ts";

interface Stepper {
  readonly engine: FengariEngine;
  /** Lines at which the script was about to be, in order. */
  readonly lines: number[];
}

/** Runs a script to its end, stopping at every line; `visit` is called at each stop. */
function stepThrough(source: string, visit: (engine: FengariEngine) => void = () => {}): Stepper {
  const lines: number[] = [];
  const engine = new FengariEngine({
    libraries: {},
    stepsPerTurn: 1000,
    suspends: () => false,
    atLine: (line) => lines.push(line) > 0,
  });
  const script = engine.compile(latin1(source), "@user_script", { tellsLines: true });
  let outcome = engine.run(script, [], []);
  while (outcome === "suspended") {
    visit(engine);
    outcome = engine.resume();
  }
  assertEquals(outcome, "done");
  return { engine, lines };
}

function linesOf(source: string): string {
  return stepThrough(source).lines.join(" ");
}

// The lines that the reference stops at were read from its debugger.
const STOPS: readonly (readonly [what: string, source: string, lines: string])[] = [
  ["a loop of several lines at each round", "for i = 1, 2 do\n  local x = i\nend\nreturn 1", "1 2 1 2 1 4"],
  [
    "a loop of one line at each round",
    "local x = 0 while x < 3 do x = x + 1 end return x",
    "1 1 1 1",
  ],
  [
    "a loop without an end but break",
    "local i = 0\nwhile true do\n  i = i + 1\n  if i > 2 then break end\nend",
    "1 3 4 3 4 3 4 5",
  ],
  ["an empty loop over an iterator", "for k in pairs({1,2}) do end\nreturn 1", "1 1 1 2"],
  ["a loop of two instructions", "local i = 0\nrepeat\n  i = i + 1\nuntil i > 2", "1 3 4 3 4 3 4"],
  ["an empty loop at each round", "for i=1,3 do end\nreturn 1", "1 1 1 1 2"],
  [
    "a coroutine",
    "local co = coroutine.wrap(function(a)\n local b = coroutine.yield(a)\n return b\nend)\n" +
    "local x = co(1)\nlocal y = co(2)\nreturn x + y",
    "1 4 1 5 2 6 3 7",
  ],
  [
    "a function that pcall calls, and one that fails",
    "local function g()\n error('x')\nend\nlocal ok, e = pcall(g)\nreturn e",
    "3 4 2 5",
  ],
  [
    "a tail call",
    "local function g(n)\n if n == 0 then\n  return 5\n end\n return g(n-1)\nend\nreturn g(1)",
    "6 7 2 5 2 3",
  ],
];

for (const [what, source, lines] of STOPS) {
  Deno.test(`${what} is stopped at as in the reference`, () => assertEquals(linesOf(source), lines));
}

Deno.test("code that was not compiled for a debugger is never stopped", () => {
  const engine = new FengariEngine({
    libraries: {},
    stepsPerTurn: 1000,
    suspends: () => false,
    atLine: () => true,
  });
  const script = engine.compile(
    latin1("local x = 1\nreturn loadstring('local y = 1\\nreturn y')()"),
    "@user_script",
  );
  assertEquals(engine.run(script, [], []), "done");
  assertEquals(engine.stack.toNumber(-1), 1);
});

Deno.test("at a stop one sees the functions that are under way, and their variables", () => {
  const seen: unknown[] = [];
  stepThrough(
    "local a = 5\nlocal function f(x)\n  local y = x + a\n  return y\nend\nlocal z = f(2)\nreturn z",
    (engine) => {
      const [inner, outer] = engine.frames();
      if (inner?.line !== 4) return;
      seen.push(inner.name, inner.locals, outer?.name, outer?.line, outer?.locals);
      engine.pushLocal(0, 1);
      seen.push(engine.inspection.toNumber(-1));
      engine.pushLocal(1, 0);
      seen.push(engine.inspection.toNumber(-1));
    },
  );
  assertEquals(seen, ["f", ["x", "y"], undefined, 6, ["a", "f"], 7, 5]);
});

Deno.test("other code runs at a stop, and the script goes on as if nothing had been", () => {
  const seen: unknown[] = [];
  const { engine } = stepThrough("local a = {1, 2}\nreturn #a", (engine) => {
    seen.push(engine.evaluate(latin1("return 6 * 7"), "@x"), engine.inspection.toNumber(-1));
    seen.push(engine.evaluate(latin1("error('no')"), "@x"), engine.inspection.type(-1));
  });
  assertEquals(seen, ["done", 42, "failed", "string", "done", 42, "failed", "string"]);
  assertEquals(engine.stack.toNumber(-1), 2);
});

Deno.test("a script with traps computes what it computes without", () => {
  const source = `local t, s = {}, 0
    local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
    for i = 1, 12 do t[#t + 1] = fib(i) end
    for k, v in pairs(t) do s = s + k * v
    end
    local a, b = s == 5 or
      s ~= 7, not (s
      == 3)
    local big = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,
      36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52}
    repeat s = s - 7 until s < 0
    while true do s = s + 1
      if s > 5 then break end end
    for i = 10, 1, -3 do end
    return tostring(s) .. tostring(a) .. tostring(b) .. #big`;
  const plain = new FengariEngine({ libraries: {}, stepsPerTurn: 1000, suspends: () => false });
  assertEquals(plain.run(plain.compile(latin1(source), "@user_script"), [], []), "done");
  const { engine, lines } = stepThrough(source);
  assert(lines.length > 100);
  assertEquals(engine.stack.toBytes(-1), plain.stack.toBytes(-1));
});
