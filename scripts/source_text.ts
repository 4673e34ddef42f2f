/**
 * A reader of TypeScript that knows just enough to tell code from comments, strings and regular expressions.
 *
 * Invariant: the text that it gives back has the length and the line ends of the source, so that positions in one
 * are positions in the other.
 */

/** A specifier of an import or export, and the line it starts on (from 1). */
export interface Specifier {
  specifier: string;
  line: number;
}

/** Every literal specifier of static and dynamic imports and of re-exports. */
export function specifiersOf(source: string): Specifier[] {
  const code = withoutTextAndComments(source);
  const found: Specifier[] = [];
  for (const match of code.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(["'])/g)) {
    const start = match.index + match[0].length;
    const end = code.indexOf(match[1]!, start);
    found.push({ specifier: source.slice(start, end), line: code.slice(0, match.index).split("\n").length });
  }
  return found;
}

/** The source with comments, regular expressions and the insides of strings replaced by spaces. */
export function withoutTextAndComments(source: string): string {
  return new Blanker(source).run();
}

class Blanker {
  readonly #source: string;
  readonly #pieces: string[] = [];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): string {
    while (this.#at < this.#source.length) this.#code(false);
    return this.#pieces.join("");
  }

  /** Code up to the end, or up to the brace that closes a template's expression. */
  #code(inTemplate: boolean): void {
    let depth = 0;
    while (this.#at < this.#source.length) {
      const char = this.#source[this.#at]!;
      const two = this.#source.slice(this.#at, this.#at + 2);
      if (two === "//") this.#blankTo(this.#find("\n", this.#at));
      else if (two === "/*") this.#blankTo(this.#find("*/", this.#at + 2) + 2);
      else if (char === '"' || char === "'") this.#string(char);
      else if (char === "`") this.#template();
      else if (char === "/" && this.#startsRegExp()) this.#blankTo(this.#endOfRegExp());
      else {
        if (char === "{") depth++;
        if (char === "}" && --depth < 0 && inTemplate) return;
        this.#keep(1);
      }
    }
  }

  #string(quote: string): void {
    this.#keep(1);
    let end = this.#at;
    while (end < this.#source.length && this.#source[end] !== quote && this.#source[end] !== "\n") {
      end += this.#source[end] === "\\" ? 2 : 1;
    }
    this.#blankTo(end);
    this.#keep(1);
  }

  #template(): void {
    this.#keep(1);
    while (this.#at < this.#source.length && this.#source[this.#at] !== "`") {
      if (this.#source.startsWith("${", this.#at)) {
        this.#keep(2);
        this.#code(true);
        this.#keep(1);
      } else {
        this.#blankTo(this.#at + (this.#source[this.#at] === "\\" ? 2 : 1));
      }
    }
    this.#keep(1);
  }

  /** A slash divides after a value and starts a regular expression elsewhere. */
  #startsRegExp(): boolean {
    const before = this.#pieces.slice(-80).join("").trimEnd();
    return before === "" || /[(,=:[!&|?{};+\-*%~^<>]$/.test(before) ||
      /\b(?:return|typeof|case|in|of|yield|await|void|delete|do|else)$/.test(before);
  }

  #endOfRegExp(): number {
    let inClass = false;
    for (let at = this.#at + 1; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (char === "\n") return at;
      if (char === "\\") at++;
      else if (char === "[") inClass = true;
      else if (char === "]") inClass = false;
      else if (char === "/" && !inClass) return at + 1;
    }
    return this.#source.length;
  }

  #find(text: string, from: number): number {
    const at = this.#source.indexOf(text, from);
    return at < 0 ? this.#source.length : at;
  }

  #keep(count: number): void {
    this.#pieces.push(this.#source.slice(this.#at, this.#at + count));
    this.#at += count;
  }

  #blankTo(end: number): void {
    this.#pieces.push(this.#source.slice(this.#at, end).replace(/[^\n]/g, " "));
    this.#at = Math.min(end, this.#source.length);
  }
}
