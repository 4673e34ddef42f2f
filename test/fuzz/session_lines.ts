/**
 * What the random sessions are made of: lines of commands about clients and the server, with words that stand for
 * something drawn anew each time. One string is one request; what one client sends at once stands between ";".
 *
 * KEY CHANNEL PATTERN NUMBER WORD CLIENT (the number of one of the clients), ADDRESS (where one of them is).
 */
import type { Random } from "./random.ts";

export const NAMES = ["A", "B", "C"];
const KEYS = ["a", "b", "ab", "l"];
const CHANNELS = ["a", "b", "ab", "__redis__:invalidate", "__keyspace@0__:a"];
const PATTERNS = ["*", "a*", "[ab]", "__key*", "a", "\\a", ""];
const NUMBERS = [
  "0",
  "1",
  "-1",
  "2",
  "10",
  "abc",
  "1.5",
  "",
  "9223372036854775807",
  "9223372036854775808",
  "-2",
];
const WORDS = [
  "",
  "a",
  "on",
  "OFF",
  "yes",
  "no",
  "normal",
  '"\\x00"',
  "default",
  "*",
  "BCAST",
  "PREFIX",
  "help",
];

export interface SessionLines {
  readonly weight: number;
  readonly lines: readonly string[];
}

const subscriptions = [
  "SUBSCRIBE CHANNEL",
  "SUBSCRIBE CHANNEL CHANNEL CHANNEL",
  "UNSUBSCRIBE",
  "UNSUBSCRIBE CHANNEL CHANNEL",
  "PSUBSCRIBE PATTERN PATTERN",
  "PUNSUBSCRIBE",
  "PUNSUBSCRIBE PATTERN",
  "SSUBSCRIBE CHANNEL CHANNEL",
  "SUNSUBSCRIBE",
  "SUNSUBSCRIBE CHANNEL",
  "PUBLISH CHANNEL x",
  "PUBLISH CHANNEL x",
  "SPUBLISH CHANNEL x",
  "PUBSUB CHANNELS",
  "PUBSUB CHANNELS PATTERN",
  "PUBSUB NUMSUB CHANNEL CHANNEL",
  "PUBSUB NUMPAT",
  "PUBSUB SHARDCHANNELS",
  "PUBSUB SHARDNUMSUB CHANNEL",
  "PUBSUB WORD",
  "PUBSUB HELP",
  "PUNSUBSCRIBE; MULTI; PUBLISH CHANNEL x; SUBSCRIBE CHANNEL; PUBLISH CHANNEL y; UNSUBSCRIBE CHANNEL; EXEC",
  "MULTI; HELLO 3; SUBSCRIBE CHANNEL; HELLO 2; PSUBSCRIBE PATTERN; EXEC",
  "EVAL \"return redis.call('publish', ARGV[1], 'x')\" 0 CHANNEL",
  "EVAL \"return redis.pcall('subscribe', ARGV[1])\" 0 CHANNEL",
  "CONFIG SET notify-keyspace-events KEA",
  "CONFIG SET notify-keyspace-events Kg$lnmt",
  "CONFIG SET notify-keyspace-events WORD",
];

const tracking = [
  ...["", "BCAST", "BCAST PREFIX KEY", "BCAST PREFIX KEY PREFIX KEY NOLOOP", "NOLOOP", "OPTIN", "OPTOUT"]
    .map((options) => `CLIENT TRACKING ON ${options}`),
  "CLIENT TRACKING on REDIRECT CLIENT",
  "CLIENT TRACKING on BCAST REDIRECT CLIENT PREFIX KEY",
  "CLIENT TRACKING on OPTIN OPTOUT",
  "CLIENT TRACKING on BCAST OPTIN",
  "CLIENT TRACKING on PREFIX KEY",
  "CLIENT TRACKING on REDIRECT NUMBER",
  "CLIENT TRACKING on REDIRECT CLIENT REDIRECT CLIENT",
  "CLIENT TRACKING off",
  "CLIENT TRACKING off BCAST PREFIX KEY",
  "CLIENT TRACKING WORD",
  "CLIENT TRACKING on WORD WORD",
  "CLIENT CACHING yes",
  "CLIENT CACHING no",
  "CLIENT CACHING yes; GET KEY",
  "CLIENT CACHING WORD",
  "CLIENT TRACKINGINFO",
  "CLIENT GETREDIR",
  "GET KEY",
  "MGET KEY KEY",
  "SET KEY v",
  "DEL KEY KEY",
  "FLUSHALL",
  "MULTI; GET KEY; SET KEY v; CLIENT TRACKINGINFO; EXEC",
  "MULTI; CLIENT TRACKING ON; GET KEY; CLIENT CACHING yes; SET KEY w; EXEC",
];

