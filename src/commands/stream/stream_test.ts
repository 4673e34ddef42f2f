/** XADD, XLEN, XRANGE, XREVRANGE, XDEL, XTRIM, XSETID and XREAD without waiting. */
import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const invalidId = "ERR Invalid stream ID specified as stream command argument";
const tooSmall = "ERR The ID specified in XADD is equal or smaller than the target stream top item";
const exhausted = "ERR The stream has exhausted the last possible ID, unable to add more items";
const MAX = "18446744073709551615";

Deno.test("XADD takes an id, or as much of one as it is given", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["XADD k 0-* f v", "0-1"],
    ["XADD k 5 f v", "5-0"],
    ["XADD k 5-* f v", "5-1"],
    ["XADD k 5-1 f v", tooSmall],
    ["XADD k 4-* f v", tooSmall],
    ["XADD k 0-0 f v", "ERR The ID specified in XADD must be greater than 0-0"],
    ["XADD k 6-** f v", invalidId],
    ["XADD k - f v", invalidId],
    [`XADD k ${MAX}-${MAX} f v`, `${MAX}-${MAX}`],
    ["XADD k * f v", exhausted],
    ["XADD k 7-* f v", exhausted],
  ]);
});

Deno.test("XADD makes an id of the time, greater than the last one whatever the clock says", async (t) => {
  using server = testServer();
  const now = server.clock.now();
  await checkReplies(t, server, [
    ["XADD k * f v", `${now}-0`],
    ["XADD k * f v", `${now}-1`],
  ]);
  server.clock.setWallClock(now - 5000);
  await checkReplies(t, server, [["XADD k * f v", `${now}-2`]]);
  server.clock.setWallClock(now + 1);
  await checkReplies(t, server, [["XADD k * f v", `${now + 1}-0`]]);
});

Deno.test("what is wrong with XADD's arguments is said before the key is looked at", async (t) => {
  using server = testServer({ s: "text" });
  const arity = "ERR wrong number of arguments for 'xadd' command";
  await checkReplies(t, server, [
    ["XADD s * f v g", arity],
    ["XADD s MAXLEN 1 2", arity],
    ["XADD s 0-0 f v", "ERR The ID specified in XADD must be greater than 0-0"],
    ["XADD s MAXLEN -1 * f v", "ERR The MAXLEN argument must be >= 0."],
    ["XADD s MAXLEN ~ 1 LIMIT -1 * f v", "ERR The LIMIT argument must be >= 0."],
    ["XADD s MAXLEN 1 LIMIT 1 * f v", "ERR syntax error, LIMIT cannot be used without the special ~ option"],
    ["XADD s LIMIT 1 * f v", "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy"],
    [
      "XADD s MAXLEN 1 MINID 1 * f v",
      "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
    ],
    ["XADD s * f v", "WRONGTYPE Operation against a key holding the wrong kind of value"],
    ["XADD none NOMKSTREAM * f v", null],
    ["EXISTS none", 0],
  ]);
});

Deno.test("entries are given between two ids, in either order", async (t) => {
  using server = testServer();
  for (const id of ["1-1", "1-2", "2-1", "3-0"]) server.send(`XADD k ${id} f ${id}`);
  const entry = (id: string) => [id, ["f", id]];
  await checkReplies(t, server, [
    ["XRANGE k - +", ["1-1", "1-2", "2-1", "3-0"].map(entry)],
    ["XREVRANGE k + -", ["3-0", "2-1", "1-2", "1-1"].map(entry)],
    ["XRANGE k 1 1", ["1-1", "1-2"].map(entry)],
    ["XRANGE k (1-1 (3-0", ["1-2", "2-1"].map(entry)],
    ["XREVRANGE k 2 1-2 COUNT 1", [entry("2-1")]],
    ["XRANGE k - + COUNT 3", ["1-1", "1-2", "2-1"].map(entry)],
    ["XRANGE k - + COUNT 0", null],
    ["XRANGE none - + COUNT 0", []],
    ["XRANGE k + -", []],
    [`XRANGE k (${MAX}-${MAX} +`, "ERR invalid start ID for the interval"],
    ["XRANGE k - (0-0", "ERR invalid end ID for the interval"],
    ["XRANGE k (- +", invalidId],
    ["XRANGE k - + COUNT", "ERR syntax error"],
    ["XLEN k", 4],
  ]);
});

Deno.test("XDEL removes nothing when an id is wrong, and leaves the key when nothing is left", async (t) => {
  using server = testServer();
  server.send("XADD k 1-1 f v");
  server.send("XADD k 2-1 f v");
  await checkReplies(t, server, [
    ["XDEL k 1-1 x", invalidId],
    ["XLEN k", 2],
    ["XDEL k 1-1 1-1 2-1 9", 2],
    ["XLEN k", 0],
    ["EXISTS k", 1],
    ["XADD k 2-1 f v", tooSmall],
    ["XDEL none x", 0],
  ]);
});

