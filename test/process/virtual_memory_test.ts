/** The swap file of real processes: whose it is, and when it goes. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { redenoCommand, startRedeno } from "../support/redeno_server.ts";
import { plain } from "../support/resp_value.ts";

const VALUE = "a value that is long enough to go ".repeat(20);

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

Deno.test("a swap file belongs to one process, goes with it, and is taken over after a crash", async () => {
  const folder = await Deno.makeTempDir({ prefix: "redeno-vm-" });
  const file = `${folder}/swap`;
  const args = ["--vm-enabled", "yes", "--vm-swap-file", file, "--vm-max-memory", "0", "--vm-pages", "0"];
  try {
    await using first = await startRedeno({ args });
    using client = await first.connect();
    assertEquals(Deno.statSync(file).mode! & 0o777, 0o600);
    for (let i = 0; i < 100; i++) await client.send(["SET", `k${i}`, VALUE + i]);
    for (let i = 0; i < 100; i++) await client.send(["DEBUG", "SWAPOUT", `k${i}`]);
    const [command, ...flags] = await redenoCommand();
    const second = await new Deno.Command(command, {
      args: [...flags, "--port", "0", "--unixsocket", `${folder}/s`, ...args],
      stdout: "piped",
      stderr: "null",
    }).output();
    assertEquals(second.code, 1);
    assertStringIncludes(
      new TextDecoder().decode(second.stdout),
      `The swap file ${file} is in use by another server. Give each server a vm-swap-file of its own`,
    );
    for (let i = 0; i < 100; i++) {
      assertEquals(plain((await client.send(["GET", `k${i}`])).value), VALUE + i);
    }
    await first.stop("SIGKILL");
    assert(exists(file), "nobody could remove it");
    await using third = await startRedeno({ args });
    assertEquals((await third.stop("SIGTERM")).code, 0);
    assertEquals(exists(file), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
