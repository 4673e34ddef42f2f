/**
 * How a line that is being typed is shown on a terminal, over as many rows as it takes: what has to be written so that the
 * terminal shows it, knowing what was shown before.
 */

/** What is to be seen. */
export interface Shown {
  readonly prompt: string;
  readonly characters: readonly string[];
  /** How many characters stand before the cursor. */
  readonly cursor: number;
  /** What may follow, shown behind the text as far as the row goes. */
  readonly hint?: string;
}

const HINT_COLOUR = "\x1b[0;90;49m";
const PLAIN = "\x1b[0m";

/** How many columns a character takes: 0 where it is put on the one before it, 2 where it is wide. */
export function widthOf(char: string): number {
  const code = char.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(char)) return 0;
  const isWide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return isWide ? 2 : 1;
}

/** Where on the terminal something is, counted from where the prompt begins. */
class Place {
  row = 0;
  column = 0;
  readonly #columns: number;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Goes behind these characters. */
  pass(characters: Iterable<string>): this {
    for (const char of characters) {
      const width = widthOf(char);
      if (this.column + width > this.#columns) {
        this.row++;
        this.column = 0;
      }
      this.column += width;
    }
    return this;
  }

  /** Where the cursor stands for the next character: a full row has none left. */
  settle(): this {
    if (this.column >= this.#columns) {
      this.row++;
      this.column = 0;
    }
    return this;
  }
}

/** One line on one terminal, from its prompt to its end. */
export class LineView {
  /** In which row the cursor is, counted from the prompt's. */
  #row = 0;

  /** What to write for an empty line. @param columns how wide the terminal is */
  begin(prompt: string, columns: number): string {
    this.#row = new Place(columns).pass(prompt).row;
    return prompt;
  }

  /** What to write so that this is seen. @param columns how wide the terminal is */
  draw({ prompt, characters, cursor, hint }: Shown, columns: number): string {
    const end = new Place(columns).pass(prompt).pass(characters);
    const room = columns - end.column;
    const visible = hint === undefined || end.row > 0 ? "" : upTo(hint, room);
    let out = `${this.#toStart()}\x1b[J${prompt}${characters.join("")}`;
    if (visible !== "") out += `${HINT_COLOUR}${visible}${PLAIN}`;
    // A terminal waits at the end of a full row until something is written.
    if (end.column >= columns) out += "\n\r";
    end.settle();
    const place = new Place(columns).pass(prompt).pass(characters.slice(0, cursor)).settle();
    if (end.row > place.row) out += `\x1b[${end.row - place.row}A`;
    out += place.column > 0 ? `\r\x1b[${place.column}C` : "\r";
    this.#row = place.row;
    return out;
  }

  /** What to write when the terminal was cleared and is to be drawn anew. */
  clear(): string {
    this.#row = 0;
    return "\x1b[H\x1b[2J";
  }

  #toStart(): string {
    return this.#row > 0 ? `\x1b[${this.#row}A\r` : "\r";
  }
}

/** As much of a text as fits into some columns. */
function upTo(text: string, columns: number): string {
  let left = columns;
  let visible = "";
  for (const char of text) {
    left -= widthOf(char);
    if (left < 0) break;
    visible += char;
  }
  return visible;
}
