/**
 * Append-only and RDB files as they are meant to be, edited by hand, cut off, and damaged: what is loaded, what is refused,
 * and what the log says about it.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ask, type Program, redeno as program, run } from "../process/program.ts";
import { Folder, redeno } from "./folder.ts";
import { sameForBoth, told } from "./pair.ts";

const AOF = ["--appendonly", "yes", "--aof-use-rdb-preamble", "no"];
const INCREMENT = "appendonlydir/appendonly.aof.1.incr.aof";
const MANIFEST = "appendonlydir/appendonly.aof.manifest";
const BASE = "appendonlydir/appendonly.aof.1.base.rdb";

/** Lets a server carry these lines out and die. Both write behind a slow sync, and would lose what had to wait for it. */
async function write(
  server: typeof redeno,
  folder: Folder,
  args: readonly string[],
  lines: readonly string[],
): Promise<void> {
  await using started = await folder.start(server, [...args, "--appendfsync", "always"]);
  using client = await started.connect();
  for (const line of lines) {
    const reply = await ask(client, line);
    assert(!String(reply).startsWith("ERR"), `${line}: ${reply}`);
  }
  await started.stop("SIGKILL");
}

/** Starts a server that may or may not take what is there: how many keys it then has, or its exit code, and the log. */
async function tryToStart(
  server: typeof redeno,
  folder: Folder,
  args: readonly string[],
): Promise<{ keys: unknown; code: number | undefined; log: string[] }> {
  await using started: Program = await folder.launch(server, args);
  const code = await Promise.race([
    started.ended.then((ended) => ended.code),
    started.until(/ready to accept connections at/).then(
      () => undefined,
      () => started.ended.then((ended) => ended.code),
    ),
  ]);
  const log = told(started);
  if (code !== undefined) return { keys: undefined, code, log };
  using client = await started.connect();
  return { keys: await ask(client, "DBSIZE"), code, log };
}

/** `redeno check-aof`, its question answered with yes. */
function checkAof(folder: Folder, ...args: string[]): ReturnType<typeof run> {
  return run(program, ["check-aof", ...args], { directory: folder.path, stdin: "y\n" });
}

const SETS = Array.from({ length: 10 }, (_, i) => `SET key:${i} ${"v".repeat(30)}`);

sameForBoth("the append-only file holds what changed something, and nothing else", async (server, folder) => {
  await write(server, folder, AOF, [
    "set key1 Hello",
    'append key1 " World!"',
    "del key1",
    "del non_existing_key",
  ]);
  return {
    files: folder.list("appendonlydir"),
    text: folder.text(INCREMENT),
    manifest: folder.text(MANIFEST),
  };
}, ({ text }) =>
  assertEquals(
    text,
    "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nset\r\n$4\r\nkey1\r\n$5\r\nHello\r\n" +
      "*3\r\n$6\r\nappend\r\n$4\r\nkey1\r\n$7\r\n World!\r\n*2\r\n$3\r\ndel\r\n$4\r\nkey1\r\n",
  ));

sameForBoth(
  "who has flushed all by mistake removes the last command, and has everything back",
  async (server, folder) => {
    await write(server, folder, AOF, [...SETS, "FLUSHALL"]);
    const text = folder.text(INCREMENT);
    const flush = "*1\r\n$8\r\nFLUSHALL\r\n";
    assert(text.endsWith(flush), text.slice(-60));
    folder.write(INCREMENT, text.slice(0, -flush.length));
    return (await tryToStart(server, folder, AOF)).keys;
  },
  (keys) => assertEquals(keys, 10),
);

for (
  const [where, cut] of [["in a value", 10], ["in its last line break", 1], [
    "behind the mark of its last length",
    34,
  ]] as const
) {
  sameForBoth(
    `a last command that is cut off ${where} is cut off whole, and the log says where`,
    async (server, folder) => {
      await write(server, folder, AOF, SETS);
      const bytes = folder.bytes(INCREMENT);
      const last = bytes.length - "*3\r\n$3\r\nSET\r\n$5\r\nkey:9\r\n$30\r\n".length - 32;
      folder.write(INCREMENT, bytes.subarray(0, bytes.length - cut));
      const { keys, code, log } = await tryToStart(server, folder, AOF);
      assertEquals(folder.bytes(INCREMENT), bytes.subarray(0, last));
      assertStringIncludes(log.join("\n"), `Truncating the AOF appendonly.aof.1.incr.aof at offset ${last} `);
      return { keys, code, log: log.filter((line) => line.includes("AOF")) };
    },
    ({ keys, code }) => assertEquals([keys, code], [9, undefined]),
  );
}

sameForBoth(
  "a file that is cut off anywhere is loaded up to its last whole command",
  async (server, folder) => {
    await write(server, folder, AOF, SETS);
    const bytes = folder.bytes(INCREMENT);
    const found: unknown[] = [];
    for (const length of [0, 25, 212, 400]) {
      folder.write(INCREMENT, bytes.subarray(0, length));
      const { keys } = await tryToStart(server, folder, AOF);
      found.push([length, keys, folder.bytes(INCREMENT).length]);
    }
    return found;
  },
  (found) => assertEquals(found.length, 4),
);

