/** Standard streams as people use them: under their names in /dev, full, and closed by who reads them. */
import { assertEquals, assertMatch } from "@std/assert";
import { Program, redeno, run } from "./program.ts";

const isLinux = Deno.build.os === "linux";

/** Runs a command line of the shell in which "$@" is redeno. */
async function shell(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", `set -o pipefail; ${line}`, "bash", ...redeno.command],
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test({
  name: "what goes to a full disk is complained of in one line",
  ignore: !isLinux,
  async fn() {
    const stderr = "Cannot write to standard output: No space left on device\n";
    for (
      const args of ["help", "cli --version", "completions fish", "check-rdb --version", "--eval --types"]
    ) {
      assertEquals(await shell(`"$@" ${args} > /dev/full`), { code: 1, stdout: "", stderr }, args);
    }
  },
});

Deno.test("who reads no further hears of no error", async () => {
  for (const args of ["help", "completions fish", "cli --help", "--eval --types"]) {
    const { stdout, stderr } = await shell(`"$@" ${args} | head -1`);
    assertEquals([stdout.split("\n").length, stderr], [2, ""], args);
  }
});

Deno.test({
  name: "a script and a configuration are read from /dev/stdin",
  ignore: Deno.build.os === "windows",
  async fn() {
    const script = await run(redeno, ["--eval", "/dev/stdin", "k", ",", "v"], {
      stdin: "return {KEYS[1], ARGV[1]}",
    });
    assertEquals(script, { code: 0, stdout: "k\nv\n", stderr: "" });
    const server = await run(redeno, ["/dev/stdin"], { stdin: "port none\n" });
    assertMatch(server.stderr, />>> 'port none'\nargument couldn't be parsed/);
  },
});

Deno.test({
  name: "a log goes to /dev/stdout and to /dev/stderr",
  ignore: Deno.build.os === "windows",
  async fn() {
    const args = ["--port", "0", "--unixsocket", "s.sock", "--save", "", "--logfile"];
    for (const path of ["/dev/stdout", "/dev/stderr"]) {
      await using server = await Program.start(redeno, [...args, path]);
      if (path === "/dev/stdout") await server.untilReady();
      else await server.untilError(/eady to accept connections/);
      const { code, stdout, stderr } = await server.stop();
      assertEquals([code, path === "/dev/stdout" ? stderr : stdout], [0, ""]);
    }
  },
});
