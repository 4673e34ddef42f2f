/** B23: scripts that are called by their digests, and sent whole where the server does not know them, or not any more. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { type Application, execute, range } from "./application.ts";

export class Script {
  readonly source: string;
  /** SHA1 of the source, 40 hexadecimal digits. */
  readonly digest: string;

  constructor(source: string) {
    this.source = source;
    this.digest = createHash("sha1").update(source).digest("hex");
  }

  /** @throws ReplyError what the script raises */
  async call(
    redis: Redis,
    keys: readonly string[],
    args: readonly (string | number)[] = [],
  ): Promise<unknown> {
    try {
      return await redis.evalsha(this.digest, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return await redis.eval(this.source, keys.length, ...keys, ...args);
    }
  }
}

const ONE = new Script("return 1");
/** Both counters or neither. */
const BOTH = new Script(
  "for i = 1, 20 do redis.call('incr', KEYS[1]) redis.call('incr', KEYS[2]) end return #ARGV",
);

export const scriptLoader: Application = {
  id: "B23",
  title: "Scripts by their digests",
  chapter: 11,
  source: "11.1",

  async run(world) {
    const redis = await world.client("web");
    const rival = await world.client("rival");
    await redis.script("FLUSH");
    assertEquals(ONE.digest, "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
    await assertRejects(() => redis.evalsha(ONE.digest, 0), Error, "NOSCRIPT");
    assertEquals(await redis.script("LOAD", ONE.source), ONE.digest);
    assertEquals(await redis.evalsha(ONE.digest, 0), 1);
    assertEquals(await redis.evalsha(ONE.digest.toUpperCase(), 0), 1);
    await rival.script("FLUSH");
    assertEquals(await ONE.call(redis, []), 1, "it is sent whole");
    assertEquals(await redis.script("EXISTS", ONE.digest), [1], "and known from then on");

    // A call in a pipeline that fails does so alone; a script is part of a transaction as any command is.
    const [before, failed, after] = (await redis.pipeline()
      .incr("count")
      .evalsha("0".repeat(40), 0)
      .incr("count")
      .exec())!;
    assertEquals([before![1], after![1]], [1, 2]);
    assert(failed![0]?.message.startsWith("NOSCRIPT"));
    assertEquals(
      await execute(redis.multi().set("a", 1).eval(BOTH.source, 2, "a", "b", "x", "y").get("a").get("b")),
      ["OK", 2, "21", "20"],
    );

    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const turns = world.sized(20, 400);
    let isOver = false;
    const flushing = (async () => {
      while (!isOver) await rival.script("FLUSH");
    })();
    await Promise.all(clients.map(async (client, i) => {
      for (const _ of range(turns)) assertEquals(await BOTH.call(client, ["a", "b"], [i]), 1);
      if (i === 3) world.kill(client);
    }));
    isOver = true;
    await flushing;
    assertEquals(await redis.mget("a", "b"), [String(21 + 80 * turns), String(20 + 80 * turns)]);
  },

  story() {
    let [done, begun] = [0, 0];
    return {
      clients: 3,
      async turn(redis) {
        begun++;
        await BOTH.call(redis, ["a", "b"]);
        done++;
      },
      async invariants(redis) {
        const [a, b] = (await redis.mget("a", "b")).map(Number);
        assertEquals(a, b, "half of a script was kept");
        assertEquals(a! % 20, 0);
        assert(a! / 20 >= done && a! / 20 <= begun, `${done} to ${begun}, ${a! / 20} are there`);
      },
    };
  },
};
