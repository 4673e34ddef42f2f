import { checkReplies, testServer } from "../../../test/support/test_server.ts";

Deno.test("TTL and its kin tell -2 without a key and -1 without a time to live", async (t) => {
  using server = testServer({ k: "v" });
  for (const command of ["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"]) {
    await checkReplies(t, server, [
      [`${command} nokey`, -2],
      [`${command} k`, -1],
      [command, `ERR wrong number of arguments for '${command.toLowerCase()}' command`],
    ]);
  }
});

Deno.test("seconds are rounded to the nearest", async (t) => {
  using server = testServer({ k: "v" });
  await checkReplies(t, server, [
    ["PEXPIRE k 1499", 1],
    ["TTL k", 1],
    ["PEXPIRE k 1500", 1],
    ["TTL k", 2],
    ["PEXPIREAT k 4000000000499", 1],
    ["EXPIRETIME k", 4_000_000_000],
    ["PEXPIREAT k 4000000000500", 1],
    ["EXPIRETIME k", 4_000_000_001],
  ]);
});

Deno.test("times beyond 2^53 are told exactly", async (t) => {
  using server = testServer({ k: "v" });
  const when = 9223372036854775807n;
  await checkReplies(t, server, [
    [`PEXPIREAT k ${when}`, 1],
    ["PEXPIRETIME k", when],
    ["EXPIRETIME k", 9223372036854776n],
    ["PTTL k", when - BigInt(server.clock.now())],
  ]);
});
