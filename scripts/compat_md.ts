/**
 * Writes COMPAT.md: what redeno does of redis-server 7.0.15, command by command and directive by directive, and
 * where it differs. Commands and directives are read from their declarations; the differences are written here.
 *
 *   deno run --allow-read --allow-write scripts/compat_md.ts
 */
import type { CommandSpec } from "../src/command.ts";
import { commandSpecs } from "../src/commands/mod.ts";
import type { Effect } from "../src/server/config/directive.ts";
import { DIRECTIVES } from "../src/server/config/directives/mod.ts";
import { REDIS_VERSION } from "../src/sys/version.ts";

/** Where the two differ although the command or directive is there: a subject, and what is different. */
const DIFFERENCES: readonly (readonly [subject: string, difference: string])[] = [
  [
    "Keys",
    "are at most 16,000,000 bytes long; a longer one is refused with an error. Values may be as long as in Redis. " +
    "The same holds for the fields of hashes and the members of sets.",
  ],
  [
    "Replication, Sentinel, cluster",
    "are not there yet: their commands are unknown, their directives are kept without effect, and INFO shows a master without " +
    "replicas. What a configuration asks for in vain stands in the log when the server starts.",
  ],
  [
    "Scripts",
    "see PTTL and its kin as they were when the script began (TIME goes on, as in Redis). `redis.set_repl` decides about " +
    "the append-only file only, while there are no replicas; `redis.acl_check_cmd` is true for every command there is. A table without `err` that a script raises is an " +
    "error, where it ends Redis. `cmdstat_*` put the time between two calls of a script to the command that was called. " +
    "`used_memory_vm_*` are estimates. SCRIPT FLUSH ASYNC does the same as SYNC. docs/scripting.md tells what differs in Lua. " +
    "SCRIPT DEBUG YES copies keys when the script asks for them, instead of forking: two keys may be of different moments. " +
    "docs/lua-debugger.md tells what else differs there.",
  ],
  [
    "Eviction",
    "passes over keys that were used since they were chosen, where Redis evicts them all the same. What waits to be freed " +
    "(FLUSHALL ASYNC, UNLINK) is freed before a key is evicted or a command refused. With virtual memory values are swapped " +
    "out first. docs/eviction.md tells more.",
  ],
  [
    "SCAN, HSCAN, SSCAN",
    "have other cursors. What they promise is the same: what is there all the time is returned.",
  ],
  [
    "KEYS, RANDOMKEY, SCAN, COMMAND; all that lists a large hash or set",
    "give the same elements in another order.",
  ],
  [
    "DEBUG LISTPACK",
    "answers as in Redis, but prints nothing: the server's standard output holds the log alone.",
  ],
  [
    "COMMAND DOCS",
    "has summaries, complexities and notes in words of its own, no `history`, and no `since` of single arguments; " +
    "`arguments` are read from the syntax line of each declaration.",
  ],
  ["HELP of any command", "lists what redeno has, in words of its own."],
  [
    "CLIENT LIST, CLIENT INFO",
    "print `fd=-1`, since the runtime does not tell descriptors, and `argv-mem=0`, since arguments are read where " +
    "they arrived (`qbuf` counts them). Reply buffers are lent: `rbs` is 0 while there is nothing to say. `lib-name` and " +
    "`lib-ver` stand at the end of the line, as in 7.2.",
  ],
  [
    "INFO",
    "leaves out what is not known or does not exist: `redis_git_sha1`, `redis_git_dirty`, `redis_build_id`, " +
    "`monotonic_clock`, `atomicvar_api`, `gcc_version`, `allocator_resident`, `allocator_rss_*`, `rss_overhead_*`, " +
    "`reply_buffer_*`. It adds `redeno_version`, `deno_version`, `v8_version`, `used_memory_js_heap`, " +
    "`used_memory_large_values`, `allocator_reserved` and `client_query_buffer_limit_disconnections`. `used_memory` is what " +
    "the server has because of its data and its clients, and what `maxmemory` limits; the program itself and the garbage of " +
    "the engine's heap are in `used_memory_js_heap` and `used_memory_rss` alone. " +
    "`client_recent_max_*_buffer` is the present maximum. `avg_ttl` is the mean of a random sample.",
  ],
  ["INFO errorstats", "tells at most 128 kinds of errors apart."],
  [
    "ACL",
    "knows one user, `default`, who may do everything; requirepass is his password. SETUSER answers an error, DELUSER " +
    "finds nobody else, LOAD and SAVE say that there is no ACL file. A configuration " +
    "with other users, or with an aclfile, is refused. LOG has failed logins, nothing else being refused.",
  ],
  [
    "SLOWLOG",
    "leaves the passwords out of wrong requests of HELLO, and of `tls-key-file-pass`, which Redis shows. A pause of the process in the middle " +
    "of cheap calls that share a reading of the clock is one entry without arguments: docs/operating.md.",
  ],
  [
    "LATENCY",
    "has the events that there are here: `command`, `fast-command`, `command-unblocking`, `expire-cycle`, `eviction-cycle`, " +
    "`eviction-del`, `aof-write`, `aof-fsync-always`, and of its own `lazyfree-slice`, `snapshot-slice` and `cron`. DOCTOR has words of its own. " +
    "Percentiles are right within 3 %, in Redis within 1 %.",
  ],
  [
    "MEMORY",
    "USAGE tells the bytes that a key takes here, which is less than in Redis; STATS leaves out the figures of the resident " +
    "memory of the allocator; DOCTOR and MALLOC-STATS have texts of their own; PURGE frees what waits to be freed.",
  ],
  [
    "DEBUG",
    "has ASSERT, CHANGE-REPL-ID, DIGEST, DIGEST-VALUE, ERROR, HELP, LISTPACK, LOADAOF, OBJECT, PANIC, POPULATE, PROTOCOL, " +
    "QUICKLIST-PACKED-THRESHOLD, RELOAD, SEGFAULT, SET-ACTIVE-EXPIRE and SLEEP. Digests are those of Redis for the same data.",
  ],
  ["LOLWUT", "draws pictures of its own for versions 5 and 6."],
  [
    "CLIENT TRACKING",
    "with REDIRECT tells a client that changes a key itself of it before its answer; the reference does so behind it for some " +
    "commands (EXPIRE, HSET, LPUSH, ...). Where several clients named the same one, their messages come in the order in which " +
    "they read the key.",
  ],
  [
    "ZPOPMIN, ZPOPMAX, ZMPOP",
    "and their blocking kin tell a client of RESP3 that listens to its own keyspace events of them behind the answer; " +
    "the reference does so in the middle of it, which clients cannot read.",
  ],
  [
    "RESTORE, RDB files",
    "RESTORE looks into everything, as Redis does with `sanitize-dump-payload yes`. Both refuse a stream whose ids do not ascend, too, and " +
    "put its length, its first and its last id right where its entries say otherwise.",
  ],
  [
    "tcp-keepalive",
    "switches keep-alive on or off; the interval is the system's, since the runtime cannot set it.",
  ],
  [
    "Files",
    "below `/dev`, `/proc` and `/sys` cannot be had, since Deno keeps its programs away from there: a `dir` or a `unixsocket` in " +
    "`/dev/shm` is refused. `/dev/null` can, and `/dev/stdin`, `/dev/stdout` and `/dev/stderr` where a file is read, or a log written.",
  ],
];

