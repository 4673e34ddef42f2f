/** How the server ends by a defect: with a report in the log, an exit code that supervisors know, and no pid file. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ended, Program, redeno, type Server, testServers } from "./program.ts";

const ARGS = ["--port", "0", "--unixsocket", "s.sock", "--save", "", "--enable-debug-command", "yes"];

/** So long a server may take to die. */
const REPORT_MS_MAX = 60_000;

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** How it ends by itself; where it does not, it is ended. */
async function endOf(program: Program): Promise<Ended> {
  const timer = setTimeout(() => Deno.kill(program.pid, "SIGKILL"), REPORT_MS_MAX);
  try {
    return await program.ended;
  } finally {
    clearTimeout(timer);
  }
}

for (const [kind, code] of [["PANIC", 134], ["ASSERT", 134], ["SEGFAULT", 139]] as const) {
  testServers(`DEBUG ${kind} ends the process with code ${code}, after a report`, async (server) => {
    await using program = await Program.start(server, ARGS);
    await program.untilReady();
    const client = await program.connect();
    await client.send("SET k v");
    await client.write(new TextEncoder().encode(`DEBUG ${kind}\r\n`));
    const ended = await endOf(program);
    client.close();
    // Now and then the reference dies while it reports, of whatever signal that is, or waits for itself.
    if (server.name !== redeno.name && !/=== REDIS BUG REPORT END/.test(ended.stdout)) {
      return assert(ended.code > 128, `${ended.code}`);
    }
    assertEquals(ended.code, code);
    assertMatch(ended.stdout, /=== RED(IS|ENO) BUG REPORT START/);
    for (const title of ["STACK TRACE", "INFO OUTPUT", "CLIENT LIST OUTPUT", "CURRENT CLIENT INFO"]) {
      assertStringIncludes(ended.stdout, `------ ${title} ------`);
    }
    assertMatch(ended.stdout, /cmd=debug/);
    assertMatch(ended.stdout, /cmdstat_set:calls=1/);
    assertMatch(ended.stdout, /=== RED(IS|ENO) BUG REPORT END/);
  });
}

/** The server, in which something fails that nobody waits for once a client has said so. */
async function failing(how: string): Promise<Server> {
  const main = new URL("../../src/server/program.ts", import.meta.url).href;
  const script = `import { runServer } from ${JSON.stringify(main)};
function fail() { throw new RangeError("nobody expected this"); }
await runServer(Deno.args);
Deno.addSignalListener("SIGUSR1", () => { ${how} });
console.log("ready to fail");
`;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, script);
  const at = redeno.command.indexOf("run");
  assert(at > 0, "the source is tested, not an executable");
  return { name: "redeno", command: [...redeno.command.slice(0, -1), path] as unknown as Server["command"] };
}

for (
  const [what, how] of [
    ["an exception in a callback", "setTimeout(fail, 0);"],
    ["a promise that is rejected", "Promise.resolve().then(fail);"],
  ] as const
) {
  Deno.test({
    name: `${what} that nobody catches ends the process with a report`,
    ignore: redeno.command[1] !== "run",
    fn: async () => {
      const server = await failing(how);
      try {
        await using program = await Program.start(server, [...ARGS, "--pidfile", "server.pid"]);
        await program.until(/ready to fail/);
        const pidFile = `${program.directory}/server.pid`;
        assert(exists(pidFile));
        const { code, stdout } = await program.stop("SIGUSR1");
        assertEquals(code, 134);
        assertStringIncludes(stdout, "Uncaught RangeError: nobody expected this: this process ends");
        assertMatch(stdout, /------ STACK TRACE ------\nat \S*fail\b/);
        assertStringIncludes(stdout, "------ CURRENT CLIENT INFO ------\nnone\n");
        assert(!exists(pidFile));
      } finally {
        await Deno.remove(server.command.at(-1)!);
      }
    },
  });
}
