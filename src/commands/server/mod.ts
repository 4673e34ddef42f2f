/** The commands of group server. */
import type { CommandSpec } from "../../command.ts";
import { command } from "./command.ts";
import { config } from "./config.ts";
import { debug } from "./debug.ts";
import { dbsize, flushall, flushdb, swapdb } from "./flush.ts";
import { info } from "./info.ts";
import { latency } from "./latency.ts";
import { lolwut } from "./lolwut.ts";
import { memory } from "./memory.ts";
import { monitor } from "./monitor.ts";
import { shutdown } from "./shutdown.ts";
import { slowlog } from "./slowlog.ts";
import { bgrewriteaof, bgsave, save } from "./save.ts";
import { lastsave, time } from "./time.ts";

export const serverCommands: readonly CommandSpec[] = [
  bgrewriteaof,
  bgsave,
  command,
  config,
  dbsize,
  debug,
  flushall,
  flushdb,
  info,
  lastsave,
  latency,
  lolwut,
  memory,
  monitor,
  save,
  shutdown,
  slowlog,
  swapdb,
  time,
];
