/** Sessions of the script debugger: a script, and what is said to it line by line. */

export interface DebugTalk {
  readonly name: string;
  readonly script: string;
  readonly keys?: readonly string[];
  readonly args?: readonly string[];
  readonly mode?: "YES" | "SYNC";
  readonly command?: "EVAL" | "EVAL_RO";
  /** Words are parted by blanks; a list is words as they are. */
  readonly say: readonly (string | readonly string[])[];
}

const steps = (count: number): string[] => Array<string>(count).fill("s");

const TOUR = `local a = {1,2,{x='y'}, [1.5]=true}
local s = "q\\"\\n\\0\\255"
local n = 12345678
for i = 1, 2 do
  redis.call('set', 'k'..i, i)
end
local function f(x)
  local y = x + 1
  redis.breakpoint()
  redis.debug('hi', {1,2}, nil, print0)
  return y
end
local z = f(3)
return {z, redis.call('get', KEYS[1])}`;

const CALLS = `local r = redis.call
r('mset','a','1','b','2')
r('mget','a','b','c')
r('hset','h','f','v')
r('hgetall','h')
r('set','bin','\\0\\255"')
r('get','bin')
r('set', 1.5, 'a\\r\\nb')
r('mset','a',1,'b',2,'c',3,'d',4,'e',5,'f',6,'g',7)
redis.setresp(3)
r('hgetall','h')
r('get','nokey')
r('zadd','z',1.5,'m')
r('zscore','z','m')
r('smembers','h2')
redis.pcall('incr','bin')
redis.pcall('nosuch')
redis.pcall()
redis.error_reply('My Err')
redis.error_reply()
pcall(redis.setresp, 9)
r('eval','x',0)
return 1`;

const VALUES = `local a = {-0, 1/0, 0/0, 1e15, 0.1, false, 123456, 1234567, 1e100, 1e-10}
local b = {a={b={c={d={e={f={g={h={i={j={k={}}}}}}}}}}}}
local c = string.rep('x', 300)
local d = {[true]=1, [1]=2, [3]=3}
local e = {nil, 2}
local f = '\\t\\r\\a\\b\\\\\\127\\200'
local g = cjson.null
local h = {{},{1},{{}}, n=1}
return 1`;

const FUNCTIONS = `local function g(n)
 if n == 0 then
  return 5
 end
 return g(n-1)
end
local o = {}
function o:m(a)
 local x = a
 return x
end
local x = o:m(1) + g(2)
local ok, e = pcall(function()
 error('x')
end)
local co = coroutine.wrap(function(a)
 local b = coroutine.yield(a)
 return b
end)
x = co(1) + co(2)
local t = setmetatable({}, {__index=function(t,k)
 return k
end})
x = t.foo .. string.format('%s',
 x)
repeat
 x = nil
until not x
while true do
 x = 1
 if x then break end
end
for k, v in pairs({1,2}) do
 x = k
end
for i = 1, 3 do end
return x`;

