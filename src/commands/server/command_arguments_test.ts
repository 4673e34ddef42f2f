import { assertEquals, assertThrows } from "@std/assert";
import { type CommandSpec, defineCommand, key } from "../../command.ts";
import { commandSpecs } from "../mod.ts";
import { type Argument, argumentsOf } from "./command_arguments.ts";

function spec(syntax: string, changes: Partial<CommandSpec> = {}): CommandSpec {
  return defineCommand({
    name: "SAMPLE",
    group: "generic",
    since: "1.0.0",
    summary: "Serves a test",
    complexity: "O(1)",
    arity: -1,
    flags: [],
    categories: [],
    keys: [key(1, "RO"), key(2, "RO")],
    ...changes,
    syntax,
  });
}

/** An argument in one line: `name:type`, key specification, token, flags, parts. */
function told({ name, type, keySpec, token, flags, parts }: Argument): string {
  return `${name}:${type}` + (keySpec === undefined ? "" : `#${keySpec}`) +
    (token === undefined ? "" : `=${token}`) +
    flags.map((flag) => `+${flag}`).join("") + (parts.length === 0 ? "" : `(${parts.map(told).join(" ")})`);
}

function read(syntax: string, changes?: Partial<CommandSpec>): string {
  return argumentsOf(spec(syntax, changes)).map(told).join(" ");
}

Deno.test("values have types by their names, keys their specification", () => {
  assertEquals(read(""), "");
  assertEquals(read("key value"), "key:key#0 value:string");
  assertEquals(read("source destination [DB destination-db] [REPLACE]").split(" ").slice(0, 3), [
    "source:key#0",
    "destination:key#1",
    "destination-db:integer=DB+optional",
  ]);
  assertEquals(read("increment"), "increment:integer");
  assertEquals(read("increment", { name: "INCRBYFLOAT" }), "increment:double");
  assertEquals(read("key", { keys: [] }), "key:string");
});

Deno.test("what may be repeated, may be left out, or is a keyword is marked so", () => {
  assertEquals(read("key [key ...]"), "key:key#0+multiple");
  assertEquals(read("[section [section ...]]"), "section:string+optional+multiple");
  assertEquals(
    read("parameter value [parameter value ...]"),
    "parameter_value:block+multiple(parameter:string value:string)",
  );
  assertEquals(
    read("[LEN] [MINMATCHLEN len]"),
    "len:pure-token=LEN+optional len:integer=MINMATCHLEN+optional",
  );
});

Deno.test("a keyword before several values is the keyword of all of them", () => {
  assertEquals(
    read("[LIMIT offset count]"),
    "offset_count:block=LIMIT+optional(offset:integer count:integer)",
  );
  assertEquals(
    read("[protover [AUTH username password] [SETNAME clientname]]"),
    "arguments:block+optional(protover:integer username_password:block=AUTH+optional(username:string password:string) " +
      "clientname:string=SETNAME+optional)",
  );
});

Deno.test("alternatives are a choice, named as the reference names it where it does", () => {
  assertEquals(read("ON | OFF"), "enabled:oneof(on:pure-token=ON off:pure-token=OFF)");
  assertEquals(read("[NX | XX]"), "condition:oneof+optional(nx:pure-token=NX xx:pure-token=XX)");
  assertEquals(
    read("[EX seconds | PX milliseconds | PERSIST]"),
    "expiration:oneof+optional(seconds:integer=EX milliseconds:integer=PX persist:pure-token=PERSIST)",
  );
  assertEquals(
    read("[FILTERBY MODULE module-name | ACLCAT category | PATTERN pattern]"),
    "filterby:oneof=FILTERBY+optional(module-name:string=MODULE category:string=ACLCAT pattern:pattern=PATTERN)",
  );
});

Deno.test("a choice among other arguments stands in angles", () => {
  assertEquals(
    read("key <LEFT | RIGHT> [COUNT count]"),
    "key:key#0 where:oneof(left:pure-token=LEFT right:pure-token=RIGHT) count:integer=COUNT+optional",
  );
});

Deno.test("brackets must close", () => {
  assertThrows(() => read("<a"), Error, "> is missing");
  assertThrows(() => read("a>"), Error, "unexpected >");
  assertThrows(() => read("[a"), Error, "] is missing");
  assertThrows(() => read("a]"), Error, "unexpected ]");
});

Deno.test("the syntax of every command can be read", () => {
  for (const command of commandSpecs) {
    argumentsOf(command);
    for (const sub of command.subcommands ?? []) argumentsOf(sub);
  }
});
