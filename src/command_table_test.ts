import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type CommandSpec, defineCommand } from "./command.ts";
import { Command, CommandTable, FlagBit } from "./command_table.ts";
import { commandSpecs } from "./commands/mod.ts";
import { latin1, Slice, utf8 } from "./sys/bytes.ts";

function spec(name: string, more: Partial<CommandSpec> = {}): CommandSpec {
  return defineCommand({
    name,
    group: "string",
    since: "1.0.0",
    summary: "Does something",
    complexity: "O(1)",
    syntax: "key",
    arity: 2,
    flags: [],
    categories: [],
    run: () => {},
    ...more,
  });
}

const find = (table: CommandTable, name: string) => table.find(new Slice(latin1(name)));

Deno.test("a command is found by its name in any case", () => {
  const table = new CommandTable([spec("GET"), spec("GETEX"), spec("GE")]);
  const get = table.get("get")!;
  for (const name of ["GET", "get", "Get", "gEt"]) {
    assertStrictEquals(find(table, name), get, name);
    assertStrictEquals(table.get(name), get, name);
  }
  assertStrictEquals(table.find(new Slice(latin1("xxgetyy"), 2, 5)), get);
});

Deno.test("nothing is found by a part of a name, by more than a name, or by bytes that look alike", () => {
  const table = new CommandTable([spec("GET"), spec("GETEX")]);
  for (const name of ["", "GE", "GETE", "GETEXX", "G\xc5T", "GET\0", "get ", "\x07ET", "'ET"]) {
    assertEquals(find(table, name), undefined, JSON.stringify(name));
  }
});

Deno.test("a letter's other case is told from characters that differ from it by the same bit", () => {
  const table = new CommandTable([spec("A-B"), spec("X_Y")]);
  assert(find(table, "a-b") !== undefined);
  assertEquals(find(table, "A\rB"), undefined);
  assertEquals(find(table, "x\x7fy"), undefined);
});

Deno.test("every command of the server is found in both cases, and by the same object", () => {
  const table = new CommandTable(commandSpecs);
  assertEquals(table.size, commandSpecs.length);
  for (const { name } of commandSpecs) {
    const command = table.get(name);
    assertEquals(command?.name, name.toLowerCase());
    assertStrictEquals(find(table, name.toUpperCase()), command);
    assertStrictEquals(find(table, name.toLowerCase()), command);
  }
});

Deno.test("two declarations of one name are refused when the table is made", () => {
  assertThrows(() => new CommandTable([spec("GET"), spec("get")]), Error, "command get is declared twice");
});

Deno.test("a command can be given another name, and its own taken away", () => {
  const table = new CommandTable([spec("GET"), spec("SET")]);
  const get = table.get("get")!;
  table.add("Fetch", get);
  table.remove("GET");
  assertEquals(find(table, "get"), undefined);
  assertEquals(table.get("GET"), undefined);
  assertStrictEquals(find(table, "FETCH"), get);
  assertStrictEquals(table.get("fetch"), get);
  assertEquals(get.name, "get", "it is counted and described under the name of its declaration");
  assert(find(table, "set") !== undefined);
});

Deno.test("a name outside of ASCII is found by its bytes in UTF-8", () => {
  const table = new CommandTable([spec("GET")]);
  table.add("h\xf6le", table.get("get")!);
  assertEquals(table.find(new Slice(utf8("h\xf6le")))?.name, "get");
});

Deno.test("subcommands are called container|name and found in any case", () => {
  const table = new CommandTable([spec("CONFIG", { subcommands: [spec("GET"), spec("SET")] })]);
  const config = table.get("config")!;
  assertEquals(config.subcommand("GeT")?.name, "config|get");
  assertEquals(config.subcommand("nope"), undefined);
  assertStrictEquals(table.getFull("CONFIG|SET"), config.subcommand("set"));
  assertStrictEquals(table.getFull("config"), config);
  assertEquals(table.getFull("config|nope"), undefined);
  assertEquals(table.getFull("nope|get"), undefined);
});

Deno.test("flags become bits, and read, write, fast and slow become categories", () => {
  const command = new Command(
    spec("X", {
      flags: ["write", "denyoom", "fast", "admin", "no_auth"],
      categories: ["string", "keyspace"],
    }),
  );
  assertEquals(
    command.flagBits,
    FlagBit.write | FlagBit.denyoom | FlagBit.fast | FlagBit.admin | FlagBit.noAuth,
  );
  assertEquals(command.categories, ["keyspace", "write", "string", "admin", "fast", "dangerous"]);
  assertEquals(new Command(spec("Y", { flags: ["readonly"] })).categories, ["read", "slow"]);
});

Deno.test("calls are counted with their time, and forgotten with the subcommands'", () => {
  const command = new Command(spec("CONFIG", { subcommands: [spec("GET")] }));
  const [sub] = command.subcommands;
  command.record(4, 100);
  sub!.record(1, 7);
  sub!.rejectedCalls = 2;
  sub!.failedCalls = 3;
  assertEquals([command.calls, command.microseconds, command.latency?.total], [4, 100, 4]);
  const median = command.latency!.percentile(50);
  assert(median >= 25 && median < 28, `the calls share the time: ${median}`);
  command.resetCounters();
  for (const each of [command, sub!]) {
    assertEquals([each.calls, each.microseconds, each.rejectedCalls, each.failedCalls], [0, 0, 0, 0]);
    assertEquals(each.latency, undefined);
  }
});
