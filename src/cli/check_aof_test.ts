import { assert, assertEquals } from "@std/assert";
import { latin1, latin1Text } from "../sys/bytes.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { checkAof } from "./check_aof.ts";
import { CASES, type CheckCase } from "./check_aof_cases.ts";
import { VECTORS } from "./check_aof_vectors.ts";

/** What came of a check: what was printed, the exit code, and what the files are then. */
type Outcome = readonly [output: string, code: number, files: Readonly<Record<string, number>>];

async function ours({ files, args, answer = "" }: CheckCase): Promise<Outcome> {
  const disk = new MemoryDisk();
  for (const [name, content] of Object.entries(files)) disk.put(name, latin1(content));
  let output = "";
  const terminal = {
    print: (text: string) => void (output += text),
    answer: () => answer.slice(0, 1),
  };
  const code = await checkAof(args, terminal, disk);
  return [output, code, sizes(files, (name) => disk.contents(name).length)];
}

function sizes(files: CheckCase["files"], sizeOf: (name: string) => number): Record<string, number> {
  return Object.fromEntries(Object.keys(files).map((name) => [name, sizeOf(name)]));
}

async function theirs({ files, args, answer = "" }: CheckCase): Promise<Outcome> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      Deno.writeFileSync(`${folder}/${name}`, latin1(content));
    }
    const child = new Deno.Command("redis-check-aof", {
      args: [...args],
      cwd: folder,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const writer = child.stdin.getWriter();
    try {
      await writer.write(latin1(answer));
      await writer.close();
    } catch {
      // It has ended without asking.
    }
    const { stdout, code } = await child.output();
    return [latin1Text(stdout), code, sizes(files, (name) => Deno.statSync(`${folder}/${name}`).size)];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Without what no two runs have in common: the time and number of a log line, and what the reference finds behind the
 * end of a line that the end of the file cut off, which is whatever its memory held.
 */
function reduced([output, code, files]: Outcome): Outcome {
  const text = output
    .replace(/^\d+:C .{24} # /gm, "<log> # ")
    .replace(/(got: 00)[0-9a-f]{2}$/gm, "$1..")
    .replace(/\S*redis-check-aof/g, "redeno check-aof");
  return [text, code, files];
}

/** Without the counts by type, which only ours tells of an RDB. */
function comparable(outcome: Outcome): Outcome {
  const [output, code, files] = reduced(outcome);
  return [output.replace(/^\[info\] \w+: .*\n/gm, ""), code, files];
}

function isThere(): boolean {
  try {
    return new Deno.Command("redis-check-aof", { stdout: "null", stderr: "null" }).outputSync().code === 1;
  } catch {
    return false;
  }
}

const records = Deno.env.get("COMPAT_RECORD") === "1";

Deno.test("every title of a case stands for one case", () => {
  assertEquals(new Set(CASES.map(({ title }) => title)).size, CASES.length);
  if (!records) assertEquals(Object.keys(VECTORS).sort(), CASES.map(({ title }) => title).sort());
});

Deno.test("check-aof prints, answers and cuts off what redis-check-aof does", async (t) => {
  for (const one of CASES) {
    if (records) continue;
    await t.step(one.title, async () => assertEquals(comparable(await ours(one)), VECTORS[one.title]));
  }
});

Deno.test({
  name: "redis-check-aof does what is recorded of it",
  ignore: !isThere(),
  async fn(t) {
    const vectors: Record<string, Outcome> = {};
    for (const one of CASES) {
      const outcome = vectors[one.title] = reduced(await theirs(one));
      if (!records) await t.step(one.title, () => assertEquals(outcome, VECTORS[one.title]));
    }
    if (!records) return;
    const head =
      "/** What redis-check-aof 7.0.15 did with check_aof_cases.ts. Made by its test with COMPAT_RECORD=1. */\n\n" +
      "export const VECTORS: Readonly<\n  Record<string, readonly [output: string, code: number, files: Record<string, number>]>\n> = ";
    const path = new URL("./check_aof_vectors.ts", import.meta.url);
    await Deno.writeTextFile(path, `${head}${JSON.stringify(vectors, undefined, 2)};\n`);
    await new Deno.Command("deno", { args: ["fmt", "-q", path.pathname] }).output();
  },
});

Deno.test("a file of commands is no manifest because a value begins with the word", async () => {
  const files = { a: "*2\r\n$4\r\nPING\r\n$9\r\nfile name\r\n" };
  const [output, code] = await ours({ title: "", files, args: ["a"] });
  assert(output.endsWith("AOF a is valid\n"));
  assertEquals(code, 0);
});
