import { assertEquals } from "@std/assert";
import { Type } from "../../store/memory/entry.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const NOT_FLOAT = "ERR value is not a valid float";
const NOT_FINITE = "ERR increment would produce NaN or Infinity";

Deno.test("INCRBYFLOAT adds decimals and prints no digit too many", async (t) => {
  using server = testServer({ k: "10.50", e: "5.0e3", n: "3" });
  await checkReplies(t, server, [
    ["INCRBYFLOAT k 0.1", "10.6"],
    ["INCRBYFLOAT k -5", "5.6"],
    ["INCRBYFLOAT e 2.0e2", "5200"],
    ["INCRBYFLOAT n 0", "3"],
    ["OBJECT ENCODING n", "embstr"],
    ["INCRBYFLOAT new 0.1", "0.1"],
    ["INCRBYFLOAT new 0.2", "0.3"],
  ]);
});

Deno.test("INCRBYFLOAT refuses what is no number, and results that are none", async (t) => {
  using server = testServer({ a: "abc", one: "1", l: "x" });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["INCRBYFLOAT a 1", NOT_FLOAT],
    ["INCRBYFLOAT one abc", NOT_FLOAT],
    ["INCRBYFLOAT one nan", NOT_FLOAT],
    ['INCRBYFLOAT one ""', NOT_FLOAT],
    ["INCRBYFLOAT one inf", NOT_FINITE],
    ["INCRBYFLOAT one -inf", NOT_FINITE],
    ["INCRBYFLOAT l abc", "WRONGTYPE Operation against a key holding the wrong kind of value"],
    ["GET one", "1"],
  ]);
});

Deno.test("INCRBYFLOAT keeps the time to live and publishes incrbyfloat", () => {
  using server = testServer({ k: "1" });
  server.send("EXPIRE k 100");
  server.send("INCRBYFLOAT k 1e300");
  assertEquals(server.send("STRLEN k"), 301);
  assertEquals(server.send("OBJECT ENCODING k"), "raw");
  assertEquals(server.send("TTL k"), 100);
  assertEquals(server.takeEvents(), ["expire k@0", "incrbyfloat k@0"]);
});
