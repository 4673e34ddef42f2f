/**
 * Random small Lua programs: arithmetic, strings, tables, functions, loops. Every program ends by itself; many end
 * with an error, whose text is part of the comparison.
 */

/** Numbers from 0 (inclusive) to 1 by a seed: xorshift of 32 bits. */
export function randomSource(seed: number): () => number {
  let state = (seed | 0) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const VARIABLES = ["a", "b", "c", "d"];

const LITERALS = [
  ...[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "10",
    "0.5",
    "1.5",
    "-2.25",
    "100",
    "255",
    "1e3",
    "1e15",
    "2^31",
    "2^53",
    "0x1f",
  ],
  ...[
    "1e-3",
    "7",
    "64",
    "1/3",
    "''",
    "'a'",
    "'abc'",
    "'10'",
    "'0x10'",
    "' 5 '",
    "'1e2'",
    "'a\\0b'",
    "'%d'",
    "'x y'",
  ],
  ...["nil", "true", "false", "{}", "{1,2,3}", "{1,nil,3}", "{x=1,y=2}", "{'a','b',n=2}", "{{1},{2}}"],
];

const BINARY = ["+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or"];
const UNARY = ["-", "not ", "#"];

/** Calls with holes for expressions. */
const CALLS = [
  ...[
    "tostring(?)",
    "tonumber(?)",
    "tonumber(?,?)",
    "type(?)",
    "#tostring(?)",
    "math.floor(?)",
    "math.ceil(?)",
  ],
  ...["math.abs(?)", "math.max(?,?)", "math.min(?,?)", "math.fmod(?,?)", "math.sqrt(?)", "string.len(?)"],
  ...["string.sub(?,?,?)", "string.sub(?,?)", "string.upper(?)", "string.rep(?,(?)%7)", "string.byte(?,?)"],
  ...[
    "string.reverse(?)",
    "string.find(?,?)",
    "string.match(?,?)",
    "string.gsub(?,?,?)",
    "string.format('%d',?)",
  ],
  ...[
    "string.format('%s|%5s',?,?)",
    "string.format('%g',?)",
    "string.format('%5.2f',?)",
    "string.format('%x',?)",
  ],
  ...["string.format('%q',?)", "table.concat(?)", "table.concat(?,?)", "table.getn(?)", "table.maxn(?)"],
  ...[
    "select(?,?,?)",
    "select('#',?,?)",
    "unpack(?)",
    "rawget(?,?)",
    "rawequal(?,?)",
    "next(?)",
    "pcall(f,?,?)",
  ],
  ...["f(?,?)", "f(?)", "g(?)", "g()", "(?)[?]", "(?).x", "table.remove(?)", "{?,?}", "{[?]=?}", "{x=?,?}"],
  ...["(function(...) return select('#',...) end)(?,?)", "setmetatable({},{__index=?})[?]"],
  ...["setmetatable({},{__add=f,__concat=g})+(?)", "('x'):rep((?)%5)", "loadstring(?)", "math.modf(?)"],
];

export class ProgramMaker {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomSource(seed);
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#below(items.length)]!;
  }

  #expression(depth: number): string {
    const choice = depth <= 0 ? this.#below(2) : this.#below(9);
    switch (choice) {
      case 0:
        return this.#one(VARIABLES);
      case 1:
        return this.#one(LITERALS);
      case 2:
      case 3:
      case 4:
        return `(${this.#expression(depth - 1)} ${this.#one(BINARY)} ${this.#expression(depth - 1)})`;
      case 5:
        return `${this.#one(UNARY)}(${this.#expression(depth - 1)})`;
      case 6:
        return `${this.#expression(depth - 1)} ${this.#one(BINARY)} ${this.#expression(depth - 1)}`;
      default:
        return this.#one(CALLS).replace(/\?/g, () => this.#expression(depth - 2));
    }
  }

  #statement(depth: number): string {
    const name = this.#one(VARIABLES);
    switch (depth <= 0 ? this.#below(4) : this.#below(13)) {
      case 0:
      case 1:
        return `${name} = ${this.#expression(3)}`;
      case 2:
        return `if type(${name}) == 'table' then ${name}[${this.#expression(1)}] = ${
          this.#expression(2)
        } end`;
      case 3:
        return `${name}, ${this.#one(VARIABLES)} = ${this.#expression(2)}, ${this.#expression(2)}`;
      case 4:
        return `if ${this.#expression(2)} then ${this.#block(depth)} else ${this.#block(depth)} end`;
      case 5:
        return `for i = ${this.#below(3)}, ${this.#below(6)} do ${this.#block(depth)} ${name} = i end`;
      case 6:
        return `for i = 3, ${this.#below(3)}, -${1 + this.#below(2)} do ${this.#block(depth)} end`;
      case 7:
        return `for k, v in pairs(type(${name}) == 'table' and ${name} or {}) do ${
          this.#one(VARIABLES)
        } = v ` +
          `${this.#block(0)} end`;
      case 8:
        return `for i, v in ipairs(type(${name}) == 'table' and ${name} or {}) do ${
          this.#one(VARIABLES)
        } = i end`;
      case 9:
        return `do local n = 0 while n < ${this.#below(5)} do n = n + 1 ${this.#block(depth)} ` +
          `if ${this.#expression(1)} then break end end end`;
      case 10:
        return `do local n = 0 repeat n = n + 1 local ${name} = ${this.#expression(2)} ` +
          `until n > 2 or ${this.#expression(1)} end`;
      case 11:
        return `${name} = pcall(function() ${this.#block(depth)} return ${this.#expression(2)} end)`;
      default:
        return `do local ${name} = ${this.#expression(2)} ` +
          `${this.#one(VARIABLES)} = function(...) return ${name}, ... end end`;
    }
  }

  #block(depth: number): string {
    const count = 1 + this.#below(2);
    return Array.from({ length: count }, () => this.#statement(depth - 1)).join("; ");
  }

  /** A chunk that returns its variables; lines tell errors apart. */
  program(): string {
    const lines = [
      "local a, b, c, d = 1, 'x', {1,2,3}, nil",
      `local function f(x, y) return ${
        this.#one(["x", "y", "x or y", "x, y", "x == y", "#tostring(x)"])
      } end`,
      `local function g(...) return ${this.#one(["...", "select('#', ...)", "(...)", "{...}"])} end`,
    ];
    const count = 2 + this.#below(6);
    for (let i = 0; i < count; i++) lines.push(this.#statement(2));
    return `${lines.join("\n")}\nreturn a, b, c, d`;
  }
}

