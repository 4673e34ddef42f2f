/**
 * A line that is being typed: its text, the cursor, and what each key does to them. Pure: keys in, what is to be done out;
 * whoever has a terminal shows it ({@link Screen} in line_view.ts).
 *
 * Keys are those of the editor in redis-cli, and some of readline's beside them: Ctrl-R looks back in the history, Ctrl-Y
 * gives back what was killed, Alt and Ctrl with the arrows go word by word.
 */
import type { Key, KeyName } from "./keys.ts";

/** What the one who asked for the line has to do. */
export type EditorEvent =
  /** Show the line anew. */
  | "changed"
  /** Nothing changed that could be seen. */
  | "nothing"
  /** The key means nothing here. */
  | "refused"
  /** The line is complete. */
  | "entered"
  /** Ctrl-C. */
  | "interrupted"
  /** Ctrl-D on an empty line. */
  | "ended"
  /** Clear the terminal, and show the line anew. */
  | "clear";

/** What lines may become, in the order in which they are offered. */
export type Completer = (text: string) => readonly string[];

export interface EditorOptions {
  /** Former lines, the oldest first. */
  readonly history: readonly string[];
  readonly complete?: Completer;
}

export class LineEditor {
  readonly #complete: Completer;
  /** Former lines and, last, this one; what is edited of them stays edited until the line is entered. */
  readonly #lines: string[];
  #line: number;
  /** Characters, not code units. */
  #chars: string[] = [];
  #cursor = 0;
  #killed: string[] = [];
  #search: Search | undefined;
  /** What completion offers, and which of it is shown. */
  #offered: { readonly original: string; readonly texts: readonly string[]; at: number } | undefined;

  constructor(options: EditorOptions) {
    this.#complete = options.complete ?? (() => []);
    this.#lines = [...options.history, ""];
    this.#line = this.#lines.length - 1;
  }

  get text(): string {
    return this.#chars.join("");
  }

  /** How many characters stand before the cursor. */
  get cursor(): number {
    return this.#cursor;
  }

  get characters(): readonly string[] {
    return this.#chars;
  }

  /** What stands in place of the prompt while the history is searched. */
  get searchPrompt(): string | undefined {
    const search = this.#search;
    return search && `(${search.isFound ? "" : "failed "}reverse-i-search)\`${search.text}': `;
  }

  press(key: Key): EditorEvent {
    if (this.#search !== undefined) {
      const event = this.#pressInSearch(this.#search, key);
      if (event !== undefined) return event;
    }
    if (this.#offered !== undefined && !("name" in key && (key.name === "tab" || key.name === "escape"))) {
      this.#offered = undefined;
    }
    return "char" in key ? this.#insert(key.char) : this.#named(key.name);
  }

