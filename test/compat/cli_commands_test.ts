/**
 * `redeno cli` beside redis-cli: the same arguments and the same standard input, on the same server, print the same and end
 * with the same exit code. Nobody sits at a terminal here; cli_terminal_test.ts is about that.
 */
import { assertEquals } from "@std/assert";
import { type Given, runOurs, runTheirs } from "../support/cli_run.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { whyNoRedisCli } from "../support/redis_cli.ts";
import { splitArgs } from "../support/split_args.ts";

const FORMATS = [
  "",
  "--no-raw",
  "--csv",
  "--json",
  "--quoted-json",
  "-3 --no-raw",
  "-3 --raw",
  "-3 --csv",
  "-2 --json",
];

/** One command each. Attributes are left out: redis-cli ends there. */
const COMMANDS = [
  "ping",
  "ping hello",
  "get k",
  "get nokey",
  "get bytes",
  "get empty",
  "set new v",
  "set k v GET",
  "incr k",
  "incrbyfloat n 1.5",
  "lrange l 0 -1",
  "lrange nokey 0 -1",
  "hgetall h",
  "smembers s",
  "zrange z 0 -1 withscores",
  "zscore z a",
  "xrange x - +",
  "geopos nokey a",
  "config get maxmemory*",
  "command info get nosuch",
  "object help",
  "foo",
  "foo bar 'b a z'",
  "get",
  "'get k'",
  "''",
  "client nosuch",
  'eval \'return {1,{2,"x",{}},false,{ok="fine"},{err="ERR in"}}\' 0',
  "eval 'redis.setresp(3); return {map={a={double=1.5},b={set={x=true}}}}' 0",
  "memory doctor",
  "memory malloc-stats extra",
  "memory usage k",
  "latency doctor",
  "latency graph command",
  "latency history command",
  "lolwut version 5 4 1 1",
  "cluster info",
  "client list type pubsub",
  "info modules",
  "INFO MODULES",
  "debug htstats 9",
  "debug set-active-expire 1",
  ...["string", "integer", "double", "null", "array", "set", "map", "verbatim", "true", "false"]
    .map((type) => `debug protocol ${type}`),
  "select 99",
  "multi",
  "get k",
  "exec",
  "select 3",
];

/** Whole command lines. What is printed of them depends on other options than the format. */
const LINES: readonly (readonly [line: string, stdin?: string])[] = [
  ["-r 3 incr k"],
  ["-r 2 -i 0.01 incr n"],
  ["-r 0 ping"],
  ["-n 2 set k v"],
  ["-n 99 get k"],
  ["-n 99 -3 get k"],
  ["-D xx ping"],
  ["-D '' ping"],
  ["-d , lrange l 0 -1"],
  ["-d ', ' -D end --no-raw lrange l 0 -1"],
  ["-d é hgetall h"],
  ["-e get k"],
  ["-e foo"],
  ["-e --json foo"],
  ["-e -r 3 foo"],
  ["-x set k", "from\nstdin\n"],
  ["-x set k", ""],
  ["-x set k", "\x00\xff"],
  ["-x", "ping\n"],
  ["-X tag set k tag", "one"],
  ["-X tag set tag tag", "one"],
  ["-X tag set k v", "one"],
  ["-x -X tag set k", "one"],
  ["-c ping"],
  ["--quoted-input set 'q' '\"a\\x00b\"'"],
  ["--quoted-input set 'a b' c"],
  ["--quoted-input set '\"a' c"],
  ["--quoted-input echo \"'it'\""],
  ["-2 -3 ping"],
  ["-a wrong ping"],
  ["-a wrong --no-auth-warning ping"],
  ["--user nobody --pass wrong --no-auth-warning ping"],
  ["--user nobody ping"],
  ["--bogus"],
  ["-p"],
  ["--"],
  ["-"],
  ["ping --raw"],
  ["set k ü"],
  ["get ü"],
  ["shutdown nonsense"],
  ["--show-pushes yes -3 debug protocol push"],
  ["--show-pushes no -3 debug protocol push"],
  ["--show-pushes yes -3 --no-raw debug protocol push"],
  ["--show-pushes yes -3 --csv debug protocol push"],
  ["--show-pushes yes --json debug protocol push"],
  ["psubscribe"],
  ["--no-raw psubscribe"],
  ["--no-raw -e subscribe"],
  ["monitor extra"],
  ["--scan"],
  ["--scan --no-raw"],
  ["--scan --csv"],
  ["--scan --pattern [a-h]"],
  ["--scan --quoted-pattern '\"\\x6b\"'"],
  ["--scan --quoted-pattern '\"k'"],
  ["--scan -n 99"],
  ["--scan -n 4"],
  ["--pipe", "ping\r\nfoo\r\n*2\r\n$3\r\nget\r\n$1\r\nk\r\n"],
  ["--pipe", "set k v"],
  ["--pipe", ""],
  ["--hotkeys"],
  ["--eval /no/such/file k"],
  ["-u http://x ping"],
];

