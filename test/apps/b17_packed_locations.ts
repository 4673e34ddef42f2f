/** B17: where each user lives, in two bytes of a long string: what cannot be smaller, and is read by the block. */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";

const COUNTRIES = (
  "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR " +
  "BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP " +
  "CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB " +
  "GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN " +
  "KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD " +
  "MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN " +
  "PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM " +
  "SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR " +
  "UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE"
).split(" ");
const STATES: Readonly<Record<string, readonly string[]>> = {
  CAN: "AB BC MB NB NL NS NT NU ON PE QC SK YT".split(" "),
  USA: (
    "AA AE AK AL AP AR AS AZ CA CO CT DC DE FL FM GA GU HI IA ID IL IN KS KY LA MA MD ME MH MI MN MO MP MS MT NC ND NE " +
    "NH NJ NM NV NY OH OK OR PA PR PW RI SC SD TN TX UT VA VI VT WA WI WV WY"
  ).split(" "),
};
const USERS_A_SHARD = 2 ** 20;
const BLOCK_BYTES = 2 ** 17;
/** A key for the largest number of a user. */
const MAX = "location:max";

/** Numbers from 1 on, so that two zero bytes are nowhere. */
function codeOf(country: string, state: string): Buffer {
  return Buffer.from([COUNTRIES.indexOf(country) + 1, (STATES[country] ?? []).indexOf(state) + 1]);
}

/** @returns such as "USA CA", "NZL", or "" for nowhere */
function placeOf(code: Uint8Array): string {
  const country = COUNTRIES[code[0]! - 1];
  const state = STATES[country ?? ""]?.[code[1]! - 1];
  return [country, state].filter((part) => part !== undefined).join(" ");
}

function positionOf(user: number): [key: string, offset: number] {
  return [`location:${Math.floor(user / USERS_A_SHARD)}`, user % USERS_A_SHARD * 2];
}

async function setLocation(
  world: World,
  redis: Redis,
  user: number,
  country: string,
  state = "",
): Promise<void> {
  const [key, offset] = positionOf(user);
  const own = world.uuid();
  await execute(
    redis.multi()
      .setrange(key, offset, codeOf(country, state))
      .zadd(own, user, "max")
      .call("ZUNIONSTORE", MAX, 2, own, MAX, "AGGREGATE", "max")
      .del(own),
  );
}

type Counts = Map<string, number>;

function count(counts: Counts, codes: Uint8Array): void {
  for (let at = 0; at + 1 < codes.length; at += 2) {
    const place = placeOf(codes.subarray(at, at + 2));
    if (place !== "") counts.set(place, (counts.get(place) ?? 0) + 1);
  }
}

/** Reads all strings, block by block. */
async function countAll(redis: Redis): Promise<Counts> {
  const counts: Counts = new Map();
  const last = Math.floor(Number(await redis.zscore(MAX, "max")) / USERS_A_SHARD);
  for (const shard of range(last + 1)) {
    for (let at = 0;; at += BLOCK_BYTES) {
      const block = await redis.callBuffer("SUBSTR", `location:${shard}`, at, at + BLOCK_BYTES - 1) as Buffer;
      count(counts, block);
      if (block.length < BLOCK_BYTES) break;
    }
  }
  return counts;
}

/** Reads the two bytes of each, a thousand in a round trip. */
async function countThese(redis: Redis, users: readonly number[]): Promise<Counts> {
  const counts: Counts = new Map();
  for (let at = 0; at < users.length; at += 1000) {
    const pipeline = redis.pipeline();
    for (const user of users.slice(at, at + 1000)) {
      const [key, offset] = positionOf(user);
      pipeline.getrangeBuffer(key, offset, offset + 1);
    }
    for (const code of (await execute(pipeline))!) count(counts, code as Buffer);
  }
  return counts;
}

function sorted(counts: Counts): [string, number][] {
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1);
}

function randomPlace(world: World): [string, string] {
  const country = world.random.oneIn(2) ? world.random.pick(["USA", "CAN"]) : world.random.pick(COUNTRIES);
  return [country, world.random.pick(STATES[country] ?? [""])];
}

