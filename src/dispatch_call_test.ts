import { assertEquals } from "@std/assert";
import { latin1 } from "../test/support/split_args.ts";
import { testServer } from "../test/support/test_server.ts";
import { Args } from "./args.ts";
import { type CommandSpec, defineCommand, type Handler } from "./command.ts";
import { CommandTable } from "./command_table.ts";
import { Dispatcher } from "./dispatch.ts";
import { ReplyError } from "./errors.ts";

// A command that runs others inside of it, as EXEC does.

function spec(name: string, run: Handler, more: Partial<CommandSpec> = {}): CommandSpec {
  return defineCommand({
    name,
    group: "string",
    since: "1.0.0",
    summary: "Does something",
    complexity: "O(1)",
    syntax: "",
    arity: 1,
    flags: [],
    categories: [],
    run,
    ...more,
  });
}

/** A dispatcher whose command OUTER runs the commands named, and whose clock says what `pass` made of it. */
function setUp(...inner: string[]) {
  const server = testServer();
  const { client } = server;
  let now = 0;
  let step = 0;
  const pass = (micros: number): Handler => (_context, _args, reply) => {
    now += micros;
    reply.ok();
  };
  const mode = (replyMode: "on" | "off" | "skip-next"): Handler => ({ client }, _args, reply) => {
    client.replyMode = replyMode;
    if (replyMode === "on") reply.ok();
  };
  const table = new CommandTable([
    spec("OUTER", (context, _args, reply) => {
      reply.array(inner.length);
      now += 5;
      for (const name of inner) dispatcher.call(context, table.get(name)!, Args.of(name));
    }),
    spec("TEN", pass(10)),
    spec("FAST", pass(1), { flags: ["fast"] }),
    spec("FAIL", (_context, _args, reply) => {
      now += 100;
      reply.array(3);
      throw new ReplyError("ERR no");
    }),
    spec("OFF", mode("off")),
    spec("ON", mode("on")),
    spec("SKIP", mode("skip-next")),
    spec("CLOSE", ({ client }, _args, reply) => {
      reply.ok();
      client.closeAfterReply = true;
    }),
  ]);
  const dispatcher: Dispatcher = new Dispatcher(table, {
    allowsProtected: () => true,
    mustWait: () => false,
    mustLoad: () => false,
    mustBeShownFirst: () => false,
    persistenceRefusal: () => undefined,
    engineIsWanted: () => {},
    declaredWrites: () => undefined,
    refuseHttp: () => {},
    countError: () => {},
    slowCall: () => {},
    internalError: () => {},
    micros: () => now += step,
  });
  const send = (...names: string[]): string => {
    dispatcher.beginBatch();
    for (const name of names) dispatcher.execute(client, Args.of(name));
    dispatcher.endBatch();
    const length = client.reply.length;
    return latin1(client.reply.take().subarray(0, length));
  };
  const counted = (name: string) => {
    const { calls, microseconds, failedCalls } = table.get(name)!;
    return [calls, microseconds, failedCalls];
  };
  return { send, counted, dispatcher, setStep: (micros: number) => step = micros };
}

Deno.test("commands inside of another one have their own time, and count for it as well", () => {
  const { send, counted, dispatcher } = setUp("TEN", "FAST", "FAST", "FAIL", "TEN");
  assertEquals(send("FAST", "OUTER", "TEN"), "+OK\r\n*5\r\n+OK\r\n+OK\r\n+OK\r\n-ERR no\r\n+OK\r\n+OK\r\n");
  assertEquals(counted("TEN"), [3, 10 + 10 + 5 + 10, 0], "what OUTER does before is put to the first one");
  assertEquals(counted("FAST"), [3, 3, 0]);
  assertEquals(counted("FAIL"), [1, 100, 1]);
  assertEquals(counted("OUTER"), [1, 5 + 10 + 2 + 100 + 10, 0]);
  assertEquals(dispatcher.commandsProcessed, 8);
});

Deno.test("a command with none inside is timed as any other", () => {
  const { send, counted, setStep } = setUp();
  setStep(1);
  assertEquals(send("OUTER", "OUTER", "FAST"), "*0\r\n*0\r\n+OK\r\n");
  assertEquals(counted("OUTER"), [2, 2 * (5 + 1), 0]);
});

Deno.test("replies are left out from the command on that asks for it, also in the middle of another one's", () => {
  assertEquals(setUp("TEN", "OFF", "TEN").send("OUTER", "TEN"), "*3\r\n+OK\r\n");
  assertEquals(setUp("TEN", "ON", "TEN").send("OFF", "OUTER", "TEN"), "+OK\r\n+OK\r\n+OK\r\n");
  assertEquals(setUp("TEN", "SKIP", "TEN").send("OUTER", "FAIL", "TEN"), "*3\r\n+OK\r\n+OK\r\n+OK\r\n");
  assertEquals(setUp("TEN", "TEN").send("SKIP", "OUTER", "TEN"), "+OK\r\n");
  assertEquals(setUp().send("OFF", "OUTER", "TEN", "ON"), "+OK\r\n");
});

Deno.test("after the reply to the command that closes the connection there is none, but the rest is done", () => {
  const { send, counted } = setUp("TEN", "CLOSE", "TEN", "FAIL");
  assertEquals(send("OUTER"), "*4\r\n+OK\r\n+OK\r\n");
  assertEquals(counted("FAIL")[0], 1);
});
