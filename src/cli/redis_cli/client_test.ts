import { assertEquals, assertStringIncludes } from "@std/assert";
import { runOurs } from "../../../test/support/cli_run.ts";
import { fromLatin1, latin1 } from "../../../test/support/split_args.ts";

interface Node extends AsyncDisposable {
  readonly port: number;
  /** The words of each request that came. */
  readonly requests: string[];
}

/** Answers each request by what stands here for it; "close" at its end closes the connection behind it. */
function startNode(answer: (request: string, count: number) => string): Node {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: string[] = [];
  const serving: Promise<void>[] = [];
  const serve = async (connection: Deno.Conn) => {
    using open = connection;
    const chunk = new Uint8Array(4096);
    for (let count = await open.read(chunk); count !== null; count = await open.read(chunk)) {
      const lines = latin1(chunk.subarray(0, count)).split("\r\n");
      for (let at = 0; lines[at]?.startsWith("*");) {
        const words = Number(lines[at]!.slice(1));
        requests.push(Array.from({ length: words }, (_, i) => lines[at + 2 + 2 * i]).join(" "));
        at += 1 + 2 * words;
        const reply = answer(requests.at(-1)!, requests.length);
        await open.write(fromLatin1(reply.replace(/close$/, "")));
        if (reply.endsWith("close")) return;
      }
    }
  };
  const accepting = (async () => {
    for await (const connection of listener) serving.push(serve(connection).catch(() => {}));
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

Deno.test("a new connection has the database and the protocol that the old one had", async () => {
  await using node = startNode((request) => request === "PING" ? "+PONG\r\nclose" : "+OK\r\n");
  const { stdout } = await runOurs(["-p", String(node.port), "-n", "2", "-3"], {
    stdin: "get a\nselect 7\nPING\nget b\nget c\n",
  });
  assertEquals(node.requests, [
    "SELECT 2",
    "HELLO 3",
    "get a",
    "select 7",
    "PING",
    "SELECT 7",
    "HELLO 3",
    "get c",
  ]);
  assertEquals(stdout, "OK\nOK\nPONG\nOK\n");
});

Deno.test("each run of a repeated command is redirected by itself", async () => {
  await using there = startNode(() => ":2\r\n");
  await using here = startNode((_, count) => count === 2 ? `-MOVED 5 127.0.0.1:${there.port}\r\n` : ":1\r\n");
  const { stdout } = await runOurs(["-p", String(here.port), "-c", "-r", "4", "incr", "n"]);
  assertEquals(stdout, "1\n2\n2\n2\n");
  assertEquals([here.requests.length, there.requests.length], [2, 3]);
});

Deno.test("a redirection without a host is one to another port of the same", async () => {
  await using there = startNode(() => "+there\r\n");
  await using here = startNode(() => `-MOVED 5 :${there.port}\r\n`);
  assertEquals((await runOurs(["-p", String(here.port), "-c", "get", "a"])).stdout, "there\n");
});

Deno.test("--pipe gives up when no reply comes for a while, and counts what came", async () => {
  await using node = startNode((request) => request.startsWith("ECHO") ? "" : "+OK\r\n-ERR no\r\n");
  const args = ["-p", String(node.port), "--pipe", "--pipe-timeout", "0.05"];
  assertEquals(await runOurs(args, { stdin: "*1\r\n$4\r\nPING\r\n" }), {
    code: 1,
    stdout: "All data transferred. Waiting for the last reply...\nerrors: 2, replies: 2\n",
    stderr: "ERR no\nNo replies for 0.05 seconds: exiting.\n",
  });
});

Deno.test("--verbose tells which server is connected to", async () => {
  await using node = startNode(() => "+OK\r\n");
  const { stderr } = await runOurs(["-p", String(node.port), "--verbose", "ping"]);
  assertStringIncludes(stderr, `Connected to 127.0.0.1:${node.port}\n`);
});
