import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compileArguments, explain, workersBelow } from "./compile.ts";

const root = new URL("../", import.meta.url);

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

/** The paths in the tree of embedded files that `deno compile` prints. */
function embeddedFiles(printed: string): string[] {
  const folders: string[] = [];
  const files: string[] = [];
  for (const line of printed.split("\n")) {
    const entry = /^([│ ]*)[├└]─([┬─])[ ─]*(.+?)(?: \([\d.]+[KM]?B.*\))?$/.exec(line);
    if (entry === null) continue;
    folders.length = entry[1]!.length / 2;
    const path = [...folders, entry[3]!].join("/");
    if (entry[2] === "┬") folders.push(entry[3]!);
    else files.push(path);
  }
  return files;
}

Deno.test("all that the programs need is embedded, and no test", async () => {
  const folder = await Deno.makeTempDir({ prefix: "redeno-" });
  try {
    // Without Deno's runtime part Deno itself takes its place: what is put behind it is the same.
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: compileArguments(
        undefined,
        await workersBelow(new URL("src", root).pathname),
        `${folder}/redeno`,
      ),
      cwd: root,
      env: { DENORT_BIN: Deno.execPath(), NO_COLOR: "1" },
    }).output();
    const printed = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals(code, 0, printed);
    const files = embeddedFiles(printed);
    for (
      const file of [
        "main.ts",
        "src/server/program.ts",
        "src/cli/benchmark/load_worker.ts",
        "src/scripting/redis.d.lua",
        "src/http/page/index.html",
        "src/scripting/fengari/fengari_engine.ts",
      ]
    ) assert(files.includes(file), `${file} is not among ${files.length} files:\n${printed}`);
    assertMatch(printed, /fengari\/\d/);
    assertEquals(files.filter((file) => /_test\.ts$|_bench\.ts$|\/testing\.ts$/.test(file)), []);
    const { size } = await Deno.stat(`${folder}/redeno`);
    assert(size > (await Deno.stat(Deno.execPath())).size, `${size} bytes`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
