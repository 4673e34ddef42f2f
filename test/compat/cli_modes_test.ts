/**
 * What `redeno cli` does besides running commands, beside redis-cli: the search for large and hot keys, the transfer of data,
 * scripts. Where redis-cli's order is that of a hash table, lines are compared in order.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { cliProgram } from "../../src/cli/redis_cli/cli.ts";
import { runCheckRdb } from "../../src/cli/check_rdb.ts";
import { startCli } from "../support/cli_process.ts";
import { cliWorld, runOurs, runTheirs } from "../support/cli_run.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { redisCli, whyNoRedisCli } from "../support/redis_cli.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { systemDisk } from "../../src/sys/system_disk.ts";
import { latin1 } from "../support/split_args.ts";

const why = whyNoRealServer() ?? whyNoRedisCli();
if (why) console.log(`${why}: the modes of redeno cli are compared with nothing`);

function socketOf(server: ServerProcess): string {
  if (!("path" in server.address)) throw new Error("the server has no socket");
  return server.address.path;
}

/** Several hundred keys of all types, some of them with odd names. */
async function fill(server: ServerProcess): Promise<void> {
  using client = await server.connect();
  await client.flushAll();
  for (let i = 0; i < 300; i++) await client.send(["SET", `string:${i}`, "x".repeat((i * 37) % 101)]);
  for (let i = 0; i < 40; i++) {
    await client.send(["RPUSH", `list:${i}`, ...Array.from({ length: 1 + (i * 7) % 23 }, (_, j) => `${j}`)]);
    await client.send(["SADD", `set:${i}`, ...Array.from({ length: 1 + (i * 5) % 17 }, (_, j) => `${j}`)]);
    await client.send(["ZADD", `zset:${i}`, ...Array.from({ length: 2 + 2 * (i % 9) }, (_, j) => `${j}`)]);
    await client.send(["HSET", `hash:${i}`, ...Array.from({ length: 2 + 2 * (i % 11) }, (_, j) => `${j}`)]);
  }
  for (let i = 0; i < 12; i++) {
    for (let j = 1; j <= 1 + (i * 7) % 10; j++) {
      await client.send(["XADD", `stream:${i}`, `${j}-1`, "f", "v"]);
    }
  }
  await client.send(["XGROUP", "CREATE", "stream:empty", "g", "$", "MKSTREAM"]);
  await client.send(["SET", 'a "name" of\nlines', "y".repeat(500)]);
  // While its table grows a server lists keys in another order.
  await until(async () => {
    const { value } = await client.send(["DEBUG", "HTSTATS", "0"]);
    return value.kind === "verbatim" || value.kind === "bulk"
      ? !latin1(value.bytes).includes("rehashing target")
      : false;
  });
}

/** Waits until something is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The lines of a text with the order taken away that nobody is to rely on. */
function sorted(text: string): string[] {
  return text.split("\n").sort();
}

