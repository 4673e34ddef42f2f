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
  yesOrNo("aof-disable-auto-gc", "no", { effect: "live" }),
  yesOrNo("aof-load-truncated", "yes", { effect: "live" }),
  yesOrNo("aof-rewrite-incremental-fsync", "yes", { effect: "live" }),
  yesOrNo("aof-timestamp-enabled", "no", { effect: "live" }),
  yesOrNo("aof-use-rdb-preamble", "yes", { effect: "live" }),
  optionalText("aof_rewrite_cpulist", { isImmutable: true }),
  text("appenddirname", "appendonlydir", { effect: "startup", isImmutable: true }, {
    check: fileNameCheck("appenddirname", "dirname"),
  }),
  text("appendfilename", "appendonly.aof", { effect: "startup", isImmutable: true }, {
    check: fileNameCheck("appendfilename"),
  }),
  choice("appendfsync", "everysec", ["everysec", "always", "no"], { effect: "live" }),
  yesOrNo("appendonly", "no", { effect: "live", isRefusedWhileLoading: true }),
  memory("auto-aof-rewrite-min-size", 67108864, [0, INT64_MAX], { effect: "live" }),
  integer("auto-aof-rewrite-percentage", 100, [0, INT32_MAX], { effect: "live" }),
  optionalText("bgsave_cpulist", { isImmutable: true }),
  text("dbfilename", "dump.rdb", { effect: "live", isProtected: true }, {
    check: fileNameCheck("dbfilename"),
  }),
  directive("dir", WORKING_DIRECTORY, "", { effect: "live", isProtected: true, isRefusedWhileLoading: true }),
  integer("key-load-delay", 0, [INT32_MIN, INT32_MAX], { effect: "live", isHidden: true }),
  integer("loading-process-events-interval-bytes", 2097152, [1024, INT32_MAX], { isHidden: true }),
  yesOrNo("no-appendfsync-on-rewrite", "no", { effect: "live" }),
  yesOrNo("rdb-del-sync-files", "no"),
  integer("rdb-key-save-delay", 0, [INT32_MIN, INT32_MAX], { effect: "live", isHidden: true }),
  yesOrNo("rdb-save-incremental-fsync", "yes", { effect: "live" }),
  yesOrNo("rdbchecksum", "yes", { effect: "startup", isImmutable: true }),
  yesOrNo("rdbcompression", "yes", { effect: "live" }),
  choice("sanitize-dump-payload", "no", ["no", "yes", "clients"]),
  directive("save", SAVE_POINTS, "3600 1 300 100 60 10000", { effect: "live" }),
  yesOrNo("stop-writes-on-bgsave-error", "yes", { effect: "live" }),
];
