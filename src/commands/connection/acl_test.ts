import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

// Replies are compared with the reference in test/compat/acl_test.ts.

Deno.test("there is one user, who may do everything", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["ACL WHOAMI", "default"],
    ["ACL USERS", ["default"]],
    ["ACL LIST", ["user default on nopass ~* &* +@all"]],
    ["ACL GETUSER nobody", null],
    ["ACL DELUSER nobody", 0],
    ["ACL DELUSER nobody default", "ERR The 'default' user cannot be removed"],
    [
      "ACL SETUSER bob on",
      "ERR There is one user, 'default', whose password is set with CONFIG SET requirepass: users cannot be made or changed",
    ],
  ]);
  for (const line of ["ACL LOAD", "ACL SAVE"]) {
    assertMatch(
      server.send(line) as string,
      /^ERR This Redis instance is not configured to use an ACL file\./,
    );
  }
});

Deno.test("ACL GETUSER and LIST show the digest of the password, never the password", () => {
  using server = testServer();
  const digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
  server.send("CONFIG SET requirepass foo");
  assertEquals(server.send("ACL LIST"), [`user default on #${digest} ~* &* +@all`]);
  assertEquals((server.send("ACL GETUSER default") as unknown[]).slice(0, 4), [
    "flags",
    ["on"],
    "passwords",
    [digest],
  ]);
});

Deno.test("ACL CAT lists categories, and the commands of one", async (t) => {
  using server = testServer();
  assert((server.send("ACL CAT") as string[]).includes("sortedset"));
  const scripting = server.send("ACL CAT SCRIPTING") as string[];
  assert(scripting.includes("eval") && scripting.includes("script|load") && !scripting.includes("script"));
  await checkReplies(t, server, [
    ["ACL CAT none", "ERR Unknown category 'none'"],
    [`ACL CAT ${"x".repeat(300)}`, `ERR Unknown category '${"x".repeat(128)}'`],
    ["ACL CAT a b", "ERR unknown subcommand or wrong number of arguments for 'CAT'. Try ACL HELP."],
  ]);
});

Deno.test("ACL DRYRUN looks for user, command and arguments", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["ACL DRYRUN default set a b", "OK"],
    ["ACL DRYRUN default config get x", "OK"],
    ["ACL DRYRUN bob get a", "ERR User 'bob' not found"],
    ["ACL DRYRUN default none", "ERR Command 'none' not found"],
    ["ACL DRYRUN default config none", "ERR Command 'config' not found"],
    ["ACL DRYRUN default get", "ERR wrong number of arguments for 'get' command"],
  ]);
  assertEquals(server.send("GET a"), null, "nothing is carried out");
});

Deno.test("ACL GENPASS makes as many digits as the bits need", () => {
  using server = testServer();
  const digits = (bits: string) => (server.send(`ACL GENPASS ${bits}`) as string).length;
  assertEquals([digits(""), digits("1"), digits("4"), digits("5"), digits("4096")], [64, 1, 1, 2, 1024]);
  for (const bits of ["0", "-1", "4097"]) {
    assertEquals(
      server.send(`ACL GENPASS ${bits}`),
      "ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096",
    );
  }
});

Deno.test("ACL LOG counts wrong passwords, the latest first, and can be emptied", () => {
  using server = testServer();
  server.observation.aclLog.capacity = 2;
  const users = () => (server.send("ACL LOG") as unknown[][]).map((entry) => [entry[1], entry[7], entry[9]]);
  for (const line of ["AUTH bob x", "AUTH eve x", "AUTH bob y"]) server.send(line);
  assertEquals(users(), [[2, "AUTH", "bob"], [1, "AUTH", "eve"]]);
  server.send("HELLO 3 AUTH bob x");
  assertEquals(users(), [[1, "HELLO", "bob"], [2, "AUTH", "bob"]], "the oldest is forgotten");
  server.clock.advance(61_000);
  server.send("AUTH bob x");
  assertEquals(users(), [[1, "AUTH", "bob"], [1, "HELLO", "bob"]], "what is long ago is another entry");
  assertEquals((server.send("ACL LOG 1") as unknown[]).length, 1);
  assertEquals(server.send("ACL LOG RESET"), "OK");
  assertEquals(users(), []);
});

Deno.test("ACL HELP names the subcommands", () => {
  using server = testServer();
  const lines = server.send("ACL HELP") as string[];
  const names = lines.filter((line) => !line.startsWith(" ")).map((line) => line.split(" ")[0]);
  assertEquals(names.length, 14);
});