export const TALKS: readonly DebugTalk[] = [
  {
    name: "a tour",
    script: TOUR,
    keys: ["k1"],
    args: ["v1", "v2"],
    say: [
      ..."s|step|print|p a|p KEYS|p ARGV|p nope|n|n|n|n|n|n|n|next|n|t|p|p a|list|list 3|list 3 1|whole|l 0 2|l 99|l -1"
        .split("|"),
      ..."b|b 11|b|b 11 13|b -11|b -11|b 99|b x|b 0|b 13 4 4|b|b +3|b 03|b -0|l 3 -1|l 1 1x".split("|"),
      ..."eval 1+1|e return 1,2|eval error('x')|e x y|e local t={} return t|e return a|e return KEYS|e q=1|e|e nil"
        .split("|"),
      ["e", "redis.call('set','a','b') return redis.call('get','a')"],
      ["eval", "tostring(1),   5"],
      ..."redis get k1|r set x y|r nosuch|r|redis lrange nolist 0 -1|redis incr a|redis get|REDIS GET k1"
        .split("|"),
      ..."m|maxlen 10|maxlen 100|p|maxlen 0|maxlen x|maxlen -1|m 1 2|foo|p a b|t x|w x|s x|c 2".split("|"),
    ],
  },
  { name: "calls while stepping", script: CALLS, say: steps(24) },
  { name: "calls while running", script: `redis.debug(1)\n${CALLS}`, say: ["b 6", "c", "redis ping", "c"] },
  { name: "values", script: VALUES, say: ["b 9", "c", "p", "p c", "maxlen 60", "p c", "c"] },
  { name: "functions of all kinds", script: FUNCTIONS, say: steps(80) },
  {
    name: "functions under way",
    script: FUNCTIONS,
    say: ["b 3 9 14 17 22", "c", "t", "p", "c", "t", "p", "c", "t", "c", "t", "c", "t", "c"],
  },
  { name: "one line", script: "local x = 0 while x < 3 do x = x + 1 end return x", say: steps(6) },
  {
    name: "a loop in which only one line begins",
    script: "local i = 0\nwhile true do\n  i = i + 1\nend",
    say: [...steps(5), "a"],
  },
  { name: "an error", script: "local x = 1\nerror('boo')", say: steps(2) },
  {
    name: "an error of a command",
    script: "redis.call('set','s','x')\nlocal x = redis.call('incr','s')",
    say: steps(3),
  },
  { name: "an error that is a table", script: "local x = {err='foo'}\nerror(x)", say: steps(2) },
  {
    name: "abort",
    script: "local ok, e = pcall(function()\nlocal x = 1\nreturn x\nend)\nreturn e",
    say: ["s", "abort"],
  },
  { name: "what does not compile", script: "local x = \n return 1", say: [] },
  { name: "nothing", script: "", say: ["s"] },
  {
    name: "lines that end in CR and LF",
    script: "local x = 1\r\nlocal y = 2\r\n\r\nreturn x\r\n",
    say: ["s", "w", "s", "s"],
  },
  { name: "blank lines at both ends", script: "\n\nreturn 1\n  \n \r\n\n", say: ["w", "s"] },
  {
    name: "a first line that declares",
    script: "#!lua flags=no-writes\nlocal x = 1\nreturn x",
    say: ["s", "l", "s"],
  },
  {
    name: "debug and breakpoint",
    script:
      "redis.debug('hi', {1,2}, nil, 3.5)\nredis.debug()\nlocal b = redis.breakpoint()\nredis.debug(b)\nreturn b",
    say: ["s", "s", "c", "c"],
  },
  {
    name: "debug while running",
    script: "redis.debug('hi')\nlocal b = redis.breakpoint()\nredis.debug(b)\nreturn b",
    say: ["c", "c"],
  },
  { name: "on the data", script: "redis.call('set','kept','1')\nreturn 5", mode: "SYNC", say: steps(3) },
  { name: "read-only", script: "redis.call('set','a',1)", command: "EVAL_RO", say: steps(2) },
  { name: "an empty word", script: "local a = 1\nreturn a", say: [[""]] },
  {
    name: "loops of all kinds",
    script: "for k, v in pairs({1,2,x=3}) do\n  local a = k\nend\nfor k in pairs({1,2}) do end\n" +
      "for k, v in ipairs({1,2}) do local z = v end\nlocal i = 0\nrepeat\n  i = i + 1\nuntil i > 2\n" +
      "repeat i = i - 1 until i < 0\nwhile i < 2 do i = i + 1 end\nreturn i",
    say: steps(40),
  },
  {
    name: "expressions over several lines",
    script:
      "local a, b = 1, 2\nlocal c = a ==\n b\nlocal d = a\n  <\n b and\n c or\n nil\nif a\n then c = 1\n" +
      "elseif b\n then\n c = 2 end\nlocal t = {\n 1,\n f = function()\n  return 1\n end,\n [3]=4\n}\n" +
      "return t\n .f(\n) + (not\n d and 1 or\n 2)",
    say: steps(40),
  },
  {
    name: "functions that call themselves",
    script: "local function f(n) return n > 0 and f(n - 1) or 0 end\nf(2)\nlocal mt = {}\n" +
      "mt.__index = function(t, k) return k > 3 and k or t[k + 1] end\nlocal t = setmetatable({}, mt)\nreturn t[1]",
    say: steps(40),
  },
];
