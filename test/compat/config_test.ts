/**
 * The configuration against the reference: every name and default, every CONFIG SET of a table of good and bad
 * values, every way in which a file or a command line can be wrong, and what CONFIG REWRITE makes of files.
 *
 * Our side is the library alone, in this process; directives that only redeno has are left out.
 */
import { assertEquals } from "@std/assert";
import { Config } from "../../src/server/config/config.ts";
import { ConfigError } from "../../src/server/config/config_error.ts";
import { DIRECTIVES } from "../../src/server/config/directives/mod.ts";
import { HTTP_DIRECTIVES } from "../../src/server/config/directives/http.ts";
import { VIRTUAL_MEMORY_DIRECTIVES } from "../../src/server/config/directives/virtual_memory.ts";
import { memoryHost } from "../../src/server/config/testing.ts";
import { realServerVersion, whyNoRealServer } from "../support/real_server.ts";
import { latin1, type RespClient } from "../support/resp_client.ts";
import { plain } from "../support/resp_value.ts";
import { type ServerProcess, startProcess } from "../support/server_process.ts";
import { FATAL_CASES, FILES, REWRITE_CASES, SET_CASES, SET_VALUES } from "./config_cases.ts";

const executable = Deno.env.get("REDIS_SERVER") ?? "redis-server";
const why = whyNoRealServer();
const ignore = why !== undefined;
if (ignore) console.log(`configuration is not compared: ${why}`);

const OUR_OWN = new Set([...VIRTUAL_MEMORY_DIRECTIVES, ...HTTP_DIRECTIVES].map(({ name }) => name)).add(
  "port-file",
);

/** Directives whose change would make the reference open sockets, or ask the system for more than it has. */
const NOT_TRIED = new Set(["port", "bind", "maxclients"]);

/** The arguments that the harness starts every server with. */
function harnessArgs(server: ServerProcess): string[] {
  return ["--port", "0", "--unixsocket", `${server.directory}/s.sock`, "--save", ""];
}

function startReference(args: readonly string[] = [], file: readonly string[] = []): Promise<ServerProcess> {
  return startProcess("redis-server", [executable, ...file], { args });
}

async function ask(client: RespClient, ...args: string[]): Promise<string[]> {
  const { value } = await client.send(args.map(fromBytes));
  const answer = plain(value);
  return Array.isArray(answer) ? answer.map(String) : [String(answer)];
}

/** The bytes of a text of one character a byte. */
function fromBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

Deno.test({
  name: "every directive of the reference is declared, with its default",
  ignore,
  async fn() {
    await using server = await startReference();
    using client = await server.connect();
    const config = Config.load(harnessArgs(server), { host: memoryHost({ directory: server.directory }) });
    const ours = config.getMatching(["*"]).filter(([name]) => !OUR_OWN.has(name));
    const answer = await ask(client, "CONFIG", "GET", "*");
    const theirs = new Map<string, string>();
    for (let i = 0; i < answer.length; i += 2) theirs.set(answer[i]!, answer[i + 1]!);
    assertEquals(Object.fromEntries(ours), Object.fromEntries(theirs));
    for (const { name, isHidden } of DIRECTIVES) {
      if (isHidden) assertEquals([name, config.get(name)], await ask(client, "CONFIG", "GET", name));
    }
  },
});

Deno.test({
  name: "CONFIG SET takes and refuses the same values, in the same words",
  ignore,
  async fn() {
    const flags = ["--enable-protected-configs", "yes"];
    await using server = await startReference(flags);
    using client = await server.connect();
    const host = memoryHost({ directory: server.directory, folders: ["/tmp"] });
    const config = Config.load([...harnessArgs(server), ...flags], { host });
    const differences: string[] = [];
    const compare = async (pairs: [string, string][]) => {
      const [theirs] = await ask(client, "CONFIG", "SET", ...pairs.flat());
      const ours = config.setMany(pairs) ?? "OK";
      const label = JSON.stringify(pairs);
      if (theirs!.replace(/^-/, "") !== ours) differences.push(`${label}: ${ours} | reference: ${theirs}`);
      for (const [name] of pairs) {
        const theirValue = (await ask(client, "CONFIG", "GET", name))[1];
        const ourValue = config.get(name);
        if (theirValue !== ourValue) differences.push(`${label}: ${ourValue} | reference has: ${theirValue}`);
      }
    };
    for (const { name, oldName } of DIRECTIVES) {
      if (OUR_OWN.has(name) || NOT_TRIED.has(name)) continue;
      const before = config.get(name)!;
      for (const value of SET_VALUES) await compare([[name, value]]);
      if (oldName !== undefined) await compare([[oldName, "no such value"]]);
      await compare([[name, before]]);
    }
    for (const pairs of SET_CASES) await compare(pairs.map(([name, value]) => [name, value]));
    assertEquals(differences, []);
  },
});

