/** B31: what becomes of values on their way between Lua and the client, and of numbers and bytes in arguments. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

type Reply = string | number | null | readonly Reply[];

/** Table 11.1, and what the scripts of the chapter need. */
const RETURNED: readonly (readonly [lua: string, reply: Reply])[] = [
  ["true", 1],
  ["false", null],
  ["nil", null],
  ["{1, 2, nil, 4}", [1, 2]],
  ["{1, {2, {3, 'x'}}, false, true}", [1, [2, [3, "x"]], null, 1]],
  ["{}", []],
  ["1.5", 1],
  ["-1.5", -1],
  ["3.999", 3],
  ["'1.5'", "1.5"],
  ["tostring(1.5)", "1.5"],
  ["'text'", "text"],
  ["4503599627370497", 4503599627370497],
  ["-4503599627370497", -4503599627370497],
  ["{ok = 'FINE'}", "FINE"],
  ["10 / 2", 5],
  ["'k:' .. 3000000000", "k:3000000000"],
  ["string.format('%s', 2147483648)", "2147483648"],
  ["string.format('%d', 3.7)", "3"],
  ["2147483647 + 1", 2147483648],
  ["tostring(tonumber(false))", "nil"],
  ["#ARGV", 3],
  ["KEYS[1]", "key"],
  ["{unpack(ARGV)}", ["a", "b", "c"]],
  ["{unpack(ARGV, 2, 3)}", ["b", "c"]],
  ["ARGV[4]", null],
  ["type(redis.call('get', 'nosuch'))", "boolean"],
  ["redis.call('get', 'nosuch') or '0'", "0"],
  ["type(redis.call('exists', KEYS[1]))", "number"],
  ["redis.call('exists', KEYS[1]) == 0", 1],
  ["redis.call('exists', KEYS[1]) == '0'", null],
  ["redis.call('set', KEYS[1], 5).ok", "OK"],
  ["redis.call('set', KEYS[1], 3000000000)", "OK"],
  ["redis.call('incr', KEYS[1]) + 1", 3000000002],
  ["redis.call(#ARGV == 3 and 'DECR' or 'INCR', KEYS[1])", 3000000000],
  ["redis.call('set', KEYS[1], 9007199254740991)", "OK"],
  ["redis.call('get', KEYS[1])", "9007199254740991"],
  ["redis.call('set', KEYS[1], 0.1)", "OK"],
  ["redis.call('get', KEYS[1])", "0.10000000000000001"],
  ["{redis.call('del', KEYS[1]), redis.call('ttl', KEYS[1])}", [1, -2]],
];

/** The largest of the numbers that a command takes, and what comes of them. */
async function checkScores(redis: Redis): Promise<void> {
  const scores: readonly (readonly [string, string])[] = [
    ["1342915440.123456", "1342915440.123456"],
    ["1342915440.5", "1342915440.5"],
    ["0.5", "0.5"],
    [".5", "0.5"],
    ["1e-05", "1.0000000000000001e-05"],
    ["3.0", "3"],
    ["inf", "inf"],
    ["-inf", "-inf"],
    ["+inf", "inf"],
    ["2", "2"],
  ];
  for (const [score, shown] of scores) {
    await redis.zadd("scores", score, score);
    assertEquals(await redis.zscore("scores", score), shown, score);
  }
  assertEquals(await redis.zadd("scores", 4, "2"), 0, "it is not new");
  assertEquals(await redis.zincrby("scores", 1.5, ""), "1.5", "an empty member is one");
  assertEquals(await redis.zscore("scores", ""), "1.5");
  assertEquals(await redis.zrangebyscore("scores", "(0.5", "inf", "WITHSCORES", "LIMIT", 0, 1), ["", "1.5"]);
}

async function checkBytes(redis: Redis): Promise<void> {
  const all = Buffer.from(range(256));
  await redis.hset("bytes", all, all);
  assertEquals(await redis.hgetBuffer("bytes", all), all);
  assertEquals(
    await redis.callBuffer("EVAL", "return ARGV[1] .. #ARGV[1]", 0, all),
    Buffer.concat([all, Buffer.from("256")]),
  );
  assertEquals(await redis.zadd("members", 0, "a\0b", 0, "a", 0, "a\0"), 3);
  assertEquals(await redis.zrange("members", 0, "-1"), ["a", "a\0", "a\0b"]);
}

