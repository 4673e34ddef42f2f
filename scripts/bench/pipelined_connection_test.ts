import { assertEquals, assertRejects } from "@std/assert";
import { batch, command, PipelinedConnection } from "./pipelined_connection.ts";

const encoder = new TextEncoder();

/** A server that answers whatever it is sent with `pieces`, each written apart. */
function answering(
  pieces: readonly string[],
): { port: number; listener: Deno.TcpListener; done: Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answer = async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(1000));
    connection.setNoDelay(true);
    for (const piece of pieces) await connection.write(encoder.encode(piece));
  };
  return { port: listener.addr.port, listener, done: answer() };
}

Deno.test("a command is spelled in the protocol", () => {
  assertEquals(
    batch([command("GET", "key"), command("PING")]),
    encoder.encode("*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n*1\r\n$4\r\nPING\r\n"),
  );
});

Deno.test("a batch is over with its last reply, however the replies are cut", async () => {
  for (
    const pieces of [[..."+PONG\r\n$14\r\nthe last reply\r\n"], ["+PONG\r\n$14\r\nthe last", " reply\r\n"]]
  ) {
    const { port, listener, done } = answering(pieces);
    using connection = await PipelinedConnection.open(port);
    await connection.milliseconds(batch([command("PING")]));
    await done;
    listener.close();
  }
});

Deno.test("an error among the replies, or an end before the last, fails the batch", async () => {
  for (
    const [reply, message] of [["-ERR no\r\n$14\r\nthe last reply\r\n", "ERR no"], [
      "+PONG\r\n",
      "closed",
    ]] as const
  ) {
    const { port, listener, done } = answering([reply]);
    using connection = await PipelinedConnection.open(port);
    await assertRejects(() => connection.milliseconds(batch([command("PING")])), Error, message);
    await done;
    listener.close();
  }
});
