import { assert, assertEquals } from "@std/assert";
import { latin1, Slice } from "../sys/bytes.ts";
import { Pending } from "./pending.ts";

const slice = (text: string) => new Slice(latin1(text));

function take(pending: Pending<string>, wanted: string, kept: string): string[] {
  const told: string[] = [];
  pending.take(
    (to) => to === wanted,
    (to, key) => told.push(`${to} ${key?.text() ?? "all"}`),
    (to) => to === kept,
  );
  return told;
}

Deno.test("what is pending is handed out in its order, to each what is its own", () => {
  const pending = new Pending<string>();
  assert(pending.isEmpty);
  pending.add("a", slice("one"));
  pending.add("b", slice("two"));
  pending.add("a", undefined);
  pending.add("a", slice(""));
  pending.add("c", slice("three"));
  pending.add("b", undefined);
  pending.add("a", slice("x".repeat(10_000)));
  assertEquals(take(pending, "a", "b"), ["a one", "a all", "a ", `a ${"x".repeat(10_000)}`]);
  pending.add("a", slice("four"));
  assertEquals(take(pending, "b", ""), ["b two", "b all"]);
  assert(pending.isEmpty, "what nobody wanted and nobody kept is gone");
  assertEquals(take(pending, "a", ""), []);
});
