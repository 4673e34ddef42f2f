/**
 * Random calls of the string library and arithmetic at the edges: formats, patterns that need not be well-formed,
 * numbers of every size.
 */
import { randomSource } from "./lua_programs.ts";

const NUMBERS = [
  ...["1/0", "-1/0", "0/0", "0", "2^53", "2^63", "-2^63", "2^64", "1e308", "5e-324", "0.5", "2.5", "1e15"],
  ...["123456789012345", "'12'", "'0x1f'", "'1e3'", "' 7 '", "nil"],
];
const FLAGS = ["", "-", "+", " ", "#", "0", "-+", "0+", "# "];
const WIDTHS = ["", "5", "12", "1"];
const PRECISIONS = ["", ".0", ".1", ".3", ".10", ".20", "."];
const CONVERSIONS = ["d", "i", "u", "x", "X", "o", "c", "e", "E", "f", "g", "G", "s", "q"];
const OPERATORS = ["+", "-", "*", "/", "%", "^", ".."];
const ATOMS = [
  ...[
    "a",
    "b",
    "x",
    ".",
    "%a",
    "%d",
    "%w",
    "%s",
    "%p",
    "%U",
    "%z",
    "%.",
    "-",
    "%",
    "$",
    "(",
    ")",
    "()",
    "(a)",
  ],
  ...[
    "(.-)",
    "(b*)",
    "%1",
    "%b()",
    "%f[%w]",
    "[ab]",
    "[^a]",
    "[a-c]",
    "[%d%s]",
    "[",
    "]",
    "[]]",
    "[^]]",
    "[a-]",
  ],
];
const SUFFIXES = ["", "", "", "*", "+", "-", "?"];
const PIECES = ["a", "b", "c", "1", " ", "(", ")", ".", "\\0", "x", "ab", "-", "\\255"];

const EXPRESSIONS_PER_SCRIPT = 8;

export class CallMaker {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomSource(seed);
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #one(items: readonly string[]): string {
    return items[this.#below(items.length)]!;
  }

  #many(items: readonly string[], most: number): string {
    return Array.from({ length: this.#below(most) }, () => this.#one(items)).join("");
  }

  #number(): string {
    switch (this.#below(4)) {
      case 0:
        return String(this.#below(200) - 100);
      case 1:
        return String(this.#random() * 10 ** (this.#below(30) - 15));
      case 2:
        return `${this.#below(2000) - 1000}/${2 ** this.#below(11)}`;
      default:
        return this.#one(NUMBERS);
    }
  }

  #pattern(): string {
    const atoms = Array.from({ length: 1 + this.#below(5) }, () => this.#one(ATOMS) + this.#one(SUFFIXES));
    return this.#one(["", "", "^"]) + atoms.join("") + this.#one(["", "", "$"]);
  }

  #expression(): string {
    const subject = `'${this.#many(PIECES, 10)}'`;
    switch (this.#below(8)) {
      case 0:
      case 1: {
        const spec = this.#one(FLAGS) + this.#one(WIDTHS) + this.#one(PRECISIONS) + this.#one(CONVERSIONS);
        return `pcall(string.format, '%${spec}', ${this.#number()})`;
      }
      case 2:
        return `pcall(function() return ${this.#number()} ${this.#one(OPERATORS)} ${this.#number()} end)`;
      case 3:
        return `tostring(${this.#number()})`;
      case 4:
        return `pcall(string.find, ${subject}, '${this.#pattern()}')`;
      case 5:
        return `pcall(string.match, ${subject}, '${this.#pattern()}', ${this.#below(6) - 2})`;
      case 6:
        return `pcall(string.gsub, ${subject}, '${this.#pattern()}', '<%0%1>', ${this.#below(5)})`;
      default:
        return `pcall(function() local r = {} for a, b in string.gmatch(${subject}, '${this.#pattern()}') do ` +
          "r[#r + 1] = a r[#r + 1] = b end return r end)";
    }
  }

  /** Statements that return what several calls give. */
  script(): string {
    const expressions = Array.from({ length: EXPRESSIONS_PER_SCRIPT }, () => `{${this.#expression()}}`);
    return `return ${expressions.join(", ")}`;
  }
}
