/** B32: a script that never ends: others are told so, it can be stopped while it has written nothing, else only the server can. */
import { assert, assertEquals } from "@std/assert";
import { Folder, redeno, reference } from "../restart/folder.ts";
import { type Application, range, type World } from "./application.ts";

const LIMIT_MS = 30;

async function errorOf(work: Promise<unknown>): Promise<string> {
  return await work.then(() => "no error", (error) => String(error.message));
}

export const runawayScript: Application = {
  id: "B32",
  title: "A script that never ends",
  chapter: 11,
  source: "section 11.1.2",

  async run(world) {
    await using folder = await Folder.make();
    const server = world.server === "redeno" ? redeno : reference!;
    const args = ["--lua-time-limit", String(LIMIT_MS), "--appendonly", "yes", "--appendfsync", "always"];
    {
      await using program = await folder.start(server, args);
      await runAway(world, folder.at("s.sock"));
      const { code } = await program.ended;
      assertEquals(code, 0);
    }
    await using _again = await folder.start(server, args);
    const redis = await world.client("after", { path: folder.at("s.sock") });
    assertEquals(await redis.get("before"), "kept");
    assertEquals(await redis.exists("half"), 0, "what a script that never ended has written is not kept");
    assertEquals(await redis.dbsize(), 1);
  },

  story() {
    let [done, begun] = [0, 0];
    return {
      clients: 2,
      async turn(redis) {
        // Long enough to be killed in the middle of.
        const script =
          "for i = 1, 500 do redis.call('rpush', KEYS[1], i) end redis.call('incr', KEYS[2]) return 1";
        begun++;
        assertEquals(await redis.eval(script, 2, "list", "count"), 1);
        done++;
      },
      async invariants(redis) {
        const count = Number(await redis.get("count"));
        assert(count >= done && count <= begun, `${done} to ${begun}, ${count} are there`);
        assertEquals(await redis.llen("list"), 500 * count, "half of a script was kept");
        assertEquals(
          await redis.lrange("list", 0, 499),
          count === 0 ? [] : range(500).map((i) => String(i + 1)),
        );
      },
    };
  },
};

/** Ends with the server's end. */
async function runAway(world: World, path: string): Promise<void> {
  const [redis, admin] = [await world.client("runs", { path }), await world.client("admin", { path })];
  await redis.set("before", "kept");
  assert((await errorOf(admin.script("KILL"))).startsWith("NOTBUSY"));
  const harmless = errorOf(redis.eval("while 1 do end", 0));
  await world.until("it to be busy", async () => (await errorOf(admin.get("before"))).startsWith("BUSY"));
  assertEquals(await admin.script("KILL"), "OK");
  assert((await harmless).includes("killed"), await harmless);
  assertEquals(await admin.get("before"), "kept", "all goes on");
  assertEquals(await redis.ping(), "PONG");

  // One that catches errors is stopped, too.
  const stubborn = errorOf(redis.eval("while 1 do pcall(function() while 1 do end end) end", 0));
  await world.until("it to be busy", async () => (await errorOf(admin.get("before"))).startsWith("BUSY"));
  assertEquals(await admin.script("KILL"), "OK");
  assert((await stubborn).includes("killed"), await stubborn);

  const writing = errorOf(redis.eval("redis.call('set', KEYS[1], 1) while 1 do end", 1, "half"));
  await world.until("it to be busy", async () => (await errorOf(admin.get("half"))).startsWith("BUSY"));
  assert((await errorOf(admin.script("KILL"))).startsWith("UNKILLABLE"));
  assert((await errorOf(admin.get("half"))).startsWith("BUSY"), "nobody sees it");
  const ended = errorOf(admin.call("SHUTDOWN", "NOSAVE"));
  assertEquals(await writing, "Connection is closed.");
  assertEquals(await ended, "Connection is closed.");
}
