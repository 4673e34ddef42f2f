import { assert, assertEquals } from "@std/assert";
import { Random } from "../sys/random.ts";
import { testServer } from "../../test/support/test_server.ts";
import { Slice, utf8 } from "../sys/bytes.ts";
import { ChannelTable, Subscriber } from "./channels.ts";

const name = (text: string) => new Slice(utf8(text));

Deno.test("channels whose hashes are equal are told apart", () => {
  const table = new ChannelTable({ k0: 1, k1: 2 });
  const first = table.findOrAdd(name("first"));
  for (let i = 0; i < 200_000; i++) table.findOrAdd(name(`c${i}`));
  assertEquals(table.size, 200_001);
  const chained = [...table.all()].filter((channel) => channel.next !== undefined);
  assert(chained.length > 0, "200,000 names of 32 bits collide somewhere");
  for (const channel of chained) {
    const { next } = channel;
    assertEquals(table.find(name(next!.name)), next);
    assertEquals(table.find(name(channel.name)), channel);
    table.remove(next!);
    assertEquals(table.find(name(next!.name)), undefined);
    assertEquals(table.find(name(channel.name)), channel);
    table.remove(channel);
    assertEquals(table.find(name(channel.name)), undefined);
  }
  assertEquals(table.find(name("first")), first);
  assertEquals([...table.all()].length, table.size);
});

Deno.test("a channel is gone with its last subscriber", () => {
  using server = testServer();
  const [one, two] = [server.connect(), server.connect()];
  one.raw("SUBSCRIBE a");
  two.raw("SUBSCRIBE a");
  two.raw("PSUBSCRIBE *");
  const { pubsub } = server;
  assertEquals(pubsub.subscribers("channels", name("a")), 2);
  pubsub.forget(one);
  assertEquals(pubsub.subscribers("channels", name("a")), 1);
  pubsub.forget(two);
  assertEquals([pubsub.size("channels"), pubsub.size("patterns"), pubsub.isIdle], [0, 0, true]);
  assertEquals(pubsub.publish(name("a"), name("x")), 0);
});

Deno.test("a client holds a set only of the kinds that it uses", () => {
  using server = testServer();
  const subscriber = new Subscriber(server.client);
  const channel = new ChannelTable({ k0: 1, k1: 2 }).findOrAdd(name("a"));
  assertEquals(subscriber.of("channels"), undefined);
  assertEquals([subscriber.add("channels", channel), subscriber.add("channels", channel)], [true, false]);
  assertEquals([subscriber.channels, subscriber.patterns, subscriber.shardChannels], [1, 0, 0]);
  assertEquals([subscriber.remove("channels", channel), subscriber.remove("channels", channel)], [
    true,
    false,
  ]);
  assertEquals(subscriber.of("channels"), undefined);
  assert(subscriber.isEmpty);
});

Deno.test("many subscribers share the bytes of a message until they have something else to say", () => {
  using server = testServer();
  const listeners = Array.from({ length: 100 }, () => server.connect());
  for (const [i, listener] of listeners.entries()) {
    if (i % 2 === 1) listener.raw("HELLO 3");
    listener.raw("SUBSCRIBE a");
  }
  server.send("PUBLISH a one");
  const first = listeners[0]!.reply;
  assert(first.isShared);
  assertEquals(new Set(listeners.map(({ reply }) => reply.buffer)).size, 2);
  server.send("PUBLISH a two");
  assert(first.isShared);
  assertEquals(new Set(listeners.map(({ reply }) => reply.buffer)).size, 2);
  server.pubsub.subscribe(listeners[0]!, "channels", name("b"));
  server.pubsub.subscribe(listeners[1]!, "channels", name("b"));
  server.send("PUBLISH b own");
  assert(!first.isShared);
  server.send("PUBLISH a six");
  assertEquals(new Set(listeners.map(({ reply }) => reply.buffer)).size, 4);
  for (const [i, listener] of listeners.entries()) {
    const type = i % 2 === 1 ? ">" : "*";
    const message = (text: string, channel = "a") =>
      `${type}3\r\n$7\r\nmessage\r\n$1\r\n${channel}\r\n$3\r\n${text}\r\n`;
    const own = i < 2 ? message("own", "b") : "";
    assertEquals(listener.takeReply(), message("one") + message("two") + own + message("six"));
  }
});

Deno.test("every subscriber gets its own messages in their order, whatever it shares with whom", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  using server = testServer();
  const channels = ["a", "b", "c"];
  const listeners = Array.from({ length: 40 }, () => {
    const client = server.connect();
    const isNew = random.below(3) === 0;
    if (isNew) client.raw("HELLO 3");
    const heard = channels.filter(() => random.below(2) === 0);
    if (heard.length > 0) client.raw(["SUBSCRIBE", ...heard]);
    return { client, type: isNew ? ">" : "*", heard, expected: "" };
  });
  for (let step = 0; step < 2000; step++) {
    const channel = channels[random.below(channels.length)]!;
    const text = "x".repeat(random.below(random.below(10) === 0 ? 9000 : 30));
    server.send(["PUBLISH", channel, text]);
    for (const listener of listeners) {
      if (!listener.heard.includes(channel)) continue;
      listener.expected +=
        `${listener.type}3\r\n$7\r\nmessage\r\n$1\r\n${channel}\r\n$${text.length}\r\n${text}\r\n`;
    }
    // Some are sent theirs, now all of them, now few.
    const often = random.below(4);
    for (const listener of listeners) {
      if (random.below(4) > often) continue;
      assertEquals(listener.client.takeReply(), listener.expected);
      listener.expected = "";
    }
  }
});

Deno.test("a message of any size arrives whole", () => {
  using server = testServer();
  const listeners = Array.from({ length: 20 }, () => server.connect());
  for (const listener of listeners) listener.raw("SUBSCRIBE a");
  for (const bytes of [0, 1, 1000, 16_384, 100_000, 1_000_000]) {
    const text = "x".repeat(bytes);
    server.send(["PUBLISH", "a", text]);
    server.send(["PUBLISH", "a", "y"]);
    for (const listener of listeners) {
      assertEquals(
        listener.takeReply(),
        `*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$${bytes}\r\n${text}\r\n*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\ny\r\n`,
      );
    }
  }
});
