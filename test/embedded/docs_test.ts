/** What the documentation shows is run: blocks of Deno's as tests of theirs, that for Node with the server as a program. */
import { assert, assertEquals } from "@std/assert";
import { redenoCommand } from "../support/redeno_server.ts";

const root = new URL("../../", import.meta.url).pathname;
const COMMON = ["test", "--no-check", "--no-prompt", "-A"];
const MAPPED = [`--import-map=${root}test/imports.json`, `--lock=${root}test/deno.lock`, "--frozen"];

/** Runs `deno` and gives what it printed. */
async function deno(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ success: boolean; text: string }> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd: root, env: { NO_COLOR: "1", ...env } });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { success, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("the examples of docs/embedded.md and of the library work", async () => {
  const files = ["docs/embedded.md", "src/mod.ts", "src/embedded/server.ts"];
  const { success, text } = await deno([...COMMON, "--doc", ...MAPPED, ...files]);
  assert(success, text);
  const blocks = (await Promise.all(files.map((file) => Deno.readTextFile(root + file))))
    .map((source) => source.match(/^(?: \* )?```ts$/gm)?.length ?? 0);
  assertEquals(blocks, [5, 3, 1]);
  assertEquals(text.match(/^running [1-9]\d* tests? from/gm)?.length, 9, text);
});

Deno.test("the example for Node works", async () => {
  const page = await Deno.readTextFile(`${root}docs/embedded.md`);
  const source = /^```js ignore\n(.*?)^```$/ms.exec(page)![1]!;
  const folder = await Deno.makeTempDir();
  try {
    const command = (await redenoCommand()).map((word) => `'${word}'`).join(" ");
    await Deno.writeTextFile(`${folder}/redeno`, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
    await Deno.writeTextFile(`${folder}/visits.test.mjs`, source);
    const { success, text } = await deno([...COMMON, ...MAPPED, `${folder}/visits.test.mjs`], {
      PATH: `${folder}:${Deno.env.get("PATH")}`,
    });
    assert(success, text);
    assert(/1 passed/.test(text), text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
