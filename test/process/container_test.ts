/**
 * The Dockerfile carried out as far as that goes without Docker: its instructions are read, its build stage is laid out in a
 * folder from what .dockerignore lets through, and what it compiles is compiled there.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";

const root = new URL("../../", import.meta.url);

interface Instruction {
  readonly name: string;
  /** Words; of the form with brackets, its items. */
  readonly words: readonly string[];
  readonly text: string;
}

type Stage = readonly Instruction[];

/** The stages of a Dockerfile. */
function stagesOf(dockerfile: string): Stage[] {
  const lines = dockerfile.replaceAll("\\\n", " ").split("\n").filter((line) => /^[^#]/.test(line));
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name = "", text = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    assert(name !== "", `not an instruction: ${line}`);
    if (name === "FROM") stages.push([]);
    stages.at(-1)!.push({ name, text, words: text.startsWith("[") ? JSON.parse(text) : text.split(/\s+/) });
  }
  return stages;
}

function all(stage: Stage, name: string): readonly Instruction[] {
  return stage.filter((instruction) => instruction.name === name);
}

/** What a pattern of .dockerignore matches, and what lies below it. */
function ignorePattern(pattern: string): RegExp {
  const source = pattern.split("**/").map((part) =>
    part.split("*").map((text) => RegExp.escape(text)).join("[^/]*")
  ).join("(?:.*/)?");
  return new RegExp(`^${source}(?:/|$)`);
}

/** Whether .dockerignore keeps a file out of what is sent to the build. */
function isIgnored(path: string, dockerignore: string): boolean {
  let ignored = false;
  for (const line of dockerignore.split("\n").filter((line) => /^[^#]/.test(line))) {
    const isException = line.startsWith("!");
    if (ignorePattern(isException ? line.slice(1) : line).test(path)) ignored = !isException;
  }
  return ignored;
}

async function* filesBelow(path: string): AsyncGenerator<string> {
  if (!(await Deno.stat(new URL(path, root))).isDirectory) {
    yield path;
    return;
  }
  const folder = path.replace(/\/?$/, "/");
  for await (const { name } of Deno.readDir(new URL(folder, root))) yield* filesBelow(folder + name);
}

const [build = [], image = []] = stagesOf(await Deno.readTextFile(new URL("Dockerfile", root)));

Deno.test("the image has a user without rights, a check of health, and no shell to need", () => {
  assertMatch(all(image, "FROM")[0]!.text, /distroless.*:nonroot$/);
  assertEquals(all(image, "USER").map(({ text }) => text), ["nonroot"]);
  assertEquals(all(image, "RUN"), []);
  assertMatch(all(image, "HEALTHCHECK")[0]!.text, /CMD \["redeno", "healthcheck"\]$/);
  assertEquals(all(image, "ENTRYPOINT")[0]!.words, ["redeno"]);
  assertEquals([...all(image, "VOLUME"), ...all(image, "WORKDIR")].map(({ text }) => text), [
    "/data",
    "/data",
  ]);
  for (const { text, words } of all(build, "RUN")) {
    assert(text.startsWith("["), `${words.join(" ")} needs a shell`);
  }
});

Deno.test("the image gets the executable, and links that are programs", () => {
  const { words } = all(image, "COPY")[0]!;
  assertEquals(words, ["--from=build", "/image/bin/", "/usr/local/bin/"]);
  const runs = all(build, "RUN").map(({ words }) => words);
  assertEquals(runs.find(([command]) => command === "cp"), ["cp", "/app/dist/redeno", "redeno"]);
  assertEquals(runs.filter(([command]) => command === "ln").map(([, , target, name]) => [target, name]), [
    ["redeno", "redis-server"],
    ["redeno", "redis-cli"],
    ["redeno", "redis-benchmark"],
    ["redeno", "redis-check-aof"],
    ["redeno", "redis-check-rdb"],
  ]);
});

Deno.test("what the build stage is given is enough to compile, and holds no test", async () => {
  const dockerignore = await Deno.readTextFile(new URL(".dockerignore", root));
  const folder = await Deno.makeTempDir({ prefix: "redeno-" });
  try {
    const copied: string[] = [];
    for (const { words } of all(build, "COPY")) {
      const target = words.at(-1)!;
      for (const source of words.slice(0, -1)) {
        for await (const path of filesBelow(source)) {
          if (isIgnored(path, dockerignore)) continue;
          // A folder's content is copied, not the folder.
          const place = target === "./" ? path : target + path.slice(source.length + 1);
          await Deno.mkdir(`${folder}/${place}`.replace(/\/[^/]*$/, ""), { recursive: true });
          await Deno.copyFile(new URL(path, root), `${folder}/${place}`);
          copied.push(path);
        }
      }
    }
    assertEquals(copied.filter((path) => /_test\.ts$|_bench\.ts$|^scripts\/(?!compile)/.test(path)), []);
    const [command, ...args] = all(build, "RUN")[0]!.words;
    assertEquals(command, "deno");
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: folder,
      // In place of Deno's runtime part, which may be out of reach.
      env: { DENORT_BIN: Deno.execPath() },
    }).output();
    const printed = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals(code, 0, printed);
    assertMatch(printed, /^Compiled dist\/redeno: /m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the example of compose builds this image, and asks for a password", async () => {
  const text = await Deno.readTextFile(new URL("docs/compose/server.yaml", root));
  assertMatch(text, /^ {4}build: \.\.\/\.\.$/m);
  assertMatch(text, /--requirepass\n.*\$\{REDIS_PASSWORD:\?/);
  assertMatch(text, /^ {6}- "127\.0\.0\.1:6379:6379"$/m);
});