const client = [
  "CLIENT ID",
  "CLIENT INFO",
  "CLIENT LIST",
  "CLIENT LIST ID CLIENT CLIENT",
  "CLIENT LIST ID NUMBER",
  "CLIENT LIST TYPE pubsub",
  "CLIENT LIST TYPE WORD",
  "CLIENT LIST TYPE normal ID CLIENT",
  "CLIENT LIST WORD",
  "CLIENT SETNAME WORD",
  'CLIENT SETNAME "a b"',
  "CLIENT GETNAME",
  "CLIENT NO-EVICT on",
  "CLIENT NO-EVICT off",
  "CLIENT NO-EVICT WORD",
  "CLIENT KILL ID CLIENT",
  "CLIENT KILL ID NUMBER",
  "CLIENT KILL ID CLIENT SKIPME no",
  "CLIENT KILL ID CLIENT SKIPME WORD",
  "CLIENT KILL TYPE pubsub",
  "CLIENT KILL TYPE pubsub SKIPME no ID CLIENT",
  "CLIENT KILL TYPE replica",
  "CLIENT KILL TYPE master",
  "CLIENT KILL TYPE WORD",
  "CLIENT KILL USER default ID CLIENT",
  "CLIENT KILL USER nosuch",
  "CLIENT KILL ADDR 1.2.3.4:5",
  "CLIENT KILL LADDR 1.2.3.4:5",
  "CLIENT KILL 1.2.3.4:5",
  "CLIENT KILL WORD WORD",
  "CLIENT KILL WORD",
  "CLIENT REPLY OFF; GET KEY; PUBLISH CHANNEL x; CLIENT REPLY ON",
  "RESET; HELLO 3; CLIENT REPLY OFF; SUBSCRIBE CHANNEL; PUBLISH CHANNEL x; CLIENT REPLY ON",
  "CLIENT REPLY OFF; HELLO 3; PUBLISH CHANNEL x; NOSUCH; CLIENT REPLY ON; PING",
  "CLIENT REPLY SKIP; GET KEY; GET KEY",
  "CLIENT REPLY SKIP; MULTI; GET KEY; EXEC",
  "CLIENT REPLY SKIP; SET KEY 1",
  "CLIENT REPLY SKIP; PUBLISH CHANNEL x",
  "CLIENT REPLY SKIP; SUBSCRIBE CHANNEL CHANNEL",
  "CLIENT REPLY SKIP; MULTI; SET KEY v; PUBLISH CHANNEL x; EXEC",
  "CLIENT REPLY SKIP; HELLO 3",
  "CLIENT REPLY SKIP; NOSUCH",
  "CLIENT REPLY SKIP; BLPOP none 0.001; PING",
  "CLIENT REPLY OFF; BLPOP none 0.001; CLIENT REPLY ON",
  "BLPOP none 0.001; PING",
  "MULTI; CLIENT REPLY SKIP; GET KEY; GET KEY; EXEC; PING",
  "MULTI; CLIENT REPLY OFF; GET KEY; EXEC; PING; CLIENT REPLY ON",
  "CLIENT REPLY SKIP; CLIENT REPLY ON; PING",
  "CLIENT REPLY ON",
  "CLIENT REPLY no",
  "CLIENT UNBLOCK CLIENT",
  "CLIENT UNBLOCK CLIENT WORD",
  "CLIENT UNBLOCK NUMBER ERROR",
  "CLIENT PAUSE -1",
  "CLIENT PAUSE abc",
  "CLIENT PAUSE 0 WORD",
  "CLIENT UNPAUSE",
  "CLIENT HELP",
  "CLIENT WORD WORD",
  "MULTI; CLIENT UNPAUSE; CLIENT ID; CLIENT UNBLOCK CLIENT; EXEC",
  'EVAL "return redis.pcall(unpack(ARGV))" 0 CLIENT GETNAME',
  'EVAL "return redis.pcall(unpack(ARGV))" 0 CLIENT TRACKING on',
  'EVAL "return redis.pcall(unpack(ARGV))" 0 CLIENT REPLY off',
  'EVAL "return redis.pcall(unpack(ARGV))" 0 CLIENT LIST',
];

