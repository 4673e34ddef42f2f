import { assertEquals } from "@std/assert";
import { Random } from "../../sys/random.ts";
import { checkReplies, testServer } from "../../../test/support/test_server.ts";
import { drawHills, drawSquares } from "./lolwut_art.ts";

Deno.test("LOLWUT tells the version of the reference", async (t) => {
  using server = testServer();
  await checkReplies(t, server, [
    ["LOLWUT", "Redis ver. 7.0.15\n"],
    ["LOLWUT VERSION", "Redis ver. 7.0.15\n"],
    ["LOLWUT VERSION 4", "Redis ver. 7.0.15\n"],
    ["LOLWUT 1", "Redis ver. 7.0.15\n"],
    ["LOLWUT VERSION a", "ERR value is not an integer or out of range"],
    ["LOLWUT VERSION 5 a", "ERR value is not an integer or out of range"],
  ]);
  for (const version of [5, 6]) {
    const text = String(server.send(`LOLWUT VERSION ${version}`));
    assertEquals(text.endsWith(" Redis ver. 7.0.15\n"), true);
    assertEquals(text.split("\n").length > 10, true);
  }
});

Deno.test("a square alone is drawn straight, dot by dot", () => {
  assertEquals(drawSquares(4, 1, 1, new Random(1)), "⡏⠉⠉⢹\n⣇⣀⣀⣸\n⠀⠀⠀⠀\n");
});

Deno.test("pictures are as wide as asked, and never higher than the limit", () => {
  const squares = drawSquares(10, 3, 4, new Random(2)).trimEnd().split("\n");
  assertEquals(squares.every((line) => line.length === 10), true);
  assertEquals(drawSquares(1000, 1, 200, new Random(3)).length <= 1001 * 262, true);
  const hills = drawHills(7, 3, new Random(4)).trimEnd().split("\n");
  assertEquals(hills.map((line) => line.split("\x1b[0m").length - 1), [7, 7, 7]);
});
