/** B7: jobs for which somebody has all skills: one job at a time, and all of them by arithmetic on scores. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";
import { combineScores } from "./b04_search_and_zsort.ts";

const SECONDS = 300;

async function addJob(redis: Redis, job: string, skills: readonly string[]): Promise<void> {
  await redis.sadd(`job:${job}`, ...skills);
}

async function isQualified(
  world: World,
  redis: Redis,
  job: string,
  skills: readonly string[],
): Promise<boolean> {
  const candidate = world.uuid();
  const [, , missing] = (await execute(
    redis.multi().sadd(candidate, ...skills).expire(candidate, SECONDS).sdiff(`job:${job}`, candidate),
  ))!;
  return (missing as string[]).length === 0;
}

async function indexJob(redis: Redis, job: string, skills: readonly string[]): Promise<void> {
  const transaction = redis.multi();
  for (const skill of skills) transaction.sadd(`idx:skill:${skill}`, job);
  await execute(transaction.zadd("idx:jobs:req", skills.length, job));
}

/** Jobs of which as many skills are had as are required: the difference of the counts is zero. */
async function jobsWithNothingMissing(world: World, redis: Redis, had: readonly string[]): Promise<string[]> {
  const counts = await combineScores(
    world,
    redis,
    "zunionstore",
    Object.fromEntries(had.map((name) => [name, 1])),
  );
  const missing = await combineScores(world, redis, "zinterstore", { [counts]: -1, "jobs:req": 1 });
  return await redis.zrangebyscore(`idx:${missing}`, 0, 0);
}

function findJobs(world: World, redis: Redis, skills: readonly string[]): Promise<string[]> {
  return jobsWithNothingMissing(world, redis, skills.map((skill) => `skill:${skill}`));
}

type Levels = Readonly<Record<string, number>>;

/** A job that asks for level 3 of a skill asks for levels 1 and 2 as well, which counts as three skills. */
async function indexJobByLevels(redis: Redis, job: string, levels: Levels): Promise<void> {
  await indexJob(redis, job, skillsOf(levels));
}

function skillsOf(levels: Levels): string[] {
  return Object.entries(levels).flatMap(([skill, level]) => range(level).map((i) => `${skill}:${i + 1}`));
}

async function indexJobByYears(redis: Redis, job: string, years: Levels): Promise<void> {
  const transaction = redis.multi();
  for (const [skill, count] of Object.entries(years)) {
    transaction.zadd(`idx:skill:${skill}:years`, count, job);
  }
  await execute(transaction.sadd("idx:jobs:all", job).zadd("idx:jobs:req", Object.keys(years).length, job));
}

/** Subtracts the candidate's years from those required, and drops the jobs that want more. */
async function findJobsByYears(world: World, redis: Redis, years: Levels): Promise<string[]> {
  const had: string[] = [];
  for (const [skill, count] of Object.entries(years)) {
    const weights = { "jobs:all": -count, [`skill:${skill}:years`]: 1 };
    const lacking = await combineScores(world, redis, "zinterstore", weights);
    await redis.zremrangebyscore(`idx:${lacking}`, "(0", "inf");
    had.push(await combineScores(world, redis, "zinterstore", { "jobs:all": 1, [lacking]: 0 }));
  }
  return await jobsWithNothingMissing(world, redis, had);
}

const SKILLS = range(8).map((i) => `q${i}`);
/** Keys of results, unlike those of the index. */
const RESULTS = ["idx:????????-*", "????????-*"];

function randomSkills(world: World, least = 1): string[] {
  return world.random.shuffled(SKILLS).slice(0, world.random.between(least, 6));
}

async function cleared(redis: Redis): Promise<void> {
  for (const pattern of RESULTS) {
    for (const key of await redis.keys(pattern)) {
      assert(await redis.ttl(key) > 0, `${key} stays for good`);
      await redis.del(key);
    }
  }
}

