import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

// Conversions, errors and the table `redis` are compared with the reference in test/compat.

const INCR_SHA = "6f5ade10a69975e903c6d07b10ea44c6382381a5";

Deno.test("EVAL runs a script and keeps it, EVALSHA runs what is kept", async (t) => {
  using server = testServer();
  const source = "return redis.call('incr',KEYS[1])";
  await checkReplies(t, server, [
    [["EVALSHA", INCR_SHA, "1", "n"], "NOSCRIPT No matching script. Please use EVAL."],
    [["EVAL", source, "1", "n"], 1],
    [["EVAL", source, "1", "n"], 2],
    [["EVALSHA", INCR_SHA, "1", "n"], 3],
    [["EVALSHA", INCR_SHA.toUpperCase(), "1", "n"], 4],
    [`SCRIPT EXISTS ${INCR_SHA} x`, [1, 0]],
    ["SCRIPT FLUSH", "OK"],
    [`SCRIPT EXISTS ${INCR_SHA}`, [0]],
    [`SCRIPT LOAD "${source}"`, INCR_SHA],
    [
      ["EVALSHA_RO", INCR_SHA, "1", "n"],
      `ERR Write commands are not allowed from read-only scripts. script: ${INCR_SHA}, on @user_script:1.`,
    ],
    [["EVAL_RO", "return redis.call('get',KEYS[1])", "1", "n"], "4"],
    ["SCRIPT KILL", "NOTBUSY No scripts in execution right now."],
    ["SCRIPT DEBUG NO", "OK"],
    ["SCRIPT DEBUG YES", "ERR This client cannot debug scripts"],
  ]);
  assertStringIncludes(server.raw("SCRIPT HELP"), "+EXISTS <sha1> [<sha1> ...]\r\n");
});

Deno.test("a script has a database and a protocol of its own", () => {
  using server = testServer({ k: "zero" });
  server.send("SELECT 1");
  server.send("SET k one");
  assertEquals(
    server.send([
      "EVAL",
      "local a = redis.call('get','k') redis.call('select', 0) return {a, redis.call('get','k')}",
      "0",
    ]),
    ["one", "zero"],
  );
  assertEquals(server.send("GET k"), "one");
  server.send("HELLO 3");
  assertEquals(
    server.raw(["EVAL", "return {type(redis.call('get','none')), true, false}", "0"]),
    "*3\r\n$7\r\nboolean\r\n:1\r\n_\r\n",
  );
  const typed = "redis.setresp(3) return {type(redis.call('get','none')), true, false, {double=0.5}}";
  assertEquals(server.raw(["EVAL", typed, "0"]), "*4\r\n$3\r\nnil\r\n#t\r\n#f\r\n,0.5\r\n");
  assertEquals(server.raw(["EVAL", "return type(redis.call('get','none'))", "0"]), "$7\r\nboolean\r\n");
});

Deno.test("what a script calls is counted for itself, and so are the errors", () => {
  using server = testServer({ s: "text" });
  const counted = (name: string) => {
    const { calls, rejectedCalls, failedCalls } = server.commands.get(name)!;
    return [calls, rejectedCalls, failedCalls];
  };
  const evaluate = (source: string) => server.send(["EVAL", source, "0"]);
  evaluate("redis.call('incr','s')");
  assertEquals([counted("eval"), counted("incr"), server.errors], [[1, 0, 1], [1, 0, 1], ["ERR"]]);
  evaluate("redis.pcall('incr') redis.pcall('incr') return 1");
  assertEquals([counted("eval"), counted("incr")], [[2, 0, 1], [1, 2, 1]]);
  evaluate("return redis.error_reply('MINE x')");
  evaluate("error('mine')");
  evaluate("return {redis.pcall('nosuch'), {err='A b'}, {err='C d'}}");
  assertEquals(counted("eval"), [5, 0, 5]);
  assertEquals(server.errors, ["ERR", "ERR", "ERR", "MINE", "ERR", "ERR", "A", "C"]);
  evaluate("return +");
  assertEquals(counted("eval"), [6, 0, 6]);
});

