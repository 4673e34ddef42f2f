import { assert, assertEquals } from "@std/assert";
import { latin1 } from "../test/support/split_args.ts";
import { testServer } from "../test/support/test_server.ts";
import { Args } from "./args.ts";
import { type CommandSpec, defineCommand, type Flag, type Handler } from "./command.ts";
import { type Command, CommandTable } from "./command_table.ts";
import type { Client } from "./context.ts";
import { Attention, Dispatcher, type DispatchHooks, type Outcome } from "./dispatch.ts";
import { internalError, ReplyError } from "./errors.ts";
import type { SlowCall } from "./observation.ts";

// The texts and the order of errors are compared with the reference in test/compat.

function spec(name: string, run: Handler, more: Partial<CommandSpec> = {}): CommandSpec {
  return defineCommand({
    name,
    group: "string",
    since: "1.0.0",
    summary: "Does something",
    complexity: "O(N)",
    syntax: "",
    arity: 1,
    flags: [],
    categories: [],
    run,
    ...more,
  });
}

class Hooks implements DispatchHooks {
  readonly calls: string[] = [];
  allows = false;
  waits = false;
  now = 0;
  /** Microseconds that every look at the clock lets pass. */
  step = 0;

  allowsProtected(directive: string): boolean {
    this.calls.push(`allows ${directive}`);
    return this.allows;
  }
  mustWait(command: Command): boolean {
    this.calls.push(`waits ${command.name}`);
    return this.waits;
  }
  declaredWrites(): undefined {
    return undefined;
  }
  engineIsWanted(): void {}

  persistenceRefusal(): undefined {
    return undefined;
  }
  mustLoad(): boolean {
    return false;
  }

  mustBeShownFirst(): boolean {
    return false;
  }
  refuseHttp(): void {
    this.calls.push("http");
  }
  countError(text: string): void {
    this.calls.push(`error ${text.split(" ")[0]}`);
  }
  slowCall({ command, args, calls, microseconds }: SlowCall): void {
    const asked = args?.from(0).map((slice) => slice.text()).join(" ");
    this.calls.push(`slow ${command.name} (${asked}) ${calls} ${microseconds}`);
  }
  internalError(error: unknown, command: Command, client: Client, args: Args): void {
    this.calls.push(`failed ${error} in ${command.name} of ${client.id}: ${args.text(0)} ${args.count}`);
  }
  micros(): number {
    this.now += this.step;
    return this.now;
  }
}

const noAuth: Flag[] = ["no_auth"];

function setUp() {
  const hooks = new Hooks();
  const server = testServer();
  const client = server.client;
  const table = new CommandTable([
    spec("OK", (_context, _args, reply) => reply.ok()),
    spec("HI", (_context, _args, reply) => reply.status("HI"), { flags: noAuth }),
    spec("ECHO", (_context, args, reply) => reply.bulk(args.at(1)), { arity: 2 }),
    spec("MANY", (_context, args, reply) => reply.integer(args.count), { arity: -2 }),
    spec("OFF", ({ client }) => {
      client.replyMode = "off";
    }),
    spec("ON", ({ client }, _args, reply) => {
      client.replyMode = "on";
      reply.ok();
    }),
    spec("SKIP", ({ client }) => {
      client.replyMode = "skip-next";
    }),
    spec("REFUSE", (_context, _args, reply) => {
      reply.array(2);
      reply.ok();
      throw new ReplyError("WRONGTYPE no");
    }),
    spec("BREAK", (_context, _args, reply) => {
      reply.array(2);
      throw new TypeError("broken");
    }),
    spec("FAST", (_context, _args, reply) => reply.ok(), { flags: ["fast"] }),
    spec("QUICK", (_context, _args, reply) => reply.ok(), { flags: ["fast"] }),
    spec("DEBUG", (_context, _args, reply) => reply.ok(), { flags: noAuth }),
    spec("BOX", () => {}, {
      arity: -2,
      subcommands: [
        spec("IN", (_context, _args, reply) => reply.status("in"), { arity: 3 }),
        spec("LOOK", (_context, _args, reply) => reply.status("look"), { arity: 2 }),
      ],
    }),
  ]);
  table.get("debug")!.attention |= Attention.guardedCommand;
  const dispatcher = new Dispatcher(table, hooks);
  const run = (...args: (string | Uint8Array)[]): Outcome => dispatcher.execute(client, Args.of(...args));
  const send = (...args: (string | Uint8Array)[]): string => {
    dispatcher.beginBatch();
    const outcome = run(...args);
    dispatcher.endBatch();
    const length = client.reply.length;
    const text = latin1(client.reply.take().subarray(0, length));
    return outcome === "done" ? text : outcome;
  };
  return { hooks, client, table, dispatcher, run, send };
}

