/**
 * A terminal as far as line editors need one: what stands where, in which style, and where the cursor is. Knows the control
 * sequences that they send; another one is an error.
 */

/** A character and how it is shown. */
interface Cell {
  readonly char: string;
  /** The parameters of the last `ESC [ ... m`; "" for plain. */
  readonly style: string;
}

const BLANK: Cell = { char: " ", style: "" };

export class Screen {
  readonly columns: number;
  readonly #rows: number;
  /** Rows that went out at the top stay: nothing is forgotten. */
  #lines: Cell[][] = [[]];
  #top = 0;
  row = 0;
  column = 0;
  #style = "";
  /** How often the bell rang. */
  bells = 0;
  /** How many lines were begun. */
  lineFeeds = 0;
  /** Whether the cursor was put where it is, and did not just come by while something was printed. */
  isPlaced = false;
  #pending = "";

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.#rows = rows;
  }

  write(text: string): void {
    this.#pending += text;
    for (;;) {
      // deno-lint-ignore no-control-regex
      const token = /^(?:\x1b\[([\d;?]*)([A-Za-z])|[^\x1b])/su.exec(this.#pending);
      if (token === null) break;
      this.#pending = this.#pending.slice(token[0].length);
      this.isPlaced = token[2] === "C" || token[2] === "G";
      if (token[2] === undefined) this.#put(token[0]);
      else this.#control(token[1]!, token[2]);
    }
    // deno-lint-ignore no-control-regex
    if (/^\x1b(?!\[?[\d;?]*$)/.test(this.#pending)) {
      throw new Error(`an unknown control sequence: ${JSON.stringify(this.#pending.slice(0, 20))}`);
    }
  }

  #put(char: string): void {
    switch (char) {
      case "\r":
        this.column = 0;
        return;
      case "\n":
        this.lineFeeds++;
        return this.#down();
      case "\x07":
        this.bells++;
        return;
    }
    if (this.column >= this.columns) {
      this.column = 0;
      this.#down();
    }
    const line = this.#line();
    while (line.length < this.column) line.push(BLANK);
    line[this.column++] = { char, style: this.#style };
  }

  #down(): void {
    this.row++;
    if (this.row >= this.#rows) {
      this.row--;
      this.#top++;
    }
    this.#line();
  }

  /** The one with the cursor. */
  #line(): Cell[] {
    while (this.#lines.length <= this.#top + this.row) this.#lines.push([]);
    return this.#lines[this.#top + this.row]!;
  }

  #control(parameters: string, command: string): void {
    const count = Number(parameters || 1);
    switch (command) {
      case "m":
        this.#style = /^0?$/.test(parameters) ? "" : parameters;
        return;
      case "A":
        this.row = Math.max(0, this.row - count);
        return;
      case "B":
        this.row = Math.min(this.#rows - 1, this.row + count);
        return;
      case "C":
        this.column = Math.min(this.columns - 1, this.column + count);
        return;
      case "G":
        this.column = Number(parameters || 1) - 1;
        return;
      case "H":
        this.row = this.column = 0;
        return;
      case "K":
        if (parameters === "2") this.#line().length = 0;
        else this.#line().splice(this.column);
        return;
      case "J":
        if (parameters === "2") this.#lines.splice(this.#top);
        else {
          this.#line().splice(this.column);
          this.#lines.splice(this.#top + this.row + 1);
        }
        this.#line();
        return;
      default:
        throw new Error(`an unknown control sequence: ESC [ ${parameters} ${command}`);
    }
  }

  /** Everything that was ever shown and not erased, without blanks and empty rows at the ends. */
  text(): string {
    return this.#lines.map((line) => line.map(({ char }) => char).join("").trimEnd()).join("\n").trimEnd();
  }

  /**
   * The same with the styles of what can be seen, as `{style}text`.
   * @param cursor stands where the cursor is
   */
  styledText(cursor = ""): string {
    return this.#lines.map((line, at) => {
      let [text, style] = ["", ""];
      const hasCursor = cursor !== "" && at === this.#top + this.row;
      for (const cell of hasCursor ? this.#withCursor(line, cursor) : line) {
        if (cell.char !== " " && cell.style !== style) text += `{${style = cell.style}}`;
        text += cell.char;
      }
      return text.trimEnd();
    }).join("\n").trimEnd();
  }

  #withCursor(line: readonly Cell[], cursor: string): Cell[] {
    const blanks = Array.from({ length: Math.max(0, this.column - line.length) }, () => BLANK);
    const cells = [...line, ...blanks];
    return cells.toSpliced(this.column, 0, { char: cursor, style: "" });
  }

  /** The line with the cursor, up to the cursor. */
  get beforeCursor(): string {
    return this.#line().slice(0, this.column).map(({ char }) => char).join("");
  }
}