/** Standard input without a command. */
const INPUTS: readonly (readonly [options: string, lines: readonly string[]])[] = [
  ["", [
    "ping",
    "",
    "   ",
    "get k",
    "# comment",
    'set "a b" "\\x00\\xff"',
    "get 'a b'",
    'set "open',
    'a"b"c',
  ]],
  ["--no-raw", [
    "2 ping",
    "0 ping",
    "-1 ping",
    "2",
    "+2 ping",
    "2 foo bar",
    ":set hints",
    ":set x",
    ":x",
    ":set",
  ]],
  ["--no-raw", [
    "multi",
    "set k 1",
    "select 2",
    "get k",
    "discard",
    "get k",
    "exec",
    "restart",
    "connect",
    "clear",
  ]],
  ["--json", ["hgetall h", "hello 2", "select 1", "get k", "exit", "get k"]],
  ["-3", ["smembers s", "quit now", "ping"]],
  ["-e", ["foo", "get k"]],
  ["-r 2", ["incr k", "2 incr k"]],
  ["-n 3 --csv", ["set a 1", "get a", "select 0", "get a", "reset", "get k"]],
  ["-c", ["ping", "QUIT"]],
  ["-X tag", ["set tag v", "get tag"]],
];

const DATA = [
  ["set", "k", "1"],
  ["set", "n", "10"],
  ["set", "empty", ""],
  ["set", "bytes", '\0\x01\n\r\t"\\\x7f\x80\xff'],
  ["rpush", "l", "a", "b c", "d"],
  ["hset", "h", "f", "v", "g", ""],
  ["sadd", "s", "1", "2", "3"],
  ["zadd", "z", "1.5", "a", "2", "b"],
  ["xadd", "x", "1-1", "f", "v"],
];

/** What differs from run to run. */
function comparable(text: string): string {
  return text.replace(/("id"?(?: => \(integer\) |,|:))\d+/g, "$1N").replace(/^id\n\d+$/gm, "id\nN");
}

const why = whyNoRealServer() ?? whyNoRedisCli();
if (why) console.log(`${why}: redeno cli is compared with nothing`);

async function compareAll(
  t: Deno.TestContext,
  cases: readonly (readonly [line: string, stdin?: string])[],
): Promise<void> {
  await using server = await startRealServer();
  if (!("path" in server.address)) throw new Error("the server has no socket");
  const { path } = server.address;
  using client = await server.connect();
  const fill = async () => {
    await client.flushAll();
    for (const words of DATA) await client.send(words);
  };
  for (const [line, stdin] of cases) {
    await t.step(line === "" ? "(nothing)" : line, async () => {
      const words = splitArgs(line).map((word) => new TextDecoder().decode(word));
      const args = ["-s", path, ...words];
      const given: Given = { ...stdin === undefined ? {} : { stdin } };
      await fill();
      const theirs = await runTheirs(args, given);
      await fill();
      const ours = await runOurs(args, given);
      // Keys come in any order.
      const shown = (text: string) => line.includes("--scan") ? text.split("\n").sort() : comparable(text);
      assertEquals({ ...ours, stdout: shown(ours.stdout) }, { ...theirs, stdout: shown(theirs.stdout) });
    });
  }
}

Deno.test({
  name: "redeno cli prints the replies of commands as redis-cli does, in every format",
  ignore: why !== undefined,
  fn: (t) => compareAll(t, FORMATS.map((format) => [format, COMMANDS.join("\n")] as const)),
});

Deno.test({
  name: "redeno cli runs a command as redis-cli does",
  ignore: why !== undefined,
  fn: (t) => compareAll(t, COMMANDS.map((command) => [command] as const)),
});

Deno.test({
  name: "redeno cli takes the options that redis-cli takes",
  ignore: why !== undefined,
  fn: (t) => compareAll(t, LINES),
});

Deno.test({
  name: "redeno cli runs the lines of standard input as redis-cli does",
  ignore: why !== undefined,
  fn: (t) => compareAll(t, INPUTS.map(([options, lines]) => [options, lines.join("\n")] as const)),
});
