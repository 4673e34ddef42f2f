import { assert, assertEquals } from "@std/assert";
import { type InProcess, serverInProcess, settle } from "../../test/support/in_process.ts";
import { Cron } from "./cron.ts";

/** A server whose cron runs 500 times a second by the timer, and by a clock that stands still. */
class Running implements Disposable {
  readonly inProcess: InProcess;
  /** How often the cron looked at the clock. */
  ticks = 0;
  readonly #cron: Cron;

  constructor(configuration = "") {
    this.inProcess = serverInProcess(`hz 500\nloglevel verbose\n${configuration}`);
    const { server, clock } = this.inProcess;
    const checkPause = server.clients.checkPause.bind(server.clients);
    server.clients.checkPause = (now) => {
      this.ticks++;
      checkPause(now);
    };
    assertEquals(server.clock, clock);
    this.#cron = new Cron(server);
    this.#cron.start();
  }

  async until(condition: () => boolean): Promise<void> {
    for (const end = performance.now() + 60_000; !condition();) {
      if (performance.now() > end) throw new Error("it did not happen within a minute");
      await settle();
    }
  }

  /** Waits for three ticks that begin from now on. */
  async untilTicked(): Promise<void> {
    const enough = this.ticks + 3;
    await this.until(() => this.ticks >= enough);
  }

  stop(): void {
    this.#cron.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

Deno.test("keys die of age though nobody asks for them", async () => {
  using running = new Running();
  const { server, clock, connect } = running.inProcess;
  const client = connect();
  for (let i = 0; i < 50; i++) await client.send(`SET k${i} v PX 100`);
  await client.send("SET stays v");
  await running.untilTicked();
  assertEquals(server.keyspace.size, 51);
  clock.advance(101);
  await running.until(() => server.keyspace.size === 1);
  assertEquals(server.keyspace.expiredKeys, 50);
});

Deno.test("dead keys stay while active expiry is off, and while clients are paused", async () => {
  using running = new Running();
  const { server, clock, connect } = running.inProcess;
  await connect().send("SET k v PX 100");
  server.activeExpire = false;
  clock.advance(1000);
  await running.untilTicked();
  assertEquals(server.keyspace.size, 1);
  server.activeExpire = true;
  server.clients.pause("write", clock.now() + 1000);
  await running.untilTicked();
  assertEquals(server.keyspace.size, 1);
  clock.advance(1000);
  await running.until(() => server.keyspace.size === 0);
});

Deno.test("a pause ends by the clock, and the clients that waited go on", async () => {
  using running = new Running();
  const { clock, connect } = running.inProcess;
  const [client, control] = [connect(), connect()];
  await control.send("CLIENT PAUSE 100");
  assertEquals(await client.send("PING"), "");
  await running.untilTicked();
  assertEquals(client.socket.take(), "");
  clock.advance(100);
  await running.until(() => client.socket.received !== "");
  assertEquals(client.socket.take(), "+PONG\r\n");
});

Deno.test("clients that are idle for longer than the timeout are closed, others are not", async () => {
  using running = new Running("timeout 10");
  const { server, clock, connect, log } = running.inProcess;
  const [idle, busy] = [connect(), connect()];
  await idle.send("PING");
  clock.advance(9_000);
  await busy.send("PING");
  clock.advance(1_000);
  await running.untilTicked();
  assertEquals(server.clients.size, 2, "10 seconds are not more than 10 seconds");
  clock.advance(1_000);
  await running.until(() => server.clients.size < 2);
  assert(idle.socket.closed && !busy.socket.closed);
  assertEquals(log.at(-1), "- Closing idle client");
});

Deno.test("a client that a pause holds back is not idle, and without a timeout nobody is", async () => {
  using running = new Running("timeout 10");
  const { server, clock, connect } = running.inProcess;
  const [client, control] = [connect(), connect()];
  await control.send("CLIENT PAUSE 1000000 WRITE");
  await client.send("SET k v");
  clock.advance(20_000);
  await running.until(() => server.clients.size === 1);
  assert(control.socket.closed && !client.socket.closed);
  using never = new Running();
  never.inProcess.connect();
  never.inProcess.clock.advance(1e9);
  await never.untilTicked();
  assertEquals(never.inProcess.server.clients.size, 1);
});

Deno.test("what was flushed in the background is freed in the background, a slice a turn", async () => {
  using running = new Running();
  const { server, clock, connect } = running.inProcess;
  const client = connect();
  for (let i = 0; i < 1000; i++) {
    if (i % 250 === 0) client.socket.command(["SELECT", String(i / 250)]);
    client.socket.command(["SET", `key${i}`, "v"]);
  }
  await settle();
  const used = server.keyspace.usedBytes;
  // Every look at the clock shows that the slice is over.
  clock.monotonicMs = () => performance.now() * 1000;
  await client.send("FLUSHALL ASYNC");
  await running.until(() => server.keyspace.lazyFreePending === 0);
  assertEquals(server.keyspace.lazyFreed, 1000);
  assert(server.keyspace.usedBytes < used);
});

Deno.test("a large set that was deleted is freed in the background when lazyfree-lazy-user-del is on", async () => {
  using running = new Running("lazyfree-lazy-user-del yes");
  const { server, clock, connect } = running.inProcess;
  const client = connect();
  for (let i = 0; i < 40; i++) {
    await client.send(["SADD", "k", ...Array.from({ length: 500 }, (_, j) => `member:${i * 500 + j}`)]);
  }
  const used = server.keyspace.usedBytes;
  // Every look at the clock shows that the slice is over.
  clock.monotonicMs = () => performance.now() * 1000;
  await client.send("DEL k");
  assertEquals(server.keyspace.lazyFreePending, 1);
  await running.until(() => server.keyspace.lazyFreePending === 0);
  assertEquals(server.keyspace.lazyFreed, 1);
  assert(server.keyspace.usedBytes < used / 10);
});

Deno.test("rates are sampled every 100 ms of the clock", async () => {
  using running = new Running();
  const { server, clock, connect } = running.inProcess;
  const client = connect();
  await running.untilTicked();
  for (let i = 0; i < 20; i++) await client.send("PING");
  await running.untilTicked();
  assertEquals(server.statistics.operations.perSecond, 0);
  clock.advance(100);
  await running.until(() => server.statistics.operations.perSecond > 0);
  assertEquals(server.statistics.operations.perSecond, 200);
  assertEquals(server.statistics.input.perSecond, 20 * 14 * 10);
  assertEquals(server.statistics.output.perSecond, 20 * 7 * 10);
});

Deno.test("a clock that is set back stops neither rates nor timeouts", async () => {
  using running = new Running("timeout 10");
  const { server, clock, connect } = running.inProcess;
  const client = connect();
  await running.untilTicked();
  clock.setWallClock(clock.now() - 3_600_000);
  await running.untilTicked();
  await client.send("PING");
  clock.advance(100);
  await running.until(() => server.statistics.operations.perSecond > 0);
  clock.advance(20_000);
  await running.until(() => client.socket.closed);
});

Deno.test("a cron that was stopped does not tick again", async () => {
  using running = new Running();
  await running.untilTicked();
  running.stop();
  const { ticks } = running;
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 2));
  assertEquals(running.ticks, ticks);
});