Deno.test("a command runs, whatever the case of its name", () => {
  const { send, client, hooks } = setUp();
  assertEquals(send("OK"), "+OK\r\n");
  assertEquals(send("eChO", "\xff"), "$2\r\n\xc3\xbf\r\n");
  assertEquals(client.lastCommand?.name, "echo");
  assertEquals(hooks.calls, []);
});

Deno.test("an unknown command is told with the beginning of its arguments", () => {
  const { send, client, hooks } = setUp();
  send("OK");
  assertEquals(send("FOO"), "-ERR unknown command 'FOO', with args beginning with: \r\n");
  assertEquals(
    send("FOO", "a", "b c", Uint8Array.of(100, 0, 101)),
    "-ERR unknown command 'FOO', with args beginning with: 'a' 'b c' 'd' \r\n",
  );
  assertEquals(client.lastCommand, undefined);
  assertEquals(hooks.calls, ["error ERR", "error ERR"]);
});

Deno.test("an unknown command that is huge makes no huge error", () => {
  const { send } = setUp();
  const reply = send("F".repeat(5000), ..."x".repeat(500).split(""), "y".repeat(5000));
  assert(reply.length < 400, `${reply.length} bytes`);
});

Deno.test("a wrong number of arguments is refused before the command runs, and counted as refused", () => {
  const { send, table, client } = setUp();
  const error = (name: string) => `-ERR wrong number of arguments for '${name}' command\r\n`;
  assertEquals(send("ECHO"), error("echo"));
  assertEquals(send("echo", "a", "b"), error("echo"));
  assertEquals(send("MANY"), error("many"));
  assertEquals(send("MANY", "a", "b", "c"), ":4\r\n");
  assertEquals(client.lastCommand?.name, "many");
  assertEquals([table.get("echo")!.rejectedCalls, table.get("echo")!.calls], [2, 0]);
  assertEquals([table.get("many")!.rejectedCalls, table.get("many")!.calls], [1, 1]);
});

Deno.test("a container runs the subcommand that its first argument names", () => {
  const { send, client, table } = setUp();
  assertEquals(send("BOX", "in", "x"), "+in\r\n");
  assertEquals(client.lastCommand?.name, "box|in");
  assertEquals(send("box", "LOOK"), "+look\r\n");
  assertEquals(send("BOX", "IN"), "-ERR wrong number of arguments for 'box|in' command\r\n");
  assertEquals(send("BOX"), "-ERR wrong number of arguments for 'box' command\r\n");
  assertEquals(send("BOX", "Nope", "x"), "-ERR unknown subcommand 'Nope'. Try BOX HELP.\r\n");
  assertEquals(client.lastCommand, undefined);
  assertEquals(table.getFull("box|in")!.calls, 1);
  assertEquals(table.getFull("box|in")!.rejectedCalls, 1);
});

Deno.test("the gates are asked in order: known, arity, guard, authentication, pause", () => {
  const { send, client, hooks, dispatcher } = setUp();
  client.attention |= Attention.unauthenticated;
  dispatcher.attention |= Attention.paused;
  hooks.waits = true;
  assert(send("FOO").startsWith("-ERR unknown command"), "known before authentication");
  assert(send("ECHO").startsWith("-ERR wrong number"), "arity before authentication");
  assert(send("DEBUG").startsWith("-ERR DEBUG command not allowed."), "guard before pause");
  assertEquals(hooks.calls.at(-2), "allows enable-debug-command");
  assertEquals(send("OK"), "-NOAUTH Authentication required.\r\n");
  assertEquals(hooks.calls.filter((call) => call.startsWith("waits")), [], "authentication before pause");
  assertEquals(send("HI"), "wait");
  hooks.allows = true;
  assertEquals(send("DEBUG"), "wait");
  client.attention = 0;
  assertEquals(send("OK"), "wait");
  hooks.waits = false;
  assertEquals(send("OK"), "+OK\r\n");
  assertEquals(send("DEBUG"), "+OK\r\n");
});

Deno.test("while nothing asks for attention no gate is asked", () => {
  const { send, hooks } = setUp();
  hooks.waits = true;
  assertEquals(send("OK"), "+OK\r\n");
  assertEquals(hooks.calls, []);
});