Deno.test("the effects of a script are one transaction, and the script is not among them", () => {
  using server = testServer({ dead: "x" });
  const { journal } = server;
  server.send("PEXPIRE dead 10");
  server.clock.advance(20);
  journal.open(server.keyspace.dirty);
  const effects = (source: string) => {
    server.send(["EVAL", source, "0"]);
    const words = new TextDecoder().decode(journal.bytes()).replace(/[*$]\d+\r\n/g, "").split("\r\n");
    journal.clear();
    return words.slice(0, -1).join(" ");
  };
  assertEquals(effects("return redis.call('get','none')"), "");
  assertEquals(effects("return redis.call('set','a','1')"), "SELECT 0 set a 1");
  assertEquals(
    effects(
      "redis.call('incr','a') redis.call('select',1) redis.call('set','b','2') redis.pcall('incr','a','b') redis.call('get','a')",
    ),
    "MULTI incr a SELECT 1 set b 2 EXEC",
  );
  assertEquals(effects("redis.call('select',0) redis.call('set','a','7') error('x')"), "SELECT 0 set a 7");
  assertEquals(
    effects(
      "redis.set_repl(redis.REPL_NONE) redis.call('set','a','8') redis.call('expire','a',5) " +
        "redis.set_repl(redis.REPL_ALL) redis.call('get','a') redis.call('set','c','9')",
    ),
    "set c 9",
  );
  assertEquals(effects("redis.set_repl(redis.REPL_REPLICA) redis.call('set','a','8')"), "");
  assertEquals(effects("return redis.call('incr','a')"), "incr a");
});

/** A server whose scripts are suspended after some looks at the clock. */
function busyServer() {
  const server = testServer();
  let ms = 0;
  server.clock.monotonicMs = () => ms++;
  server.settings.setMany([["busy-reply-threshold", "3"]]);
  return server;
}

const BUSY = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
const COUNTS = "for i = 1, 100000 do if i % 1000 == 0 then redis.call('incr', KEYS[1]) end end return 'end'";

Deno.test("a script that takes long goes on between turns, and others are told so", () => {
  using server = busyServer();
  const other = server.connect();
  assertEquals(server.raw(["EVAL", COUNTS, "1", "n"]), "");
  assert(server.client.isSuspended);
  for (const line of ["GET n", "INFO", "EXEC", "SHUTDOWN", "EVAL x 0"]) {
    assertEquals(
      other.send(line),
      line === "EXEC" ? `EXECABORT Transaction discarded because of: ${BUSY}` : BUSY,
      line,
    );
  }
  assertEquals(other.send("MULTI"), "OK");
  assertEquals(other.send("SET n 5"), BUSY);
  assertEquals(other.send("DISCARD"), "OK");
  assertMatch(server.log[0]!, /^3 A script has been running for \d+ ms/);
  while (server.turn()) { /* until it has ended */ }
  assertEquals(server.client.isSuspended, false);
  assertEquals(server.client.takeReply(), "$3\r\nend\r\n");
  assertEquals(other.send("GET n"), "100");
  const { calls } = server.commands.get("eval")!;
  assertEquals([calls, server.commands.get("incr")!.calls], [1, 100]);
});

Deno.test("SCRIPT KILL ends a script that has written nothing, wherever it is", () => {
  using server = busyServer();
  const other = server.connect();
  for (const source of ["while true do end", "\nwhile true do pcall(function() while true do end end) end"]) {
    assertEquals(server.raw(["EVAL", source, "0"]), "");
    for (let i = 0; i < 5; i++) server.turn();
    assertEquals(other.send("SCRIPT KILL"), "OK");
    assert(server.client.isSuspended, "it ends in a turn of its own");
    server.turn();
    assertMatch(
      server.client.takeReply(),
      /^-ERR Script killed by user with SCRIPT KILL\.\.\. script: [0-9a-f]{40}, on @user_script:[12]\.\r\n$/,
    );
    assertEquals(server.turn(), false);
    assertEquals(other.send("SCRIPT KILL"), "NOTBUSY No scripts in execution right now.");
  }
  assertEquals(server.commands.get("eval")!.failedCalls, 2);
  server.raw(["EVAL", "redis.pcall('set', 'k') redis.call('set', 'k', 'v') while true do end", "0"]);
  assertEquals(
    other.send("SCRIPT KILL"),
    "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the " +
      "script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.",
  );
});

Deno.test("nothing of a script that is suspended can be recorded before it has ended", () => {
  using server = busyServer();
  const { journal } = server;
  journal.open(server.keyspace.dirty);
  server.send("SET before 1");
  server.raw(["EVAL", `redis.call('set', 'k', 'v') ${COUNTS}`, "1", "n"]);
  const before = journal.length;
  assert(before > 0);
  assertStringIncludes(new TextDecoder().decode(journal.bytes()), "before");
  journal.clear();
  for (let i = 0; i < 3; i++) {
    assert(server.turn());
    server.connect().send("MULTI");
    assertEquals(journal.length, 0);
  }
  while (server.turn()) { /* until it has ended */ }
  const text = new TextDecoder().decode(journal.bytes());
  assertEquals(text.slice(0, 15), "*1\r\n$5\r\nMULTI\r\n");
  assertEquals(text.slice(-14), "*1\r\n$4\r\nEXEC\r\n");
  assertEquals(text.split("incr").length - 1, 100);
});

