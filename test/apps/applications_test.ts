/** Every application at its smallest, on redeno alone; `deno task apps` has the whole of it. */
import { assertEquals } from "@std/assert";
import { freshSeed } from "../fuzz/random.ts";
import { applications } from "./applications.ts";
import { Harness } from "./harness.ts";

// The client keeps timers and sockets of node:net that outlive `disconnect` by a turn of the event loop.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

Deno.test("every application does what its book says", LOOSE, async (t) => {
  const seed = Number(Deno.env.get("SEED") ?? freshSeed());
  await using harness = await Harness.start({ scale: "small", seed, everywhere: false });
  for (const application of applications) {
    await t.step({
      name: `${application.id}: ${application.title}`,
      ...LOOSE,
      fn: async () => {
        const { failures } = await harness.examine(application);
        assertEquals(failures, [], `SEED=${seed}\n${failures.join("\n")}`);
      },
    });
  }
});
