/** The server's life as a supervisor sees it: log, pid file, signals, the background, the end. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RespClient } from "../support/resp_client.ts";
import {
  ask,
  freePort,
  logLines,
  Program,
  redeno,
  run,
  type Server,
  testServers,
  tryConnect,
  untilTrue,
} from "./program.ts";

const SOCKET = ["--port", "0", "--unixsocket", "s.sock", "--save", ""];

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

testServers(
  "every line of the log begins with the own pid, the role, the time and a mark",
  async (server) => {
    await using program = await Program.start(server, [
      "--port",
      String(freePort()),
      "--bind",
      "127.0.0.1",
      "--save",
      "",
    ]);
    await program.untilReady();
    for (const line of program.output.split("\n")) {
      if (line === "") continue;
      const match = /^(\d+):[CM] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [.*#-] \S/.exec(line);
      assert(match !== null, line);
      assertEquals(Number(match[1]), program.pid, line);
    }
  },
);

testServers("the lines that supervisors and test suites wait for come in this order", async (server) => {
  const port = String(freePort());
  const args = [
    "--port",
    port,
    "--bind",
    "127.0.0.1",
    "--unixsocket",
    "s.sock",
    "--save",
    "",
    "--pidfile",
    "x.pid",
  ];
  await using program = await Program.start(server, args);
  await program.until(/accept connections at/);
  await program.stop("SIGTERM");
  const lines = logLines(program.output);
  const wanted = [
    /^C # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo$/,
    new RegExp(
      `^C # Redis version=7\\.0\\.15, bits=64, commit=\\w+, modified=0, pid=${program.pid}, just started$`,
    ),
    /^C # Configuration loaded$/,
    new RegExp(`^M \\* Running mode=standalone, port=${port}\\.$`),
    /^M # Server initialized$/,
    /^M \* Ready to accept connections$/,
    /^M \* The server is now ready to accept connections at s\.sock$/,
    /^M # User requested shutdown\.\.\.$/,
    /^M \* Removing the pid file\.$/,
    /^M \* Removing the unix socket file\.$/,
    /^M # Redis is now ready to exit, bye bye\.\.\.$/,
  ];
  let at = 0;
  for (const pattern of wanted) {
    at = lines.findIndex((line, i) => i >= at && pattern.test(line));
    assert(at >= 0, `${pattern} is missing, or too early:\n${program.output}`);
  }
  assertMatch(program.output, /Received SIGTERM scheduling shutdown\.\.\./);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  testServers(`${signal} ends the server with exit code 0, without pid file and socket`, async (server) => {
    await using program = await Program.start(server, [...SOCKET, "--pidfile", "x.pid"]);
    await program.untilReady();
    using client = await program.connect();
    assertEquals(await ask(client, "PING"), "PONG");
    const pidFile = `${program.directory}/x.pid`;
    assertEquals(await Deno.readTextFile(pidFile), `${program.pid}\n`);
    const { code, stdout } = await program.stop(signal);
    assertEquals(code, 0);
    assertMatch(stdout, new RegExp(`Received ${signal} scheduling shutdown`));
    assert(!exists(pidFile));
    assert(!exists(`${program.directory}/s.sock`));
    await client.untilClosed();
  });
}

testServers("SHUTDOWN NOSAVE ends the server with exit code 0, and answers nothing", async (server) => {
  await using program = await Program.start(server, [...SOCKET, "--pidfile", "x.pid"]);
  await program.untilReady();
  using client = await program.connect();
  using idle = await program.connect();
  await client.write(new TextEncoder().encode("SHUTDOWN NOSAVE\r\n"));
  assertEquals((await program.ended).code, 0);
  await client.untilClosed();
  await idle.untilClosed();
  const answer = await client.receive().then(() => "a reply", (error) => error.name);
  assertEquals(answer, "ConnectionClosed");
  assertEquals([...Deno.readDirSync(program.directory)].map(({ name }) => name), []);
});

testServers(
  "a log file takes the log from the first line on, standard output stays empty",
  async (server) => {
    await using program = await Program.start(server, [...SOCKET, "--logfile", "redis.log"]);
    const path = `${program.directory}/redis.log`;
    await untilTrue(
      "the last line of the start",
      async () => exists(path) && /accept connections at/.test(await Deno.readTextFile(path)),
    );
    const { stdout, stderr } = await program.stop();
    assertEquals([stdout, stderr], ["", ""]);
    const text = await Deno.readTextFile(path);
    assertMatch(text, /^\d+:C .* # oO0OoO0OoO0Oo Redis is starting/);
    assertMatch(text, /bye bye\.\.\.\n$/);
  },
);

testServers("below its level nothing is logged, and CONFIG SET changes the level", async (server) => {
  await using program = await Program.start(server, [...SOCKET, "--loglevel", "warning"]);
  const path = `${program.directory}/s.sock`;
  await program.until(/Server initialized/);
  let client: RespClient | undefined;
  await untilTrue("a connection", async () => (client = await tryConnect({ path })) !== undefined);
  assertEquals(logLines(program.output).filter((line) => !line.includes("#")), []);
  assertEquals(await ask(client!, "CONFIG SET loglevel notice"), "OK");
  client!.close();
  const { stdout } = await program.stop();
  assertMatch(stdout, /\* Removing the unix socket file\./);
});

/** Starts a server in the background; what ends it again. */
async function inBackground(
  server: Server,
  more: readonly string[],
  test: (program: {
    directory: string;
    pid: number;
  }) => Promise<void>,
): Promise<void> {
  await using parent = await Program.start(server, [
    ...SOCKET,
    "--daemonize",
    "yes",
    "--pidfile",
    "x.pid",
    ...more,
  ]);
  const { code, stdout, stderr } = await parent.ended;
  const { directory } = parent;
  assertEquals([code, stderr], [0, ""], stdout);
  // It is there for a moment before anything stands in it.
  const pidIn = async (path: string) => exists(path) ? Number(await Deno.readTextFile(path)) : 0;
  let pid = 0;
  await untilTrue("the pid file", async () => (pid = await pidIn(`${directory}/x.pid`)) > 0);
  try {
    assert(pid > 1 && pid !== parent.pid);
    await test({ directory, pid });
  } finally {
    Deno.kill(pid, "SIGTERM");
    await untilTrue("its end", () => Promise.resolve(!exists(`${directory}/x.pid`) && !isAlive(pid)));
  }
  assert(!exists(`${directory}/s.sock`));
}

