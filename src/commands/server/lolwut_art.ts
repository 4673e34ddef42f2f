/**
 * The pictures of LOLWUT. Chance comes from the server's random source, so no picture is drawn twice.
 *
 * Version 5 is a sheet of squares in Braille dots, after Georg Nees' plotter drawings of 1968: the further down a
 * square stands, the more it is turned and moved. Version 6 is a range of hills under a sky of grey shades.
 */
import type { Random } from "../../sys/random.ts";

/** Characters of a picture; a taller one is cut. */
const CELLS_MAX = 1 << 18;
/** Dots in one character. */
const CELL_WIDTH = 2;
const CELL_HEIGHT = 4;
const BRAILLE = 0x2800;
/** The bit of each dot of a character, row by row. */
const DOTS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

/** Dots that become characters of Braille. */
class Canvas {
  readonly #columns: number;
  readonly #rows: number;
  readonly #cells: Uint8Array;

  /** Of at least so many dots. */
  constructor(width: number, height: number) {
    this.#columns = Math.ceil(width / CELL_WIDTH);
    this.#rows = Math.min(Math.ceil(height / CELL_HEIGHT), Math.floor(CELLS_MAX / this.#columns));
    this.#cells = new Uint8Array(this.#columns * this.#rows);
  }

  dot(x: number, y: number): void {
    const column = Math.floor(x / CELL_WIDTH);
    const row = Math.floor(y / CELL_HEIGHT);
    if (column < 0 || column >= this.#columns || row < 0 || row >= this.#rows) return;
    const bit = DOTS[(y - row * CELL_HEIGHT) * CELL_WIDTH + (x - column * CELL_WIDTH)]!;
    this.#cells[row * this.#columns + column]! |= bit;
  }

  line(x1: number, y1: number, x2: number, y2: number): void {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1))));
    for (let i = 0; i <= steps; i++) {
      const share = i / steps;
      this.dot(Math.floor(x1 + (x2 - x1) * share), Math.floor(y1 + (y2 - y1) * share));
    }
  }

  toString(): string {
    let text = "";
    for (let row = 0; row < this.#rows; row++) {
      const cells = this.#cells.subarray(row * this.#columns, (row + 1) * this.#columns);
      text += `${String.fromCharCode(...Array.from(cells, (cell) => BRAILLE + cell))}\n`;
    }
    return text;
  }
}

/**
 * @param columns width in characters @param perRow squares side by side @param rows squares below each other
 */
export function drawSquares(columns: number, perRow: number, rows: number, random: Random): string {
  const width = columns * CELL_WIDTH;
  const margin = columns > 4 ? CELL_WIDTH : 0;
  const side = (width - margin * 2) / perRow;
  const canvas = new Canvas(width, Math.round(side * rows) + margin * 2 + 1);
  for (let row = 0; row < rows; row++) {
    const disorder = rows > 1 ? row / (rows - 1) : 0;
    for (let column = 0; column < perRow; column++) {
      const away = () => (random.float() - 0.5) * disorder * side;
      const x = margin + (column + 0.5) * side + away();
      const y = margin + (row + 0.5) * side + away();
      const turn = (random.float() - 0.5) * disorder * Math.PI / 2 + Math.PI / 4;
      drawSquare(canvas, x, y, (side - 1) / Math.SQRT2, turn);
    }
  }
  return canvas.toString();
}

function drawSquare(canvas: Canvas, x: number, y: number, radius: number, turn: number): void {
  const corner = (i: number): [number, number] => {
    const angle = turn + i * Math.PI / 2;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  };
  for (let i = 0; i < 4; i++) canvas.line(...corner(i), ...corner(i + 1));
}

/** Escape codes of background colours, from the sky to the nearest hill. */
const SHADES = ["107", "47", "100", "40"];

/** @param columns width @param rows height, both in characters */
export function drawHills(columns: number, rows: number, random: Random): string {
  const ridges = SHADES.slice(1).map((_, i) =>
    ridge(columns, rows * (i + 1) / (SHADES.length + 1), rows / 6, random)
  );
  let text = "";
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let shade = 0;
      for (let i = 0; i < ridges.length; i++) if (row >= ridges[i]![column]!) shade = i + 1;
      text += `\x1b[${SHADES[shade]}m \x1b[0m`;
    }
    text += "\n";
  }
  return text;
}

/** Heights of a line that wanders, as rows counted from above. */
function ridge(columns: number, middle: number, swing: number, random: Random): number[] {
  const phases = [random.float(), random.float(), random.float()].map((share) => share * 2 * Math.PI);
  return Array.from({ length: columns }, (_, column) => {
    const x = column / columns * 2 * Math.PI;
    const wave = phases.reduce((sum, phase, i) => sum + Math.sin(x * (i + 1) + phase) / (i + 1), 0);
    return middle + wave * swing;
  });
}
