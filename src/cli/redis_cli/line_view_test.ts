import { assertEquals } from "@std/assert";
import { Screen } from "../../../test/support/screen.ts";
import { LineView, widthOf } from "./line_view.ts";

/** What a terminal shows after each of these states of a line: `text|text`, the cursor at the bar. */
function drawn(columns: number, states: readonly string[], hint?: string): string[] {
  const view = new LineView();
  const screen = new Screen(columns, 8);
  return states.map((state) => {
    const [before, after] = state.split("|") as [string, string];
    const characters = [...before, ...after];
    const shown = { prompt: "> ", characters, cursor: [...before].length };
    screen.write(view.draw(hint === undefined ? shown : { ...shown, hint }, columns));
    return `${screen.text()} @${screen.row},${screen.column}`;
  });
}

Deno.test("a line is shown with its cursor", () => {
  assertEquals(drawn(20, ["|", "ab|", "a|b", "|"]), ["> @0,2", "> ab @0,4", "> ab @0,3", "> @0,2"]);
});

Deno.test("a line longer than a row goes on in the next ones, and shrinks again", () => {
  assertEquals(
    drawn(10, ["12345678|", "123456789012345678901|", "|123456789012345678901", "12345678|", "1|"]),
    [
      "> 12345678 @1,0",
      "> 12345678\n9012345678\n901 @2,3",
      "> 12345678\n9012345678\n901 @0,2",
      "> 12345678 @1,0",
      "> 1 @0,3",
    ],
  );
});

Deno.test("a hint is shown as far as the first row goes", () => {
  assertEquals(
    drawn(10, ["get|"], " key value"),
    ["> get key @0,5"],
  );
  assertEquals(drawn(10, ["get|", "1234567890|"], " keys"), ["> get keys @0,5", "> 12345678\n90 @1,2"]);
});

Deno.test("characters count as the columns that they take", () => {
  assertEquals(["a", "é", "\u0301", "€", "日", "한", "😀", "\u200d"].map(widthOf), [1, 1, 0, 1, 2, 2, 2, 0]);
});

Deno.test("a prompt wider than the terminal is drawn over when the first character is typed", () => {
  for (const prompt of ["127.0.0.1:6379> ", "1234567890", "12345> "]) {
    const view = new LineView();
    const screen = new Screen(10, 8);
    screen.write(view.begin(prompt, 10));
    screen.write(view.draw({ prompt, characters: ["a"], cursor: 1 }, 10));
    assertEquals(screen.text().replaceAll("\n", ""), `${prompt}a`, prompt);
  }
});