export const valuesOfScripts: Application = {
  id: "B31",
  title: "Values between scripts and clients",
  chapter: 11,
  source: "table 11.1, wire format",

  async run(world) {
    const redis = await world.client("web");
    for (const [lua, reply] of RETURNED) {
      assertEquals(await redis.eval(`return ${lua}`, 1, "key", "a", "b", "c"), reply, lua);
    }
    // Beyond what the client's numbers can hold, it must be asked for text.
    const text = await redis.pipeline().eval("return 1e30", 0).exec();
    assertEquals(Number(text![0]![1]), Number(-(2n ** 63n)), "too large a number is the least one");
    await assertRejects(() => redis.eval("return {err = 'ERR of mine'}", 0), Error, "ERR of mine");
    await assertRejects(() => redis.eval("return redis.call('blpop', 'x', 'y')", 0), Error);
    await assertRejects(() => redis.eval("return redis.call('nosuch')", 0), Error, "Unknown Redis command");
    // What was written before an error stays written.
    const broken =
      "redis.call('set', KEYS[1], 'kept') redis.call('hget', KEYS[1], 'x') redis.call('del', KEYS[1])";
    await assertRejects(() => redis.eval(broken, 1, "half"), Error, "WRONGTYPE");
    assertEquals(await redis.get("half"), "kept");
    // A blocking pop does not wait in a transaction, and takes several keys.
    await redis.rpush("y", "item");
    assertEquals(
      await execute(redis.multi().blpop("x", "y", 5).brpop("x", "y", 5)),
      [["y", "item"], null],
    );
    // Replies of a transaction are of all kinds, and an error is one of them.
    const mixed =
      (await redis.multi().set("mixed", 1).lpush("mixed", "x").incr("mixed").hgetall("nosuch").exec())!;
    assertEquals(mixed.map(([error, reply]) => error === null ? reply : error.message.split(" ")[0]), [
      "OK",
      "WRONGTYPE",
      2,
      {},
    ]);
    await checkScores(redis);
    await checkBytes(redis);
    // Who waits is served when the script is over: it sees what it has pushed.
    const waiting = await world.client("waiting");
    const item = waiting.blpop("served", 10);
    await world.until("it to wait", async () => /^blocked_clients:1\r/m.test(await redis.info("clients")));
    assertEquals(
      await redis.eval(
        "redis.call('lpush', KEYS[1], 'x', 'y') return redis.call('llen', KEYS[1])",
        1,
        "served",
      ),
      2,
    );
    assertEquals(await item, ["served", "y"]);
    const dying = await world.client("dying");
    const lost = dying.eval("return redis.call('incr', 'from the dead')", 0).catch((error) => error.message);
    world.kill(dying);
    assertEquals(await lost, "Connection is closed.");
    await redis.del("from the dead");
    // 100,000 values in one command.
    const many = world.sized(10_000, 100_000);
    assertEquals(await redis.rpush("many", ...range(many)), many);
    assertEquals(await redis.lindex("many", many - 1), String(many - 1));
    await redis.del("many");
  },

  story() {
    const written = [0, 0];
    return {
      clients: 2,
      async turn(redis, client, turn) {
        // It fails after two of three writes, which stay, both of them.
        const script =
          "redis.call('set', KEYS[1], ARGV[1]) redis.call('set', KEYS[2], ARGV[1]) redis.call('incr', KEYS[3])";
        await redis.set(`text${client}`, "no number");
        const keys = [`a${client}`, `b${client}`, `text${client}`];
        const failure = await redis.eval(script, 3, ...keys, turn).then(
          () => undefined,
          (error: Error) => error,
        );
        assert(failure !== undefined, "text was counted");
        if (!failure.message.includes("not an integer")) throw failure; // Such as that of a lost connection.
        written[client] = turn;
      },
      async invariants(redis) {
        for (const [client, turn] of written.entries()) {
          const [a, b] = await redis.mget(`a${client}`, `b${client}`);
          assertEquals(a, b, "a script that failed was kept by half");
          assert(Number(a) === turn || Number(a) === turn + 1, `${turn} was acknowledged, ${a} is there`);
        }
      },
    };
  },
};