Deno.test("EXEC waits for the scripts in it that take long, and is one transaction", () => {
  using server = busyServer();
  const other = server.connect();
  server.journal.open(server.keyspace.dirty);
  for (
    const line of [["MULTI"], ["SET", "a", "1"], ["EVAL", COUNTS, "1", "n"], ["INCR", "n"], [
      "EVAL",
      COUNTS,
      "1",
      "n",
    ], ["GET", "n"]]
  ) {
    server.send(line);
  }
  assertEquals(server.raw("EXEC"), "*5\r\n+OK\r\n");
  assertEquals(other.send("GET n"), BUSY);
  let turns = 0;
  while (server.turn()) turns++;
  assert(turns > 2);
  assertEquals(server.client.takeReply(), "$3\r\nend\r\n:101\r\n$3\r\nend\r\n$3\r\n201\r\n");
  assertEquals(server.client.transaction, undefined);
  assertEquals(["exec", "eval", "get"].map((name) => server.commands.get(name)!.calls), [1, 2, 1]);
  const recorded = new TextDecoder().decode(server.journal.bytes());
  assertEquals([recorded.split("MULTI").length, recorded.split("EXEC").length], [2, 2]);
  assertEquals(other.send("GET n"), "201");
});

Deno.test("a client that wants no replies gets none of a suspended script", () => {
  using server = busyServer();
  server.raw("CLIENT REPLY OFF");
  server.raw(["EVAL", COUNTS, "1", "n"]);
  while (server.turn()) { /* until it has ended */ }
  assertEquals(server.client.takeReply(), "");
  for (
    const line of [["MULTI"], ["PING"], ["EVAL", COUNTS, "1", "n"], ["CLIENT", "REPLY", "ON"], ["PING"], [
      "EXEC",
    ]]
  ) {
    server.raw(line);
  }
  while (server.turn()) { /* until it has ended */ }
  assertEquals(server.client.takeReply(), "+OK\r\n+PONG\r\n");
});

Deno.test("keys do not die while a script runs, however long it takes", () => {
  using server = busyServer();
  server.send("SET k v PX 1000");
  server.raw(["EVAL", `${COUNTS.replace("return 'end'", "")} return redis.call('get', 'k')`, "1", "n"]);
  server.clock.advance(5000);
  while (server.turn()) { /* until it has ended */ }
  assertEquals(server.client.takeReply(), "$1\r\nv\r\n");
  assertEquals(server.send("GET k"), null);
});

Deno.test("clients that wait for keys are served when the script has ended", () => {
  using server = testServer();
  const length = server.send(["EVAL", "redis.call('lpush', 'l', 'a') return redis.call('llen', 'l')", "0"]);
  assertEquals(length, 1);
  assertEquals(
    server.send(["EVAL", "return redis.pcall('blpop', 'none', 0).err", "0"]),
    "ERR This Redis command is not allowed from script",
  );
});

Deno.test("after a reply that no engine can make the next script runs as if nothing had been", () => {
  using server = testServer();
  assertMatch(
    server.raw(["EVAL", "local t = {} t[1] = t return t", "0"]),
    /-ERR reached lua stack limit\r\n$/,
  );
  assertEquals(server.send(["EVAL", "return {1, {2, {3}}}", "0"]), [1, [2, [3]]]);
});

Deno.test("a defect of the engine ends the script that was suspended, and nothing else", () => {
  const server = busyServer();
  const other = server.connect();
  assertEquals(server.raw(["EVAL", `redis.call('ping') ${COUNTS}`, "1", "n"]), "");
  const { callFromScript } = server.dispatcher;
  server.dispatcher.callFromScript = () => {
    throw new TypeError("broken");
  };
  while (server.turn()) { /* until it has ended */ }
  server.dispatcher.callFromScript = callFromScript;
  assertEquals(server.client.takeReply(), "-ERR internal error\r\n");
  assertEquals(server.failures.map(String), ["TypeError: broken"]);
  assertEquals(server.commands.get("eval")!.failedCalls, 1);
  assertEquals(other.send("PING"), "PONG");
  assertEquals(server.client.send(["EVAL", "return redis.call('set', 'k', 'v')", "0"]), "OK");
});