  #named(name: KeyName): EditorEvent {
    const chars = this.#chars;
    switch (name) {
      case "enter":
        return "entered";
      case "ctrl-c":
        return "interrupted";
      case "ctrl-d":
        return chars.length === 0 ? "ended" : this.#remove(this.#cursor, this.#cursor + 1);
      case "ctrl-l":
        return "clear";
      case "tab":
        return this.#offerNext();
      case "escape":
        return this.#takeBackOffer();
      case "ctrl-r":
        this.#search = { text: "", line: this.#line, isFound: true, original: this.text };
        return "changed";
      case "up":
      case "ctrl-p":
        return this.#goToLine(this.#line - 1);
      case "down":
      case "ctrl-n":
        return this.#goToLine(this.#line + 1);
      default:
        return this.#moved(name) ?? this.#edited(name) ?? "refused";
    }
  }

  #moved(name: KeyName): EditorEvent | undefined {
    switch (name) {
      case "left":
      case "ctrl-b":
        return this.#goTo(this.#cursor - 1);
      case "right":
      case "ctrl-f":
        return this.#goTo(this.#cursor + 1);
      case "home":
      case "ctrl-a":
        return this.#goTo(0);
      case "end":
      case "ctrl-e":
        return this.#goTo(this.#chars.length);
      case "word left":
        return this.#goTo(this.#wordStart());
      case "word right":
        return this.#goTo(this.#wordEnd());
      default:
        return undefined;
    }
  }

  #edited(name: KeyName): EditorEvent | undefined {
    switch (name) {
      case "backspace":
        return this.#remove(this.#cursor - 1, this.#cursor);
      case "delete":
        return this.#remove(this.#cursor, this.#cursor + 1);
      case "ctrl-t":
        return this.#swap();
      case "ctrl-u":
        return this.#kill(0, this.#chars.length);
      case "ctrl-k":
        return this.#kill(this.#cursor, this.#chars.length);
      case "ctrl-w":
        return this.#kill(this.#wordStart(), this.#cursor);
      case "kill word":
        return this.#kill(this.#cursor, this.#wordEnd());
      case "ctrl-y":
        return this.#insert(...this.#killed);
      default:
        return undefined;
    }
  }

  #insert(...chars: string[]): EditorEvent {
    if (chars.length === 0) return "nothing";
    this.#chars.splice(this.#cursor, 0, ...chars);
    this.#cursor += chars.length;
    return "changed";
  }

  #remove(from: number, to: number): EditorEvent {
    if (from < 0 || from >= this.#chars.length) return "nothing";
    this.#chars.splice(from, to - from);
    this.#cursor = from;
    return "changed";
  }

  #kill(from: number, to: number): EditorEvent {
    if (from >= to) return "nothing";
    this.#killed = this.#chars.slice(from, to);
    return this.#remove(from, to);
  }

  /** Swaps the character before the cursor with the one at it. */
  #swap(): EditorEvent {
    const at = this.#cursor;
    const [before, after] = [this.#chars[at - 1], this.#chars[at]];
    if (before === undefined || after === undefined) return "nothing";
    this.#chars.splice(at - 1, 2, after, before);
    if (at !== this.#chars.length - 1) this.#cursor++;
    return "changed";
  }

  #goTo(cursor: number): EditorEvent {
    if (cursor < 0 || cursor > this.#chars.length || cursor === this.#cursor) return "nothing";
    this.#cursor = cursor;
    return "changed";
  }

  /** Where the word before the cursor begins; blanks separate words. */
  #wordStart(): number {
    let at = this.#cursor;
    while (at > 0 && this.#chars[at - 1] === " ") at--;
    while (at > 0 && this.#chars[at - 1] !== " ") at--;
    return at;
  }

  #wordEnd(): number {
    let at = this.#cursor;
    while (at < this.#chars.length && this.#chars[at] === " ") at++;
    while (at < this.#chars.length && this.#chars[at] !== " ") at++;
    return at;
  }

  #goToLine(line: number): EditorEvent {
    if (line < 0 || line >= this.#lines.length) return "nothing";
    this.#lines[this.#line] = this.text;
    this.#line = line;
    this.#replace(this.#lines[line]!);
    return "changed";
  }

  #replace(text: string): void {
    this.#chars = [...text];
    this.#cursor = this.#chars.length;
  }

  // ---- completion -------------------------------------------------------------------------------------------

  /** Offers one text after the other and, in the end, what was typed. */
  #offerNext(): EditorEvent {
    if (this.#offered === undefined) {
      const texts = this.#complete(this.text);
      if (texts.length === 0) return "refused";
      this.#offered = { original: this.text, texts, at: -1 };
    }
    const offered = this.#offered;
    offered.at = (offered.at + 1) % (offered.texts.length + 1);
    const isOriginal = offered.at === offered.texts.length;
    this.#replace(isOriginal ? offered.original : offered.texts[offered.at]!);
    return "changed";
  }

  #takeBackOffer(): EditorEvent {
    if (this.#offered === undefined) return "nothing";
    this.#replace(this.#offered.original);
    this.#offered = undefined;
    return "changed";
  }

  // ---- search -----------------------------------------------------------------------------------------------

  /** Undefined: the search is over, and the key is for the line that was found. */
  #pressInSearch(search: Search, key: Key): EditorEvent | undefined {
    if ("char" in key) return this.#find(search, search.text + key.char, search.line);
    switch (key.name) {
      case "ctrl-r":
        return this.#find(search, search.text, search.line - 1);
      case "backspace":
        return this.#find(search, [...search.text].slice(0, -1).join(""), this.#lines.length - 1);
      case "ctrl-g":
      case "ctrl-c":
        this.#search = undefined;
        this.#replace(search.original);
        return "changed";
      case "escape":
        this.#search = undefined;
        return "changed";
      default:
        this.#search = undefined;
        return undefined;
    }
  }

  /** Looks for a text from a line backwards. */
  #find(search: Search, text: string, from: number): EditorEvent {
    search.text = text;
    for (let line = from; line >= 0; line--) {
      const candidate = line === this.#lines.length - 1 ? search.original : this.#lines[line]!;
      const at = text === "" ? -1 : candidate.lastIndexOf(text);
      if (at < 0) continue;
      search.line = line;
      search.isFound = true;
      this.#line = line;
      this.#replace(candidate);
      this.#cursor = [...candidate.slice(0, at)].length;
      return "changed";
    }
    search.isFound = text === "";
    return "changed";
  }
}

interface Search {
  text: string;
  /** Where the last one was found. */
  line: number;
  isFound: boolean;
  readonly original: string;
}