const connection = [
  "HELLO",
  "HELLO 2",
  "HELLO 3",
  "HELLO 3",
  "HELLO NUMBER",
  "HELLO 3 SETNAME WORD",
  "HELLO 2 SETNAME WORD WORD",
  "HELLO 3 AUTH default x",
  "HELLO 3 AUTH WORD x SETNAME n",
  "HELLO 3 WORD",
  "RESET",
  "RESET WORD",
  "MULTI; HELLO 3; CLIENT GETNAME; HELLO 2; EXEC",
  "MULTI; RESET; PING; EXEC",
  "MULTI; QUIT; PING; EXEC",
  "QUIT",
  "QUIT; PING",
  "AUTH WORD",
  "AUTH default WORD",
  "SELECT 1; SET KEY v; SELECT 0",
  "PING",
  "PING WORD WORD",
  "ECHO WORD",
  "a new connection",
];

const observing = [
  "SLOWLOG LEN",
  "SLOWLOG RESET",
  "SLOWLOG GET 3",
  "SLOWLOG GET -1",
  "SLOWLOG GET NUMBER WORD",
  "SLOWLOG GET -2",
  "SLOWLOG GET abc",
  "SLOWLOG HELP",
  "SLOWLOG WORD",
  "CONFIG SET slowlog-log-slower-than 0",
  "CONFIG SET slowlog-log-slower-than 10000000",
  "CONFIG SET slowlog-max-len 2",
  "CONFIG SET slowlog-max-len 128",
  "CONFIG SET slowlog-max-len NUMBER",
  "CONFIG SET latency-tracking WORD",
  "CONFIG SET latency-monitor-threshold 1000000",
  'CONFIG SET latency-tracking-info-percentiles "50 99.9"',
  "CONFIG SET latency-tracking-info-percentiles WORD",
  "CONFIG GET latency-tracking-info-percentiles",
  "LATENCY LATEST",
  "LATENCY HISTORY command",
  "LATENCY HISTORY WORD",
  "LATENCY RESET",
  "LATENCY RESET WORD command",
  "LATENCY GRAPH WORD",
  "LATENCY HELP",
  "LATENCY WORD WORD",
  "LATENCY HISTOGRAM WORD nosuch",
  "LATENCY HISTOGRAM get set",
  "MONITOR",
  "MONITOR WORD",
  "MULTI; MONITOR; EXEC",
  "MULTI; SET KEY v; EVAL \"return redis.call('get', 'a')\" 0; EXEC",
  'EVAL "return redis.pcall(unpack(ARGV))" 0 MONITOR',
  'EVAL "return redis.pcall(unpack(ARGV))" 0 GET KEY',
  "NOSUCH WORD",
  "GET",
  'SET KEY "\\x00\\xff\\r\\n\\"\\\\ text"',
  "AUTH secret",
  "CONFIG RESETSTAT",
  "INFO commandstats; CONFIG RESETSTAT",
  "INFO errorstats",
];

const acl = [
  "ACL WHOAMI",
  "ACL USERS",
  "ACL LIST",
  "ACL CAT",
  "ACL CAT pubsub",
  "ACL CAT WORD",
  "ACL LOG",
  "ACL LOG RESET",
  "ACL LOG NUMBER",
  "ACL LOG WORD",
  "ACL GENPASS 0",
  "ACL GENPASS -1",
  "ACL GENPASS abc",
  "ACL GETUSER WORD",
  "ACL DRYRUN default get KEY",
  "ACL DRYRUN WORD get KEY",
  "ACL DRYRUN default nosuch",
  "ACL DELUSER WORD",
  "ACL SAVE",
  "ACL LOAD",
  "ACL HELP",
  "ACL WORD",
];

