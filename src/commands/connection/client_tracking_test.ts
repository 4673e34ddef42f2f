import { assertEquals } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const info = (flags: string[], redirect: number, prefixes: string[] = []) => [
  ...["flags", flags],
  ...["redirect", redirect],
  ...["prefixes", prefixes],
];
const NOT_TOGETHER = "OPTIN and OPTOUT are not compatible with BCAST";
const CACHING = "ERR CLIENT CACHING";

Deno.test("CLIENT TRACKING, TRACKINGINFO and GETREDIR say how a client is told of keys that change", async (t) => {
  using server = testServer();
  const other = server.connect();
  await checkReplies(t, server, [
    ["CLIENT TRACKINGINFO", info(["off"], -1)],
    ["CLIENT GETREDIR", -1],
    ["CLIENT TRACKING ON", "OK"],
    ["CLIENT TRACKINGINFO", info(["on"], 0)],
    ["CLIENT GETREDIR", 0],
    [`CLIENT TRACKING ON NOLOOP REDIRECT ${other.id}`, "OK"],
    ["CLIENT TRACKINGINFO", info(["on", "noloop"], other.id)],
    ["CLIENT GETREDIR", other.id],
    ["CLIENT TRACKING OFF", "OK"],
    ["CLIENT TRACKING ON BCAST PREFIX b PREFIX a", "OK"],
    ["CLIENT TRACKING ON BCAST PREFIX c", "OK"],
    ["CLIENT TRACKINGINFO", info(["on", "bcast"], 0, ["a", "b", "c"])],
    ["RESET", "RESET"],
    ["CLIENT TRACKINGINFO", info(["off"], -1)],
  ]);
  assertEquals([server.tracking.clients, server.tracking.prefixes], [0, 0]);
});

Deno.test("CLIENT TRACKING refuses what does not fit together, and changes nothing then", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["CLIENT TRACKING MAYBE", "ERR syntax error"],
    ["CLIENT TRACKING ON REDIRECT", "ERR syntax error"],
    ["CLIENT TRACKING ON REDIRECT 77", "ERR The client ID you want redirect to does not exist"],
    [
      "CLIENT TRACKING ON REDIRECT 1 REDIRECT 1",
      "ERR A client can only redirect to a single other client",
    ],
    ["CLIENT TRACKING ON PREFIX a", "ERR PREFIX option requires BCAST mode to be enabled"],
    ["CLIENT TRACKING ON OPTIN OPTOUT", "ERR You can't specify both OPTIN mode and OPTOUT mode"],
    ["CLIENT TRACKING ON OPTIN BCAST", `ERR ${NOT_TOGETHER}`],
    [
      "CLIENT TRACKING ON BCAST PREFIX aa PREFIX a",
      "ERR Prefix 'aa' overlaps with another provided prefix 'a'. Prefixes for a single client must not overlap.",
    ],
    [
      'CLIENT TRACKING ON BCAST PREFIX "a\\x00b" PREFIX "a\\x00bc"',
      "ERR Prefix 'a' overlaps with another provided prefix 'a'. Prefixes for a single client must not overlap.",
    ],
    ["CLIENT TRACKINGINFO", info(["off"], -1)],
    ["CLIENT TRACKING ON OPTIN", "OK"],
    [
      "CLIENT TRACKING ON OPTOUT",
      "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
    ],
    [
      "CLIENT TRACKING ON BCAST",
      "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
    ],
    ["CLIENT TRACKINGINFO", info(["on", "optin"], 0)],
  ]);
});

Deno.test("CLIENT CACHING is for the next command, or the next transaction", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    [
      "CLIENT CACHING YES",
      `${CACHING} can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled`,
    ],
    ["CLIENT TRACKING ON OPTIN", "OK"],
    ["CLIENT CACHING NO", `${CACHING} NO is only valid when tracking is enabled in OPTOUT mode.`],
    ["CLIENT CACHING MAYBE", "ERR syntax error"],
    ["GET a", null],
    ["CLIENT CACHING YES", "OK"],
    ["CLIENT TRACKINGINFO", info(["on", "optin", "caching-yes"], 0)],
    ["GET b", null],
    ["GET c", null],
    ["CLIENT TRACKINGINFO", info(["on", "optin"], 0)],
  ]);
  assertEquals(server.tracking.keys, 1);
  for (const line of ["CLIENT CACHING YES", "MULTI", "GET d", "GET e", "EXEC", "GET f"]) server.send(line);
  assertEquals(server.tracking.keys, 3);
  for (
    const line of ["CLIENT TRACKING OFF", "CLIENT TRACKING ON OPTOUT", "CLIENT CACHING NO", "GET g", "GET h"]
  ) {
    server.send(line);
  }
  assertEquals(server.tracking.keys, 4);
});
