import { assertEquals } from "@std/assert";
import { REDENO_VERSION } from "./version.ts";

Deno.test("the server's version is that of deno.json", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assertEquals(REDENO_VERSION, config.version);
});