const memory = [
  "MEMORY USAGE nosuch",
  "MEMORY USAGE nosuch SAMPLES NUMBER",
  "MEMORY USAGE nosuch WORD NUMBER",
  "MEMORY USAGE KEY WORD NUMBER x",
  "MEMORY DOCTOR",
  "MEMORY HELP",
  "MEMORY PURGE",
  "MEMORY WORD",
  "MEMORY DOCTOR WORD",
  "OBJECT FREQ KEY",
  "OBJECT IDLETIME nosuch",
  "OBJECT ENCODING KEY",
  "OBJECT REFCOUNT KEY",
  "OBJECT HELP",
  "OBJECT WORD KEY",
  "CONFIG SET maxmemory-policy allkeys-lfu",
  "CONFIG SET maxmemory-policy volatile-lru",
  "CONFIG SET maxmemory-policy noeviction",
  "CONFIG SET maxmemory-policy WORD",
  ...[
    ...[
      "maxmemory",
      "maxmemory-samples",
      "maxmemory-eviction-tenacity",
      "maxmemory-clients",
      "lfu-log-factor",
    ],
    ...["lfu-decay-time", "active-expire-effort", "client-query-buffer-limit", "tracking-table-max-keys"],
    ...["client-output-buffer-limit", "lazyfree-lazy-eviction", "acllog-max-len", "crash-log-enabled"],
    ...["latency-monitor-threshold", "slowlog-max-len", "maxmemory-policy", "replica-ignore-maxmemory"],
  ].flatMap((name) => [`CONFIG GET ${name}`, `CONFIG SET ${name} WORD`]),
  "CONFIG SET maxmemory 10gb",
  "CONFIG SET maxmemory 0",
  "CONFIG SET maxmemory abc",
  "CONFIG SET maxmemory-clients 10%",
  "CONFIG SET maxmemory-clients 101%",
  "CONFIG SET maxmemory-clients 1g",
  "CONFIG SET maxmemory-samples NUMBER",
  "CONFIG SET maxmemory-eviction-tenacity NUMBER",
  'CONFIG SET client-output-buffer-limit "normal 0 0 0 pubsub 32mb 8mb 60"',
  'CONFIG SET client-output-buffer-limit "normal 0 0"',
  'CONFIG SET client-output-buffer-limit "slave 1 2 3"',
  'CONFIG SET client-output-buffer-limit "normal NUMBER NUMBER x"',
  'RESTORE KEY 0 "\\x00\\x01v\\n\\x00\\xf9\\x10\\xc1\\xf8\\xc5\\xdc\\x9bY" REPLACE FREQ NUMBER',
  "RESTORE KEY 0 x REPLACE IDLETIME NUMBER",
  "RPUSH l 1 2 3",
  "SET KEY v",
  "TOUCH KEY KEY",
];

/** By the names that `--groups` knows. */
export const sessionGroups: Readonly<Record<string, SessionLines>> = {
  subscriptions: { weight: 25, lines: subscriptions },
  tracking: { weight: 25, lines: tracking },
  client: { weight: 25, lines: client },
  connection: { weight: 15, lines: connection },
  observing: { weight: 12, lines: observing },
  acl: { weight: 3, lines: acl },
  memory: { weight: 12, lines: memory },
};

/** Some requests that one client sends at once. */
export function randomLines(random: Random, chosen: readonly SessionLines[]): string[] {
  let left = random.between(1, chosen.reduce((sum, { weight }) => sum + weight, 0));
  const { lines } = chosen.find(({ weight }) => (left -= weight) <= 0)!;
  const fill = (line: string) =>
    line.replace(/\b(KEY|CHANNEL|PATTERN|NUMBER|WORD|CLIENT)\b/g, (word, _name, at: number) => {
      const before = line.slice(0, at);
      // The command CLIENT, maybe as a script calls it.
      if (word === "CLIENT" && (at === 0 || before.endsWith('" 0 '))) return word;
      if (word === "CLIENT") return `@${random.pick(NAMES)}`;
      const from = { KEY: KEYS, CHANNEL: CHANNELS, PATTERN: PATTERNS, NUMBER: NUMBERS, WORD: WORDS }[word]!;
      const text = random.pick(from);
      const isInQuotes = before.split('"').length % 2 === 0;
      return isInQuotes ? text.replaceAll('"', "") : text || '""';
    });
  const filled = random.pick(lines).split("; ").map(fill);
  const sent = filled.length === 1 && random.oneIn(10) ? filled.map((line) => damaged(line, random)) : filled;
  // Without those that would kill everybody: nobody would be left to ask.
  return sent.filter((line) => !/^CLIENT KILL .*normal|^CLIENT KILL USER default$/i.test(line));
}

/** One word left out, doubled, or another in its place. Not where that would pause everybody, or end no more. */
function damaged(line: string, random: Random): string {
  if (
    /["']|PAUSE|REPLY|KILL USER default|AUTH|new connection|^BLPOP|GENPASS|RESTORE|^CONFIG/.test(line)
  ) {
    return line;
  }
  const words = line.split(" ");
  const at = random.between(0, words.length - 1);
  if (at === 0) return `${line} ${random.pick(["x", "NUMBER", "1", "0"])}`;
  const put = random.pick([[], [words[at]!, words[at]!], [random.pick(WORDS) || '""']]);
  return words.toSpliced(at, 1, ...put).join(" ");
}