/** What a start with these texts prints on standard error; log lines only from their message on. */
async function referenceError(directory: string, text: string, args: readonly string[]): Promise<string> {
  const child = new Deno.Command(executable, {
    args: [...args],
    cwd: directory,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A server that was not told to read its standard input may be gone before it is written.
  await writer.write(new TextEncoder().encode(text)).then(() => writer.close()).catch(() => {});
  const { stdout, stderr, code } = await child.output();
  assertEquals(code, 1, `${JSON.stringify(text)} ${args}`);
  const message = new TextDecoder().decode(stderr);
  return message !== "" ? message : /# (Fatal error, .*)\n/.exec(new TextDecoder().decode(stdout))?.[1] ?? "";
}

Deno.test({
  name: "a file or a command line that is wrong ends the start with the same text",
  ignore,
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "redeno-test-" });
    try {
      for (const [name, text] of Object.entries(FILES)) {
        await Deno.writeTextFile(`${directory}/${name}`, text);
      }
      const differences: string[] = [];
      const one = async ([text, ...args]: readonly [string, ...string[]]) => {
        const all = args.length === 0 ? ["-"] : args;
        const theirs = await referenceError(directory, text, all);
        const ours = ourError(directory, text, all);
        if (ours !== theirs) {
          differences.push(`${JSON.stringify([text, ...all])}:${ours} | reference:${theirs}`);
        }
      };
      for (let i = 0; i < FATAL_CASES.length; i += 4) await Promise.all(FATAL_CASES.slice(i, i + 4).map(one));
      assertEquals(differences, []);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

function ourError(directory: string, text: string, args: readonly string[]): string {
  const readsStdin = args[0] === "-" || args.at(-1) === "-";
  const host = memoryHost({ directory, files: FILES });
  try {
    Config.load(args, {
      host,
      commandNames: ["get", "set", "config"],
      ...readsStdin ? { stdin: new TextEncoder().encode(text) } : {},
    });
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/**
 * A rewritten file as it can be compared: the reference adds new lines in random order, and the lines of its users,
 * which are not part of the configuration here.
 */
function comparable(text: string): { old: string[]; added: string[] } {
  const lines = text.split("\n").filter((line) => !line.startsWith("user default"));
  const signature = lines.lastIndexOf("# Generated by CONFIG REWRITE");
  return { old: lines.slice(0, signature + 1), added: lines.slice(signature + 1).sort() };
}

Deno.test({
  name: "CONFIG REWRITE makes the same file",
  ignore,
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "redeno-test-" });
    try {
      for (const [i, { text, set = [], old = text }] of REWRITE_CASES.entries()) {
        const path = `${directory}/${i}.conf`;
        await Deno.writeTextFile(path, text);
        await using server = await startReference([], [path]);
        using client = await server.connect();
        const file = { [path]: text };
        const host = memoryHost({ directory: server.directory, files: file });
        const config = Config.load([path, ...harnessArgs(server)], { host });
        for (const [name, value] of set) {
          assertEquals(await ask(client, "CONFIG", "SET", name, value), [
            config.setMany([[name, value]]) ?? "OK",
          ]);
        }
        if (old !== text) await Deno.writeTextFile(path, old);
        assertEquals(await ask(client, "CONFIG", "REWRITE"), ["OK"], text);
        const theirs = latin1(await Deno.readFile(path));
        const ours = config.rewriteText(latin1(new TextEncoder().encode(old)));
        assertEquals(comparable(ours), comparable(theirs), JSON.stringify({ old, set }));
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test({
  name: "the file errors name the version of the reference",
  ignore: ignore || realServerVersion() === undefined,
  fn() {
    assertEquals(ourError("/", "nosuch 1", ["-"]).includes(`(Redis ${realServerVersion()})`), true);
  },
});
