import { assertEquals, assertThrows } from "@std/assert";
import { latin1, latin1Text } from "../../sys/bytes.ts";
import { type NativeLibrary, ScriptCompileError, type ScriptOutcome } from "../engine.ts";
import { FengariEngine } from "./fengari_engine.ts";

function engineWith(library: NativeLibrary = {}, stepsPerTurn = 1000, suspends = () => false): FengariEngine {
  return new FengariEngine({ libraries: { host: library }, stepsPerTurn, suspends });
}

function start(
  engine: FengariEngine,
  source: string,
  keys: string[] = [],
  args: string[] = [],
): ScriptOutcome {
  return engine.run(engine.compile(latin1(source), "@user_script"), keys.map(latin1), args.map(latin1));
}

/** The result as text: strings as they are, numbers as the language prints them. */
function result(engine: FengariEngine): string {
  const { stack } = engine;
  const type = stack.type(-1);
  if (type === "string") return latin1Text(stack.toBytes(-1)!);
  return type === "number" ? stack.toText(-1) : type === "boolean" ? String(stack.toBoolean(-1)) : type;
}

function run(engine: FengariEngine, source: string, keys: string[] = [], args: string[] = []): string {
  const outcome = start(engine, source, keys, args);
  const text = outcome === "done" ? result(engine) : `${outcome}: ${result(engine)}`;
  engine.finish();
  return text;
}

Deno.test("a script sees KEYS and ARGV as bytes", () => {
  const engine = engineWith();
  assertEquals(
    run(engine, "return KEYS[1] .. #KEYS .. ARGV[2] .. #ARGV", ["k\0\xff"], ["a", "b"]),
    "k\0\xff1b2",
  );
  assertEquals(run(engine, "return #KEYS + #ARGV"), "0");
});

Deno.test("what one script does to KEYS the next does not see", () => {
  const engine = engineWith();
  assertEquals(run(engine, "KEYS[1] = 'x' KEYS.y = 1 return KEYS[1]", ["k"]), "x");
  assertEquals(run(engine, "return tostring(KEYS[1]) .. tostring(KEYS.y)", []), "nilnil");
});

Deno.test("KEYS and ARGV are whole again, whatever the last script of as many did to them", () => {
  const engine = engineWith();
  const all = "local text = '' for k, v in pairs(ARGV) do text = text .. k .. v .. ',' end " +
    "return text .. #ARGV .. type(getmetatable(ARGV)) .. tostring(ARGV[4]) .. tostring(ARGV.x)";
  const whole = "1a,2b,3c,3nilnilnil";
  const changes = [
    "ARGV[1] = 'x' ARGV[4] = 'y'",
    "ARGV[1] = 5",
    "table.remove(ARGV, 1)",
    "ARGV.x = 'y'",
    "ARGV.x = 'y' ARGV.x = nil",
    "for i = 1, 100 do ARGV[i] = i end",
    "setmetatable(ARGV, {__index = function() return 'z' end, __len = function() return 9 end})",
    "for k in pairs(ARGV) do ARGV[k] = nil end",
    "ARGV[1] = 'x' error('y')",
  ];
  for (const change of changes) {
    run(engine, change, ["k"], ["a", "b", "c"]);
    assertEquals(run(engine, all, ["k"], ["a", "b", "c"]), whole, change);
  }
  assertEquals(run(engine, all, [], ["a"]), "1a,1nilnilnil");
});

Deno.test("a source that does not compile is refused with the line", () => {
  const error = assertThrows(
    () => engineWith().compile(latin1("return 1\nreturn"), "@user_script"),
    ScriptCompileError,
  );
  assertEquals(error.message, "user_script:2: '<eof>' expected near 'return'");
});

Deno.test("a failure leaves the error and the place where it was raised", () => {
  const engine = engineWith();
  assertEquals(start(engine, "local x = 1\nerror('boo')"), "failed");
  assertEquals(result(engine), "user_script:2: boo");
  assertEquals(engine.failedAt, { source: "@user_script", line: 2 });
  assertEquals(run(engine, "return 'next'"), "next");
  assertEquals(engine.failedAt, undefined);
});

