/**
 * Lines that somebody types at a terminal, with everything that helps: editing, history, completion and hints. Between two
 * lines the terminal is in its ordinary mode, so that Ctrl-C ends what runs.
 */
import { utf8 } from "../../sys/bytes.ts";
import { byteText, plainText } from "../../server/config/tokens.ts";
import { type LineInput, StandardInput } from "../line_input.ts";
import type { History } from "./history.ts";
import { type Key, KeyReader } from "./keys.ts";
import { type EditorEvent, LineEditor } from "./line_editor.ts";
import { LineView } from "./line_view.ts";

/** What helps with a line. Texts are Unicode. */
export interface LineHelp {
  /** What the line may become. */
  complete(text: string): readonly string[];
  /** What may follow the line; undefined: nothing to say. */
  hint(text: string): string | undefined;
}

/** A terminal that sends every key at once. */
export interface KeyTerminal {
  setRaw(isRaw: boolean): void;
  /** How many bytes came, or null at the end. */
  read(into: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** Unicode. */
  write(text: string): void;
  readonly columns: number;
}

const CHUNK_BYTES = 4096;
const BELL = "\x07";

export class TerminalInput implements LineInput {
  readonly #terminal: KeyTerminal;
  readonly history: History;
  /** May come later than the first line is asked for. */
  help: LineHelp | undefined;
  readonly #keys = new KeyReader();
  readonly #chunk: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);

  constructor(history: History, terminal: KeyTerminal = standardKeys) {
    this.history = history;
    this.#terminal = terminal;
  }

  remember(line: string): void {
    this.history.add(plainText(line));
  }

  async read(prompt: string): Promise<string | undefined> {
    const line = new TypedLine(plainText(prompt), this.#terminal, this.history, () => this.help);
    this.#terminal.setRaw(true);
    try {
      line.begin();
      for (;;) {
        const key = await this.#nextKey();
        const event = key === undefined ? "ended" : line.press(key);
        if (event === "entered") return byteText(line.text);
        if (event === "ended" || event === "interrupted") return undefined;
      }
    } finally {
      this.#terminal.setRaw(false);
      this.#terminal.write("\n");
    }
  }

  async #nextKey(): Promise<Key | undefined> {
    for (;;) {
      const key = this.#keys.next();
      if (key !== undefined) return key;
      const count = await this.#terminal.read(this.#chunk);
      if (count === null) return undefined;
      this.#keys.feed(this.#chunk.subarray(0, count));
      // A terminal sends what belongs to one key at once: an escape alone is the key of that name.
      if (count === 1) {
        const escape = this.#keys.flush();
        if (escape !== undefined) return escape;
      }
    }
  }
}

/** One line, from its prompt to its end. */
class TypedLine {
  readonly #prompt: string;
  readonly #terminal: KeyTerminal;
  readonly #help: () => LineHelp | undefined;
  readonly #editor: LineEditor;
  readonly #view = new LineView();

  constructor(
    prompt: string,
    terminal: KeyTerminal,
    history: History,
    help: () => LineHelp | undefined,
  ) {
    this.#prompt = prompt;
    this.#terminal = terminal;
    this.#help = help;
    this.#editor = new LineEditor({
      history: history.lines,
      complete: (text) => help()?.complete(text) ?? [],
    });
  }

  get text(): string {
    return this.#editor.text;
  }

  begin(): void {
    this.#terminal.write(this.#view.begin(this.#prompt, this.#terminal.columns));
  }

  press(key: Key): EditorEvent {
    const event = this.#editor.press(key);
    switch (event) {
      case "changed":
        this.#draw(true);
        break;
      case "clear":
        this.#terminal.write(this.#view.clear());
        this.#draw(true);
        break;
      case "refused":
        this.#terminal.write(BELL);
        break;
      case "entered":
        this.#end();
        break;
    }
    return event;
  }

  #draw(showsHint: boolean): void {
    const { characters, cursor, searchPrompt } = this.#editor;
    const hint = showsHint && searchPrompt === undefined ? this.#help()?.hint(this.text) : undefined;
    const prompt = searchPrompt ?? this.#prompt;
    const shown = { prompt, characters, cursor, ...hint === undefined ? {} : { hint } };
    this.#terminal.write(this.#view.draw(shown, this.#terminal.columns));
  }

  /** Puts the cursor behind the line, and takes the hint away. */
  #end(): void {
    this.#editor.press({ name: "end" });
    this.#draw(false);
  }
}

const standardKeys: KeyTerminal = {
  setRaw: (isRaw) => Deno.stdin.setRaw(isRaw),
  read: (into) => Deno.stdin.read(into),
  write(text) {
    const bytes = utf8(text);
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  },
  get columns() {
    try {
      return Deno.consoleSize().columns || 80;
    } catch {
      return 80;
    }
  },
};

/** Terminals that know no control sequences. */
const DUMB = ["dumb", "cons25", "emacs"];

/** Where lines come from: the keys of a terminal, or whatever standard input is. */
export function lineInput(history: () => History, term: string | undefined): LineInput {
  const isTerminal = Deno.stdin.isTerminal() && !DUMB.includes((term ?? "").toLowerCase());
  return isTerminal ? new TerminalInput(history()) : new StandardInput();
}
