/**
 * `redeno --eval` beside `redis-cli --eval`: the same options and the same script, on the same server, print the same.
 * And what our own server in the program's process answers is printed like what the reference answers.
 */
import { assertEquals } from "@std/assert";
import { evalProgram } from "../../src/cli/eval.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { redisCli, whyNoRedisCli } from "../support/redis_cli.ts";
import { latin1 } from "../support/split_args.ts";

interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const SCRIPTS: Readonly<Record<string, string>> = {
  "arguments.lua": "return {KEYS, ARGV}",
  "types.lua": "return {1, 'two', {3, {4, {}}}, false, {ok = 'fine'}, {err = 'ERR inside'}, true, 5.9}",
  "three.lua":
    "redis.setresp(3); return {{double = 1.5}, {map = {a = 1}}, {set = {b = true}}, true, false, " +
    "{verbatim_string = {format = 'txt', string = 'a\\nb'}}, {map = {k = {1, 2}}}}",
  "bytes.lua": "local t = {} for i = 0, 255 do t[#t + 1] = string.char(i) end return table.concat(t)",
  "status.lua": "return redis.call('SET', KEYS[1], ARGV[1])",
  "error.lua": "return redis.error_reply('MYERR of mine')",
  "fails.lua": "local x = 1\nreturn x.y.z",
  "calls.lua": "return redis.call('INCR', KEYS[1], 'too', 'many')",
  "syntax.lua": "local x = = 1",
  "data.lua":
    "redis.call('RPUSH', 'list', 'a', 'b') redis.call('HSET', 'h', 'f', 'v') redis.call('ZADD', 'z', 1.5, 'm')\n" +
    "return {redis.call('LRANGE', 'list', 0, -1), redis.call('HGETALL', 'h'), redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')}",
  "nothing.lua": "",
  "shebang.lua": "#!lua flags=no-writes\nreturn redis.call('SET', 'k', 'v')",
};

/** Options and what stands behind the file; `FILE` stands for `--eval` and the file. */
const LINES: readonly (readonly [line: string, scripts?: readonly string[]])[] = [
  ["FILE k1 , a1"],
  ["--no-raw FILE k1 , a1"],
  ["--csv FILE k1 , a1"],
  ["--json FILE k1 , a1"],
  ["--quoted-json FILE k1 , a1"],
  ["--json -2 FILE k1 , a1"],
  ["-3 --no-raw FILE k1 , a1"],
  ["-3 --raw FILE k1 , a1"],
  ["-e FILE k1 , a1", ["arguments.lua", "fails.lua"]],
  ["-d <> -D ! FILE k1 , a1", ["arguments.lua", "fails.lua"]],
  ["-r 3 -n 2 --no-raw FILE k1 , a1", ["arguments.lua", "data.lua"]],
  ["FILE -n 3 --csv k1, a1 , , b", ["arguments.lua"]],
  ["FILE --no-raw ,", ["arguments.lua"]],
  ["FILE --no-raw", ["arguments.lua"]],
  ["-n 99 FILE", ["arguments.lua"]],
  ["FILE --bogus", ["arguments.lua"]],
  ["--show-pushes no FILE ä , ö", ["arguments.lua"]],
];

const FILE_MISSING = "missing.lua";

async function printedByRedisCli(args: readonly string[], cwd: string): Promise<Printed> {
  const { code, stdout, stderr } = await new Deno.Command(redisCli, { args: [...args], cwd, stdin: "null" })
    .output();
  return { code, stdout: latin1(stdout), stderr: latin1(stderr) };
}

async function printedByUs(args: readonly string[]): Promise<Printed> {
  const printed = { stdout: "", stderr: "" };
  const terminal: Terminal = {
    isTerminal: false,
    print: (text) => void (printed.stdout += text),
    printError: (text) => void (printed.stderr += text),
    askSecret: () => "",
  };
  return { code: await evalProgram(args, terminal), ...printed };
}

