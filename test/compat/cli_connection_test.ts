/**
 * How `redeno cli` and redis-cli behave when the connection is what matters: redirections of a cluster, servers that are not
 * there, that close, that want a password. Listeners that answer what they are told to stand for clusters.
 */
import { assertEquals } from "@std/assert";
import { type Given, type Printed, runOurs, runTheirs } from "../support/cli_run.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { whyNoRedisCli } from "../support/redis_cli.ts";
import { fromLatin1, latin1 } from "../support/split_args.ts";

/** What a node answers, request after request; "close" at the end of it: then it closes. `PORT` stands for the port of the other node. */
type Script = readonly string[];

interface Node extends AsyncDisposable {
  readonly port: number;
  /** The requests that came, but for what clients ask by themselves. */
  readonly requests: readonly string[];
}

/** A node that answers from its script, whoever asks. */
function startNode(script: Script, other: () => number): Node {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const left = [...script];
  const requests: string[] = [];
  const open = new Set<Deno.Conn>();
  const answer = (request: string): string => {
    if (request.startsWith("COMMAND")) return "-ERR unknown command\r\n";
    requests.push(request);
    if (request === "ASKING") return "+OK\r\n";
    return (left.shift() ?? "-ERR no more\r\n").replaceAll("PORT", String(other()));
  };
  const serve = async (connection: Deno.Conn) => {
    open.add(connection);
    try {
      const chunk = new Uint8Array(4096);
      for (let count = await connection.read(chunk); count !== null; count = await connection.read(chunk)) {
        for (const request of requestsIn(latin1(chunk.subarray(0, count)))) {
          const reply = answer(request);
          await connection.write(fromLatin1(reply.replace(/close$/, "")));
          if (reply.endsWith("close")) return;
        }
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe)) {
        throw error;
      }
    } finally {
      open.delete(connection);
      connection.close();
    }
  };
  const accepting = (async () => {
    for await (const connection of listener) serve(connection).catch(() => {});
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of open) connection.close();
    },
  };
}

/** The requests in bytes that hold whole ones, their words with blanks between them. */
function requestsIn(bytes: string): string[] {
  const requests: string[] = [];
  const lines = bytes.split("\r\n");
  for (let at = 0; at < lines.length && lines[at]!.startsWith("*");) {
    const count = Number(lines[at]!.slice(1));
    requests.push(Array.from({ length: count }, (_, i) => lines[at + 2 + 2 * i]!).join(" "));
    at += 1 + 2 * count;
  }
  return requests;
}

const MOVED = "-MOVED 15495 127.0.0.1:PORT\r\n";
const ASK = "-ASK 15495 127.0.0.1:PORT\r\n";
const X = "$1\r\nx\r\n";

const REDIRECTIONS:
  readonly (readonly [what: string, args: string, first: Script, second: Script, lines?: string])[] = [
    ["MOVED is an error without -c", "get a", [MOVED], []],
    ["MOVED is followed", "-c get a", [MOVED], [X]],
    ["MOVED is followed, laid out", "-c --no-raw get a", [MOVED], [X]],
    ["ASK is followed by ASKING", "-c get a", [ASK], [X]],
    ["there and back", "-c get a", [MOVED, X], [MOVED]],
    ["an error at the new node", "-c -e get a", [MOVED], ["-ERR other\r\n"]],
    ["CLUSTERDOWN is an error", "-c get a", ["-CLUSTERDOWN Hash slot not served\r\n"], []],
    ["lines stay where they were sent", "-c", [MOVED], [X, X], "get a\nget b\n"],
    ["lines are told of it", "-c --no-raw", [ASK], [X, X], "get a\nget b\n"],
  ];

const why = whyNoRealServer() ?? whyNoRedisCli();
if (why) console.log(`${why}: connections of redeno cli are compared with nothing`);

Deno.test({
  name: "redeno cli follows the redirections of a cluster as redis-cli does",
  ignore: why !== undefined,
  async fn(t) {
    type Run = (args: readonly string[], given: Given) => Promise<Printed>;
    for (const [what, args, first, second, lines] of REDIRECTIONS) {
      await t.step(what, async () => {
        const outcome = async (run: Run) => {
          await using a: Node = startNode(first, () => b.port);
          await using b: Node = startNode(second, () => a.port);
          const given = lines === undefined ? {} : { stdin: lines };
          const printed = await run(["-p", String(a.port), ...args.split(" ")], given);
          const named = (text: string) =>
            text.replaceAll(String(a.port), "A").replaceAll(String(b.port), "B");
          const { code, stdout, stderr } = printed;
          return { code, stdout: named(stdout), stderr: named(stderr), asked: [a.requests, b.requests] };
        };
        const [ours, theirs] = await Promise.all([outcome(runOurs), outcome(runTheirs)]);
        assertEquals(ours, theirs);
      });
    }
  },
});

