/** The commands of group string. */
import type { CommandSpec } from "../../command.ts";
import { append, setrange } from "./append.ts";
import { get, mget } from "./get.ts";
import { getdel, getex } from "./getex.ts";
import { getrange, strlen, substr } from "./getrange.ts";
import { decr, decrby, incr, incrby } from "./incr.ts";
import { incrbyfloat } from "./incrbyfloat.ts";
import { lcs } from "./lcs.ts";
import { mset, msetnx } from "./mset.ts";
import { getset, psetex, set, setex, setnx } from "./set.ts";

export const stringCommands: readonly CommandSpec[] = [
  append,
  decr,
  decrby,
  get,
  getdel,
  getex,
  getrange,
  getset,
  incr,
  incrby,
  incrbyfloat,
  lcs,
  mget,
  mset,
  msetnx,
  psetex,
  set,
  setex,
  setnx,
  setrange,
  strlen,
  substr,
];