sameForBoth("with aof-load-truncated no a file that is cut off is refused", async (server, folder) => {
  await write(server, folder, AOF, SETS);
  const bytes = folder.bytes(INCREMENT);
  folder.write(INCREMENT, bytes.subarray(0, bytes.length - 10));
  const { code, log } = await tryToStart(server, folder, [...AOF, "--aof-load-truncated", "no"]);
  assertMatch(
    log.at(-1)!,
    /^M # Unexpected end of file reading the append only file appendonly\.aof\.1\.incr\.aof.*check-aof --fix/,
  );
  assertEquals(folder.bytes(INCREMENT).length, bytes.length - 10);
  return code;
}, (code) => assertEquals(code, 1));

Deno.test("a transaction that is cut off is not applied, wherever it is", async () => {
  await using folder = await Folder.make();
  await write(redeno, folder, AOF, ["SET a 1", "MULTI", "SET a 2", "RPUSH b x y", "INCR c", "EXEC"]);
  const bytes = folder.bytes(INCREMENT);
  const begin = folder.text(INCREMENT).indexOf("*1\r\n$5\r\nMULTI");
  for (let length = begin + 1; length < bytes.length; length += 41) {
    folder.write(INCREMENT, bytes.subarray(0, length));
    await using started = await folder.start(redeno, AOF);
    using client = await started.connect();
    assertEquals([await ask(client, "GET a"), await ask(client, "DBSIZE")], ["1", 1], `cut off at ${length}`);
    assertMatch(started.output, new RegExp(`Truncating the AOF \\S+ at offset ${begin} `));
    assertEquals(folder.bytes(INCREMENT).length, begin);
  }
});

Deno.test("damage in the middle ends the start with the offset and the tool, and the tool repairs it", async () => {
  await using folder = await Folder.make();
  await write(redeno, folder, AOF, SETS);
  const text = folder.text(INCREMENT);
  const at = text.indexOf("*3", 200);
  folder.write(INCREMENT, `${text.slice(0, at)}X${text.slice(at + 1)}`);
  const { code, log } = await tryToStart(redeno, folder, AOF);
  assertEquals(code, 1);
  assertMatch(
    log.at(-1)!,
    new RegExp(
      `^M # Bad file format reading the append only file .* at offset ${at}: .*redeno check-aof --fix`,
    ),
  );
  const found = await checkAof(folder, MANIFEST);
  assertEquals(found.code, 1);
  const fixed = await checkAof(folder, "--fix", MANIFEST);
  assertEquals(fixed.code, 0, fixed.stdout);
  assertEquals(folder.text(INCREMENT), text.slice(0, at));
  const again = await tryToStart(redeno, folder, AOF);
  assertEquals(again.keys, text.slice(0, at).split("*3").length - 1);
});

sameForBoth(
  "damage in the middle, a missing file and a bad manifest end the start with 1",
  async (server, folder) => {
    await write(server, folder, ["--appendonly", "yes"], SETS);
    const whole = folder.files();
    const codes: unknown[] = [];
    for (const what of ["command", "base", "missing", "manifest", "empty manifest", "truncated base"]) {
      await folder.remove("appendonlydir");
      folder.put(whole);
      const text = folder.text(INCREMENT);
      if (what === "command") {
        folder.write(
          INCREMENT,
          text.replace("*3\r\n$3\r\nSET\r\n$5\r\nkey:4", "*3\r\n%3\r\nSET\r\n$5\r\nkey:4"),
        );
      }
      if (what === "base") folder.write(BASE, "REDIS0099");
      if (what === "truncated base") folder.write(BASE, folder.bytes(BASE).subarray(0, 30));
      if (what === "missing") await folder.remove(BASE);
      if (what === "manifest") folder.write(MANIFEST, "file x seq\n");
      if (what === "empty manifest") folder.write(MANIFEST, "");
      const { code, log } = await tryToStart(server, folder, ["--appendonly", "yes"]);
      codes.push([what, code, what.includes("manifest") || what === "missing" ? log.slice(-3) : []]);
    }
    return codes;
  },
  (codes) => {
    for (const [what, code] of codes as [string, number][]) assertEquals(code, 1, what);
  },
);

sameForBoth("a broken RDB file ends the start with 1 and is left as it is", async (server, folder) => {
  await write(server, folder, [], [...SETS, "RPUSH list a b c", "SAVE"]);
  const bytes = folder.bytes("dump.rdb");
  const codes: unknown[] = [];
  const broken: [string, Uint8Array][] = [
    ["cut off", bytes.subarray(0, bytes.length - 20)],
    ["cut off in its head", bytes.subarray(0, 8)],
    ["empty", bytes.subarray(0, 0)],
    ["something else", new TextEncoder().encode("nothing that a server would write")],
    ["of the future", bytes.with(5, 0x39)],
    ["damaged", bytes.with(bytes.length - 30, bytes[bytes.length - 30]! ^ 1)],
    ["of another checksum", bytes.with(bytes.length - 1, bytes[bytes.length - 1]! ^ 1)],
  ];
  for (const [what, file] of broken) {
    folder.write("dump.rdb", file);
    const { code, log } = await tryToStart(server, folder, []);
    assertEquals(folder.bytes("dump.rdb"), file);
    codes.push([what, code]);
    assert(log.length > 0);
  }
  folder.write("dump.rdb", bytes);
  return [...codes, (await tryToStart(server, folder, [])).keys];
}, (codes) => {
  for (const [what, code] of codes.slice(0, -1) as [string, number][]) assertEquals(code, 1, what);
  assertEquals(codes.at(-1), 11);
});