export const jobSearch: Application = {
  id: "B7",
  title: "Job search",
  chapter: 7,
  source: "7.17-7.19 and exercises",

  async run(world) {
    const redis = await world.client("web");
    await addJob(redis, "test", ["q1", "q2", "q3"]);
    assertEquals(await isQualified(world, redis, "test", ["q1", "q3"]), false);
    assertEquals(await isQualified(world, redis, "test", ["q1", "q2", "q3", "q4"]), true);
    await indexJob(redis, "test1", ["q1", "q2", "q3"]);
    await indexJob(redis, "test2", ["q1", "q3", "q4"]);
    await indexJob(redis, "test3", ["q1", "q3", "q5"]);
    assertEquals(await findJobs(world, redis, ["q1"]), []);
    assertEquals(await findJobs(world, redis, ["q1", "q3", "q4"]), ["test2"]);
    assertEquals(await findJobs(world, redis, ["q1", "q3", "q5"]), ["test3"]);
    assertEquals(await findJobs(world, redis, ["q1", "q2", "q3", "q4", "q5"]), ["test1", "test2", "test3"]);
    await assertRejects(() => findJobs(world, redis, []), Error, "at least 1 input key is needed");

    await redis.del(...await redis.keys("idx:*"));
    await indexJobByLevels(redis, "level1", { q1: 1 });
    await indexJobByLevels(redis, "level2", { q1: 1, q2: 2 });
    assertEquals(await findJobs(world, redis, skillsOf({ q1: 1 })), ["level1"]);
    assertEquals(await findJobs(world, redis, skillsOf({ q1: 4, q2: 1 })), ["level1"]);
    assertEquals(await findJobs(world, redis, skillsOf({ q1: 1, q2: 2 })), ["level1", "level2"]);

    await redis.del(...await redis.keys("idx:*"));
    await indexJobByYears(redis, "year1", { q1: 1 });
    await indexJobByYears(redis, "year2", { q1: 1, q2: 2.5 });
    assertEquals(await findJobsByYears(world, redis, { q1: 0.5 }), []);
    assertEquals(await findJobsByYears(world, redis, { q1: 1 }), ["year1"]);
    assertEquals(await findJobsByYears(world, redis, { q1: 2, q2: 2.25 }), ["year1"]);
    assertEquals(await findJobsByYears(world, redis, { q1: 2, q2: 2.5 }), ["year1", "year2"]);

    await redis.del(...await redis.keys("idx:*"));
    const jobs = new Map(range(world.sized(30, 300)).map((i) => [`job${i}`, randomSkills(world)]));
    for (const [job, skills] of jobs) await indexJob(redis, job, skills);
    const candidates = range(world.sized(20, 200)).map(() => randomSkills(world, 3));
    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    const dying = await world.client("dying");
    const lost = findJobs(world, dying, SKILLS).catch((error) => error.message);
    world.kill(dying);
    await Promise.all(clients.map(async (client, i) => {
      for (const skills of candidates.filter((_, at) => at % clients.length === i)) {
        const expected = [...jobs].filter(([, required]) =>
          required.every((skill) => skills.includes(skill))
        );
        const found = await findJobs(world, client, skills);
        assertEquals(found, expected.map(([job]) => job).sort(), skills.join());
      }
    }));
    assertEquals(await lost, "Connection is closed.");
    await cleared(redis);
  },

  story(world) {
    const jobs = new Map<string, string[]>();
    const indexed = new Set<string>();
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const job = `${client}.${turn}`;
        jobs.set(job, randomSkills(world));
        await indexJob(redis, job, jobs.get(job)!);
        indexed.add(job);
        for (const found of await findJobs(world, redis, ["q1", "q2", "q3"])) {
          assertEquals(jobs.get(found)!.filter((skill) => !["q1", "q2", "q3"].includes(skill)), [], found);
        }
      },
      async invariants(redis) {
        const all = await findJobs(world, redis, SKILLS);
        assertEquals([...indexed].filter((job) => !all.includes(job)), [], "gone");
        for (const job of all) {
          for (const skill of SKILLS) {
            const has = await redis.sismember(`idx:skill:${skill}`, job) === 1;
            assertEquals(has, jobs.get(job)!.includes(skill), `${job} wants ${skill}`);
          }
        }
        await cleared(redis);
      },
    };
  },
};
