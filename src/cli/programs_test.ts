import { assertEquals } from "@std/assert";
import { baseName, calledName } from "./called_name.ts";
import { chooseProgram, type ProgramName } from "./programs.ts";

Deno.test("the first argument chooses the program, by our name or by the reference's", () => {
  const cases: readonly (readonly [line: string, program: ProgramName, args: string])[] = [
    ["", "server", ""],
    ["--port 7000", "server", "--port 7000"],
    ["/etc/redis.conf", "server", "/etc/redis.conf"],
    ["server --port 7000", "server", "--port 7000"],
    ["redis-server redis.conf", "server", "redis.conf"],
    ["cli get k", "cli", "get k"],
    ["redis-cli cli", "cli", "cli"],
    ["cli --eval x.lua", "cli", "--eval x.lua"],
    ["benchmark -q", "benchmark", "-q"],
    ["check-aof --fix f", "check-aof", "--fix f"],
    ["check-rdb f", "check-rdb", "f"],
    ["healthcheck", "healthcheck", ""],
    ["eval x.lua k", "--eval", "--eval x.lua k"],
    ["--eval x.lua k", "--eval", "--eval x.lua k"],
    ["-p 7000 --eval x.lua", "--eval", "-p 7000 --eval x.lua"],
    ["help cli", "help", "cli"],
    ["completions bash", "completions", "bash"],
    ["sentinel s.conf", "sentinel", "s.conf"],
    ["s.conf --sentinel", "sentinel", "s.conf --sentinel"],
    ["server --sentinel", "sentinel", "--sentinel"],
    ["check-rdb --help", "help", "check-rdb"],
    ["check-rdb --version", "check-rdb", "--version"],
    ["check-aof --version", "help", "--version check-aof"],
    ["completions --help", "help", "completions"],
    ["help --help", "help", ""],
    ["help --version", "help", "--version help"],
    ["healthcheck --help", "healthcheck", "--help"],
    ["--eval --version", "--eval", "--eval --version"],
    ["cli --help", "cli", "--help"],
    ["--help", "server", "--help"],
  ];
  for (const [line, program, args] of cases) {
    const words = line === "" ? [] : line.split(" ");
    assertEquals(chooseProgram("redeno", words), { program, args: args === "" ? [] : args.split(" ") }, line);
  }
});

Deno.test("a link named after a program of the reference is that program, with all arguments", () => {
  const cases: readonly (readonly [name: string, program: ProgramName])[] = [
    ["redis-server", "server"],
    ["redis-cli", "cli"],
    ["redis-benchmark", "benchmark"],
    ["redis-check-aof", "check-aof"],
    ["redis-check-rdb", "check-rdb"],
    ["redis-sentinel", "sentinel"],
  ];
  for (const [name, program] of cases) {
    assertEquals(chooseProgram(name, ["benchmark", "x"]), { program, args: ["benchmark", "x"] });
  }
  assertEquals(chooseProgram("redis-cli", ["--eval", "x.lua"]).program, "cli");
  assertEquals(chooseProgram("redis-server", ["--eval", "x.lua"]).program, "--eval");
});

Deno.test("the called name has neither folders nor .exe", () => {
  const cases = [
    ["redis-cli", "redis-cli"],
    ["./bin/redis-cli", "redis-cli"],
    ["/usr/bin/redis-server", "redis-server"],
    ["C:\\tools\\redis-cli.exe", "redis-cli"],
    ["..\\Redis-CLI.EXE", "Redis-CLI"],
    ["redis-7.0", "redis-7.0"],
    ["", ""],
  ] as const;
  for (const [path, name] of cases) assertEquals(baseName(path), name);
});

Deno.test("the runtime tells the name at once what Node's process tells later", async () => {
  assertEquals(await calledName(), baseName((await import("node:process")).argv0));
});
