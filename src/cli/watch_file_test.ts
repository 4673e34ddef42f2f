import { assertEquals } from "@std/assert";
import { savesOf } from "./watch_file.ts";

Deno.test("a file is told of at once, and after every save, whichever way it is saved", async () => {
  const folder = await Deno.makeTempDir({ prefix: "redeno-test-" });
  const path = `${folder}/f.lua`;
  Deno.writeTextFileSync(path, "0");
  const saves = savesOf(path);
  const seen: string[] = [];
  const steps = [
    () => Deno.writeTextFileSync(path, "1"),
    () => {
      Deno.writeTextFileSync(`${folder}/other`, "2");
      Deno.renameSync(`${folder}/other`, path);
    },
    () => {
      Deno.removeSync(path);
      Deno.writeTextFileSync(path, "3");
    },
  ];
  for await (const _ of saves) {
    seen.push(Deno.readTextFileSync(path));
    const step = steps.shift();
    if (step === undefined) break;
    step();
  }
  assertEquals(seen, ["0", "1", "2", "3"]);
  await Deno.remove(folder, { recursive: true });
});
