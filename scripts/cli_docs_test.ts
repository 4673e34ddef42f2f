import { assert, assertEquals } from "@std/assert";
import { optionsOf } from "../src/cli/options.ts";
import { specOf } from "../src/cli/program_specs.ts";
import { PROGRAM_NAMES } from "../src/cli/programs.ts";
import { cliDocsText } from "./cli_docs.ts";

Deno.test("docs/cli.md says what the declarations say", async () => {
  const written = await Deno.readTextFile(new URL("../docs/cli.md", import.meta.url));
  assert(
    written === await cliDocsText(),
    "docs/cli.md is stale: run deno run --allow-read --allow-write scripts/cli_docs.ts",
  );
});

Deno.test("no option of a program has the name of another one, and each is explained", async () => {
  for (const program of PROGRAM_NAMES) {
    const options = optionsOf(await specOf(program));
    const names = options.flatMap((option) => option.names);
    assertEquals(names.filter((name, i) => names.indexOf(name) !== i), [], program);
    for (const { names, help, isHidden } of options) {
      assert(isHidden || /^[A-Z].*[.]$/s.test(help), `${program} ${names[0]}: ${JSON.stringify(help)}`);
    }
  }
});
