/** How the server is started: files, standard input, options, and what ends the start. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ask, configured, logLines, Program, redeno, run, servers, testServers } from "./program.ts";

const SOCKET = ["--port", "0", "--unixsocket", "s.sock"];

testServers("the server reads the file that is named, and options win over it", async (server) => {
  await using program = await Program.start(server, ["my.conf", "--maxclients", "77", "--save", ""], {
    files: { "my.conf": "port 0\nunixsocket s.sock\n# a comment\nmaxclients 50\nhz 20\nloglevel notice\n" },
  });
  await program.untilReady();
  using client = await program.connect();
  assertEquals(await configured(client, "maxclients"), "77");
  assertEquals(await configured(client, "hz"), "20");
});

testServers("the server reads standard input after the file, and options win over both", async (server) => {
  await using program = await Program.start(server, ["my.conf", "--timeout", "9", "-"], {
    files: { "my.conf": "port 0\nunixsocket s.sock\nhz 20\ntimeout 7\nmaxclients 50\n" },
    stdin: 'hz 30\ntimeout 8\nsave ""\n',
  });
  await program.untilReady();
  using client = await program.connect();
  assertEquals(await configured(client, "hz"), "30");
  assertEquals(await configured(client, "timeout"), "9");
  assertEquals(await configured(client, "maxclients"), "50");
});

testServers("the server may be configured by standard input alone", async (server) => {
  await using program = await Program.start(server, ["-"], {
    stdin: 'port 0\nunixsocket s.sock\nhz 30\nsave ""\n',
  });
  await program.untilReady();
  using client = await program.connect();
  assertEquals(await configured(client, "hz"), "30");
});

testServers("an option may have its value in the same argument, or several values", async (server) => {
  const args = [...SOCKET, "--hz 40", "--save", "--bind", "127.0.0.1", "-::1"];
  await using program = await Program.start(server, args);
  await program.untilReady();
  using client = await program.connect();
  assertEquals(await configured(client, "hz"), "40");
  assertEquals(await configured(client, "save"), "");
  assertEquals(await configured(client, "bind"), "127.0.0.1 -::1");
});

testServers("--version tells the version that scripts look for, and ends with 0", async (server) => {
  for (const option of ["--version", "-v"]) {
    const { code, stdout } = await run(server, [option]);
    assertMatch(stdout, /^Redis server v=7\.0\.15 sha=[0-9a-f]{8}:\d malloc=\S+ bits=64 build=\S+\n$/);
    assertEquals(code, 0);
  }
});

testServers("--help goes to standard error and ends with 1", async (server) => {
  const { code, stdout, stderr } = await run(server, ["--help"]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^Usage: /);
});

/** Arguments and files with which no server starts; what it says is compared byte by byte. */
const REFUSED: readonly [what: string, args: readonly string[], file?: string][] = [
  ["an unknown directive on the command line", ["--nosuch", "1"]],
  ["an unknown directive in a file", ["my.conf"], "port 0\nnosuch 1\n"],
  ["a value that is none", ["--port", "abc"]],
  ["a value out of its range", ["--port", "65536"]],
  ["a missing value", ["--port", "0", "--maxclients"]],
  ["quotes that are not balanced", ["my.conf"], 'requirepass "abc\n'],
  ["a file that is not there", ["/nonexistent/nosuch.conf"]],
  ["a renamed command that does not exist", ["--rename-command", "NOSUCH", "x"]],
  ["a command renamed to another one", ["--rename-command", "GET", "SET"]],
  ["a log file that cannot be opened", ["--logfile", "nosuch/x.log"]],
  ["a working directory that is not there", ["--dir", "nosuch"]],
];

