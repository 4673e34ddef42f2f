import { assert, assertEquals } from "@std/assert";
import { serverInProcess, settle } from "../../test/support/in_process.ts";

function message(channel: string, text: string, type = "*"): string {
  return `${type}3\r\n$7\r\nmessage\r\n$${channel.length}\r\n${channel}\r\n$${text.length}\r\n${text}\r\n`;
}

Deno.test("messages of one turn arrive in one write, in their order", async () => {
  const { connect } = serverInProcess();
  const [publisher, listener] = [connect(), connect()];
  await listener.send("SUBSCRIBE a");
  const before = listener.socket.writes.length;
  publisher.socket.send("*3\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n$1\r\nx\r\n".repeat(8));
  await settle();
  assertEquals(listener.socket.take(), message("a", "x").repeat(8));
  assertEquals(listener.socket.writes.length, before + 1);
});

Deno.test("subscribers that share a message and read at different speeds get every byte of every message", async () => {
  const { connect } = serverInProcess();
  const publisher = connect();
  const listeners = Array.from({ length: 50 }, () => connect());
  for (const [i, listener] of listeners.entries()) {
    if (i % 2 === 1) await listener.send("HELLO 3");
    await listener.send("SUBSCRIBE a");
    listener.socket.writeBytesMax = 1 + i * 7;
    listener.socket.holdsWrites = i % 5 === 0;
  }
  let [two, three] = ["", ""];
  for (let round = 0; round < 20; round++) {
    for (const text of [`first of ${round}`, "y".repeat(round * 100)].slice(0, 1 + round % 2)) {
      publisher.socket.command(["PUBLISH", "a", text]);
      two += message("a", text);
      three += message("a", text, ">");
    }
    await settle();
  }
  for (const { socket } of listeners) socket.holdsWrites = false;
  while (
    listeners.some(({ connection, socket }) => (socket.releaseWrites(), connection!.outputPending > 0))
  ) {
    await settle();
  }
  for (const [i, { socket }] of listeners.entries()) {
    assertEquals(socket.received, i % 2 === 1 ? three : two);
  }
});

Deno.test("a client that shares a message can be answered behind it", async () => {
  const { connect } = serverInProcess();
  const publisher = connect();
  const listeners = Array.from({ length: 20 }, () => connect());
  for (const listener of listeners) await listener.send("SUBSCRIBE a");
  publisher.socket.command("PUBLISH a x");
  for (const { socket } of listeners) socket.command("PING");
  await settle();
  for (const { socket } of listeners) {
    assertEquals(socket.take(), message("a", "x") + "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  }
});

Deno.test("a client that dies is subscribed to nothing", async () => {
  const { connect, server } = serverInProcess();
  const [publisher, dying, killed, listener] = [connect(), connect(), connect(), connect()];
  for (const { socket } of [dying, killed, listener]) {
    socket.command("SUBSCRIBE a b");
    socket.command("PSUBSCRIBE *");
    socket.command("SSUBSCRIBE s");
  }
  await settle();
  assertEquals(await publisher.send("PUBLISH a x"), ":6\r\n");
  dying.socket.end();
  await settle();
  assertEquals(await publisher.send("PUBLISH a x"), ":4\r\n");
  await publisher.send(["CLIENT", "KILL", "ID", String(killed.connection!.id)]);
  assertEquals(await publisher.send("PUBLISH a x"), ":2\r\n");
  listener.socket.fail();
  await settle();
  assertEquals(await publisher.send("PUBLISH a x"), ":0\r\n");
  assert(server.pubsub.isIdle);
  assertEquals(server.pubsub.size("shardChannels"), 0);
});

Deno.test("a client that said QUIT gets no more messages", async () => {
  const { connect } = serverInProcess();
  const [publisher, listener] = [connect(), connect()];
  await listener.send("SUBSCRIBE a");
  listener.socket.command("QUIT");
  publisher.socket.command("PUBLISH a x");
  await settle();
  assertEquals(listener.socket.received, "+OK\r\n");
  assert(listener.socket.closed);
});

Deno.test("a client that waits for a key gets messages meanwhile", async () => {
  const { connect } = serverInProcess();
  const [publisher, listener] = [connect(), connect()];
  await listener.send("HELLO 3");
  await listener.send("SUBSCRIBE a");
  assertEquals(await listener.send("BLPOP l 0"), "");
  await publisher.send("PUBLISH a x");
  assertEquals(listener.socket.take(), message("a", "x", ">"));
  await publisher.send("RPUSH l v");
  assertEquals(listener.socket.take(), "*2\r\n$1\r\nl\r\n$1\r\nv\r\n");
});

Deno.test("keyspace events cost nothing while nobody wants them", async () => {
  const { connect, server } = serverInProcess();
  const client = connect();
  const isOn = () => server.keyspace.listeners.event !== undefined;
  assertEquals(isOn(), false);
  await client.send("CONFIG SET notify-keyspace-events KEA");
  assertEquals(isOn(), true);
  await client.send("CONFIG SET notify-keyspace-events ''");
  assertEquals(isOn(), false);
  await client.send("CONFIG SET notify-keyspace-events AKEn");
  const listener = connect();
  await listener.send("SUBSCRIBE __keyevent@0__:new");
  await client.send("SET k v");
  assertEquals(listener.socket.take(), message("__keyevent@0__:new", "k"));
});

Deno.test("nothing of PUBLISH is written to the append-only file", async () => {
  const { connect, server, disk } = serverInProcess("appendonly yes\nappendfsync always\nsave ''");
  await server.load();
  const client = connect();
  await client.send("SET k v");
  const file = server.persistence.aof.path("appendonly.aof.1.incr.aof");
  const before = disk.contents(file).length;
  assertEquals(await client.send("PUBLISH a x"), ":0\r\n");
  await client.send(["EVAL", "return redis.call('publish', 'a', 'x')", "0"]);
  await client.send("SPUBLISH a x");
  assertEquals(disk.contents(file).length, before);
});

Deno.test("a client in this process gets messages apart from its replies", async () => {
  const { server } = serverInProcess();
  using listener = server.client();
  using publisher = server.client();
  const pushes: string[] = [];
  listener.onPush = (bytes) => pushes.push(new TextDecoder().decode(bytes));
  const text = new TextDecoder();
  assertEquals(
    text.decode(await listener.send(["SUBSCRIBE", "a"])),
    "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n",
  );
  assertEquals(text.decode(await publisher.send(["PUBLISH", "a", "x"])), ":1\r\n");
  await settle();
  assertEquals(pushes, [message("a", "x")]);
  assertEquals(text.decode(await listener.send(["PING"])), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
});
