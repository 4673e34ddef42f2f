import { assertEquals } from "@std/assert";
import { type TestServer, testServer } from "../../test/support/test_server.ts";
import { parseReplies, plain } from "../../test/support/resp_value.ts";
import { fromLatin1 } from "../../test/support/split_args.ts";
import { notifier } from "./notifications.ts";

/** What is published while some commands run, as `channel message`. */
function published(server: TestServer, classes: string, lines: readonly string[]): string[] {
  server.keyspace.listeners.event = notifier(classes, server.pubsub);
  const listener = server.connect();
  listener.raw("PSUBSCRIBE __key*");
  for (const line of lines) server.send(line);
  const messages = parseReplies(fromLatin1(listener.takeReply())).map(({ value }) =>
    plain(value) as string[]
  );
  server.pubsub.forget(listener);
  return messages.map(([, , channel, text]) => `${channel} ${text}`);
}

Deno.test("a key's channel is told the event before the event's channel is told the key", () => {
  using server = testServer();
  assertEquals(published(server, "KE$", ["SET k v", "SELECT 2", "SET l w"]), [
    "__keyspace@0__:k set",
    "__keyevent@0__:set k",
    "__keyspace@2__:l set",
    "__keyevent@2__:set l",
  ]);
});

Deno.test("only the classes that were chosen are told", () => {
  using server = testServer();
  const lines = ["SET k v", "DEL k", "RPUSH l a", "EXPIRE l 100"];
  assertEquals(published(server, "Kg", lines), ["__keyspace@0__:k del", "__keyspace@0__:l expire"]);
  server.send("FLUSHALL");
  assertEquals(published(server, "El", lines), ["__keyevent@0__:rpush l"]);
  server.send("FLUSHALL");
  assertEquals(published(server, "Enm", ["GET k", "SET k v"]), [
    "__keyevent@0__:keymiss k",
    "__keyevent@0__:new k",
  ]);
});

Deno.test("there is no listener unless a kind of channel and a class of events are chosen", () => {
  using server = testServer();
  const { pubsub } = server;
  assertEquals(
    ["", "K", "E", "KE", "g$l"].map((classes) => notifier(classes, pubsub)),
    Array(5).fill(undefined),
  );
});

Deno.test("keys of any bytes and of any length are told", () => {
  using server = testServer();
  const long = "x".repeat(100_000);
  assertEquals(published(server, "K$", [`SET "\\x00\\xff" v`, `SET ${long} v`, "SET '' v"]), [
    "__keyspace@0__:\x00\xff set",
    `__keyspace@0__:${long} set`,
    "__keyspace@0__: set",
  ]);
});
