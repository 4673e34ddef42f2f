/** A server that is loading: what it says to those who cannot wait, and that nothing they do harms the files. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ask, type Program, type Server, tryConnect, untilTrue } from "../process/program.ts";
import { plain, type RespClient } from "../support/resp_client.ts";
import { Folder, redeno } from "./folder.ts";
import { sameForBoth } from "./pair.ts";

const KEYS = 1000;
const RULES = ["--save", "3600 1"];
const LOADING = "LOADING Redis is loading the dataset in memory";

/**
 * So many microseconds a key, and the reference looks around after so many bytes. All keys together take longer than a
 * machine that others use, too, stops for; and no test waits for all of them.
 */
const SLOWLY = ["--key-load-delay", "20000", "--loading-process-events-interval-bytes", "1024"];
/** Some of them are so many bytes. */
const VALUE = "v".repeat(200);

const filled = new Map<string, Promise<ReadonlyMap<string, Uint8Array>>>();

/** Leaves keys in the folder, always the same. */
async function fill(folder: Folder, args: readonly string[]): Promise<void> {
  const name = args.join(" ");
  if (!filled.has(name)) filled.set(name, makeFiles(args));
  folder.put(await filled.get(name)!);
}

async function makeFiles(args: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  await using folder = await Folder.make();
  await using program = await folder.start(redeno, [...args, "--rdbcompression", "no"]);
  using client = await program.connect();
  await client.send(["MSET", ...Array.from({ length: KEYS }, (_, i) => [`key:${i}`, VALUE]).flat()]);
  // Of increments the reference reads a thousand commands before it looks around: it is to be in the base.
  await ask(client, args.includes("yes") ? "BGREWRITEAOF" : "SAVE");
  await untilTrue(
    "the rewrite",
    async () => /aof_rewrite_in_progress:0/.test(String(await ask(client, "INFO persistence"))),
  );
  await program.stop("SIGKILL");
  return folder.files();
}

/** Starts a server that loads, and a client of it. */
async function loading(
  server: Server,
  folder: Folder,
  args: readonly string[],
): Promise<[Program, RespClient]> {
  const program = await folder.launch(server, [...SLOWLY, ...args]);
  let client: RespClient | undefined;
  await untilTrue("a connection", async () => {
    client = await tryConnect({ path: folder.at("s.sock") });
    return client !== undefined;
  });
  // The reference listens before it loads, and serves nobody until the first bytes are read.
  await untilTrue(
    "its loading",
    async () => /loading:1/.test(String(await ask(client!, "INFO persistence"))),
  );
  return [program, client!];
}

const LINES = [
  ...["PING", "GET key:1", "SET key:1 x", "SELECT 1", "SELECT 0", "ECHO a", "DBSIZE", "KEYS *", "FLUSHALL"],
  ...["CONFIG GET appendonly", "CONFIG SET appendonly yes", "CONFIG SET dir .", "CONFIG SET dbfilename x"],
  ...[
    "CONFIG SET repl-diskless-load disabled",
    "CONFIG SET maxmemory 0 appendonly maybe",
    "CONFIG SET hz 10",
  ],
  ...["CONFIG SET appendonly yes nosuch 1", "CONFIG RESETSTAT", "SAVE", "BGSAVE", "BGREWRITEAOF", "WATCH a"],
  ...["MULTI", "SET a 1", "EXEC", "MULTI", "PING", "EXEC", "DISCARD", "SHUTDOWN ABORT", "NOSUCH", "GET"],
  ...["BLPOP key:1 0", "EXISTS key:1", "RANDOMKEY", "COMMAND INFO nosuch", "RESET", "PING x y"],
];

for (const appendOnly of ["no", "yes"]) {
  sameForBoth(
    `while data is loaded, with appendonly ${appendOnly}, clients are told so, and then served`,
    async (server, folder) => {
      await fill(folder, ["--appendonly", appendOnly]);
      const [program, client] = await loading(server, folder, ["--appendonly", appendOnly]);
      await using _ = program;
      using __ = client;
      const replies = (await client.pipeline(LINES)).map(({ value }, i) => [
        LINES[i],
        value.kind === "error" ? value.text : plain(value),
      ]);
      const fields = String(await ask(client, "INFO persistence")).split("\r\n").map((line) =>
        line.split(":")[0]
      );
      await ask(client, "CONFIG SET key-load-delay 0");
      await program.until(/ready to accept connections at/);
      return { replies, fields, size: await ask(client, "DBSIZE"), value: await ask(client, "GET key:7") };
    },
    ({ replies, fields, size, value }) => {
      for (const [line, reply] of replies) {
        if (/^(GET key|SET|DBSIZE|SAVE|BGSAVE|PING$)/.test(String(line))) {
          assertEquals(reply, LOADING, String(line));
        }
      }
      assert(fields.includes("loading_eta_seconds"));
      assertEquals([size, value], [KEYS, VALUE]);
    },
  );
}

for (const how of ["SIGTERM", "SIGINT", "SHUTDOWN", "SHUTDOWN NOSAVE", "SHUTDOWN SAVE", "SIGKILL"] as const) {
  sameForBoth(
    `${how} while data is loaded leaves the file as it is`,
    async (server, folder) => {
      await fill(folder, []);
      const before = folder.bytes("dump.rdb");
      const [program, client] = await loading(server, folder, RULES);
      await using _ = program;
      using __ = client;
      if (how.startsWith("SIG")) Deno.kill(program.pid, how as Deno.Signal);
      else await ask(client, how).catch(() => {});
      const { code } = await program.ended;
      assertEquals(folder.bytes("dump.rdb"), before);
      return { code, files: folder.list().filter((name) => name !== "s.sock") };
    },
    ({ files }) => assertEquals(files, ["dump.rdb"]),
  );
}

Deno.test("INFO tells how far loading is", async () => {
  await using folder = await Folder.make();
  await fill(folder, []);
  const [program, client] = await loading(redeno, folder, []);
  await using _ = program;
  using __ = client;
  const info = String(await ask(client, "INFO persistence"));
  const field = (name: string) => Number(new RegExp(`^${name}:(.*)\r$`, "m").exec(info)?.[1]);
  assertEquals(field("loading_total_bytes"), folder.bytes("dump.rdb").length);
  assert(field("loading_loaded_bytes") <= field("loading_total_bytes"));
  assert(field("loading_rdb_used_mem") > 0);
  assertMatch(info, /^loading_loaded_perc:\d+\.\d\d\r$/m);
});