Deno.test({
  name: "redeno cli tells of lost connections as redis-cli does, and connects again",
  ignore: why !== undefined,
  async fn(t) {
    const cases: readonly (readonly [args: string, script: Script, lines?: string])[] = [
      ["get a", ["close"]],
      ["-r 3 get a", [X, "close"]],
      ["", ["close", X, X, "close", X], "get a\nget b\nget c\nget d\nget e\n"],
      ["", ["+OK\r\n", "close", X], "multi\nget b\nget c\n"],
      ["shutdown", ["close"]],
      ["", ["close", X], "shutdown\nget b\n"],
      ["subscribe a", ["close"]],
      ["monitor", ['+OK\r\n+1 [0 x] "get"\r\nclose']],
      ["get a", ["?what\r\n"]],
      ["--latency --csv -i 0.01", ["close", "+PONG\r\n"]],
    ];
    for (const [args, script, lines] of cases) {
      await t.step(`${args} ${lines ?? ""}`, async () => {
        const outcome = async (run: typeof runOurs) => {
          await using node: Node = startNode(script, () => 0);
          const words = args === "" ? [] : args.split(" ");
          const given = lines === undefined ? {} : { stdin: lines };
          const printed = await run(["-p", String(node.port), ...words], given);
          // How long an answer took is another thing.
          return { ...printed, stdout: printed.stdout.replace(/[\d.]+(?=,|$)/gm, "N") };
        };
        const [ours, theirs] = await Promise.all([outcome(runOurs), outcome(runTheirs)]);
        assertEquals(ours, theirs);
      });
    }
  },
});

Deno.test({
  name: "redeno cli fails to connect with redis-cli's words and exit code",
  ignore: why !== undefined,
  async fn(t) {
    const lines = [
      "-p 1 ping",
      "-p 1",
      "-p 1 --scan",
      "-p 1 --pipe",
      "-p 1 --latency",
      "-s /no/such ping",
      "-h ::1 -p 1 ping",
      "-u redis://127.0.0.1:1/3 ping",
      "-p 1 --bigkeys",
      "-p 1 --rdb /dev/null",
      "-p 1 --replica",
      "-p 1 --stat",
    ];
    for (const line of lines) {
      await t.step(line, async () => {
        const given = { stdin: "get a\nconnect 127.0.0.1 1\nget b\n" };
        assertEquals(await runOurs(line.split(" "), given), await runTheirs(line.split(" "), given));
      });
    }
  },
});

Deno.test({
  name: "redeno cli logs in as redis-cli does",
  ignore: why !== undefined,
  async fn(t) {
    await using server = await startRealServer({ args: ["--requirepass", "secret"] });
    if (!("path" in server.address)) throw new Error("the server has no socket");
    const socket = server.address.path;
    const cases: readonly (readonly [args: string, environment?: Record<string, string>, lines?: string])[] =
      [
        ["ping"],
        ["-n 2 ping"],
        ["-3 ping"],
        ["--json ping"],
        ["-a wrong ping"],
        ["-a secret ping"],
        ["--pass secret --no-auth-warning ping"],
        ["--user default -a secret --no-auth-warning acl whoami"],
        ["-u redis://default:secret@h ping"],
        ["ping", { REDISCLI_AUTH: "secret" }],
        ["-a wrong ping", { REDISCLI_AUTH: "secret" }],
        [
          "--no-auth-warning -n 3",
          { REDISCLI_AUTH: "secret" },
          "ping\nselect 4\nauth wrong\nping\nauth secret\nping\n",
        ],
        ["", {}, "ping\nauth secret\nping\nselect 99\n"],
        ["--scan"],
        ["--bigkeys"],
        ["--rdb /dev/null"],
      ];
    for (const [args, environment = {}, stdin = ""] of cases) {
      await t.step(`${args} ${Object.keys(environment)}`, async () => {
        const words = args === "" ? [] : args.split(" ");
        const given = { environment, stdin };
        // Wherever it stands, the socket wins over host and port.
        const all = ["-s", socket, ...words];
        const ours = await runOurs(all, given);
        const theirs = await runTheirs(all, given);
        assertEquals(ours, { ...theirs, stderr: theirs.stderr.replaceAll("\r\n", "\n") });
      });
    }
  },
});
