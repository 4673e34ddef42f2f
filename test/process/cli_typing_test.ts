/** What `redeno cli` has at a terminal that redis-cli has not, or that is about its files: the history, its search, the preferences. */
import { assertEquals } from "@std/assert";
import { type AtTerminal, atTerminal, whyNoPty } from "../support/pty.ts";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";

const root = new URL("../../", import.meta.url).pathname;
const why = whyNoPty();
if (why) console.log(`${why}: redeno cli at a terminal is not tested`);

interface Given {
  readonly history?: string;
  readonly preferences?: string;
  readonly term?: string;
}

/** Starts our client at a terminal. */
function startClient(server: ServerProcess, args: readonly string[], given: Given = {}): AtTerminal {
  if (!("path" in server.address)) throw new Error("the server has no socket");
  const flags = [
    "run",
    "--quiet",
    "--no-check",
    "--no-prompt",
    "--allow-all",
    "--config",
    `${root}deno.json`,
  ];
  const preferences = `${server.directory}/preferences`;
  Deno.writeTextFileSync(preferences, given.preferences ?? "");
  return atTerminal(
    [Deno.execPath(), ...flags, `${root}main.ts`, "cli", "-s", server.address.path, ...args],
    {
      REDISCLI_HISTFILE: given.history ?? "/dev/null",
      REDISCLI_RCFILE: preferences,
      ...given.term === undefined ? {} : { TERM: given.term },
    },
  );
}

/** Waits until the line with the cursor ends so. */
function atCursor(client: AtTerminal, text: string): Promise<void> {
  return client.until(`at ${JSON.stringify(text)}`, ({ beforeCursor }) => beforeCursor.endsWith(text));
}

/** Waits until this was printed. */
function sees(client: AtTerminal, text: string): Promise<void> {
  return client.until(`showing ${JSON.stringify(text)}`, (screen) => screen.text().includes(text));
}

Deno.test({
  name: "lines stay in a file, those with passwords do not, and Ctrl-R finds them again",
  ignore: why !== undefined,
  async fn() {
    await using server = await startRedeno();
    const history = `${server.directory}/history`;
    {
      await using client = startClient(server, [], { history });
      await atCursor(client, "> ");
      await client.press("set key 1\rauth secret\rget key\r");
      await sees(client, '"1"');
      await client.press("quit\r");
      assertEquals(await client.code, 0);
    }
    assertEquals(Deno.readTextFileSync(history), "set key 1\nget key\nquit\n");
    await using client = startClient(server, [], { history });
    await atCursor(client, "> ");
    await client.press("\x12key");
    await atCursor(client, "(reverse-i-search)`key': get ");
    await client.press("\x12");
    await atCursor(client, "(reverse-i-search)`key': set ");
    await client.press("\x05\x7f2\r\x1b[A\x1b[A\x1b[A\r");
    await sees(client, '"2"');
  },
});

Deno.test({
  name: "preferences are read at the start",
  ignore: why !== undefined,
  async fn() {
    await using server = await startRedeno();
    await using client = startClient(server, [], { preferences: "# none\n:set nohints\n:set nothing\n" });
    await sees(client, ".redisclirc: unknown redis-cli preference 'nothing'");
    await client.press("ping\rget");
    await atCursor(client, "> get");
    assertEquals(client.screen.text().endsWith("> get"), true);
    await client.press("\x15:set h\t\rget");
    await sees(client, "> get key");
  },
});

Deno.test({
  name: "a terminal that knows no control sequences gets a prompt and lines as they are",
  ignore: why !== undefined,
  async fn() {
    await using server = await startRedeno();
    await using client = startClient(server, [], { term: "dumb" });
    await atCursor(client, "> ");
    await client.press("ping\r");
    await sees(client, "PONG");
    assertEquals(client.screen.styledText().includes("{"), false);
  },
});

Deno.test({
  name: "the debugger's lines come back by the arrow keys",
  ignore: why !== undefined,
  async fn() {
    await using server = await startRedeno();
    const script = `${server.directory}/script.lua`;
    Deno.writeTextFileSync(script, "local a = 41\nlocal b = 1\nreturn a + b\n");
    await using client = startClient(server, ["--ldb", "--eval", script]);
    await atCursor(client, "lua debugger> ");
    await client.press("s\rprint a\r");
    await sees(client, "<value> 41");
    await client.press("\x1b[A\x1b[A");
    await atCursor(client, "lua debugger> s");
    await client.press("\rc\r");
    await sees(client, "(integer) 42");
    assertEquals(await client.code, 0);
  },
});