Deno.test("what keeps the server from starting is told as the reference tells it, with exit code 1", async (t) => {
  for (const [what, args, file] of REFUSED) {
    await t.step(what, async () => {
      const options = file === undefined ? {} : { files: { "my.conf": file } };
      const [own, reference] = await Promise.all(servers.map((server) => run(server, args, options)));
      assertEquals(own!.code, 1);
      assert(own!.stderr + own!.stdout !== "");
      if (reference === undefined) return;
      assertEquals(reference.code, 1);
      assertEquals(own!.stderr, reference.stderr);
      assertEquals(logLines(own!.stdout), logLines(reference.stdout));
    });
  }
});

testServers("a port in use ends the start with 1 and two lines of the log", async (server) => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const { code, stdout } = await run(server, ["--port", String(port), "--bind", "127.0.0.1", "--save", ""]);
  assertEquals(code, 1);
  assertEquals(logLines(stdout).slice(-2), [
    `M # Warning: Could not create server TCP listening socket 127.0.0.1:${port}: bind: Address already in use`,
    `M # Failed listening on port ${port} (TCP), aborting.`,
  ]);
});

testServers("a server without any socket ends at once with 1", async (server) => {
  const { code, stdout } = await run(server, ["--port", "0", "--save", ""]);
  assertEquals(code, 1);
  assertEquals(logLines(stdout).at(-1), "M # Configured to not listen anywhere, exiting.");
});

testServers("a Unix socket that cannot be made ends the start with 1", async (server) => {
  const { code, stdout } = await run(server, ["--port", "0", "--unixsocket", "/nonexistent/s.sock"]);
  assertEquals(code, 1);
  assertEquals(logLines(stdout).at(-1), "M # Failed opening Unix socket: bind: No such file or directory");
});

testServers("a renamed command has its new name only, one renamed to nothing has none", async (server) => {
  const args = [...SOCKET, "--rename-command", "GET", "fetch", "--rename-command", "FLUSHALL", ""];
  await using program = await Program.start(server, args);
  await program.untilReady();
  using client = await program.connect();
  assertEquals(await ask(client, "SET k v"), "OK");
  assertEquals(await ask(client, "FETCH k"), "v");
  assertMatch(String(await ask(client, "GET k")), /^ERR unknown command 'GET'/);
  assertMatch(String(await ask(client, "FLUSHALL")), /^ERR unknown command 'FLUSHALL'/);
});

testServers("CONFIG REWRITE writes the file that the server was started with", async (server) => {
  await using program = await Program.start(server, ["my.conf"], {
    files: { "my.conf": '# mine\nport 0\nunixsocket s.sock\nhz 20\nsave ""\n' },
  });
  await program.untilReady();
  using client = await program.connect();
  assertEquals(await ask(client, "CONFIG SET hz 30 maxclients 60"), "OK");
  assertEquals(await ask(client, "CONFIG REWRITE"), "OK");
  const text = await Deno.readTextFile(`${program.directory}/my.conf`);
  assertMatch(text, /^# mine\nport 0\n/);
  assertMatch(text, /^hz 30$/m);
  assertMatch(text, /^maxclients 60$/m);
  assertEquals([...Deno.readDirSync(program.directory)].map(({ name }) => name).sort(), [
    "my.conf",
    "s.sock",
  ]);
});

testServers("without a file CONFIG REWRITE is an error", async (server) => {
  await using program = await Program.start(server, SOCKET);
  await program.untilReady();
  using client = await program.connect();
  assertEquals(await ask(client, "CONFIG REWRITE"), "ERR The server is running without a config file");
});

Deno.test("a configuration with users that there cannot be ends the start, instead of letting everyone in", async () => {
  const args = ["x.conf", "--port", "0", "--unixsocket", "s.sock"];
  for (
    const line of ["user default on >secret ~* &* +@all", "user ada on >secret ~* +@all", "aclfile x.acl"]
  ) {
    const { code, stdout } = await run(redeno, args, { files: { "x.conf": `${line}\n` } });
    assertEquals(code, 1, line);
    assertMatch(stdout, /# Can't start with '(user \w+|aclfile x\.acl)': redeno knows one user/);
  }
});
