/** XCLAIM, XAUTOCLAIM and XPENDING: what is pending, and how it changes its consumer. */
import { checkReplies, type TestServer, testServer } from "../../../test/support/test_server.ts";

/** A stream of four entries, of which the first three are pending at c. */
function threePending(): TestServer {
  const server = testServer();
  for (const id of ["1-1", "1-2", "2-1", "2-2"]) server.send(`XADD k ${id} f ${id}`);
  server.send("XGROUP CREATE k g 0");
  server.send("XREADGROUP GROUP g c COUNT 3 STREAMS k >");
  return server;
}

const entry = (id: string) => [id, ["f", id]];

Deno.test("XPENDING tells of a range of ids, a consumer, and who has been idle for long", async (t) => {
  using server = threePending();
  server.clock.advance(10);
  server.send("XCLAIM k g d 0 1-2");
  server.clock.advance(5);
  const [first, second, third] = [["1-1", "c", 15, 1], ["1-2", "d", 5, 2], ["2-1", "c", 15, 1]];
  await checkReplies(t, server, [
    ["XPENDING k g", [3, "1-1", "2-1", [["c", "2"], ["d", "1"]]]],
    ["XPENDING k g - + 10", [first, second, third]],
    ["XPENDING k g - + 2", [first, second]],
    ["XPENDING k g - + -1", []],
    ["XPENDING k g (1-1 (2-1 10", [second]],
    ["XPENDING k g - + 10 c", [first, third]],
    ["XPENDING k g - + 10 nobody", []],
    ["XPENDING k g IDLE 6 - + 10", [first, third]],
    ["XPENDING k g IDLE 6 - + 10 d", []],
    ["XPENDING k g - (0-0 10", "ERR invalid end ID for the interval"],
    ["XPENDING k g IDLE 6 - +", "ERR syntax error"],
    ["XPENDING k none", "NOGROUP No such key 'k' or consumer group 'none'"],
  ]);
});

Deno.test("XCLAIM gives what has been idle for long enough, and counts it as delivered", async (t) => {
  using server = threePending();
  server.clock.advance(10);
  await checkReplies(t, server, [
    ["XCLAIM k g d 11 1-1", []],
    ["XINFO CONSUMERS k g", [["name", "c", "pending", 3, "idle", 10]]],
    ["XCLAIM k g d 10 1-1", [entry("1-1")]],
    ["XCLAIM k g d 0 1-2 IDLE 7 JUSTID", ["1-2"]],
    ["XCLAIM k g d 0 2-1 TIME 1 RETRYCOUNT 9", [entry("2-1")]],
    ["XPENDING k g - + 10", [["1-1", "d", 0, 2], ["1-2", "d", 7, 1], [
      "2-1",
      "d",
      server.clock.now() - 1,
      9,
    ]]],
    ["XCLAIM k g d 0 2-1 TIME 9223372036854775807", [entry("2-1")]],
    ["XPENDING k g 2 + 10", [["2-1", "d", 0, 10]]],
  ]);
});

Deno.test("XCLAIM makes pending what is not only with FORCE, and only what is there", async (t) => {
  using server = threePending();
  await checkReplies(t, server, [
    ["XCLAIM k g d 0 2-2", []],
    ["XCLAIM k g d 0 2-2 9-9 FORCE", [entry("2-2")]],
    ["XPENDING k g - + 10 d", [["2-2", "d", 0, 2]]],
    ["XCLAIM k g d 0 9-9 LASTID 5-5", []],
    ["XINFO GROUPS k", [[
      ...["name", "g", "consumers", 2, "pending", 4, "last-delivered-id", "5-5", "entries-read", 3, "lag", 1],
    ]]],
  ]);
});

Deno.test("what was deleted from the stream is not claimed, and pending no more", async (t) => {
  using server = threePending();
  server.send("XDEL k 1-1 2-1");
  await checkReplies(t, server, [
    ["XREADGROUP GROUP g c STREAMS k 0", [["k", [["1-1", null], entry("1-2"), ["2-1", null]]]]],
    ["XCLAIM k g d 0 1-1", []],
    ["XPENDING k g", [2, "1-2", "2-1", [["c", "2"]]]],
    ["XAUTOCLAIM k g d 0 -", ["0-0", [entry("1-2")], ["2-1"]]],
    ["XPENDING k g", [1, "1-2", "1-2", [["d", "1"]]]],
  ]);
});

Deno.test("XAUTOCLAIM goes on where it stopped, and looks at ten entries for each that it may claim", async (t) => {
  using server = testServer();
  for (let i = 1; i <= 25; i++) server.send(`XADD k ${i}-0 f v`);
  server.send("XGROUP CREATE k g 0");
  server.send("XREADGROUP GROUP g c STREAMS k >");
  server.clock.advance(100);
  server.send("XCLAIM k g c 0 1-0 2-0 3-0 4-0 5-0 6-0 7-0 8-0 9-0 10-0 11-0 12-0");
  await checkReplies(t, server, [
    ["XAUTOCLAIM k g d 50 0 COUNT 1 JUSTID", ["11-0", [], []]],
    ["XAUTOCLAIM k g d 50 11-0 COUNT 1 JUSTID", ["14-0", ["13-0"], []]],
    ["XAUTOCLAIM k g d 50 (24-0 JUSTID", ["0-0", ["25-0"], []]],
    ["XAUTOCLAIM k g d 50 (25-0 JUSTID", ["0-0", [], []]],
    ["XAUTOCLAIM k g d 50 0 COUNT 0", "ERR COUNT must be > 0"],
    ["XPENDING k g", [25, "1-0", "25-0", [["c", "23"], ["d", "2"]]]],
  ]);
});

Deno.test("options are read in the reference's order, ids before them", async (t) => {
  using server = threePending();
  await checkReplies(t, server, [
    ["XCLAIM k none d x x", "NOGROUP No such key 'k' or consumer group 'none'"],
    ["XCLAIM k g d x x", "ERR Invalid min-idle-time argument for XCLAIM"],
    ["XCLAIM k g d 0 x", "ERR Unrecognized XCLAIM option 'x'"],
    ["XCLAIM k g d 0 1-1 IDLE", "ERR Unrecognized XCLAIM option 'IDLE'"],
    ["XCLAIM k g d 0 1-1 IDLE x", "ERR Invalid IDLE option argument for XCLAIM"],
    ["XCLAIM k g d 0 1-1 FORCE 1-2", "ERR Unrecognized XCLAIM option '1-2'"],
    ["XAUTOCLAIM k none d x 0", "ERR Invalid min-idle-time argument for XAUTOCLAIM"],
    ["XAUTOCLAIM k none d 0 0 COUNT 1 BAD", "ERR syntax error"],
    ["XAUTOCLAIM k none d 0 0", "NOGROUP No such key 'k' or consumer group 'none'"],
  ]);
});
