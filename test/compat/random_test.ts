import { assert, assertEquals } from "@std/assert";
import { whyNoRealServer } from "../support/real_server.ts";
import { fuzz } from "../fuzz/fuzz.ts";
import { freshSeed } from "../fuzz/random.ts";
import { fuzzSessions } from "../fuzz/sessions.ts";

const why = whyNoRealServer();
if (why && Deno.env.get("CI") === "true") throw new Error(`${why}: nothing to compare with`);
if (why) console.log(`${why}: random sequences are not compared`);
const accurate = Deno.env.get("ACCURATE") === "1";

Deno.test({
  name: "random sequences are answered alike and leave the same data",
  ignore: why !== undefined,
  fn: async () => {
    const seed = Number(Deno.env.get("SEED") ?? freshSeed());
    const result = await fuzz({
      seed,
      forMs: accurate ? 600_000 : 2000,
      length: 200,
      report: (text) => console.log(text),
    });
    assertEquals(result.differences, [], `SEED=${seed}`);
  },
});

Deno.test({
  name: "clients that act at random are sent the same, whether they asked or not",
  ignore: why !== undefined,
  fn: async () => {
    const seed = Number(Deno.env.get("SEED") ?? freshSeed());
    const { sessions, differences } = await fuzzSessions({
      seed,
      forMs: accurate ? 600_000 : 2000,
      length: 30,
      report: (text) => console.log(text),
    });
    assertEquals(differences, [], `SEED=${seed}`);
    assert(sessions > 0);
  },
});
