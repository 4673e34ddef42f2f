import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseReply } from "../reply_value.ts";
import { documentedCommands } from "./command_docs.ts";
import { HelpIndex } from "./command_help.ts";

const entry = { summary: "Does it", since: "1.0.0" };
const index = new HelpIndex([
  { ...entry, name: "GET", syntax: "key", group: "string" },
  { ...entry, name: "GETDEL", syntax: "key", group: "string" },
  { ...entry, name: "SET", syntax: "key value [NX|XX] [EX seconds]", group: "string" },
  { ...entry, name: "MULTI", syntax: "", group: "transactions" },
  { ...entry, name: "CONFIG", syntax: "", group: "server" },
  { ...entry, name: "CONFIG GET", syntax: "parameter [parameter ...]", group: "server" },
]);

Deno.test("a hint tells what may follow, less with each argument up to the first optional one", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["get", " key"],
    ["GET ", "key"],
    ["get a", " "],
    ["get a b c", " "],
    ["set", " key value [NX|XX] [EX seconds]"],
    ["set a ", "value [NX|XX] [EX seconds]"],
    ["set 'a b' c", " [NX|XX] [EX seconds]"],
    ["set a b nx ", "[NX|XX] [EX seconds]"],
    ["config", " "],
    ["config get", " parameter [parameter ...]"],
    ["config get x", " [parameter ...]"],
    ["config x", " "],
    ["multi", " "],
    ["", undefined],
    ["nosuch", undefined],
    ['get "open', undefined],
  ];
  for (const [line, hint] of cases) assertEquals(index.hint(line), hint, line);
});

Deno.test("names are completed, behind help those of groups, too", () => {
  assertEquals(index.complete("ge"), ["GET", "GETDEL"]);
  assertEquals(index.complete("config g"), ["CONFIG GET"]);
  assertEquals(index.complete("help  s"), ["help  SET"]);
  assertEquals(index.complete("help @s"), ["help @server", "help @string"]);
  assertEquals(index.complete("nosuch"), []);
  assertEquals(index.complete("help ").length, 9);
});

Deno.test("help explains a command, a container with all in it, or a group", () => {
  const text = "\r\n  GET key\r\n  summary: Does it\r\n  since: 1.0.0\r\n  group: string\r\n\r\n";
  assertEquals(index.explain(["get"], false), text);
  assertEquals(index.explain(["config"], false).match(/summary/g)?.length, 2);
  assertEquals(index.explain(["CONFIG", "get"], false).match(/summary/g)?.length, 1);
  assertEquals(index.explain(["@STRING"], false).match(/summary/g)?.length, 3);
  assertEquals(index.explain(["@string"], false).includes("group:"), false);
  assertEquals(index.explain(["nosuch"], false), "\r\n");
  assertStringIncludes(index.explain(["get"], true), "\x1b[1mGET\x1b[0m \x1b[90mkey\x1b[0m");
});

Deno.test("our own commands are known, with their subcommands and groups", async () => {
  const ours = await HelpIndex.ofOurs();
  assertEquals(ours.hint("get"), " key");
  assert(ours.hint("config set")?.startsWith(" parameter value"));
  assertEquals(ours.groups.includes("sorted-set"), true);
});

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

function map(...entries: readonly string[]): string {
  return `*${entries.length}\r\n${entries.join("")}`;
}

Deno.test("what a server documents is added to what is known", () => {
  const argument = (name: string, type: string, ...more: string[]) =>
    map(bulk("name"), bulk(name), bulk("type"), bulk(type), ...more);
  const flags = (
    ...names: string[]
  ) => [bulk("flags"), `*${names.length}\r\n${names.map((n) => `+${n}\r\n`).join("")}`];
  const parts = (...all: string[]) => [bulk("arguments"), `*${all.length}\r\n${all.join("")}`];
  const docs = map(
    bulk("get"),
    map(bulk("summary"), bulk("Something else.")),
    bulk("geo"),
    map(
      ...[bulk("summary"), bulk("Finds places."), bulk("since"), bulk("3.2.0"), bulk("group"), bulk("geo")],
      ...parts(
        argument("key", "key"),
        argument(
          "condition",
          "oneof",
          ...flags("optional"),
          ...parts(
            argument("nx", "pure-token", bulk("token"), bulk("NX")),
            argument("xx", "pure-token", bulk("token"), bulk("XX")),
          ),
        ),
        argument("count", "integer", bulk("token"), bulk("COUNT"), ...flags("optional")),
        argument(
          "data",
          "block",
          ...flags("multiple"),
          ...parts(
            argument("longitude", "double"),
            argument("member", "string"),
          ),
        ),
        argument(
          "pattern",
          "pattern",
          bulk("token"),
          bulk("GET"),
          ...flags("optional", "multiple", "multiple_token"),
        ),
      ),
      ...[bulk("subcommands"), map(bulk("geo|help"), map(bulk("summary"), bulk("Lists them.")))],
    ),
  );
  const reply = parseReply(new TextEncoder().encode(docs));
  assertEquals(documentedCommands(reply).map(({ name, syntax }) => [name, syntax]), [
    ["GET", ""],
    [
      "GEO",
      "key [NX|XX] [COUNT count] longitude member [longitude member ...] [GET pattern [GET pattern ...]]",
    ],
    ["GEO HELP", ""],
  ]);
  const more = index.with(reply);
  assertEquals([more.hint("get"), more.hint("geo help")], [" key", " "]);
  assertStringIncludes(more.explain(["geo"], false), "summary: Finds places\r\n");
});
