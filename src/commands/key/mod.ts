/** The commands of group generic: what can be done to keys of any type. */
import type { CommandSpec } from "../../command.ts";
import { del, exists, touch, type, unlink } from "./del.ts";
import { dump, restore } from "./dump.ts";
import { expire, expireat, persist, pexpire, pexpireat } from "./expire.ts";
import { object } from "./object.ts";
import { copy, move, rename, renamenx } from "./rename.ts";
import { keysCommand, randomkey, scan } from "./scan.ts";
import { sort, sortRo } from "./sort.ts";
import { expiretime, pexpiretime, pttl, ttl } from "./ttl.ts";

export const keyCommands: readonly CommandSpec[] = [
  copy,
  del,
  dump,
  exists,
  expire,
  expireat,
  expiretime,
  keysCommand,
  move,
  object,
  persist,
  pexpire,
  pexpireat,
  pexpiretime,
  pttl,
  randomkey,
  rename,
  renamenx,
  restore,
  scan,
  sort,
  sortRo,
  touch,
  ttl,
  type,
  unlink,
];
