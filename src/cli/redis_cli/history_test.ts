import { assertEquals } from "@std/assert";
import { History, isSecret, userFile } from "./history.ts";

async function withFolder(body: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("lines are kept in a file that nobody else can read", () =>
  withFolder((folder) => {
    const path = `${folder}/history`;
    const history = History.open(path);
    for (const line of ["get a", "set é 1", "set é 1", "", "get a"]) history.add(line);
    assertEquals(history.lines, ["get a", "set é 1", "get a"]);
    assertEquals(History.open(path).lines, history.lines);
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
  }));

Deno.test("the last thousand lines are kept, and the file is cut when it is twice as long", () =>
  withFolder((folder) => {
    const path = `${folder}/history`;
    Deno.writeTextFileSync(path, Array.from({ length: 2500 }, (_, i) => `get ${i}\n`).join(""));
    const history = History.open(path);
    assertEquals([history.lines.length, history.lines[0]], [1000, "get 1500"]);
    assertEquals(Deno.readTextFileSync(path).split("\n").length, 1001);
    history.add("new");
    assertEquals([history.lines.length, history.lines[0], history.lines.at(-1)], [1000, "get 1501", "new"]);
  }));

Deno.test("a history that cannot be kept is one all the same", () =>
  withFolder((folder) => {
    const history = History.open(`${folder}/no/such/folder`);
    history.add("ping");
    assertEquals(history.lines, ["ping"]);
    assertEquals(History.open(folder).lines, []);
  }));

Deno.test("a variable names the file, /dev/null says that there is none", () => {
  const of = (variables: Record<string, string>) =>
    userFile({ get: (name) => variables[name] }, "REDISCLI_HISTFILE", ".rediscli_history");
  assertEquals(of({ HOME: "/h" }), "/h/.rediscli_history");
  assertEquals(of({ HOME: "/h", REDISCLI_HISTFILE: "/x" }), "/x");
  assertEquals(of({ HOME: "/h", REDISCLI_HISTFILE: "/dev/null" }), undefined);
  assertEquals(of({}), undefined);
});

Deno.test("commands with passwords are kept nowhere", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["auth secret", true],
    ["AUTH u p", true],
    ["acl setuser u >p", true],
    ["acl list", false],
    ["config set requirepass x", true],
    ["config set maxmemory 1 MASTERAUTH x", true],
    ["config set maxmemory 1", false],
    ["config get requirepass", false],
    ["hello 3 auth u p", true],
    ["hello 3", false],
    ["migrate h 1 k 0 5 AUTH2 u p", true],
    ["migrate h 1 k 0 5", false],
    ["set auth 1", false],
  ];
  for (const [line, isOne] of cases) assertEquals(isSecret(line.split(" ")), isOne, line);
});
