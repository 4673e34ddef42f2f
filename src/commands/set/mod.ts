/** The commands of group set. */
import type { CommandSpec } from "../../command.ts";
import { sadd, smove, srem } from "./sadd.ts";
import { sinter, sintercard, sinterstore } from "./sinter.ts";
import { scard, sismember, smembers, smismember } from "./smembers.ts";
import { spop, srandmember } from "./spop.ts";
import { sscan } from "./sscan.ts";
import { sdiff, sdiffstore, sunion, sunionstore } from "./sunion.ts";

export const setCommands: readonly CommandSpec[] = [
  sadd,
  scard,
  sdiff,
  sdiffstore,
  sinter,
  sintercard,
  sinterstore,
  sismember,
  smembers,
  smismember,
  smove,
  spop,
  srandmember,
  srem,
  sscan,
  sunion,
  sunionstore,
];
