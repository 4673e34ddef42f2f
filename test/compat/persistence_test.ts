/** SAVE, BGSAVE, BGREWRITEAOF and what INFO tells of them, while a snapshot is under way and while none is. */
import type { Plain } from "../support/resp_value.ts";
import { type Both, compat } from "./compat.ts";

/** Microseconds a key: a snapshot that is under way until it is given up. */
const FOR_EVER = "CONFIG SET rdb-key-save-delay 100000000";

/** The names of the fields of INFO persistence, in their order. */
function names(value: Plain): string[] {
  return String(value).split("\r\n").map((line) => line.split(":")[0]!);
}

/** The fields that say what is under way, and how the last one went. */
function states(value: Plain): string[] {
  return String(value).split("\r\n").filter((line) =>
    /^(loading|rdb_bgsave_in_progress|rdb_last_bgsave_status|aof_enabled|aof_rewrite_in_progress|aof_rewrite_scheduled)/
      .test(line) ||
    /^(aof_last_bgrewrite_status|aof_last_write_status|aof_rewrites_consecutive_failures|aof_pending_rewrite)/
      .test(line) ||
    /^(current_save_keys_total|rdb_changes_since_last_save|module_fork)/.test(line)
  );
}

function info(both: Both): void {
  both.sameAfter(names, "INFO persistence");
  both.sameAfter(states, "INFO persistence");
}

compat("wrong numbers and kinds of arguments", (both) => {
  for (
    const line of [
      ...["SAVE x", "BGSAVE x", "BGSAVE SCHEDULE x", "BGSAVE ''", "BGREWRITEAOF x", "LASTSAVE x"],
      ...["DEBUG RELOAD x", "DEBUG RELOAD NOSAVE x", "SHUTDOWN x", "SHUTDOWN ABORT"],
      ...["SHUTDOWN SAVE NOSAVE", "SHUTDOWN ABORT NOW"],
    ]
  ) both.same(line);
});

compat("SAVE counts from zero again; LASTSAVE tells when it was", (both) => {
  both.same("MSET a 1 b 2");
  both.same("RPUSH list x y z");
  info(both);
  both.same("SAVE");
  info(both);
  both.sameShape("LASTSAVE");
  both.same("INCR a");
  info(both);
  both.same("MULTI");
  both.same("SAVE");
  both.same("EXEC");
});

compat("while BGSAVE is under way", (both) => {
  both.same("MSET a 1 b 2");
  both.same(FOR_EVER);
  both.same("BGSAVE");
  info(both);
  for (const line of ["BGSAVE", "BGSAVE SCHEDULE", "SAVE", "BGREWRITEAOF", "SET c 3"]) {
    both.same(line);
    info(both);
  }
  both.same("MULTI");
  both.same("BGSAVE");
  both.same("BGREWRITEAOF");
  both.same("EXEC");
  both.same("CONFIG SET rdb-key-save-delay 0");
  both.same("FLUSHALL");
}, { args: ["--timeout", "1000"] });

compat("while the first base of the append-only file is written", (both) => {
  both.same("MSET a 1 b 2");
  both.same(FOR_EVER);
  both.same("CONFIG SET appendonly yes");
  info(both);
  for (
    const line of [
      ...[
        "BGSAVE",
        "BGSAVE schedule",
        "BGREWRITEAOF",
        "CONFIG SET appendonly yes",
        "SHUTDOWN",
        "SET c 3",
      ],
      ...["CONFIG GET appendonly", "FLUSHALL", "SET d 4"],
    ]
  ) {
    both.same(line);
    info(both);
  }
  both.same("CONFIG SET rdb-key-save-delay 0");
  both.same("CONFIG SET appendonly no");
  info(both);
}, { args: ["--save", "", "--databases", "16"] });

compat("in a transaction snapshots are put off", (both) => {
  both.same("SET a 1");
  for (const line of ["BGSAVE", "BGREWRITEAOF", "BGSAVE SCHEDULE"]) {
    both.same("MULTI");
    both.same(line);
    both.sameAfter(() => "", "INFO persistence");
    both.sameAfter((value) => [Array.isArray(value) ? value[0] : value], "EXEC");
  }
}, { args: ["--hz", "1"] });

compat("DEBUG RELOAD keeps what is there", (both) => {
  both.same("MSET a 1 b 2");
  both.same("SET c 3 PX 1000000");
  both.same("RPUSH list x y z");
  both.same("SELECT 3");
  both.same("ZADD zset 1.5 m inf n");
  both.same("DEBUG RELOAD");
  both.same("DEBUG DIGEST");
  info(both);
  both.same("SET a 5");
  both.same("DEBUG RELOAD NOSAVE");
  both.same("DEBUG DIGEST");
  info(both);
  both.same("SET a 6");
  both.same("DEBUG RELOAD MERGE NOFLUSH NOSAVE");
  both.same("DEBUG DIGEST");
  both.same("SET a 7");
  both.same("DEBUG RELOAD MERGE NOFLUSH");
  both.same("DEBUG DIGEST");
});

compat("DEBUG LOADAOF reads the append-only file again", (both) => {
  both.same("MSET a 1 b 2");
  both.same("RPUSH list x y z");
  both.same("DEBUG LOADAOF");
  both.same("DEBUG DIGEST");
  both.same("DBSIZE");
  info(both);
  both.same("INCR a");
  both.same("DEBUG LOADAOF");
  both.same("GET a");
  both.same("SAVE");
  info(both);
}, { args: ["--appendonly", "yes"] });

compat("what cannot be saved is an error", (both) => {
  both.same("SET a 1");
  both.same("CONFIG SET dbfilename ..");
  both.same("SAVE");
  both.same("DEBUG RELOAD");
  both.same("GET a");
  info(both);
  both.same("CONFIG SET dbfilename dump.rdb");
  both.same("SAVE");
}, { args: ["--enable-protected-configs", "yes"] });
