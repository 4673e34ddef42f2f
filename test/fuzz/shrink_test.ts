import { assertEquals } from "@std/assert";
import { shrink, shrinkArguments } from "./shrink.ts";

Deno.test("shrinking keeps exactly the items that are needed to fail", async () => {
  const items = Array.from({ length: 200 }, (_, i) => i);
  const fails = (rest: readonly number[]) =>
    Promise.resolve([3, 77, 199].every((needed) => rest.includes(needed)));
  assertEquals([...await shrink(items, fails)], [3, 77, 199]);
});

Deno.test("arguments that do not matter are left out, long ones are cut", async () => {
  const bytes = (length: number) => new Uint8Array(length).fill(97);
  const fails = ([command]: readonly { args: readonly Uint8Array[] }[]) =>
    Promise.resolve(command!.args.slice(1).some((arg) => arg.length >= 20));
  const [left] = await shrinkArguments(
    [{ damages: true, args: [bytes(3), bytes(1), bytes(100), bytes(2)] }],
    fails,
  );
  assertEquals(left!.args.map((arg) => arg.length), [3, 25]);
});
