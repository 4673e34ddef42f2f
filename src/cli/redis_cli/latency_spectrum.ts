/** `--latency-dist`: how long a server takes to answer PING, as a spectrum: a column for each range, its share as a colour. */
import { LastingSession } from "./lasting_session.ts";
import type { ModeContext } from "./modes.ts";

/** The ranges: how long at most in ms, and the letter that stands for it. */
const RANGES: readonly (readonly [ms: number, letter: string])[] = [
  ...([[0.01, "."], [0.125, "-"], [0.25, "*"], [0.5, "#"]] as const),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((ms) => [ms, String(ms)] as const),
  ...[..."ABCDE"].map((letter, i) => [10 * (i + 1), letter] as const),
  ...[..."FGHIJ"].map((letter, i) => [100 * (i + 1), letter] as const),
  ...([[1000, "K"], [2000, "L"], [4000, "M"], [8000, "N"], [16_000, "O"], [30_000, "P"], [
    60_000,
    "Q",
  ]] as const),
  [Infinity, "?"],
];

/** From none to all, as numbers of a terminal's 256 colours. */
const COLOURS = [0, 233, 234, 235, 237, 239, 241, 243, 245, 247, 144, 143, 142, 184, 226, 214, 208, 202, 196];
const GREYS = [0, 233, 234, 235, 237, 239, 241, 243, 245, 247, 249, 251, 253];

const LINES_BETWEEN_LEGENDS = 20;
const LINE_MS = 1000;
/** Ms between two samples. */
const SAMPLE_MS = 1;
const RULE = "---------------------------------------------\n";
const LEGEND = `. - * #          .01 .125 .25 .5 milliseconds
1,2,3,...,9      from 1 to 9     milliseconds
A,B,C,D,E        10,20,30,40,50  milliseconds
F,G,H,I,J        .1,.2,.3,.4,.5       seconds
K,L,M,N,O,P,Q,?  1,2,4,8,16,30,60,>60 seconds
`;

/** Runs the mode, which does not end. */
export async function showSpectrum(context: ModeContext): Promise<number> {
  const { settings, world } = context;
  using session = await LastingSession.open(context);
  const palette = settings.isMonochrome ? GREYS : COLOURS;
  for (let line = 0;; line++) {
    const counts = RANGES.map(() => 0);
    const until = performance.now() + (settings.intervalMs || LINE_MS);
    do {
      const asked = performance.now();
      await session.send(["PING"]);
      const took = performance.now() - asked;
      counts[RANGES.findIndex(([most]) => took <= most)]!++;
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    } while (performance.now() < until);
    if (line % LINES_BETWEEN_LEGENDS === 0) world.terminal.print(legend(palette));
    world.terminal.print(spectrumLine(counts, palette));
  }
}

function legend(palette: readonly number[]): string {
  const scale = palette.map((colour) => `\x1b[48;5;${colour}m `).join("");
  return `${RULE}${LEGEND}From 0 to 100%: ${scale}\x1b[0m\n${RULE}`;
}

/** @param counts how many samples there were in each range */
export function spectrumLine(counts: readonly number[], palette: readonly number[] = COLOURS): string {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const columns = RANGES.map(([, letter], i) => {
    const share = counts[i]! / all;
    return `\x1b[48;5;${palette[Math.ceil(share * (palette.length - 1))]}m${letter}`;
  });
  return `\x1b[38;5;0m${columns.join("")}\x1b[0m\n`;
}
