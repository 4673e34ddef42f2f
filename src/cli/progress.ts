/** A bar that shows on a terminal how far long work has come; elsewhere nothing is shown. */
import type { Terminal } from "./terminal.ts";

const BAR_COLUMNS = 30;
/** Ms between two pictures, and before the first: what is done by then needs none. */
const REDRAW_MS = 100;
const FIRST_MS = 300;
const ERASE_LINE = "\r\x1b[K";

export interface ProgressOptions {
  readonly label: string;
  /** All there is to do; undefined: not known, the amount alone is shown. */
  readonly total?: number;
  /** How an amount is written. */
  readonly unit?: (amount: number) => string;
}

/** Drawn on standard error, so that what is printed stays what it is. Costs a clock reading for each step. */
export class Progress implements Disposable {
  readonly #terminal: Terminal;
  readonly #isVisible: boolean;
  readonly #options: ProgressOptions;
  #nextAt = performance.now() + FIRST_MS;
  #isDrawn = false;

  /** @param isVisible whether standard error is a terminal */
  constructor(terminal: Terminal, isVisible: boolean, options: ProgressOptions) {
    this.#terminal = terminal;
    this.#isVisible = isVisible;
    this.#options = options;
  }

  /** So much is done. */
  show(done: number): void {
    if (!this.#isVisible) return;
    const now = performance.now();
    if (now < this.#nextAt) return;
    this.#nextAt = now + REDRAW_MS;
    this.#isDrawn = true;
    this.#terminal.printError(ERASE_LINE + progressText(this.#options, done));
  }

  /** Takes the bar away, so that something else can be printed. */
  hide(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#terminal.printError(ERASE_LINE);
  }

  [Symbol.dispose](): void {
    this.hide();
  }
}

/** The bar as text, without the control sequences. */
export function progressText(
  { label, total, unit = (amount) => amount.toLocaleString("en") }: ProgressOptions,
  done: number,
): string {
  if (total === undefined) return `${label} ${unit(done)}`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * BAR_COLUMNS);
  const bar = "#".repeat(filled) + ".".repeat(BAR_COLUMNS - filled);
  return `${label} [${bar}] ${Math.floor(share * 100)}% ${unit(done)} of ${unit(total)}`;
}

/** Bytes as people read them. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  return unit === 0 ? `${amount} B` : `${amount.toFixed(1)} ${units[unit]}`;
}
