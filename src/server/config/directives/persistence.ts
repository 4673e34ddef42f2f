/**
 * Directives of snapshots and the append-only file.
 */
import {
  choice,
  type Directive,
  directive,
  integer,
  memory,
  optionalText,
  text,
  yesOrNo,
} from "../directive.ts";
import { INT32_MAX, INT32_MIN, INT64_MAX } from "../numbers.ts";
import { SAVE_POINTS, WORKING_DIRECTORY } from "../special_kinds.ts";

/** A name without a folder before it. Only the names of the append-only file must not be empty. */
function fileNameCheck(name: string, what = "filename"): (text: string) => string | undefined {
  return (text) => {
    if (text === "" && name !== "dbfilename") return `${name} can't be empty`;
    return text.includes("/") ? `${name} can't be a path, just a ${what}` : undefined;
  };
}

export const PERSISTENCE_DIRECTIVES: readonly Directive[] = [
  yesOrNo("aof-disable-auto-gc", "no"),
  yesOrNo("aof-load-truncated", "yes"),
  yesOrNo("aof-rewrite-incremental-fsync", "yes"),
  yesOrNo("aof-timestamp-enabled", "no"),
  yesOrNo("aof-use-rdb-preamble", "yes"),
  optionalText("aof_rewrite_cpulist", { isImmutable: true }),
  text("appenddirname", "appendonlydir", { isImmutable: true }, {
    check: fileNameCheck("appenddirname", "dirname"),
  }),
  text("appendfilename", "appendonly.aof", { isImmutable: true }, { check: fileNameCheck("appendfilename") }),
  choice("appendfsync", "everysec", ["everysec", "always", "no"]),
  yesOrNo("appendonly", "no"),
  memory("auto-aof-rewrite-min-size", 67108864, [0, INT64_MAX]),
  integer("auto-aof-rewrite-percentage", 100, [0, INT32_MAX]),
  optionalText("bgsave_cpulist", { isImmutable: true }),
  text("dbfilename", "dump.rdb", { isProtected: true }, { check: fileNameCheck("dbfilename") }),
  directive("dir", WORKING_DIRECTORY, "", { effect: "live", isProtected: true }),
  integer("key-load-delay", 0, [INT32_MIN, INT32_MAX], { isHidden: true }),
  integer("loading-process-events-interval-bytes", 2097152, [1024, INT32_MAX], { isHidden: true }),
  yesOrNo("no-appendfsync-on-rewrite", "no"),
  yesOrNo("rdb-del-sync-files", "no"),
  integer("rdb-key-save-delay", 0, [INT32_MIN, INT32_MAX], { isHidden: true }),
  yesOrNo("rdb-save-incremental-fsync", "yes"),
  yesOrNo("rdbchecksum", "yes", { isImmutable: true }),
  yesOrNo("rdbcompression", "yes", { effect: "live" }),
  choice("sanitize-dump-payload", "no", ["no", "yes", "clients"]),
  directive("save", SAVE_POINTS, "3600 1 300 100 60 10000"),
  yesOrNo("stop-writes-on-bgsave-error", "yes"),
];