Deno.test("native functions read arguments, push results and raise errors", () => {
  const engine = engineWith({
    sum: (stack) => {
      let sum = 0;
      for (let i = 1; i <= stack.count; i++) {
        sum += stack.toNumber(i) ?? stack.failArgument(i, "number expected");
      }
      stack.pushNumber(sum);
      stack.pushText("done");
      return 2;
    },
    boom: (stack) => {
      stack.pushTable(0, 1);
      stack.pushText("E");
      stack.setField(-2, "err");
      return stack.raise();
    },
    fail: (stack) => stack.fail("no"),
    version: "1.0",
    level: 3,
  });
  assertEquals(run(engine, "local a, b = host.sum(1, '2', 3) return a .. b"), "6done");
  assertEquals(
    run(engine, "return host.sum({})"),
    "failed: user_script:1: bad argument #1 to 'sum' (number expected)",
  );
  assertEquals(run(engine, "return select(2, pcall(host.boom))"), "E");
  assertEquals(run(engine, "\nhost.fail()"), "failed: user_script:2: no");
  assertEquals(run(engine, "return host.version .. host.level"), "1.03");
  assertEquals(run(engine, "host.level = 4"), "failed: user_script:1: Attempt to modify a readonly table");
});

Deno.test("tables are read raw, in the order of pairs", () => {
  const engine = engineWith();
  assertEquals(start(engine, "return setmetatable({10, 20, x = 'y'}, {__index = error})"), "done");
  const { stack } = engine;
  const seen: string[] = [];
  stack.pushNil();
  while (stack.next(1)) {
    seen.push(`${stack.type(-2)} ${result(engine)}`);
    stack.pop(1);
  }
  assertEquals(seen, ["number 10", "number 20", "string y"]);
  stack.pushField(1, "nothing");
  assertEquals(stack.type(-1), "nil");
  stack.pop(1);
  stack.pushItem(1, 2);
  assertEquals(stack.toNumber(-1), 20);
});

Deno.test("an exception of the host ends the run and is thrown to whoever started it", () => {
  const engine = engineWith({
    defect: () => {
      throw new TypeError("defect");
    },
  });
  assertThrows(() => start(engine, "return pcall(host.defect)"), TypeError, "defect");
  assertEquals(run(engine, "return 'alive'"), "alive");
});

/** Scripts that never end, each in a place of its own. */
const ENDLESS: Readonly<Record<string, string>> = {
  "a loop": "while true do end",
  "repeat": "repeat until false",
  "a numeric for": "for i = 1, 1/0 do end",
  "recursion by tail calls": "local function f() return f() end f()",
  "pcall of errors": "while 1 do pcall(error) end",
  "a loop in a pcall": "pcall(function() while true do end end)",
  "a loop in many pcalls":
    "local function f(n) if n > 0 then pcall(f, n - 1) end while true do end end f(50)",
  "xpcall's function": "xpcall(function() while true do end end, error)",
  "xpcall's handler": "xpcall(error, function() while true do end end)",
  "a coroutine": "coroutine.wrap(function() while true do end end)()",
  "a coroutine in a coroutine":
    "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()",
  "an iterator": "for x in function() while true do end end do end",
  "a comparison of table.sort": "table.sort({3, 2, 1}, function() while true do end end)",
  "__lt of table.sort":
    "local m = {__lt = function() while true do end end} table.sort({setmetatable({}, m), setmetatable({}, m)})",
  "a replacement of gsub": "('x'):gsub('x', function() while true do end end)",
  "__index of gsub's table":
    "('x'):gsub('x', setmetatable({}, {__index = function() while true do end end}))",
  "table.foreach": "table.foreach({1}, function() while true do end end)",
  "table.foreachi": "table.foreachi({1}, function() while true do end end)",
  "the reader of load": "load(function() while true do end end)",
  "__index": "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
  "__newindex": "local t = setmetatable({}, {__newindex = function() while true do end end}) t.x = 1",
  "__add": "local t = setmetatable({}, {__add = function() while true do end end}) return t + 1",
  "__concat":
    "local t = setmetatable({}, {__concat = function() while true do end end}) return 'a' .. t .. 'b'",
  "__eq":
    "local m = {__eq = function() while true do end end} return setmetatable({}, m) == setmetatable({}, m)",
  "__le":
    "local m = {__lt = function() while true do end end} return setmetatable({}, m) <= setmetatable({}, m)",
  "__call": "setmetatable({}, {__call = function() while true do end end})()",
  "__tostring": "tostring(setmetatable({}, {__tostring = function() while true do end end}))",
};

