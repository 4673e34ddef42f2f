/** LOLWUT: a picture, and the version of the reference on the last line. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import { REDIS_VERSION } from "../../sys/version.ts";
import { drawHills, drawSquares } from "./lolwut_art.ts";

const COLUMNS_MAX = 1000;
const SQUARES_MAX = 200;
const ROWS_MAX = 1000;

/** Argument `i` between 1 and `most`, or what is usual when it is left out. @throws ReplyError when it is no integer */
function measure(args: Args, i: number, most: number, usual: number): number {
  if (i >= args.count) return usual;
  return Math.min(most, Math.max(1, args.integer(i)));
}

export const lolwut = defineCommand({
  name: "LOLWUT",
  group: "server",
  since: "5.0.0",
  summary: "Draws a picture and tells the version of the server",
  complexity: "O(N) where N is the size of the picture",
  syntax: "[VERSION version]",
  arity: -1,
  flags: ["readonly", "fast"],
  categories: [],
  run({ server }, args, reply) {
    const signature = `Redis ver. ${REDIS_VERSION}\n`;
    const version = args.count > 2 && args.is(1, "version") ? args.integer(2) : 7;
    if (version === 5) {
      const columns = measure(args, 3, COLUMNS_MAX, 66);
      const perRow = measure(args, 4, SQUARES_MAX, 8);
      const rows = measure(args, 5, SQUARES_MAX, 12);
      const picture = drawSquares(columns, perRow, rows, server.random);
      reply.verbatim(`${picture}\nSquares that lose their patience, after Georg Nees, 1968. ${signature}`);
    } else if (version === 6) {
      const columns = measure(args, 3, COLUMNS_MAX, 80);
      const rows = measure(args, 4, ROWS_MAX, 20);
      const picture = drawHills(columns, rows, server.random);
      reply.verbatim(`${picture}\nHills in the morning, never the same ones. ${signature}`);
    } else {
      reply.verbatim(signature);
    }
  },
});
