/** XGROUP, XACK and XINFO: groups and consumers are made, moved, looked at and removed. */
import { assert } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const noKey =
  "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the " +
  "MKSTREAM option to create an empty stream automatically.";
const invalidId = "ERR Invalid stream ID specified as stream command argument";
const noGroup = "NOGROUP No such consumer group 'none' for key name 'k'";
const wrongForm = (subcommand: string, container = "XGROUP") =>
  `ERR unknown subcommand or wrong number of arguments for '${subcommand}'. Try ${container} HELP.`;

Deno.test("a group is made once, of a stream that is there or is made with it", async (t) => {
  using server = testServer({ s: "text" });
  await checkReplies(t, server, [
    ["XGROUP CREATE k g 0", noKey],
    ["XGROUP CREATE k g x MKSTREAM", invalidId],
    ["EXISTS k", 0],
    ["XGROUP CREATE k g $ MKSTREAM", "OK"],
    ["XGROUP CREATE k g 0", "BUSYGROUP Consumer Group name already exists"],
    ["XLEN k", 0],
    ["XGROUP CREATE s g 0", "WRONGTYPE Operation against a key holding the wrong kind of value"],
    ["XGROUP CREATE k h - ", invalidId],
    ["XGROUP CREATE k h 0 ENTRIESREAD -2", "ERR value for ENTRIESREAD must be positive or -1"],
    ["XGROUP CREATE k h 0 NOSUCH", wrongForm("CREATE")],
    ["XGROUP SETID k g 0 MKSTREAM", wrongForm("SETID")],
    ["XGROUP DESTROY k g", 1],
    ["XGROUP DESTROY k g", 0],
  ]);
});

Deno.test("XGROUP SETID moves a group, also to the ends of all ids", async (t) => {
  using server = testServer();
  server.send("XADD k 5-5 f v");
  server.send("XGROUP CREATE k g 0");
  const group = (lastId: string, read: number | null, lag: number | null) => [
    [
      "name",
      "g",
      "consumers",
      0,
      "pending",
      0,
      "last-delivered-id",
      lastId,
      "entries-read",
      read,
      "lag",
      lag,
    ],
  ];
  await checkReplies(t, server, [
    ["XINFO GROUPS k", group("0-0", null, 1)],
    ["XGROUP SETID k g $", "OK"],
    ["XINFO GROUPS k", group("5-5", null, 0)],
    ["XGROUP SETID k g 7 ENTRIESREAD 1", "OK"],
    ["XINFO GROUPS k", group("7-0", 1, 0)],
    ["XGROUP SETID k g +", "OK"],
    ["XINFO GROUPS k", group("18446744073709551615-18446744073709551615", null, null)],
    ["XGROUP SETID k g -", "OK"],
    ["XINFO GROUPS k", group("0-0", null, 1)],
    ["XGROUP SETID k none 0", noGroup],
  ]);
});

Deno.test("a consumer that is deleted takes along what is pending at it", async (t) => {
  using server = testServer();
  for (const line of ["XADD k 1-1 f v", "XADD k 1-2 f v", "XGROUP CREATE k g 0"]) server.send(line);
  await checkReplies(t, server, [
    ["XGROUP CREATECONSUMER k g c", 1],
    ["XGROUP CREATECONSUMER k g c", 0],
    ["XGROUP CREATECONSUMER k none c", noGroup],
    ["XREADGROUP GROUP g c COUNT 1 STREAMS k >", [["k", [["1-1", ["f", "v"]]]]]],
    ["XREADGROUP GROUP g d COUNT 1 STREAMS k >", [["k", [["1-2", ["f", "v"]]]]]],
    ["XGROUP DELCONSUMER k g c", 1],
    ["XGROUP DELCONSUMER k g c", 0],
    ["XPENDING k g", [1, "1-2", "1-2", [["d", "1"]]]],
    ["XACK k g 1-1 1-2 1-2", 1],
    ["XPENDING k g", [0, null, null, null]],
  ]);
});

Deno.test("XACK looks at all ids before it takes any, but not without a group", async (t) => {
  using server = testServer();
  for (const line of ["XADD k 1-1 f v", "XGROUP CREATE k g 0", "XREADGROUP GROUP g c STREAMS k >"]) {
    server.send(line);
  }
  await checkReplies(t, server, [
    ["XACK k g 1-1 x", invalidId],
    ["XACK k none x", 0],
    ["XACK none g x", 0],
    ["XACK k g 1-1", 1],
  ]);
});

Deno.test("XINFO tells of a stream, its groups and their consumers", async (t) => {
  using server = testServer();
  for (const line of ["XADD k 1-1 f v", "XGROUP CREATE k g 0", "XREADGROUP GROUP g c STREAMS k >"]) {
    server.send(line);
  }
  const now = server.clock.now();
  server.clock.advance(5);
  const figures = [
    ...["length", 1, "radix-tree-keys", 1, "radix-tree-nodes", 2, "last-generated-id", "1-1"],
    ...["max-deleted-entry-id", "0-0", "entries-added", 1, "recorded-first-entry-id", "1-1"],
  ];
  const entry = ["1-1", ["f", "v"]];
  const consumer = ["name", "c", "seen-time", now, "pel-count", 1, "pending", [["1-1", now, 1]]];
  await checkReplies(t, server, [
    ["XINFO STREAM k", [...figures, "groups", 1, "first-entry", entry, "last-entry", entry]],
    ["XINFO STREAM k FULL", [
      ...figures,
      ...["entries", [entry], "groups"],
      [[
        ...["name", "g", "last-delivered-id", "1-1", "entries-read", 1, "lag", 0, "pel-count", 1],
        ...["pending", [["1-1", "c", now, 1]], "consumers", [consumer]],
      ]],
    ]],
    ["XINFO CONSUMERS k g", [["name", "c", "pending", 1, "idle", 5]]],
    ["XINFO CONSUMERS k none", noGroup],
    ["XINFO STREAM none", "ERR no such key"],
    ["XINFO STREAM k BAD", wrongForm("STREAM", "XINFO")],
    ["XINFO STREAM k FULL COUNT", wrongForm("STREAM", "XINFO")],
  ]);
});

Deno.test("HELP names the subcommands", () => {
  using server = testServer();
  const helps = ["XGROUP HELP", "XINFO HELP"].map((line) => (server.send(line) as string[]).join("\n"));
  for (const name of ["CREATE", "CREATECONSUMER", "DELCONSUMER", "DESTROY", "SETID"]) {
    assert(helps[0]!.includes(`\n${name} <key>`), name);
  }
  for (const name of ["CONSUMERS", "GROUPS", "STREAM"]) assert(helps[1]!.includes(`\n${name} <key>`), name);
});