Deno.test("trimming is exact, or takes whole nodes, as many as it is allowed", async (t) => {
  using server = testServer();
  server.keyspace.limits.streamNodeMaxEntries = 3;
  for (let i = 1; i <= 10; i++) server.send(`XADD k ${i} f v`);
  await checkReplies(t, server, [
    ["XTRIM k MAXLEN ~ 8", 0],
    ["XTRIM k MAXLEN ~ 7 LIMIT 2", 0],
    ["XTRIM k MAXLEN ~ 7 LIMIT 3", 3],
    ["XTRIM k MINID ~ 6", 0],
    ["XTRIM k MINID 6", 2],
    ["XTRIM k MAXLEN = 4", 1],
    ["XADD k MAXLEN 2 11 f v", "11-0"],
    ["XRANGE k - +", [["10-0", ["f", "v"]], ["11-0", ["f", "v"]]]],
    [
      "XADD k MINID ~ 99 MAXLEN 1 12 f v",
      "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
    ],
    ["XTRIM k LIMIT 0", "ERR syntax error, XTRIM must be called with a trimming strategy"],
    ["XTRIM k NOMKSTREAM MAXLEN 0", "ERR syntax error"],
    ["XTRIM k MAXLEN 0", 2],
    ["EXISTS k", 1],
  ]);
});

Deno.test("while data is loaded LIMIT goes with trimming that is exact, since that is what is recorded", async (t) => {
  using server = testServer();
  for (let i = 1; i <= 5; i++) server.send(`XADD k ${i} f v`);
  server.keyspace.isLoading = true;
  await checkReplies(t, server, [["XTRIM k MAXLEN = 1 LIMIT 1", 4]]);
});

Deno.test("XSETID sets what a stream says of itself, if that can be", async (t) => {
  using server = testServer();
  server.send("XADD k 5-5 f v");
  server.send("XADD k 6-6 f v");
  await checkReplies(t, server, [
    ["XSETID k 6-5", "ERR The ID specified in XSETID is smaller than the target stream top item"],
    [
      "XSETID k 9 ENTRIESADDED 1",
      "ERR The entries_added specified in XSETID is smaller than the target stream length",
    ],
    ["XSETID k 9 ENTRIESADDED -1", "ERR entries_added must be positive"],
    [
      "XSETID k 9 MAXDELETEDID 10",
      "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
    ],
    ["XSETID k 9 WHAT 1", "ERR syntax error"],
    ["XSETID none 1", "ERR no such key"],
    ["XSETID k 9 ENTRIESADDED 9223372036854775807 MAXDELETEDID 8", "OK"],
    ["XADD k 8 f v", tooSmall],
    ["XADD k 9-* f v", "9-1"],
  ]);
});

Deno.test("XSETID is a change that nobody is told of", () => {
  using server = testServer();
  server.send("XADD k 1 f v");
  const { dirty } = server.keyspace;
  const told: string[] = [];
  server.keyspace.listeners.changed = (_database, key) => told.push(key.text());
  server.send("XSETID k 5");
  assertEquals(told, []);
  assertEquals(server.keyspace.dirty, dirty + 1);
  server.send("XDEL k 1");
  assertEquals(told, ["k"]);
  assertEquals(server.keyspace.dirty, dirty + 2);
});

Deno.test("XREAD gives what is behind the ids, of the streams that have something", async (t) => {
  using server = testServer({ s: "text" });
  for (const line of ["XADD k 1-1 f 1", "XADD k 2-2 f 2", "XADD l 1-1 f 1"]) server.send(line);
  await checkReplies(t, server, [
    ["XREAD COUNT 1 STREAMS k l 0 0", [["k", [["1-1", ["f", "1"]]]], ["l", [["1-1", ["f", "1"]]]]]],
    ["XREAD STREAMS l k none 1-1 1-1 0", [["k", [["2-2", ["f", "2"]]]]]],
    ["XREAD STREAMS k $", null],
    ["XREAD COUNT 0 STREAMS k 2-1", [["k", [["2-2", ["f", "2"]]]]]],
    ["XREAD STREAMS k s x 0", invalidId],
    ["XREAD STREAMS s k x 0", "WRONGTYPE Operation against a key holding the wrong kind of value"],
    [
      "XREAD STREAMS k l 0",
      "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
    ],
    [
      "XREAD GROUP g c STREAMS k 0",
      "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.",
    ],
    [
      "XREAD NOACK STREAMS k 0",
      "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.",
    ],
    [
      "XREAD STREAMS k >",
      "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
    ],
    ["XREAD BLOCK x STREAMS k 0", "ERR timeout is not an integer or out of range"],
    ["XREAD BLOCK -1 STREAMS k 0", "ERR timeout is negative"],
    ["XREAD COUNT 1 BLOCK 1", "ERR syntax error"],
  ]);
});
