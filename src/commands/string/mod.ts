/** The commands of group string. */
import type { CommandSpec } from "../../command.ts";
import { get } from "./get.ts";
import { decr, decrby, incr, incrby } from "./incr.ts";
import { set, setnx } from "./set.ts";

export const stringCommands: readonly CommandSpec[] = [
  decr,
  decrby,
  get,
  incr,
  incrby,
  set,
  setnx,
];
