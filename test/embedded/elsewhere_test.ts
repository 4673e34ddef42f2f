/**
 * The library as another project uses it: from a folder of its own, with the deno.json that docs/embedded.md shows, and the
 * permissions that it names.
 */
import { assertEquals, assertExists } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

const PROGRAM = `
import { createServer } from "@redeno/redeno";
await using server = await createServer();
const client = server.client();
await client.call("SET", "k", "v");
console.log(await client.call("GET", "k"));
if (Deno.args[0] === "script") console.log(await client.call("EVAL", "return redis.call('GET', KEYS[1])", 1, "k"));
`;

Deno.test("a project elsewhere uses the library as the page says, with the permissions that it names", async () => {
  const page = await Deno.readTextFile(new URL("docs/embedded.md", ROOT));
  const settings = /```json\n([^`]*)```/.exec(page)?.[1];
  assertExists(settings);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink(ROOT, `${folder}/redeno`);
    await Deno.mkdir(`${folder}/mine`);
    await Deno.writeTextFile(`${folder}/mine/deno.json`, settings);
    await Deno.writeTextFile(`${folder}/mine/main.ts`, PROGRAM);
    // With what is resolved there already, nobody has to be asked which versions there are.
    await Deno.copyFile(new URL("deno.lock", ROOT), `${folder}/mine/deno.lock`);
    assertEquals(await run(`${folder}/mine`, [], []), [true, "v\n"]);
    assertEquals(await run(`${folder}/mine`, ["--allow-env=FENGARICONF"], ["script"]), [true, "v\nv\n"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function run(folder: string, permissions: readonly string[], args: readonly string[]) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...permissions, "main.ts", ...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) console.error(new TextDecoder().decode(stderr));
  return [success, new TextDecoder().decode(stdout)];
}
