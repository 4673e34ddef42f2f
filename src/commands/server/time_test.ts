import { assertEquals } from "@std/assert";
import { testServer } from "../../../test/support/test_server.ts";

Deno.test("TIME tells seconds and microseconds of the wall clock", () => {
  using server = testServer();
  server.clock.setWallClock(1_700_000_000_000);
  server.clock.advance(1234.567);
  assertEquals(server.send("TIME"), ["1700000001", "234567"]);
});

Deno.test("LASTSAVE tells when the data was saved, in seconds", () => {
  using server = testServer();
  const started = Math.floor(server.clock.now() / 1000);
  server.clock.advance(5000);
  assertEquals(server.send("LASTSAVE"), started);
});
