/**
 * The script debugger beside redis-server's: what it says to the same lines, as recorded in `recorded/debugger_test.jsonl`
 * where there is no redis-server (made with COMPAT_RECORD=1); and redis-cli --ldb with our server, and our own --ldb.
 */
import { assertEquals } from "@std/assert";
import { defaultConnection } from "../../src/cli/connection_options.ts";
import { evalProgram } from "../../src/cli/eval.ts";
import { formatReply } from "../../src/cli/format_reply.ts";
import { NetworkSession, SessionError } from "../../src/cli/network_session.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { redisCli, whyNoRedisCli } from "../support/redis_cli.ts";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { latin1 } from "../support/split_args.ts";
import { type DebugTalk, TALKS } from "./debugger_sessions.ts";

const RECORDED = new URL("./recorded/debugger_test.jsonl", import.meta.url);
const why = Deno.env.get("COMPAT_RECORDED") === "1" ? "COMPAT_RECORDED=1" : whyNoRealServer();
const records = Deno.env.get("COMPAT_RECORD") === "1";

function socketOf({ address }: ServerProcess): string {
  if (!("path" in address)) throw new Error("the server has no socket");
  return address.path;
}

function connect(server: ServerProcess): Promise<NetworkSession> {
  const connection = { ...defaultConnection(), socket: socketOf(server), isNamed: true };
  return NetworkSession.open(connection, () => {}, () => {});
}

/** Everything that is said in a session; addresses differ from server to server. */
async function transcript(server: ServerProcess, talk: DebugTalk): Promise<string[]> {
  const { script, keys = [], args = [], mode = "YES", command = "EVAL", say } = talk;
  using control = await connect(server);
  await control.send(["FLUSHALL"]);
  using session = await connect(server);
  const lines: string[] = [];
  const heard = (reply: Parameters<typeof formatReply>[0]) => {
    lines.push(formatReply(reply, { format: "standard" }).replace(/0x[0-9a-f]+/g, "0x"));
    return lines.at(-1)!.includes("<endsession>");
  };
  heard(await session.send(["SCRIPT", "DEBUG", mode]));
  let isOver = heard(await session.send([command, script, String(keys.length), ...keys, ...args]));
  for (const words of say) {
    if (isOver) break;
    lines.push(`> ${words}`);
    isOver = heard(await session.send(typeof words === "string" ? words.split(" ") : words));
  }
  if (!isOver) return lines;
  heard(await session.receive());
  const end = await session.receive().catch((error) => error);
  lines.push(end instanceof SessionError ? "closed" : "open");
  heard(await control.send(["GET", "kept"]));
  return lines;
}

function recorded(): Map<string, string[]> {
  const lines = Deno.readTextFileSync(RECORDED).split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => JSON.parse(line) as [string, string[]]));
}

if (why) console.log(`${why}: the debugger is compared with recorded sessions`);

Deno.test("the debugger says what redis-server's says", async (t) => {
  await using ours = await startRedeno();
  await using theirs = why === undefined ? await startRealServer() : undefined;
  const old = theirs === undefined ? recorded() : undefined;
  const heard: [string, string[]][] = [];
  for (const talk of TALKS) {
    await t.step(talk.name, async () => {
      const expected = theirs === undefined ? old!.get(talk.name) : await transcript(theirs, talk);
      if (expected !== undefined) heard.push([talk.name, expected]);
      assertEquals(await transcript(ours, talk), expected);
    });
  }
  if (records && theirs !== undefined) {
    Deno.writeTextFileSync(RECORDED, heard.map((line) => JSON.stringify(line) + "\n").join(""));
  }
});

const SCRIPT = "local a = 1\nredis.call('set', KEYS[1], ARGV[1])\nlocal b = {x=a}\nreturn b.x\n";
const LINES = 's\np\ns\nredis get k\np b\nfoo\nlist\n\n"unbalanced\ne 1 .. "a  b"\nb 4\nc\np b\n';

/** Waits until a server has noticed that the client which kept everybody waiting is gone. */
async function untilServed(server: ServerProcess): Promise<void> {
  using control = await connect(server);
  while ((await control.send(["PING"])).kind === "error");
}

/** What a program prints when these lines come in. */
async function printedByRedisCli(server: ServerProcess, mode: string, folder: string): Promise<string> {
  const child = new Deno.Command(redisCli, {
    args: ["-s", socketOf(server), mode, "--eval", "s.lua", "k", ",", "v"],
    cwd: folder,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(LINES));
  await writer.close();
  return latin1((await child.output()).stdout);
}

async function printedByUs(args: readonly string[]): Promise<string> {
  let printed = "";
  const terminal: Terminal = {
    isTerminal: false,
    print: (text) => void (printed += text),
    printError: () => {},
    askSecret: () => "",
  };
  const lines = LINES.split("\n").slice(0, -1);
  await evalProgram(args, terminal, { read: () => Promise.resolve(lines.shift()) });
  return printed;
}

const whyNoCli = why ?? whyNoRedisCli();

Deno.test({
  name: "redis-cli --ldb works with our server as with redis-server, and redeno --ldb as redis-cli",
  ignore: whyNoCli !== undefined,
  async fn() {
    await using ours = await startRedeno();
    await using theirs = await startRealServer();
    const folder = await Deno.makeTempDir();
    try {
      const file = `${folder}/s.lua`;
      await Deno.writeTextFile(file, SCRIPT);
      for (const mode of ["--ldb", "--ldb-sync-mode"]) {
        const expected = await printedByRedisCli(theirs, mode, folder);
        assertEquals(await printedByRedisCli(ours, mode, folder), expected);
        await untilServed(ours);
        assertEquals(
          await printedByUs([mode, "-s", socketOf(ours), "--eval", file, "k", ",", "v"]),
          expected,
        );
        assertEquals(await printedByUs([mode, "--eval", file, "k", ",", "v"]), expected);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
