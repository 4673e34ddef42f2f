import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compileArguments, explain } from "./compile.ts";

Deno.test("the executable gets the rights of the start task", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
  const rightsIn = (words: string[]) => words.filter((word) => word.startsWith("--allow-")).sort();
  assertEquals(rightsIn(compileArguments(undefined, [])), rightsIn(config.tasks.start.command.split(" ")));
});

Deno.test("a target has its own file, and workers are included", () => {
  assertStringIncludes(compileArguments(undefined, []).join(" "), "--output dist/redeno main.ts");
  assertStringIncludes(
    compileArguments("x86_64-apple-darwin", ["src/a_worker.ts"]).join(" "),
    "--include src/a_worker.ts --target x86_64-apple-darwin --output dist/redeno-x86_64-apple-darwin main.ts",
  );
});

Deno.test("a runtime part that cannot be downloaded is one sentence with the way out", () => {
  const errors = "error: Writing executable\n\nCaused by:\n    0: Setting up base binary.\n" +
    "    1: error sending request for url (https://dl.deno.land/release/v2.9.6/denort-x.zip): dns error\n";
  const sentence = explain(errors, "aarch64-apple-darwin", undefined);
  assertMatch(
    sentence,
    /^Cannot compile: .* for aarch64-apple-darwin\) .* set DENORT_BIN to a local copy of it\.$/,
  );
  assertEquals(sentence.includes("\n"), false);
});

Deno.test("a wrong DENORT_BIN is named", () => {
  for (
    const errors of ["0: Could not find denort at '/no/denort'", "1: Invalid object: Failed to parse PE"]
  ) {
    assertStringIncludes(
      explain(errors, "x86_64-pc-windows-msvc", "/no/denort"),
      "DENORT_BIN is /no/denort,",
    );
  }
});

Deno.test("another failure keeps Deno's own words", () => {
  assertEquals(explain("error: TS2322", "x", "/denort"), "Cannot compile: deno compile failed, see above.");
  assertEquals(explain("error: TS2322", "x", undefined), "Cannot compile: deno compile failed, see above.");
});
