import { assertEquals } from "@std/assert";
import { Type } from "../../store/memory/entry.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";

const NOT_INTEGER = "ERR value is not an integer or out of range";
const OVERFLOW = "ERR increment or decrement would overflow";
const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

Deno.test("INCR, DECR, INCRBY and DECRBY count from 0", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["INCR a", 1],
    ["INCR a", 2],
    ["DECR b", -1],
    ["INCRBY c 10", 10],
    ["DECRBY c 3", 7],
    ["INCRBY c -8", -1],
    ["DECRBY d -5", 5],
    ["GET d", "5"],
    ["OBJECT ENCODING d", "int"],
  ]);
});

Deno.test("integers are exact over 64 bits, and no further", async (t) => {
  using server = testServer({
    big: "9007199254740991",
    max: "9223372036854775807",
    min: "-9223372036854775808",
  });
  await checkReplies(t, server, [
    ["INCR big", 9007199254740992n],
    ["INCR big", 9007199254740993n],
    ["INCRBY big 2", 9007199254740995n],
    ["DECRBY big 9007199254740995", 0],
    ["INCR max", OVERFLOW],
    ["DECR max", 9223372036854775806n],
    ["INCRBY max 1", 9223372036854775807n],
    ["DECR min", OVERFLOW],
    ["INCRBY min -1", OVERFLOW],
    ["DECRBY min -9223372036854775807", -1],
    ["DECRBY min -9223372036854775808", "ERR decrement would overflow"],
    ["DECRBY min 9223372036854775807", -9223372036854775808n],
  ]);
});

Deno.test("what is no integer is not counted up", async (t) => {
  using server = testServer({
    a: "abc",
    space: " 1",
    plus: "+1",
    zero: "01",
    big: "9223372036854775808",
    l: "x",
  });
  server.pretendType("l", Type.list);
  await checkReplies(t, server, [
    ["INCR a", NOT_INTEGER],
    ["INCR space", NOT_INTEGER],
    ["INCR plus", NOT_INTEGER],
    ["INCR zero", NOT_INTEGER],
    ["INCR big", NOT_INTEGER],
    ["INCR l", WRONG_TYPE],
    ["INCRBY l x", NOT_INTEGER],
    ["INCRBY l 9223372036854775808", NOT_INTEGER],
    ["INCR", "ERR wrong number of arguments for 'incr' command"],
  ]);
});

Deno.test("counting keeps the time to live and publishes incrby", async (t) => {
  using server = testServer({ n: "999" });
  await checkReplies(t, server, [
    ["EXPIRE n 100", 1],
    ["INCR n", 1000],
    ["INCRBY n 9000000", 9001000],
    ["TTL n", 100],
  ]);
  assertEquals(server.takeEvents(), ["expire n@0", "incrby n@0", "incrby n@0"]);
});