Deno.test({
  name: "redeno cli finds the keys that redis-cli finds",
  ignore: why !== undefined,
  async fn(t) {
    await using server = await startRealServer({ args: ["--maxmemory-policy", "allkeys-lfu"] });
    await fill(server);
    const modes = [
      ...["--bigkeys", "--memkeys", "--memkeys-samples 2", "--bigkeys --pattern *:1*", "--bigkeys -n 3"],
      ...[
        "--bigkeys --pattern stream:*",
        "--bigkeys --pattern stream:empty",
        "--scan --pattern *1*",
        "--hotkeys --pattern nothing:*",
      ],
    ];
    for (const mode of modes) {
      await t.step(mode, async () => {
        const args = ["-s", socketOf(server), ...mode.split(" ")];
        const [ours, theirs] = await Promise.all([runOurs(args), runTheirs(args)]);
        const largest = /^\[.*found so far/;
        const of = (text: string) => text.split("\n").filter((line) => largest.test(line));
        // In the order of the search.
        assertEquals(of(ours.stdout), of(theirs.stdout));
        assertEquals({ ...ours, stdout: sorted(ours.stdout) }, { ...theirs, stdout: sorted(theirs.stdout) });
      });
    }
  },
});

Deno.test({
  name: "redeno cli --hotkeys lists at most sixteen keys, the hottest first",
  ignore: why !== undefined,
  async fn() {
    await using server = await startRealServer({
      args: ["--maxmemory-policy", "allkeys-lfu", "--lfu-log-factor", "0", "--lfu-decay-time", "0"],
    });
    using client = await server.connect();
    for (let i = 1; i <= 20; i++) {
      await client.send(["SET", `k${i}`, "v"]);
      for (let j = 0; j < i; j++) await client.send(["GET", `k${i}`]);
    }
    const args = ["-s", socketOf(server), "--hotkeys"];
    const [ours, theirs] = await Promise.all([runOurs(args), runTheirs(args)]);
    assertEquals(ours, theirs);
    assertEquals(ours.stdout.match(/^hot key found/gm)?.length, 16);
  },
});

Deno.test({
  name: "redeno cli --type and --count narrow a scan",
  ignore: why !== undefined,
  async fn() {
    await using server = await startRealServer();
    await fill(server);
    const { stdout } = await runOurs(
      ["-s", socketOf(server), "--scan", "--type", "zset", "--count", "7"],
    );
    assertEquals(sorted(stdout), ["", ...Array.from({ length: 40 }, (_, i) => `zset:${i}`).sort()]);
    const streams = await runOurs(["-s", socketOf(server), "--scan", "--type", "stream"]);
    assertEquals(sorted(streams.stdout).length, 1 + 13);
  },
});

Deno.test({
  name: "redeno cli --rdb and --functions-rdb fetch what redis-cli fetches",
  ignore: why !== undefined,
  async fn(t) {
    await using server = await startRealServer({ args: ["--repl-diskless-sync-delay", "0"] });
    await fill(server);
    using client = await server.connect();
    await client.send([
      "FUNCTION",
      "LOAD",
      "#!lua name=l\nredis.register_function('f', function() return 1 end)",
    ]);
    const folder = server.directory;
    const told = (text: string) => text.replace(/after \d+ bytes/, "after N bytes");
    const loads: readonly (readonly [how: string, diskless: string])[] = [["marked", "yes"], [
      "counted",
      "no",
    ]];
    for (const [how, diskless] of loads) {
      await client.send(["CONFIG", "SET", "repl-diskless-sync", diskless]);
      for (const option of ["--rdb", "--functions-rdb"]) {
        await t.step(`${option}, ${how}`, async () => {
          const path = `${folder}/${how}${option}.rdb`;
          const args = ["-s", socketOf(server), option, path];
          const theirs = await runTheirs(args);
          const size = Deno.statSync(path).size;
          Deno.removeSync(path);
          const ours = await runOurs(args);
          assertEquals(
            told(ours.stderr.replace(/\d+ bytes to/, "N bytes to")),
            told(theirs.stderr.replace(/\d+ bytes to/, "N bytes to")),
          );
          assertEquals([ours.code, ours.stdout], [theirs.code, theirs.stdout]);
          // Numbers in its head are of different lengths.
          assertEquals(Math.abs(Deno.statSync(path).size - size) < 16, true);
          const world = { disk: systemDisk, now: Date.now(), print: () => {}, complain: () => {} };
          assertEquals(runCheckRdb([path], world), 0);
        });
      }
    }
    await t.step("to standard output", async () => {
      const { code, stdout } = await runOurs(["-s", socketOf(server), "--functions-rdb", "-"]);
      assertEquals([code, stdout.slice(0, 9)], [0, "REDIS0010"]);
    });
    await t.step("to a file that cannot be opened", async () => {
      const args = ["-s", socketOf(server), "--rdb", "/no/such/file"];
      assertEquals((await runOurs(args)).stderr, (await runTheirs(args)).stderr);
    });
  },
});

Deno.test({
  name: "redeno cli --replica prints what redis-cli --replica prints",
  ignore: why !== undefined,
  async fn() {
    await using server = await startRealServer({ args: ["--repl-diskless-sync-delay", "0"] });
    const args = ["-s", socketOf(server), "--replica"];
    await using theirs = startCli(redisCli, args);
    await theirs.sees("stderr", "REPLCONF ACK 0");
    let ours = "";
    const running = cliProgram(args, cliWorld({}, (text) => void (ours += text), () => {}));
    using client = await server.connect();
    await until(async () => {
      const { bytes } = await client.send(["INFO", "replication"]);
      return latin1(bytes).match(/state=online/g)?.length === 2;
    });
    await client.send(["SET", 'a "b"', "\r\n"]);
    await client.send(["INCR", "n"]);
    await theirs.sees("stdout", '"INCR","n"');
    await until(() => ours.includes('"INCR","n"'));
    await server.stop();
    assertEquals(await running, 1);
    const commands = (text: string) => text.split("\n").filter((line) => /SELECT|SET|INCR/i.test(line));
    assertEquals(commands(ours).slice(-2), commands(theirs.stdout).slice(-2));
  },
});

Deno.test({
  name: "redeno cli --latency prints one line in redis-cli's formats where nobody watches",
  ignore: why !== undefined,
  async fn(t) {
    await using server = await startRealServer();
    for (const format of ["", "--raw", "--csv", "--json"]) {
      await t.step(format || "(nothing)", async () => {
        const args = ["-s", socketOf(server), "--latency", "-i", "0.03", ...format ? [format] : []];
        const [ours, theirs] = await Promise.all([runOurs(args), runTheirs(args)]);
        const shape = (text: string) => text.replace(/\d+\.\d\d/g, "F").replace(/\d+/g, "N");
        assertEquals({ ...ours, stdout: shape(ours.stdout) }, { ...theirs, stdout: shape(theirs.stdout) });
      });
    }
  },
});

Deno.test({
  name: "redeno cli --lru-test counts hits and misses until the connection ends",
  ignore: why !== undefined,
  async fn() {
    await using server = await startRealServer();
    let stdout = "";
    const world = cliWorld({}, (text) => void (stdout += text), () => {});
    const running = cliProgram(["-s", socketOf(server), "--lru-test", "50"], world);
    using client = await server.connect();
    await until(() => stdout !== "");
    await client.send(["CLIENT", "KILL", "TYPE", "normal"]);
    assertEquals(await running, 1);
    assertMatch(stdout, /^\d+ Gets\/sec \| Hits: \d+ \(\d+\.\d\d%\) \| Misses: \d+ \(\d+\.\d\d%\)\n/);
  },
});

const SCRIPTS: Readonly<Record<string, string>> = {
  "values.lua": "return {KEYS, ARGV, 1, false, {ok = 'fine'}}",
  "error.lua": "return redis.error_reply('MYERR of mine')",
  "fails.lua": "local x = 1\nreturn x.y.z",
  "counts.lua": "return redis.call('INCR', 'n')",
};

Deno.test({
  name: "redeno cli --eval is redis-cli --eval, exit code and all",
  ignore: why !== undefined,
  async fn(t) {
    await using server = await startRealServer();
    const folder = server.directory;
    for (const [name, source] of Object.entries(SCRIPTS)) {
      await Deno.writeTextFile(`${folder}/${name}`, source);
    }
    const lines = [
      ...Object.keys(SCRIPTS).flatMap((name) => [name, `${name} k1 k2 , a1`].map((rest) => `--eval ${rest}`)),
      ...[
        "--no-raw --eval values.lua k",
        "--json --eval fails.lua",
        "-e --eval error.lua",
        "-r 3 --eval counts.lua",
      ],
      ...[
        "-n 99 --eval values.lua",
        "-a wrong --eval values.lua",
        "--eval missing.lua",
        "--eval values.lua --raw",
      ],
    ];
    for (const line of lines) {
      await t.step(line, async () => {
        using client = await server.connect();
        const words = line.split(" ").map((word) => word.endsWith(".lua") ? `${folder}/${word}` : word);
        const args = ["-s", socketOf(server), ...words];
        await client.flushAll();
        const theirs = await runTheirs(args);
        await client.flushAll();
        assertEquals(await runOurs(args), theirs);
      });
    }
  },
});
