import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import type { Socket } from "./connection.ts";
import { rawSocket } from "./raw_socket.ts";

/** Both ends of a connection over loopback. */
async function connectedPair(): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  return await Promise.all([Deno.connect({ port }), listener.accept()]);
}

Deno.test("the short way is there in the version of Deno that the project names", async () => {
  const [here, there] = await connectedPair();
  assertNotEquals<unknown>(rawSocket(here), here);
  here.close();
  there.close();
});

Deno.test("a raw socket reads and writes what the connection would", async () => {
  const [here, there] = await connectedPair();
  const socket = rawSocket(here);
  assertEquals(await socket.write(new Uint8Array([1, 2, 3])), 3);
  const received = new Uint8Array(8);
  assertEquals(await there.read(received), 3);
  assertEquals(received.subarray(0, 3), new Uint8Array([1, 2, 3]));
  await there.write(new Uint8Array([9]));
  assertEquals(await socket.read(received), 1);
  assertEquals(received[0], 9);
  there.close();
  assertEquals(await socket.read(received), 0);
  socket.close();
});

Deno.test("closing a raw socket ends the read that waits", async () => {
  const [here, there] = await connectedPair();
  const socket = rawSocket(here);
  const read = socket.read(new Uint8Array(8)).then((count) => count === 0, () => true);
  socket.close();
  assert(await read);
  there.close();
});

Deno.test("what is no connection of Deno's stays as it is", () => {
  const socket: Socket = {
    read: () => Promise.resolve(null),
    write: (bytes) => Promise.resolve(bytes.length),
    close() {},
  };
  assertStrictEquals(rawSocket(socket), socket);
});