/** Whether a process is there and has not ended. */
function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
  } catch {
    return false;
  }
  try {
    // One that nobody has buried yet answers signals too.
    return !/^\d+ \(.*\) Z/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return true;
  }
}

testServers("daemonize yes leaves a server in the background that its pid file names", async (server) => {
  await inBackground(server, ["--logfile", "redis.log"], async ({ directory, pid }) => {
    const path = `${directory}/s.sock`;
    let client: RespClient | undefined;
    await untilTrue("a connection", async () => (client = await tryConnect({ path })) !== undefined);
    assertMatch(String(await ask(client!, "INFO server")), new RegExp(`process_id:${pid}\r\n`));
    client!.close();
    const log = await Deno.readTextFile(`${directory}/redis.log`);
    assertMatch(log, new RegExp(`^${pid}:M .* # Server initialized$`, "m"));
  });
});

Deno.test("the process that goes to the background is left only when the new one listens", async () => {
  await inBackground(redeno, [], async ({ directory }) => {
    using client = await RespClient.connect({ path: `${directory}/s.sock` });
    assertEquals(await ask(client, "PING"), "PONG");
  });
});

Deno.test("a server that cannot start in the background says so, and by its exit code", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--daemonize", "yes", "--pidfile", "x.pid"];
  const { code, stderr } = await run(redeno, args);
  assertEquals(code, 1);
  assertMatch(stderr, /^The server could not be started in the background: its logfile says why/);
  const unlogged = await run(redeno, [...args, "--logfile", "/nonexistent/redis.log"]);
  assertEquals(unlogged.code, 1);
  assertMatch(unlogged.stderr, /Can't open the log file: No such file or directory\n$/);
});

testServers("a configuration error of a background server is told in the foreground", async (server) => {
  const { code, stderr } = await run(server, ["--daemonize", "yes", "--nosuch", "1"]);
  assertEquals(code, 1);
  assertMatch(stderr, /Bad directive or wrong number of arguments/);
});

Deno.test("healthcheck ends with 0 while a server answers, with 1 when none does", async () => {
  const port = String(freePort());
  await using program = await Program.start(redeno, [
    "--port",
    port,
    "--bind",
    "127.0.0.1",
    "--requirepass",
    "x",
  ]);
  await program.untilReady();
  let said = "";
  // It waits for three seconds, which a busy machine may stop for.
  await untilTrue("health", async () => {
    const { code, stdout } = await run(redeno, ["healthcheck", "--port", port]);
    said = stdout;
    return code === 0;
  });
  assertEquals(said, "-NOAUTH Authentication required.\n");
  await program.stop();
  const dead = await run(redeno, ["healthcheck", "--port", port]);
  assertEquals([dead.code, dead.stdout], [1, ""]);
  assertMatch(dead.stderr, new RegExp(`^No answer from 127\\.0\\.0\\.1:${port}: `));
});

Deno.test("healthcheck fails where somebody listens who says nothing that is a reply", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const connection = await listener.accept();
    await connection.write(new TextEncoder().encode("220 mail.example ESMTP\r\n"));
    connection.close();
  })();
  const { code } = await run(redeno, ["healthcheck", "--port", String((listener.addr as Deno.NetAddr).port)]);
  await serving;
  assertEquals(code, 1);
});