/**
 * A script that fills and empties a table at random (the script's own chance, which is the same on both sides) and
 * shows the order of its keys and the borders that `#` found on the way.
 */
export function tableProgram(seed: number): string {
  return `math.randomseed(${seed})
local r, t, out = math.random, {}, {}
local function key()
  local x = r(1, 10)
  if x <= 4 then return r(1, 40) elseif x <= 6 then return 'k' .. r(1, 30) elseif x == 7 then return r(1, 20) / 4
  elseif x == 8 then return -r(1, 10) elseif x == 9 then return r(1, 2) == 1
  else return ('long'):rep(r(1, 30)) .. r(1, 5) end
end
for i = 1, r(1, 150) do
  if r(1, 100) <= 25 then t[key()] = nil else t[key()] = i end
  if r(1, 20) == 1 then out[#out + 1] = #t end
  if r(1, 30) == 1 then t[#t + 1] = i end
  if r(1, 40) == 1 then table.remove(t) end
  if r(1, 60) == 1 then t = {1, 2, 3, r(), x = 1, y = 2, unpack(out)} end
end
for k, v in pairs(t) do out[#out + 1] = tostring(k) .. '=' .. tostring(v) end
return table.concat(out, ' ') .. ' ' .. #t .. ' ' .. table.maxn(t)`;
}
