import { assertEquals, assertMatch } from "@std/assert";
import { whyNotWithUsers } from "./configured_users.ts";

const HASH = "30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4"; // of pw

function why(line: string, password = ""): Promise<string | undefined> {
  const [name, ...rules] = line.split(" ") as [string, ...string[]];
  return whyNotWithUsers([{ name, rules }], "", password);
}

Deno.test("what the reference writes about its one user is accepted", async () => {
  assertEquals(await why("default on nopass ~* &* +@all"), undefined);
  assertEquals(await why("default on nopass sanitize-payload ~* &* +@all"), undefined);
  assertEquals(await why(`default on #${HASH} ~* &* +@all`, "pw"), undefined);
  assertEquals(await why("default reset ON >pw allkeys allchannels +@ALL", "pw"), undefined);
  assertEquals(await whyNotWithUsers([], "", ""), undefined);
});

Deno.test("no server starts that would let in whom its users keep out", async () => {
  const cases = [
    ["bob on >pw ~* +@all", ""],
    ["default on >pw ~* &* +@all", ""],
    [`default on #${HASH} ~* &* +@all`, ""],
    [`default on #${HASH} ~* &* +@all`, "other"],
    ["default on nopass ~* &* +@all", "pw"],
    ["default on nopass ~app:* &* +@all", ""],
    ["default on nopass ~* &* +@all -flushall", ""],
    ["default on nopass ~* &* +@all resetchannels", ""],
    ["default off nopass ~* &* +@all", ""],
    ["default on nopass ~* &* +@all reset", ""],
    ["default on nopass +@all", ""],
    ["default", ""],
  ] as const;
  for (const [line, password] of cases) {
    assertMatch(await why(line, password) ?? "", /^Can't start with 'user \w+': redeno knows one user/, line);
  }
  assertMatch(await whyNotWithUsers([], "users.acl", "") ?? "", /^Can't start with 'aclfile users.acl'/);
});
