import { assert, assertEquals } from "@std/assert";
import { serverInProcess, settle } from "../../test/support/in_process.ts";

Deno.test("clients have numbers that are not given twice, and are found by them while they are there", async () => {
  const { server, connect } = serverInProcess();
  const [first, second] = [connect(), connect()];
  assertEquals([first.connection!.id, second.connection!.id], [1, 2]);
  assertEquals([...server.clients.all()].map(({ id }) => id), [1, 2]);
  second.socket.end();
  await settle();
  assertEquals(server.clients.byId(2), undefined);
  assertEquals(server.clients.size, 1);
  assertEquals(connect().connection!.id, 3);
});

Deno.test("killing a client that has left does nothing", async () => {
  const { server, connect } = serverInProcess();
  const [first, second] = [connect(), connect()];
  const gone = second.connection!;
  second.socket.end();
  await settle();
  server.clients.kill(gone, first.connection!);
  assertEquals(server.clients.size, 1);
});

Deno.test("a pause of writes holds back writes and what may be one, a pause of all everything", () => {
  const { server } = serverInProcess();
  const { clients, commands } = server;
  const held = () =>
    ["get", "set", "del", "ping", "publish"].filter((name) => {
      const command = commands.get(name);
      return command !== undefined && clients.holdsBack(command);
    });
  assertEquals(held(), []);
  clients.pause("write", Infinity);
  assertEquals(held().filter((name) => name !== "publish"), ["set", "del"]);
  clients.pause("all", Infinity);
  assertEquals(held().filter((name) => name !== "publish"), ["get", "set", "del", "ping"]);
  assert(clients.holdsBack(commands.getFull("client|unpause")!));
  clients.unpause();
  assertEquals(held(), []);
});

Deno.test("a second pause makes the first one neither weaker nor shorter", () => {
  const { server } = serverInProcess();
  const { clients } = server;
  clients.pause("all", 2000);
  clients.pause("write", 1000);
  assertEquals([clients.pauseMode, clients.pauseUntil], ["all", 2000]);
  clients.pause("write", 3000);
  assertEquals([clients.pauseMode, clients.pauseUntil], ["all", 3000]);
  clients.unpause();
  clients.pause("write", 500);
  assertEquals([clients.pauseMode, clients.pauseUntil], ["write", 500]);
  clients.pause("all", 400);
  assertEquals([clients.pauseMode, clients.pauseUntil], ["all", 500]);
});

Deno.test("a pause ends when its time has come, not before", () => {
  const { server } = serverInProcess();
  const { clients } = server;
  clients.pause("write", 1000);
  clients.checkPause(999);
  assertEquals(clients.pauseMode, "write");
  clients.checkPause(1000);
  assertEquals(clients.pauseMode, undefined);
});