const EFFECTS: readonly (readonly [effect: Effect, title: string, meaning: string])[] = [
  ["live", "At once", "CONFIG SET changes what the server does."],
  ["startup", "At the start", "They count when the server starts."],
  [
    "kept",
    "Not yet",
    "They are known, checked, kept, shown and written, so that a configuration file works unchanged; they have no " +
    "effect in this version.",
  ],
];

interface Reference {
  /** In upper case, subcommands as `CONFIG GET`. */
  readonly name: string;
  readonly group: string;
}

async function referenceCommands(): Promise<Reference[]> {
  const text = await Deno.readTextFile(new URL("reference_commands.tsv", import.meta.url));
  return text.trim().split("\n").slice(1).map((row) => {
    const [name = "", group = ""] = row.split("\t");
    return { name: displayName(name), group };
  });
}

function displayName(name: string): string {
  return name.replace("|", " ").toUpperCase();
}

/** All commands of redeno by their displayed name. */
function ourCommands(): Map<string, CommandSpec> {
  const all = new Map<string, CommandSpec>();
  for (const spec of commandSpecs) {
    all.set(spec.name, spec);
    for (const sub of spec.subcommands ?? []) all.set(`${spec.name} ${sub.name}`, sub);
  }
  return all;
}

/** The whole text of COMPAT.md. */
export async function compatText(): Promise<string> {
  const reference = await referenceCommands();
  const ours = ourCommands();
  const parts = [
    "# Compatibility",
    "This page is made by `deno run --allow-read --allow-write scripts/compat_md.ts`; change the declarations, or that " +
    "script, not this page.",
    `The reference is redis-server ${REDIS_VERSION}: replies, error texts and defaults are compared with it by ` +
    "`deno task compat`. What works, works as there, except for the differences below.",
    ...commandsPart(reference, ours),
    ...additionsPart(ours),
    "## Differences",
    DIFFERENCES.map(([subject, difference]) => `- **${subject}** ${difference}`).join("\n"),
    ...directivesPart(),
  ];
  return `${parts.join("\n\n")}\n`;
}

function commandsPart(reference: readonly Reference[], ours: ReadonlyMap<string, CommandSpec>): string[] {
  const works = reference.filter(({ name }) => ours.has(name)).length;
  const parts = [
    "## Commands",
    `${works} of the reference's ${reference.length} commands and subcommands work.`,
  ];
  for (const group of [...new Set(reference.map((command) => command.group))].sort()) {
    const names = reference.filter((command) => command.group === group).map(({ name }) => name);
    const there = names.filter((name) => ours.has(name));
    const missing = names.filter((name) => !ours.has(name));
    parts.push(`### ${group}: ${there.length} of ${names.length}`);
    if (there.length > 0) parts.push(`Implemented: ${listed(there)}.`);
    if (missing.length > 0) parts.push(`Not yet: ${listed(missing)}.`);
  }
  return parts;
}

function additionsPart(ours: ReadonlyMap<string, CommandSpec>): string[] {
  const additions = [...ours].filter(([, { addition }]) => addition !== undefined);
  return [
    "## Additions",
    "Not in the reference, but asked for by clients of today:",
    additions.map(([name, { addition, since }]) => `- \`${name}\` (of ${since}): ${addition}.`).join("\n"),
  ];
}

function directivesPart(): string[] {
  const parts = [
    "## Configuration",
    `All ${DIRECTIVES.length} directives are known, in a file, on the command line and to CONFIG. When they are acted upon:`,
  ];
  for (const [effect, title, meaning] of EFFECTS) {
    const names = DIRECTIVES.filter((directive) => directive.effect === effect).map(({ name }) => name)
      .sort();
    parts.push(`### ${title}: ${names.length}`, meaning);
    if (names.length > 0) parts.push(`${listed(names)}.`);
  }
  return parts;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("../COMPAT.md", import.meta.url), await compatText());
}
