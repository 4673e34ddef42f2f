/**
 * A disk without room, under a real process: who writes is told, who reads is served, and once there is room everything
 * goes on. Room is taken away by the limit that the system sets to the size of a process's files, which needs no rights
 * and can be lifted while the process runs; the error is another one than that of a full disk.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ask, type Server, untilTrue } from "../process/program.ts";
import { Folder, redeno } from "./folder.ts";

const LIMIT_KB = 256;
const VALUE = "v".repeat(4000);
const MISCONF = "MISCONF Errors writing to the AOF file: File too large";

const canLimit = Deno.build.os === "linux" && hasProgram("prlimit");

function hasProgram(name: string): boolean {
  try {
    return new Deno.Command(name, { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** The server, with a limit to its files. Beyond it the system would end the process, unless it is told not to. */
const limited: Server = {
  name: "redeno",
  command: ["sh", "-c", `trap "" XFSZ; ulimit -S -f ${2 * LIMIT_KB}; exec "$@"`, "sh", ...redeno.command],
};

function lift(pid: number): void {
  const { success } = new Deno.Command("prlimit", { args: ["--pid", String(pid), "--fsize=unlimited:"] })
    .outputSync();
  assert(success);
}

/** Writes until it is refused; how many writes were acknowledged, and the refusal. */
async function fill(ask: (line: string) => Promise<unknown>): Promise<[count: number, refusal: string]> {
  let refusal: unknown = "OK";
  let count = -1;
  // While a sync is slow, what is written waits for it in memory, where there is room.
  await untilTrue("the end of the room", async () => {
    do refusal = await ask(`SET key:${++count} ${VALUE}`); while (refusal === "OK" && count < 3 * LIMIT_KB);
    return refusal !== "OK";
  });
  return [count, String(refusal)];
}

Deno.test({
  name: "where the append-only file cannot grow writes are refused, reads go on, and with room all goes on",
  ignore: !canLimit,
  async fn() {
    await using folder = await Folder.make();
    let count = 0;
    {
      await using program = await folder.start(limited, ["--appendonly", "yes"]);
      using client = await program.connect();
      const [written, refusal] = await fill((line) => ask(client, line));
      count = written;
      assert(written > 10);
      assertEquals(refusal, MISCONF);
      assertEquals(await ask(client, "PING"), MISCONF);
      assertEquals(await ask(client, "GET key:0"), VALUE);
      assertMatch(String(await ask(client, "INFO persistence")), /aof_last_write_status:err/);
      await program.until(/(Short write while|Error) writing to the AOF file/);
      lift(program.pid);
      await untilTrue("writes", async () => await ask(client, "SET after 1") === "OK");
      await program.until(/AOF write error looks solved, Redis can write again\./);
      // While a sync is slow, what is written waits for it.
      const info = async () => String(await ask(client, "INFO persistence"));
      await untilTrue("everything in the file", async () => /aof_buffer_length:0\r/.test(await info()));
      await program.stop("SIGKILL");
    }
    await using next = await folder.start(redeno, ["--appendonly", "yes"]);
    using client = await next.connect();
    assertEquals(await ask(client, "DBSIZE"), count + 1);
    assert(!next.output.includes("Truncating"), "what was torn was taken back");
  },
});

Deno.test({
  name:
    "with appendfsync always a server whose append-only file cannot grow ends, and has all it acknowledged",
  ignore: !canLimit,
  async fn() {
    await using folder = await Folder.make();
    const args = ["--appendonly", "yes", "--appendfsync", "always"];
    let count = 0;
    {
      await using program = await folder.start(limited, args);
      using client = await program.connect();
      const [written, end] = await fill((line) => ask(client, line).catch((error) => error.name));
      count = written;
      assertEquals(end, "ConnectionClosed");
      const { code, stdout } = await program.ended;
      assertEquals(code, 1);
      assertMatch(
        stdout,
        /Can't recover from AOF write error when the AOF fsync policy is 'always'\. Exiting\.\.\./,
      );
    }
    await using next = await folder.start(redeno, args);
    using client = await next.connect();
    const keys = Number(await ask(client, "DBSIZE"));
    assert(keys === count || keys === count + 1, `${keys} of ${count}`);
  },
});

Deno.test({
  name: "where no RDB file can be written and save rules are set, writes are refused until one can",
  ignore: !canLimit,
  async fn() {
    await using folder = await Folder.make();
    await using program = await folder.start(limited, ["--save", "3600 1", "--rdbcompression", "no"]);
    using client = await program.connect();
    const words = Array.from({ length: 200 }, (_, i) => [`key:${i}`, VALUE]).flat();
    await client.send(["MSET", ...words]);
    assertEquals(await ask(client, "SAVE"), "ERR");
    assertEquals(await ask(client, "SET a 1"), "OK");
    await ask(client, "BGSAVE");
    await untilTrue(
      "its failure",
      async () => /rdb_last_bgsave_status:err/.test(String(await ask(client, "INFO persistence"))),
    );
    assertMatch(String(await ask(client, "SET a 2")), /^MISCONF Redis is configured to save RDB snapshots/);
    assertEquals(await ask(client, "GET a"), "1");
    assert(!folder.exists("dump.rdb"));
    lift(program.pid);
    assertEquals(await ask(client, "BGSAVE"), "Background saving started");
    await untilTrue("writes", async () => await ask(client, "SET a 3") === "OK");
    assertEquals(folder.list().filter((name) => name.endsWith(".rdb")), ["dump.rdb"]);
    await program.stop("SIGTERM");
    await using next = await folder.start(redeno);
    using other = await next.connect();
    assertEquals([await ask(other, "DBSIZE"), await ask(other, "GET a")], [201, "3"]);
  },
});
