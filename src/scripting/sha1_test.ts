import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { utf8 } from "../sys/bytes.ts";
import { sha1Hex } from "./sha1.ts";

Deno.test("digests are SHA-1's, at every length around the size of a block", () => {
  for (let length = 0; length < 300; length++) {
    const bytes = new Uint8Array(length).map((_, i) => i * 7 + length);
    assertEquals(sha1Hex(bytes), createHash("sha1").update(bytes).digest("hex"), `${length} bytes`);
  }
  assertEquals(sha1Hex(utf8("return 1")), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
});
