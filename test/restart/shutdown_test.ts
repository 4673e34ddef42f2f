/** How a server ends: what it saves before, what keeps it from ending, and what the next one finds. */
import { assert, assertEquals } from "@std/assert";
import { ask, type Program, type Server } from "../process/program.ts";
import type { RespClient } from "../support/resp_client.ts";
import type { Folder } from "./folder.ts";
import { linesSoFar, sameForBoth, told } from "./pair.ts";

const RULES = ["--save", "3600 1"];
/** Microseconds a key: a snapshot that does not end by itself. */
const FOR_EVER = ["--rdb-key-save-delay", "100000000"];

/** Behind it the log has nothing of interest. */
const LAST = "this is the last line";

interface End {
  /** What SHUTDOWN was answered; "" when the connection was closed, or a signal was sent. */
  readonly reply: unknown;
  /** The exit code, or "alive". */
  readonly code: number | string;
  readonly log: readonly string[];
  readonly files: readonly string[];
  /** What the next server has under `a`; undefined when none was asked. */
  readonly found: unknown;
}

/** Sends SHUTDOWN, or a signal, and looks at what comes of it. */
async function end(
  program: Program,
  client: RespClient,
  how: string,
): Promise<Pick<End, "reply" | "code" | "log">> {
  const from = linesSoFar(program);
  let reply: unknown = "";
  if (how === "SIGTERM" || how === "SIGINT") {
    Deno.kill(program.pid, how);
    await Promise.race([program.ended, program.until(/Errors trying to shut down/)]);
  } else {
    reply = await ask(client, how).catch((error) => {
      assertEquals(error.name, "ConnectionClosed");
      return "";
    });
  }
  const isAlive = await ask(client, "PING").then(() => true, () => false);
  const code = isAlive ? "alive" : (await program.ended).code;
  // What the log says comes by another way than the answers do.
  if (isAlive) {
    await ask(client, `EVAL "redis.log(redis.LOG_WARNING, '${LAST}')" 0`);
    await program.until(new RegExp(LAST));
  }
  return { reply, code, log: told(program, from).filter((line) => !line.includes(LAST)) };
}

async function see(
  server: Server,
  folder: Folder,
  args: readonly string[],
  lines: readonly string[],
  how: string,
  looksAfterwards = true,
): Promise<End> {
  const ended = await (async () => {
    await using program = await folder.start(server, args);
    using client = await program.connect();
    for (const line of ["SET a 1", "SET b 1", ...lines]) await ask(client, line);
    const ended = await end(program, client, how);
    // Its child would outlive a server that is killed.
    if (ended.code === "alive") await ask(client, "CONFIG SET appendonly no");
    return ended;
  })();
  const files = folder.list().filter((name) => !name.startsWith("temp-") && name !== "s.sock");
  if (!looksAfterwards) return { ...ended, files, found: undefined };
  await using next = await folder.start(
    server,
    args,
  );
  using client = await next.connect();
  return { ...ended, files, found: await ask(client, "GET a") };
}

const CASES: readonly [args: readonly string[], how: string, found: unknown][] = [
  [[], "SHUTDOWN", null],
  [[], "SHUTDOWN SAVE", "1"],
  [[], "SHUTDOWN NOW FORCE", null],
  [[], "SIGTERM", null],
  [RULES, "SHUTDOWN", "1"],
  [RULES, "SHUTDOWN NOSAVE", null],
  [RULES, "SHUTDOWN SAVE NOW FORCE", "1"],
  [RULES, "SIGTERM", "1"],
  [RULES, "SIGINT", "1"],
  [["--appendonly", "yes"], "SHUTDOWN", "1"],
  [["--appendonly", "yes", ...RULES], "SHUTDOWN NOSAVE", "1"],
  [["--shutdown-on-sigterm", "save"], "SIGTERM", "1"],
  [[...RULES, "--shutdown-on-sigterm", "nosave", "now"], "SIGTERM", null],
  [[...RULES, "--shutdown-on-sigint", "nosave"], "SIGTERM", "1"],
  [[...RULES, "--shutdown-on-sigint", "nosave"], "SIGINT", null],
];

for (const [args, how, found] of CASES) {
  sameForBoth(
    `${how} with ${args.join(" ") || "no save rules"}: the next server finds ${
      found === null ? "nothing" : "the data"
    }`,
    (server, folder) => see(server, folder, args, [], how, how === "SHUTDOWN"),
    (seen) => {
      assertEquals(seen.code, 0);
      assertEquals(seen.files.length > 0, found !== null, seen.files.join(" "));
      if (how === "SHUTDOWN") assertEquals(seen.found, found);
    },
  );
}

const MEANWHILE: readonly [line: string, args: readonly string[], how: string, code: number | string][] = [
  ["BGSAVE", FOR_EVER, "SHUTDOWN", 0],
  ["BGSAVE", FOR_EVER, "SIGTERM", 0],
  ["BGREWRITEAOF", [...FOR_EVER, "--appendonly", "yes"], "SHUTDOWN NOSAVE", 0],
  ["CONFIG SET appendonly yes", FOR_EVER, "SHUTDOWN", "alive"],
  ["CONFIG SET appendonly yes", FOR_EVER, "SHUTDOWN SAVE", "alive"],
  ["CONFIG SET appendonly yes", FOR_EVER, "SHUTDOWN NOSAVE NOW", "alive"],
  ["CONFIG SET appendonly yes", FOR_EVER, "SHUTDOWN FORCE", 0],
];

for (const [line, args, how, code] of MEANWHILE) {
  sameForBoth(
    `${how} while ${line} is under way ${code === 0 ? "ends it" : "is refused"}`,
    (server, folder) => see(server, folder, args, [line], how, false),
    (seen) => assertEquals(seen.code, code),
  );
}

for (
  const how of ["SHUTDOWN", "SHUTDOWN SAVE", "SHUTDOWN FORCE", "SHUTDOWN NOSAVE", "SHUTDOWN ABORT", "SIGTERM"]
) {
  sameForBoth(
    `${how} where nothing can be saved ${/FORCE|NOSAVE/.test(how) ? "ends the server" : "leaves it alive"}`,
    async (server, folder) => {
      Deno.mkdirSync(folder.at("x.rdb"));
      const args = [...RULES, "--enable-protected-configs", "yes"];
      return await see(server, folder, args, ["CONFIG SET dbfilename x.rdb"], how, false);
    },
    (seen) => {
      assertEquals(seen.code, /FORCE|NOSAVE/.test(how) ? 0 : "alive");
      assert(seen.files.includes("x.rdb"));
    },
  );
}