/** Standard error without the excerpt of the script, which redis-cli does not show. */
function withoutExcerpt(stderr: string): string {
  return stderr.replace(/^\S+\.lua:\d+:\d+\n {4}.*\n {4}\s*\^~*\n/m, "");
}

const why = whyNoRealServer() ?? whyNoRedisCli();
if (why) console.log(`${why}: redeno --eval is compared with nothing`);

Deno.test({
  name: "redeno --eval prints what redis-cli --eval prints, on a server and in its own process",
  ignore: why !== undefined,
  async fn(t) {
    await using server = await startRealServer();
    if (!("path" in server.address)) throw new Error("the server has no socket");
    const socket = server.address.path;
    const folder = server.directory;
    for (const [name, source] of Object.entries(SCRIPTS)) {
      await Deno.writeTextFile(`${folder}/${name}`, source);
    }
    using client = await server.connect();
    for (const [line, scripts] of LINES) {
      for (const script of scripts ?? [...Object.keys(SCRIPTS), FILE_MISSING]) {
        const words = line.split(" ");
        const at = words.indexOf("FILE");
        const args = (file: string) => [...words.slice(0, at), "--eval", file, ...words.slice(at + 1)];
        await t.step(args(script).join(" "), async () => {
          await client.flushAll();
          const theirs = await printedByRedisCli(["-s", socket, ...args(script)], folder);
          await client.flushAll();
          const path = `${folder}/${script}`;
          const ours = await printedByUs(["-s", socket, ...args(path)]);
          const embedded = await printedByUs(args(path));
          for (const [where, { stdout, stderr }] of Object.entries({ ours, embedded })) {
            assertEquals(stdout, theirs.stdout, where);
            assertEquals(withoutExcerpt(stderr).replaceAll(path, script), theirs.stderr, where);
          }
          // An error is told by the exit code without -e, too.
          const failed = /^((\(error\) |ERROR,|error:)?"?(ERR|MYERR) )/.test(theirs.stdout);
          assertEquals([ours.code, embedded.code], failed ? [1, 1] : [theirs.code, theirs.code]);
        });
      }
    }
  },
});

Deno.test({
  name: "redeno --eval fails to log in and to connect with redis-cli's words and exit code",
  ignore: why !== undefined,
  async fn(t) {
    await using server = await startRealServer({ args: ["--requirepass", "secret"] });
    if (!("path" in server.address)) throw new Error("the server has no socket");
    const file = `${server.directory}/f.lua`;
    await Deno.writeTextFile(file, "return {1, KEYS}");
    const { path } = server.address;
    const lines: readonly (readonly string[])[] = [
      ["-s", path],
      ["-s", path, "-n", "2"],
      ["-s", path, "-3"],
      ["-s", path, "--json"],
      ["-s", path, "-a", "wrong"],
      ["-s", path, "-a", "secret"],
      ["-s", path, "-a", "secret", "--no-auth-warning"],
      ["-s", path, "--user", "default", "--pass", "secret", "--no-auth-warning"],
      ["-s", path, "--user", "nobody", "--pass", "secret", "--no-auth-warning"],
      ["-s", `${path}.missing`],
      ["-h", "127.0.0.1", "-p", "1"],
      ["-u", "redis://127.0.0.1:1"],
      ["-u", "redis://user:secret@127.0.0.1:1/2"],
      ["-u", "http://127.0.0.1:1"],
      ["-s", path, "-p"],
      ["-s", path, "--show-pushes"],
    ];
    for (const line of lines) {
      // An option at the end has no value.
      const args = line.length % 2 === 1 && !["-3", "--json", "--no-auth-warning"].includes(line.at(-1)!)
        ? ["--eval", file, ...line]
        : [...line, "--eval", file];
      await t.step(args.join(" "), async () => {
        const theirs = await printedByRedisCli(args, server.directory);
        const ours = await printedByUs(args);
        const isReply = theirs.stdout.startsWith("NOAUTH") || theirs.stdout.startsWith("error:");
        assertEquals(ours, { ...theirs, code: isReply ? 1 : theirs.code });
      });
    }
  },
});
