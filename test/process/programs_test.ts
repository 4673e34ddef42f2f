/** Which program the executable is, tried as a process: by its arguments and by the name it is called by. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ended, redeno, run, type Server } from "./program.ts";

/** redeno as a link of another name would start it: the shell gives the process that name. */
function calledAs(name: string): Server {
  return { name: "redeno", command: ["bash", "-c", `exec -a "$0" "$@"`, name, ...redeno.command] };
}

function firstLine({ stdout, stderr }: Ended): string {
  return (stdout + stderr).split("\n")[0]!;
}

Deno.test("redeno help tells of all programs, and of each by its name", async () => {
  const { code, stdout, stderr } = await run(redeno, ["help"]);
  assertEquals([code, stderr], [0, ""]);
  for (const name of ["server", "cli", "benchmark", "check-aof", "check-rdb", "healthcheck", "completions"]) {
    assertMatch(stdout, new RegExp(`^  ${name} +\\S.*\\.`, "m"));
    const help = await run(redeno, ["help", name]);
    assertEquals([help.code, help.stderr], [0, ""]);
    assertStringIncludes(help.stdout, `Usage: redeno ${name} `);
  }
});

Deno.test("help about a program that there is not is an error", async () => {
  const { code, stdout, stderr } = await run(redeno, ["help", "nosuch"]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^There is no program nosuch/);
});

Deno.test("each program has its --help", async () => {
  for (
    const name of [
      "cli",
      "--eval",
      "benchmark",
      "check-aof",
      "check-rdb",
      "healthcheck",
      "sentinel",
      "completions",
    ]
  ) {
    const { code, stdout } = await run(redeno, [name, "--help"]);
    assertEquals([name, code], [name, 0]);
    assertMatch(stdout, new RegExp(`^Usage: redeno ${name}\\s`));
  }
});

Deno.test("each program has its --version", async () => {
  const said = {
    cli: "redis-cli 7.0.15 (redeno 0.1.0)",
    benchmark: "redis-benchmark 7.0.15 (redeno 0.1.0)",
    "check-aof": "redis-check-aof 7.0.15 (redeno 0.1.0)",
    "check-rdb": "redis-check-rdb 7.0.15 (redeno 0.1.0)",
    sentinel: "redis-sentinel 7.0.15 (redeno 0.1.0)",
    healthcheck: "redeno healthcheck 0.1.0",
    completions: "redeno completions 0.1.0",
    help: "redeno help 0.1.0",
    "--eval": "redeno --eval 0.1.0",
  };
  for (const [name, text] of Object.entries(said)) {
    assertEquals(await run(redeno, [name, "--version"]), { code: 0, stdout: `${text}\n`, stderr: "" });
  }
});

Deno.test("a name of the reference's programs chooses the program", async () => {
  const said: readonly (readonly [name: string, args: readonly string[], line: RegExp])[] = [
    ["redis-server", ["--version"], /^Redis server v=7\.0\.15 /],
    ["redis-cli", ["--version"], /^redis-cli 7\.0\.15/],
    ["redis-benchmark", ["--version"], /^redis-benchmark 7\.0\.15/],
    ["redis-check-rdb", ["--version"], /check-rdb 7\.0\.15/],
    ["/usr/local/bin/redis-check-aof", [], /^Usage: redeno check-aof /],
    ["redis-sentinel", ["sentinel.conf"], /^redeno has no Sentinel yet/],
    ["anything", ["--version"], /^Redis server v=7\.0\.15 /],
  ];
  for (const [name, args, line] of said) {
    assertMatch(firstLine(await run(calledAs(name), args)), line, name);
    const word = name.replace(/^.*\//, "");
    if (word !== "anything") assertMatch(firstLine(await run(redeno, [word, ...args])), line, word);
  }
});

Deno.test("a sentinel is not a server that knows nothing of masters", async () => {
  const { code, stderr } = await run(redeno, ["--port", "0", "--sentinel"]);
  assertEquals([code, stderr], [1, "redeno has no Sentinel yet: nothing was started.\n"]);
});
