import { assert, assertEquals } from "@std/assert";
import { commandSpecs } from "../src/commands/mod.ts";
import { compatText } from "./compat_md.ts";

const AGAIN = "stale: run deno run --allow-read --allow-write scripts/compat_md.ts";

Deno.test("COMPAT.md says what the declarations say", async () => {
  const written = await Deno.readTextFile(new URL("../COMPAT.md", import.meta.url));
  assert(written === await compatText(), `COMPAT.md is ${AGAIN}`);
});

Deno.test("every command is one of the reference's, or declared an addition", async () => {
  const rows = await Deno.readTextFile(new URL("reference_commands.tsv", import.meta.url));
  const groups = new Map(rows.trim().split("\n").slice(1).map((row) => row.split("\t") as [string, string]));
  const wrong: string[] = [];
  const check = (name: string, group: string, addition: string | undefined) => {
    const known = groups.get(name);
    if (addition !== undefined ? known !== undefined : known !== group) {
      wrong.push(`${name}: ${known ?? "unknown"}`);
    }
  };
  for (const spec of commandSpecs) {
    const name = spec.name.toLowerCase();
    check(name, spec.group, spec.addition);
    for (const sub of spec.subcommands ?? []) {
      check(`${name}|${sub.name.toLowerCase()}`, sub.group, sub.addition);
    }
  }
  assertEquals(wrong, []);
});
