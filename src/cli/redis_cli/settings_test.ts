import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { runOurs } from "../../../test/support/cli_run.ts";
import { optionsOf, parseOptions, usageText } from "../options.ts";
import { UsageError } from "../terminal.ts";
import { cliSpec, completeSettings, type Mode } from "./settings.ts";

function settingsOf(line: string) {
  const { settings, rest } = parseOptions(cliSpec, line.split(" ").filter((word) => word !== ""));
  completeSettings(settings);
  return { ...settings, rest };
}

/** The options of redis-cli 7.0, but for those of its cluster manager. */
const REFERENCE =
  "-h -p -s -a --user --pass --askpass -u -r -i -n -2 -3 -x -X -d -D -c -e --tls --sni --cacert --cacertdir " +
  "--insecure --cert --key --tls-ciphers --tls-ciphersuites --raw --no-raw --quoted-input --csv --json --quoted-json " +
  "--show-pushes --stat --latency --latency-history --latency-dist --mono --lru-test --replica --slave --rdb " +
  "--functions-rdb --pipe --pipe-timeout --bigkeys --memkeys --memkeys-samples --hotkeys --scan --pattern " +
  "--quoted-pattern --intrinsic-latency --eval --ldb --ldb-sync-mode --cluster --verbose --no-auth-warning --help " +
  "--version -v";

Deno.test("every option of redis-cli is known, and each one that does something is told of in the usage", () => {
  const options = optionsOf(cliSpec);
  const usage = usageText(cliSpec);
  for (const name of REFERENCE.split(" ")) {
    const option = options.find(({ names }) => names.includes(name));
    assertEquals(option === undefined, false, name);
    if (!option!.isHidden) assertEquals(new RegExp(`^  (.*, )?${name}\\b`, "m").test(usage), true, name);
  }
});

Deno.test("no two options have the same name", () => {
  const names = optionsOf(cliSpec).flatMap((option) => option.names);
  assertEquals(names.length, new Set(names).size);
});

Deno.test("an option chooses a mode, the last one wins, and what follows belongs to the command", () => {
  const cases: readonly (readonly [string, Mode | undefined, readonly string[]])[] = [
    ["get a", undefined, ["get", "a"]],
    ["--scan --bigkeys", { kind: "bigkeys" }, []],
    ["--memkeys", { kind: "memkeys", samples: undefined }, []],
    ["--memkeys-samples 0", { kind: "memkeys", samples: 0 }, []],
    ["--slave", { kind: "replica" }, []],
    ["--rdb -", { kind: "rdb", file: "-" }, []],
    ["--lru-test 5", { kind: "lru-test", keys: 5 }, []],
    ["--eval f.lua k , -x", { kind: "eval", file: "f.lua" }, ["k", ",", "-x"]],
    ["ping --scan", undefined, ["ping", "--scan"]],
  ];
  for (const [line, mode, rest] of cases) {
    const settings = settingsOf(line);
    assertEquals([settings.mode, settings.rest], [mode, rest], line);
  }
});

Deno.test("JSON asks for version 3 of the protocol unless a version is named", () => {
  const protocol = (line: string) => settingsOf(line).connection.protocol;
  assertEquals([protocol(""), protocol("-3"), protocol("--json"), protocol("--quoted-json")], [
    2,
    3,
    "preferred",
    "preferred",
  ]);
  assertEquals([protocol("-2 --json"), protocol("--json -3")], [2, 3]);
});

Deno.test("what is wrong is refused", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["--foo", "Unrecognized option or bad number of args for: '--foo'"],
    ["--rdb", "Unrecognized option or bad number of args for: '--rdb'"],
    ["-r x ping", "Invalid value for -r"],
    ["-i -1 ping", "Invalid value for -i"],
    ["--lru-test 0", "Invalid value for --lru-test"],
    ["-c -s x ping", "Options -c and -s are mutually exclusive."],
    ["-x -X t ping", "Options -x and -X are mutually exclusive."],
    ["-2 -3 ping", "Options -2 and -3 are mutually exclusive."],
    ["--ldb ping", "Options --ldb and --ldb-sync-mode require --eval."],
    ["--show-pushes maybe", "Unknown --show-pushes value 'maybe' (valid: '[y]es', '[n]o')"],
    ["--cluster info h:1", "--cluster is not possible"],
    ["--tls-ciphers x", "--tls-ciphers is not possible"],
  ];
  for (const [line, message] of cases) {
    const error = assertThrows(() => settingsOf(line), UsageError) as Error;
    assertStringIncludes(error.message, message, line);
  }
});

Deno.test("help and version are printed without a server", async () => {
  const help = await runOurs(["--help"]);
  assertEquals(help, { code: 0, stdout: usageText(cliSpec), stderr: "" });
  assertEquals(await runOurs(["-h"]), help);
  const version = await runOurs(["--version", "--nonsense"]);
  assertEquals(version, await runOurs(["-v"]));
  assertStringIncludes(version.stdout, "redis-cli 7.0.15");
  assertEquals(
    (await runOurs(["--bogus"])).stderr,
    "Unrecognized option or bad number of args for: '--bogus'\n",
  );
  assertStringIncludes((await runOurs(["help", "get"])).stdout, "\r\n  GET key\r\n");
  assertStringIncludes((await runOurs([], { stdin: "help\n" })).stdout, "help @<group>");
});
