/**
 * The same files for both servers: what one has written the other loads, changes, rewrites, and gives back; with every
 * combination of what decides how files look. Then files of older servers.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { freshSeed, Random } from "../fuzz/random.ts";
import { ask, type Program, type Server, untilTrue } from "../process/program.ts";
import type { RespClient } from "../support/resp_client.ts";
import { digest, expectSame, settleData, shape, writeLarge, writeRandom } from "./dataset.ts";
import { accurate, Folder, persistenceInfo, redeno, reference } from "./folder.ts";

const COMMANDS = accurate ? 20_000 : 200;

/** Waits until nothing is being written in the background. */
async function untilFree(client: RespClient): Promise<void> {
  await untilTrue("the background", async () => {
    const info = await persistenceInfo(client);
    return ["rdb_bgsave_in_progress", "aof_rewrite_in_progress", "aof_rewrite_scheduled"]
      .every((name) => info.get(name) === "0");
  });
  const info = await persistenceInfo(client);
  assertEquals([info.get("rdb_last_bgsave_status"), info.get("aof_last_bgrewrite_status")], ["ok", "ok"]);
}

/** Changes the data, has files written on the way, and leaves everything on the disk. */
async function change(
  program: Program,
  client: RespClient,
  random: Random,
  isAppending: boolean,
): Promise<void> {
  await writeLarge(client, random);
  await writeRandom(client, random, COMMANDS / 2);
  await ask(client, isAppending ? "BGREWRITEAOF" : "BGSAVE");
  await writeRandom(client, random, COMMANDS / 2);
  await settleData(client);
  await untilFree(client);
  if (!isAppending) {
    assertEquals(await ask(client, random.pick(["SAVE", "DEBUG RELOAD"])), "OK", program.output);
  }
}

async function seen(client: RespClient): Promise<{ digest: string; shape: string }> {
  return { digest: await digest(client), shape: await shape(client) };
}

/** Starts a server on what the one before has left, compares, and lets it change the data, unless it is the last. */
async function turn(
  server: Server,
  folder: Folder,
  args: readonly string[],
  random: Random,
  expected: { digest: string; shape: string } | undefined,
  changes: boolean,
): Promise<{ digest: string; shape: string } | undefined> {
  const isAppending = args.includes("--appendonly yes");
  await using program = await folder.start(server, args.flatMap((arg) => arg.split(" ")));
  using client = await program.connect();
  if (expected !== undefined) await expectSame(client, expected, `${server.name} with ${args.join(" ")}`);
  if (!changes) return expected;
  await change(program, client, random, isAppending);
  const last = await seen(client);
  const reload = isAppending ? "DEBUG LOADAOF" : "DEBUG RELOAD";
  assertEquals(await ask(client, reload), "OK");
  await expectSame(client, last, `${server.name} after ${reload} with ${args.join(" ")}`, accurate);
  await program.stop(random.pick(["SIGKILL", "SIGTERM"]));
  return last;
}

const LIMITS = ["--hash-max-listpack-entries", "--set-max-intset-entries", "--zset-max-listpack-entries"];

for (const appendOnly of ["no", "yes"]) {
  for (const preamble of appendOnly === "yes" ? ["yes", "no"] : ["yes"]) {
    for (const compression of ["yes", "no"]) {
      const options = [
        `--appendonly ${appendOnly}`,
        `--aof-use-rdb-preamble ${preamble}`,
        `--rdbcompression ${compression}`,
      ];
      Deno.test(`both servers have the same data, whoever wrote it last, with ${options.join(" ")}`, async () => {
        const seed = Number(Deno.env.get("SEED") ?? freshSeed());
        console.log(`SEED=${seed}`);
        const random = new Random(seed);
        await using folder = await Folder.make();
        let expected: Awaited<ReturnType<typeof seen>> | undefined;
        const order = accurate
          ? [redeno, reference, redeno, redeno, reference, redeno]
          : [redeno, reference, redeno];
        for (const [i, server] of order.entries()) {
          if (server === undefined) continue;
          const limits = LIMITS.map((name) => `${name} ${random.pick([3, 20, 128])}`);
          const size = `--list-max-listpack-size ${random.pick(["-2", "4", "-1"])}`;
          const depth = `--list-compress-depth ${random.pick([0, 1])}`;
          const checksum = `--rdbchecksum ${random.pick(["yes", "yes", "no"])}`;
          const stamps = `--aof-timestamp-enabled ${random.pick(["yes", "no"])}`;
          const args = [...options, ...limits, size, depth, checksum, stamps];
          expected = await turn(server, folder, args, random, expected, i < order.length - 1);
        }
        const parts = folder.list(appendOnly === "yes" ? "appendonlydir" : ".");
        assert(!parts.some((name) => name.startsWith("temp")), parts.join(" "));
      });
    }
  }
}

/** A single append-only file, as servers before 7.0 kept it: what the reference writes today, in one piece. */
async function oldFile(
  folder: Folder,
  preamble: string,
  random: Random,
): Promise<{ digest: string; shape: string }> {
  const args = ["--appendonly", "yes", "--aof-use-rdb-preamble", preamble];
  await using program = await folder.start(reference ?? redeno, args);
  using client = await program.connect();
  await writeLarge(client, random);
  await ask(client, "BGREWRITEAOF");
  await untilFree(client);
  await writeRandom(client, random, COMMANDS);
  await settleData(client);
  const last = await seen(client);
  await program.stop("SIGTERM");
  const files = folder.text("appendonlydir/appendonly.aof.manifest").split("\n")
    .filter((line) => / type [bi]$/.test(line))
    .sort((a, b) => Number(a.endsWith("i")) - Number(b.endsWith("i")))
    .map((line) => line.split(" ")[1]!);
  assertMatch(files[0]!, preamble === "yes" ? /base\.rdb$/ : /base\.aof$/);
  const parts = files.map((name) => folder.bytes(`appendonlydir/${name}`));
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  await folder.remove("appendonlydir");
  folder.write("appendonly.aof", whole);
  return last;
}

for (const preamble of ["yes", "no"]) {
  Deno.test(`a single append-only file of an older server is taken over, with an RDB before it: ${preamble}`, async () => {
    const seed = Number(Deno.env.get("SEED") ?? freshSeed());
    console.log(`SEED=${seed}`);
    const random = new Random(seed);
    await using folder = await Folder.make();
    const expected = await oldFile(folder, preamble, random);
    const old = folder.bytes("appendonly.aof");
    const args = ["--appendonly", "yes"];
    let listed: string[] | undefined;
    for (const server of [redeno, reference, redeno]) {
      if (server === undefined) continue;
      await using program = await folder.start(server, args);
      using client = await program.connect();
      await expectSame(client, expected, server.name);
      listed ??= folder.list("appendonlydir");
      await program.stop("SIGKILL");
    }
    assertEquals(listed, ["appendonly.aof", "appendonly.aof.1.incr.aof", "appendonly.aof.manifest"]);
    assert(!folder.exists("appendonly.aof"));
    assertEquals(folder.bytes("appendonlydir/appendonly.aof"), old);
    await using program = await folder.start(redeno, args);
    using client = await program.connect();
    await ask(client, "BGREWRITEAOF");
    await untilFree(client);
    // In the background.
    const isThere = () => folder.exists("appendonlydir/appendonly.aof");
    await untilTrue("the old file removed", () => Promise.resolve(!isThere()));
    await program.stop("SIGKILL");
    await using next = await folder.start(reference ?? redeno, args);
    using other = await next.connect();
    await expectSame(other, expected, "rewritten");
  });
}
