/** `redeno benchmark` as a process: what has to do with standard input, threads, and servers that are not there. */
import { assertEquals, assertMatch } from "@std/assert";
import { ask, freePort, Program, redeno, run } from "./program.ts";

async function withServer(use: (server: Program, at: readonly string[]) => Promise<void>): Promise<void> {
  await using server = await Program.start(redeno, ["--port", "0", "--unixsocket", "s.sock", "--save", ""]);
  await server.untilReady();
  await use(server, ["benchmark", "-s", `${server.directory}/s.sock`]);
}

Deno.test("-x reads the last argument of the command from standard input", () =>
  withServer(async (server, at) => {
    const { code, stdout } = await run(redeno, [...at, "-x", "-n", "3", "-q", "APPEND", "key"], {
      stdin: "a b\n",
    });
    assertEquals(code, 0);
    assertMatch(stdout, /^ \rAPPEND key: [\d.]+ requests per second, p50=[\d.]+ msec\n$/);
    using client = await server.connect();
    assertEquals(await ask(client, "GET key"), "a b\na b\na b\n");
  }));

Deno.test("threads share the requests, and each one is carried out once", () =>
  withServer(async (server, at) => {
    const { code, stdout } = await run(redeno, [
      ...at,
      "--threads",
      "3",
      "-n",
      "1000",
      "-P",
      "3",
      "-t",
      "incr",
    ]);
    assertEquals(code, 0);
    // The last batch is sent whole.
    assertMatch(stdout, /^ {2}1002 requests completed in /m);
    assertMatch(stdout, /^ {2}multi-thread: yes\n {2}threads: 3\n/m);
    assertMatch(stdout, /^100\.000% <= .* \(cumulative count 1000\)\n\nCumulative/m);
    using client = await server.connect();
    assertEquals(await ask(client, "GET counter:__rand_int__"), "1002");
  }));

Deno.test("an error of the server ends all threads", () =>
  withServer(async (_, at) => {
    const { code, stderr } = await run(redeno, [...at, "--threads", "2", "-q", "nosuchcommand"]);
    assertEquals(code, 1);
    assertMatch(stderr, /^Error from server: ERR unknown command 'nosuchcommand'/);
  }));

Deno.test("the same seed sends the same random keys", () =>
  withServer(async (server, at) => {
    using client = await server.connect();
    const seen: unknown[] = [];
    for (const seed of ["7", "7", "8"]) {
      await ask(client, "FLUSHALL");
      await run(redeno, [
        ...at,
        "-q",
        "-c",
        "1",
        "-n",
        "20",
        "-r",
        "1000000000",
        "--seed",
        seed,
        "-t",
        "set",
      ]);
      seen.push(JSON.stringify((await ask(client, "KEYS *") as string[]).sort()));
    }
    assertEquals([seen[0] === seen[1], seen[0] === seen[2]], [true, false]);
  }));

Deno.test("a server that is not there is an error, with and without threads", async () => {
  const port = String(freePort());
  for (const threads of ["0", "2"]) {
    const { code, stderr } = await run(redeno, ["benchmark", "-p", port, "--threads", threads]);
    assertEquals([code, stderr], [
      1,
      `Could not connect to Redis at 127.0.0.1:${port}: Connection refused\n`,
    ]);
  }
});

Deno.test("wrong options are errors that name them", async () => {
  const said: readonly (readonly [args: readonly string[], message: string])[] = [
    [["--nosuch"], 'Invalid option "--nosuch" or option argument missing'],
    [["-n"], 'Invalid option "-n" or option argument missing'],
    [["-n", "0"], "Invalid value for -n: '0' is not a number from 1 to 2147483647."],
    [["--cluster"], "--cluster is not possible: redeno benchmark loads one server, not yet a cluster."],
  ];
  for (const [args, message] of said) {
    const { code, stdout, stderr } = await run(redeno, ["benchmark", ...args]);
    assertEquals([code, stdout, stderr], [1, "", `${message}\n`]);
  }
});
