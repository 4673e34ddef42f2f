import { dirname } from "node:path";
import { assertEquals, assertMatch } from "@std/assert";
import { checkFile, checkTopLevel, checkTree } from "./check_arrows.ts";

const PACKAGES = new Set(["fengari", "@std/cli"]);

function rulesOf(file: string, source: string): string[] {
  return checkFile(file, source, PACKAGES).map(({ line, rule }) => `${line}: ${rule}`);
}

Deno.test("imports down the layers and within a layer are allowed", () => {
  const allowed: [string, string][] = [
    ["src/resp/writer.ts", "../sys/bytes.ts"],
    ["src/resp/writer.ts", "./parser.ts"],
    ["src/store/database.ts", "../resp/reply.ts"],
    ["src/store/dict.ts", "./lists/node.ts"],
    ["src/errors.ts", "./store/database.ts"],
    ["src/command.ts", "./args.ts"],
    ["src/scripting/engine.ts", "../command.ts"],
    ["src/persistence/rdb/save.ts", "../../store/database.ts"],
    ["src/commands/string/set.ts", "../../swap/pages.ts"],
    ["src/commands/string/set.ts", "../key/del.ts"],
    ["src/dispatch.ts", "./commands/mod.ts"],
    ["src/server/server.ts", "../dispatch.ts"],
    ["src/cli/eval.ts", "../server/server.ts"],
    ["main.ts", "./src/cli/main.ts"],
  ];
  for (const [file, specifier] of allowed) {
    assertEquals(rulesOf(file, `import { x } from "${specifier}";`), [], `${file} imports ${specifier}`);
  }
});

Deno.test("imports up the layers and between neighbours are violations", () => {
  const forbidden: [string, string][] = [
    ["src/sys/clock.ts", "../resp/writer.ts"],
    ["src/std/cli/mod.ts", "../../sys/clock.ts"],
    ["src/resp/writer.ts", "../store/database.ts"],
    ["src/store/database.ts", "../errors.ts"],
    ["src/store/database.ts", "../commands/mod.ts"],
    ["src/command.ts", "./swap/pages.ts"],
    ["src/swap/pages.ts", "../persistence/rdb.ts"],
    ["src/scripting/engine.ts", "../commands/mod.ts"],
    ["src/commands/mod.ts", "../dispatch.ts"],
    ["src/dispatch.ts", "./server/server.ts"],
    ["src/server/server.ts", "../cli/main.ts"],
    ["src/cli/main.ts", "../../main.ts"],
    ["src/server/server.ts", "../unknown/x.ts"],
    ["src/server/server.ts", "../../test/compat/server.ts"],
    ["src/server/server.ts", "./client_test.ts"],
    ["src/server/server.ts", "/src/sys/clock.ts"],
  ];
  for (const [file, specifier] of forbidden) {
    const rules = rulesOf(file, `\nimport type { X } from "${specifier}";`);
    assertEquals(rules.length, 1, `${file} imports ${specifier}`);
    assertMatch(rules[0]!, /^2: /);
  }
});

Deno.test("a violation names the layer, the import and the reason", () => {
  assertEquals(rulesOf("src/store/a.ts", 'import "../server/b.ts";'), [
    "1: src/store/ must not import src/server/b.ts: src/server/ is a higher layer",
  ]);
  assertEquals(rulesOf("src/swap/a.ts", 'import "../pubsub/b.ts";'), [
    "1: src/swap/ must not import src/pubsub/b.ts: src/pubsub/ is a neighbour in the same layer",
  ]);
});

Deno.test("only packages of deno.json may be imported", () => {
  assertEquals(
    rulesOf("src/scripting/a.ts", 'import "fengari"; import "@std/cli/parse-args"; import "node:net";'),
    [],
  );
  assertEquals(rulesOf("src/server/a.ts", 'import "ioredis";'), [
    "1: imports ioredis, which is not among the imports of deno.json",
  ]);
  assertEquals(rulesOf("src/server/a.ts", 'import "npm:fengari@0.1.5";').length, 1);
});

Deno.test("the pure layers must not reach for clock, chance, files or sockets", () => {
  const uses = [
    "Deno.readFileSync(x)",
    "globalThis.Deno",
    "Date.now()",
    "new Date()",
    "Math.random()",
    "performance.now()",
    "crypto.getRandomValues(x)",
    'import "node:fs";',
  ];
  for (const use of uses) {
    for (const folder of ["store", "commands", "resp"]) {
      const rules = rulesOf(`src/${folder}/a.ts`, `// ${use}\n"${use}";\n${use}`);
      if (use.startsWith("import")) assertEquals(rules.length, 1, use);
      else assertEquals(rules.map((rule) => rule.slice(0, 2)), ["3:"], use);
    }
    assertEquals(rulesOf("src/server/a.ts", use), [], use);
    assertEquals(rulesOf("src/store/a_test.ts", use), [], use);
  }
  assertEquals(
    rulesOf("src/store/a.ts", 'import "node:util"; context.now(); Math.max(1, 2); new DateRange();'),
    [],
  );
});

Deno.test("tests, scripts and testing.ts may import everything", () => {
  for (
    const file of ["src/store/a_test.ts", "src/store/a_bench.ts", "src/commands/testing.ts", "scripts/x.ts"]
  ) {
    assertEquals(rulesOf(file, 'import "../server/server.ts"; import "ioredis";'), [], file);
  }
});

Deno.test("a file of src without a layer is a violation", () => {
  assertEquals(rulesOf("src/helpers.ts", ""), [
    "1: has no layer: give its folder a rank in scripts/check_arrows.ts",
  ]);
});

Deno.test("the top level holds what is listed and what git ignores", () => {
  const names = ["src", "deno.json", ".git", "dist", "dump.rdb", "notes.txt", "lib", "nodes-1.conf"];
  const gitignore = "# made by runs\n/dist/\n*.rdb\n/nodes*.conf\n";
  assertEquals(checkTopLevel(names, gitignore).map(({ file }) => file), ["notes.txt", "lib"]);
  assertEquals(checkTopLevel(["dumpXrdb"], gitignore).length, 1);
});

Deno.test("a whole tree is checked, folders in folders too, in order", async () => {
  const root = await Deno.makeTempDir({ prefix: "redeno_arrows_" });
  try {
    const files = {
      "deno.json": '{ "imports": { "fengari": "npm:fengari" } }',
      "main.ts": 'import "./src/server/server.ts";\nimport "redis";\n',
      "src/server/server.ts": 'import "../store/deep/down.ts";\n',
      "src/store/deep/down.ts": "\n\nconst now = Date.now();\n",
      "stray.ts": "",
    };
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(`${root}/${path}`), { recursive: true });
      await Deno.writeTextFile(`${root}/${path}`, text);
    }
    const found = (await checkTree(root)).map(({ file, line }) => `${file}:${line}`);
    assertEquals(found, ["main.ts:2", "src/store/deep/down.ts:3", "stray.ts:1", "stray.ts:1"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
