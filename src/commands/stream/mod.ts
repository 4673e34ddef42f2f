/** The commands on streams. */
import type { CommandSpec } from "../../command.ts";
import { xadd } from "./xadd.ts";
import { xdel } from "./xdel.ts";
import { xlen } from "./xlen.ts";
import { xrange, xrevrange } from "./xrange.ts";
import { xread } from "./xread.ts";
import { xsetid } from "./xsetid.ts";
import { xtrim } from "./xtrim.ts";

export const streamCommands: readonly CommandSpec[] = [
  xadd,
  xdel,
  xlen,
  xrange,
  xread,
  xrevrange,
  xsetid,
  xtrim,
];