Deno.test("a request that waits leaves no trace: no reply, no call, no time", () => {
  const { send, dispatcher, hooks, table } = setUp();
  dispatcher.attention |= Attention.paused;
  hooks.waits = true;
  hooks.step = 5;
  for (let i = 0; i < 3; i++) assertEquals(send("OK"), "wait");
  const ok = table.get("ok")!;
  assertEquals([ok.calls, ok.rejectedCalls, ok.microseconds, dispatcher.commandsProcessed], [0, 0, 0, 0]);
});

Deno.test("an error that a handler throws replaces what it has written, and is counted as its failure", () => {
  const { send, table, hooks, client, run } = setUp();
  run("OK");
  run("REFUSE");
  run("OK");
  assertEquals(send("OK"), "+OK\r\n-WRONGTYPE no\r\n+OK\r\n+OK\r\n");
  const command = table.get("refuse")!;
  assertEquals([command.failedCalls, command.rejectedCalls], [1, 0]);
  assertEquals(hooks.calls, ["error WRONGTYPE"]);
  assertEquals(client.reply.length, 0);
});

Deno.test("a handler that fails answers ERR internal error, tells the server, and the next command runs", () => {
  const { send, table, hooks } = setUp();
  assertEquals(send("BREAK"), `-${internalError.text}\r\n`);
  assertEquals(hooks.calls, ["failed TypeError: broken in break of 1: BREAK 1", "error ERR"]);
  assertEquals(table.get("break")!.failedCalls, 1);
  assertEquals(table.get("break")!.calls, 1);
  assertEquals(send("OK"), "+OK\r\n");
});

Deno.test("a line of HTTP is handed to the server and answered with nothing", () => {
  const { send, hooks } = setUp();
  assertEquals(send("POST", "/", "HTTP/1.1"), "");
  assertEquals(send("Host:", "localhost"), "");
  assertEquals(hooks.calls, ["http", "http"]);
});

Deno.test("replies that are off are not sent, and neither are errors", () => {
  const { run, send } = setUp();
  run("OK");
  run("OFF");
  run("ECHO", "a");
  run("ECHO");
  run("FOO");
  run("REFUSE");
  run("BREAK");
  run("ON");
  assertEquals(send("ECHO", "b"), "+OK\r\n+OK\r\n$1\r\nb\r\n");
});

Deno.test("SKIP takes exactly the next reply", () => {
  for (const next of [["ECHO", "a"], ["ECHO"], ["FOO"], ["REFUSE"], ["BREAK"]]) {
    const { run, send } = setUp();
    run("SKIP");
    run(...next);
    assertEquals(send("ECHO", "b"), "$1\r\nb\r\n", next.join(" "));
  }
});

Deno.test("calls are timed per command, and all that passes in a batch is put to one of them", () => {
  const { run, dispatcher, hooks, table } = setUp();
  hooks.step = 10;
  dispatcher.beginBatch();
  for (let i = 0; i < 5; i++) run("OK");
  for (let i = 0; i < 3; i++) run("ECHO", "a");
  dispatcher.endBatch();
  const [ok, echo] = [table.get("ok")!, table.get("echo")!];
  assertEquals([ok.calls, ok.microseconds], [5, 50]);
  assertEquals([echo.calls, echo.microseconds], [3, 30]);
  assertEquals(dispatcher.commandsProcessed, 8);
  assertEquals(hooks.now, 90, "the clock was read once a command, and at the beginning");
});

Deno.test("neighbouring calls of a cheap command share readings of the clock, no more than 32 to one", () => {
  const { run, dispatcher, hooks, table } = setUp();
  hooks.step = 10;
  dispatcher.beginBatch();
  for (let i = 0; i < 100; i++) run("FAST");
  run("QUICK");
  run("FAST");
  dispatcher.endBatch();
  const [fast, quick] = [table.get("fast")!, table.get("quick")!];
  assertEquals([fast.calls, quick.calls], [101, 1]);
  assertEquals(fast.microseconds + quick.microseconds, hooks.now - 10);
  assertEquals(fast.microseconds, 50, "32 + 32 + 32 + 4, and 1");
  assertEquals(fast.latency!.total, 101);
  assertEquals(dispatcher.commandsProcessed, 102);
});

Deno.test("time between two batches is nobody's", () => {
  const { send, hooks, table } = setUp();
  hooks.step = 1;
  send("FAST");
  hooks.now += 1_000_000;
  send("FAST");
  assertEquals(table.get("fast")!.microseconds, 2);
});