export const packedLocations: Application = {
  id: "B17",
  title: "Locations in two bytes each",
  chapter: 9,
  source: "9.13-9.18",
  errata: ["listing 9.14 has a bracket too many; 9.17 compares a number with a list."],

  async run(world) {
    const redis = await world.client("web");
    assertEquals([COUNTRIES.length, COUNTRIES.indexOf("USA")], [249, 234]);
    await setLocation(world, redis, 139_960_061, "USA", "CA");
    assertEquals(await redis.keys("location:*").then((keys) => keys.sort()), ["location:133", MAX]);
    assertEquals(await redis.strlen("location:133"), 998_908);
    assertEquals(await redis.getrangeBuffer("location:133", 998_906, -1), Buffer.from([0xeb, 0x09]));
    assertEquals(await redis.zscore(MAX, "max"), "139960061");
    assertEquals(sorted(await countAll(redis)), [["USA CA", 1]]);
    await redis.del("location:133", MAX);

    const limit = world.sized(70_000, 2_500_000);
    const places = new Map<number, string>();
    for (const _ of range(world.sized(150, 3000))) {
      const [user, [country, state]] = [world.random.between(0, limit), randomPlace(world)];
      await setLocation(world, redis, user, country, state);
      places.set(user, placeOf(codeOf(country, state)));
    }
    const expected: Counts = new Map();
    for (const place of places.values()) expected.set(place, (expected.get(place) ?? 0) + 1);
    assertEquals(sorted(await countAll(redis)), sorted(expected));
    assertEquals(sorted(await countThese(redis, [...places.keys()])), sorted(expected));
    assertEquals(sorted(await countThese(redis, [limit + 1, limit + 3_000_000])), [], "nobody lives there");
    assertEquals(Number(await redis.zscore(MAX, "max")), Math.max(...places.keys()));

    // The bits of three days: who was there, on one of them, on all of them.
    for (const user of range(world.sized(200, 5000))) {
      for (const day of range(3)) if (user % (day + 2) === 0) await redis.setbit(`active:${day}`, user, 1);
    }
    const days = range(3).map((day) => `active:${day}`);
    await redis.bitop("AND", "active:all", ...days);
    await redis.bitop("OR", "active:any", ...days);
    const users = range(world.sized(200, 5000));
    assertEquals(await redis.bitcount("active:all"), users.filter((user) => user % 12 === 0).length);
    assertEquals(
      await redis.bitcount("active:any"),
      users.filter((user) => user % 2 === 0 || user % 3 === 0).length,
    );
    assertEquals([await redis.getbit("active:0", 2), await redis.getbit("active:0", 3)], [1, 0]);
    assertEquals(await redis.getbit("active:0", 100_000_000), 0, "beyond the end");

    const clients = await Promise.all(range(4).map((i) => world.client(`web ${i}`)));
    await redis.del(...await redis.keys("location:*"));
    await Promise.all(clients.map(async (client, i) => {
      for (const turn of range(world.sized(20, 300))) await setLocation(world, client, 4 * turn + i, "NZL");
      if (i === 0) world.kill(client);
    }));
    assertEquals(sorted(await countAll(redis)), [["NZL", world.sized(80, 1200)]], "neighbours do no harm");
  },

  story(world) {
    const told = range(3).map(() => new Map<number, string>());
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const user = 3 * (turn % 40) + client;
        const [country, state] = randomPlace(world);
        const { [client]: own } = told;
        own!.delete(user);
        await setLocation(world, redis, user, country, state);
        own!.set(user, placeOf(codeOf(country, state)));
      },
      async invariants(redis) {
        const all = (await redis.getBuffer("location:0")) ?? Buffer.alloc(0);
        for (const [user, place] of told.flatMap((places) => [...places])) {
          assertEquals(placeOf(all.subarray(2 * user, 2 * user + 2)), place, `of ${user}`);
        }
        assertEquals(all.length % 2, 0, "half a code");
        if (all.length > 0) {
          // The string ends with the largest user: both are written at once.
          assertEquals(await redis.zscore(MAX, "max"), String(all.length / 2 - 1));
        }
        assert((await redis.keys("????????-*")).length === 0, "a key of a transaction is left");
      },
    };
  },
};
