import { assertEquals } from "@std/assert";
import { startRedeno } from "../support/redeno_server.ts";
import { sendDamagedRequests } from "./damaged_requests.ts";
import { freshSeed } from "./random.ts";

Deno.test("damaged requests leave the server alive and other clients unaffected", async () => {
  const seed = Number(Deno.env.get("SEED") ?? freshSeed());
  await using server = await startRedeno();
  const count = Deno.env.get("ACCURATE") === "1" ? 100_000 : 3000;
  const { failures } = await sendDamagedRequests(server, count, seed);
  assertEquals(failures, [], `SEED=${seed}`);
});
