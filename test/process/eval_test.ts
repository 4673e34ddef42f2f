/** `redeno --eval` as script developers start it: a process, files, exit codes. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startRedeno } from "../support/redeno_server.ts";
import { Program, redeno, run } from "./program.ts";

const LIMIT = `-- How often may this be done?
local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("EXPIRE", KEYS[1], ARGV[1]) end
return {KEYS[1], count}
`;

Deno.test("a script runs on a server in the process, which leaves nothing behind", async () => {
  await using program = await Program.start(
    redeno,
    ["--eval", "limit.lua", "--no-raw", "user:7", ",", "60"],
    {
      files: { "limit.lua": LIMIT },
    },
  );
  assertEquals(await program.ended, { code: 0, stdout: '1) "user:7"\n2) (integer) 1\n', stderr: "" });
  const files = [...Deno.readDirSync(program.directory)].map(({ name }) => name);
  assertEquals(files, ["limit.lua"]);
});

Deno.test("options may stand before --eval, and a running server may be named", async () => {
  await using server = await startRedeno();
  assert("path" in server.address);
  const args = ["-s", server.address.path, "-n", "1", "--eval", "limit.lua", "k", ",", "60"];
  const files = { "limit.lua": LIMIT };
  assertEquals((await run(redeno, args, { files })).stdout, "k\n1\n");
  assertEquals((await run(redeno, args, { files })).stdout, "k\n2\n");
});

Deno.test("an error is told first, then the line it came from; the exit code is 1", async () => {
  const { code, stdout, stderr } = await run(redeno, ["--eval", "f.lua"], {
    files: { "f.lua": "local user = KEYS[1]\nreturn user.name.first\n" },
  });
  assertEquals(code, 1);
  assertMatch(
    stdout,
    /^ERR user_script:2: attempt to index local 'user' \(a nil value\) script: \w{40}, on @user_script:2\.\n\n$/,
  );
  assertEquals(stderr, "f.lua:2:8\n    return user.name.first\n           ^~~~\n");
});

Deno.test("what the script logs and writes is shown, the writes as commands", async () => {
  const source = `redis.log(redis.LOG_NOTICE, "look at", KEYS[1])
redis.log(redis.LOG_DEBUG, "hidden")
redis.call("SET", KEYS[1], 'a "quoted" \\n value')
redis.call("INCRBYFLOAT", "f", "0.5")
redis.call("SELECT", 2)
redis.call("DEL", "nosuch")
redis.call("SADD", "s", "m")
return "done"
`;
  const { code, stdout, stderr } = await run(redeno, ["--eval", "f.lua", "--writes", "k"], {
    files: { "f.lua": source },
  });
  assertEquals(
    stdout,
    'done\n"SET" "k" "a \\"quoted\\" \\n value"\n"SET" "f" "0.5" "KEEPTTL"\n"SELECT" "2"\n"SADD" "s" "m"\n',
  );
  assertEquals([code, stderr], [0, "* look at k\n"]);
});

Deno.test("a script that only reads has written nothing", async () => {
  const { stdout } = await run(redeno, ["--eval", "f.lua", "--writes"], {
    files: { "f.lua": "return redis.call('GET', 'k') or 'none'" },
  });
  assertEquals(stdout, "none\n");
});

Deno.test("an RDB file is loaded first, and stays as it is", async () => {
  await using server = await startRedeno();
  using client = await server.connect();
  for (const line of ["SET k value", "RPUSH list a b", "SELECT 3", "SET other 3", "SAVE"]) {
    await client.send(line);
  }
  const rdb = `${server.directory}/dump.rdb`;
  const before = await Deno.readFile(rdb);
  const files = {
    "f.lua": "return {redis.call('GET', 'k'), redis.call('LPOP', 'list'), redis.call('DBSIZE')}",
    "other.lua": "return redis.call('KEYS', '*')",
    "broken.rdb": "REDIS0011 this is none",
  };
  assertEquals(
    (await run(redeno, ["--eval", "f.lua", "--rdb", rdb, "--json"], { files })).stdout,
    '["value","a",2]\n',
  );
  assertEquals(
    (await run(redeno, ["--eval", "other.lua", "--rdb", rdb, "-n", "3"], { files })).stdout,
    "other\n",
  );
  assertEquals(await Deno.readFile(rdb), before);
  const written = await run(redeno, ["--eval", "f.lua", "--rdb", rdb, "--writes", "--csv"], { files });
  assertEquals(written.stdout, '"value","a",2\n"LPOP" "list"\n');
  const missing = await run(redeno, ["--eval", "f.lua", "--rdb", "nosuch.rdb"], { files });
  assertEquals(missing, {
    code: 1,
    stdout: "",
    stderr: "Can't load 'nosuch.rdb': No such file or directory\n",
  });
  const broken = await run(redeno, ["--eval", "f.lua", "--rdb", "broken.rdb"], { files });
  assertEquals([broken.code, broken.stdout], [1, ""]);
  assertMatch(broken.stderr, /^Can't load 'broken\.rdb': .+\n$/);
});

Deno.test("--watch runs the script again at every save, on fresh data, and ends one that goes on for ever", async () => {
  await using program = await Program.start(redeno, ["--eval", "f.lua", "--watch", "--no-raw"], {
    files: { "f.lua": "return redis.call('INCR', 'n')" },
  });
  // In one step: a file that is empty for a while would be run as well, if the machine stopped meanwhile.
  const save = async (source: string) => {
    await Deno.writeTextFile(`${program.directory}/new`, source);
    await Deno.rename(`${program.directory}/new`, `${program.directory}/f.lua`);
  };
  await program.until(/^\(integer\) 1\n$/);
  await save("return {redis.call('INCR', 'n'), 'second'}");
  await program.until(/1\) \(integer\) 1\n2\) "second"\n$/);
  await save("return nosuch");
  await program.until(/\(error\) ERR user_script:1: .*'nosuch'.*\n$/);
  await save("redis.log(redis.LOG_WARNING, 'begins') while true do end");
  await program.untilError(/# begins\n/);
  await save("return 'last'");
  await program.until(/\(error\) ERR Script killed by user with SCRIPT KILL\..*\n"last"\n$/);
  const { stderr } = await program.stop("SIGINT");
  assertMatch(stderr, /^--- \d\d:\d\d:\d\d {2}exit 0 {2}[\d.]+ ms {2}watching f\.lua ---\n/);
  assertMatch(stderr, /f\.lua:1:8\n {4}return nosuch\n {11}\^~~~~~\n--- \S+ {2}exit 1 /);
});

Deno.test("--types prints the annotations for editors, --help the usage", async () => {
  const types = await run(redeno, ["--eval", "--types"]);
  assertEquals([types.code, types.stderr], [0, ""]);
  assertStringIncludes(types.stdout, "---@meta");
  assertEquals(
    types.stdout,
    await Deno.readTextFile(new URL("../../src/scripting/redis.d.lua", import.meta.url)),
  );
  const help = await run(redeno, ["--eval", "--help"]);
  assertEquals(help.code, 0);
  assertMatch(help.stdout, /^Usage: redeno --eval <file\.lua> /);
});
