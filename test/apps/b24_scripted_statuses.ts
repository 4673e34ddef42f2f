/** B24: a message is written by one script: its number, its hash and its author's count come at once or not at all. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, range, type World } from "./application.ts";
import { checkPosts, createStatus, createUser } from "./b08_users_and_statuses.ts";
import { Script } from "./b23_script_loader.ts";

/** The key of the hash is known only when its number is drawn: it is not among the KEYS. */
const CREATE = new Script(`
local login = redis.call('hget', KEYS[1], 'login')
if not login then return false end
local id = redis.call('incr', KEYS[2])
local key = string.format('status:%s', id)
redis.call('hmset', key, 'login', login, 'id', id, unpack(ARGV))
redis.call('hincrby', KEYS[1], 'posts', 1)
return id
`);

/** @returns the message's number, or undefined when there is no such user */
export async function createByScript(
  world: World,
  redis: Redis,
  user: number,
  message: string,
  more: Readonly<Record<string, string | number>> = {},
): Promise<number | undefined> {
  const args = Object.entries({ message, posted: world.now(), uid: user, ...more }).flat();
  const id = await CREATE.call(redis, [`user:${user}`, "status:id:"], args);
  return id === null ? undefined : Number(id);
}

export const scriptedStatuses: Application = {
  id: "B24",
  title: "Statuses by script",
  chapter: 11,
  source: "11.2-11.3",

  async run(world) {
    const redis = await world.client("web");
    const user = (await createUser(world, redis, "TestUser", "Test User"))!;
    const ids = [
      (await createStatus(world, redis, user, "This is a new status message", { via: "web" }))!,
      (await createByScript(world, redis, user, "This is a new status message", { via: "web" }))!,
    ];
    assertEquals(ids, [1, 2]);
    const [first, second] = await Promise.all(ids.map((id) => redis.hgetall(`status:${id}`)));
    assertEquals({ ...second, id: "1" }, first, "the same as without a script");
    assertEquals(await redis.hget(`user:${user}`, "posts"), "2");
    assertEquals(await createByScript(world, redis, 99, "of nobody"), undefined);
    assertEquals(await redis.get("status:id:"), "2", "no number was drawn");
    // Numbers are doubles in scripts, and written as whole numbers.
    await redis.set("status:id:", 3_000_000_000);
    assertEquals(await createByScript(world, redis, user, "large"), 3_000_000_001);
    assertEquals(await redis.hget("status:3000000001", "id"), "3000000001");
    const many = Object.fromEntries(range(200).map((i) => [`field ${i}`, i]));
    const long = (await createByScript(world, redis, user, "long", many))!;
    assertEquals(await redis.hlen(`status:${long}`), 205);
    await redis.set("status:id:", 10);

    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    await Promise.all(clients.map(async (client, i) => {
      for (const turn of range(world.sized(20, 400))) {
        await createByScript(world, client, user, `message ${turn}`);
      }
      if (i === 3) {
        const last = createByScript(world, client, user, "of one who dies").catch(() => {});
        world.kill(client);
        await last;
      }
    }));
    await checkPosts(redis);
  },
  nondeterministic: "whether the message of a dying client arrives is a matter of chance",

  async story(world) {
    const user = (await createUser(world, await world.client(), "Anna", ""))!;
    const posted = new Set<number>();
    return {
      clients: 3,
      async turn(redis, client, turn) {
        posted.add((await createByScript(world, redis, user, `${client}: ${turn}`))!);
      },
      async invariants(redis) {
        await checkPosts(redis);
        const count = Number(await redis.hget(`user:${user}`, "posts"));
        assertEquals(Number(await redis.get("status:id:")), count, "a number was drawn in vain");
        for (const id of posted) assert(id <= count && await redis.hget(`status:${id}`, "id") === String(id));
      },
    };
  },
};
