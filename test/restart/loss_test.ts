import { assertEquals } from "@std/assert";
import { lostMs } from "./loss.ts";

Deno.test("what is lost is as long as clients wrote it, without the time for which the machine stopped", () => {
  assertEquals(lostMs([]), 0);
  assertEquals(lostMs([1000]), 0);
  assertEquals(lostMs([1000, 1010, 1030]), 30);
  assertEquals(lostMs([1000, 1010, 4010, 4020]), 70);
  assertEquals(lostMs(Array.from({ length: 301 }, (_, i) => i * 10)), 3000);
});