for (const [where, source] of Object.entries(ENDLESS)) {
  Deno.test(`an endless script is suspended, and forgotten: ${where}`, () => {
    const engine = engineWith({}, 100, () => true);
    assertEquals(start(engine, source), "suspended");
    for (let turn = 0; turn < 20; turn++) assertEquals(engine.resume(), "suspended");
    assertThrows(() => start(engine, "return 1"), Error, "already running");
    engine.abandon();
    assertThrows(() => engine.resume(), Error, "no script is suspended");
    assertEquals(run(engine, "return 1"), "1");
  });
}

Deno.test("a script that is not to be suspended is asked about again after every turn", () => {
  let asked = 0;
  const engine = engineWith({}, 10, () => ++asked === 5);
  assertEquals(start(engine, "for i = 1, 1000 do end return 'end'"), "suspended");
  assertEquals(asked, 5);
  assertEquals(engine.resume(), "done");
  assertEquals(result(engine), "end");
});

Deno.test("a suspended script goes on where it was, with the same results", () => {
  const source = "local t = {} for i = 1, 50 do t[i] = (i * 7) % 51 end " +
    "table.sort(t, function(a, b) return a < b end) " +
    "local s = ('abc'):rep(3):gsub('%w', function(c) return c:upper() end) " +
    "local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) " +
    "return table.concat(t, ',') .. s .. co() .. co() .. tostring(pcall(error, 'x'))";
  const whole = run(engineWith(), source);
  for (const steps of [1, 2, 3, 5, 17]) {
    const engine = engineWith({}, steps, () => true);
    let outcome = start(engine, source);
    assertEquals(outcome, "suspended");
    while (outcome === "suspended") outcome = engine.resume();
    assertEquals(result(engine), whole);
  }
});

Deno.test("a script's own yields are not taken for suspensions", () => {
  const engine = engineWith({}, 1, () => true);
  let outcome = start(
    engine,
    "local co = coroutine.create(function() coroutine.yield(1) end) coroutine.resume(co) " +
      "return coroutine.status(co)",
  );
  while (outcome === "suspended") outcome = engine.resume();
  assertEquals(result(engine), "suspended");
});

Deno.test("results are given up by finish", () => {
  const engine = engineWith();
  assertEquals(start(engine, "return ('x'):rep(1000)"), "done");
  assertEquals(engine.stack.count, 1);
  engine.finish();
  assertEquals(engine.stack.count, 0);
});

Deno.test("a script gives one result, whatever it returns", () => {
  const engine = engineWith();
  assertEquals(run(engine, "return"), "nil");
  assertEquals(run(engine, "return 1, 2, 3"), "1");
});

Deno.test("two engines do not share globals, strings' methods or threads", () => {
  const [one, other] = [engineWith({ name: "one" }), engineWith({ name: "other" })];
  assertEquals(run(one, "return host.name") + run(other, "return host.name"), "oneother");
  assertEquals(run(one, "return tostring(coroutine.running())"), "nil");
  assertEquals(run(other, "return tostring(coroutine.running())"), "nil");
});
