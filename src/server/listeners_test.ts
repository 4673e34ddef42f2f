import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { type Accepted, Listeners } from "./listeners.ts";
import { Log } from "./log.ts";

/** Listeners, and what comes in. */
class Bench implements Disposable {
  readonly log: string[] = [];
  readonly accepted: Accepted[] = [];
  readonly listeners: Listeners;
  #waiting: (() => void)[] = [];

  constructor() {
    const log = new Log(
      { write: (line) => this.log.push(line.replace(/^\S+ \S+ \S+ \S+ \S+ |\n$/g, "")) },
      1,
      () => 0,
    );
    this.listeners = new Listeners((accepted) => {
      this.accepted.push(accepted);
      for (const resolve of this.#waiting.splice(0)) resolve();
    }, log);
  }

  listen(port: number, ...addresses: string[]): number {
    this.listeners.listenTcp(port, addresses, () => 300);
    return this.listeners.ports[0]!;
  }

  /** The server's end of a new client's connection; undefined when it is refused, or closed at once. */
  async connect(options: Deno.ConnectOptions | Deno.UnixConnectOptions): Promise<Accepted | undefined> {
    const count = this.accepted.length;
    const arrived = new Promise<void>((resolve) => this.#waiting.push(resolve));
    let connection: Deno.Conn;
    try {
      connection = await ("path" in options ? Deno.connect(options) : Deno.connect(options));
    } catch {
      return undefined;
    }
    const closed = connection.read(new Uint8Array(1)).catch(() => null);
    await Promise.race([arrived, closed]);
    connection.close();
    await closed;
    return this.accepted[count];
  }

  [Symbol.dispose](): void {
    for (const { socket } of this.accepted) socket.close();
    this.listeners.close();
  }
}

const hasIpv6 = (() => {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
})();
if (!hasIpv6) console.log("This machine has no ::1: IPv6 is not tested");

const V4 = "127.0.0.1";
const V6 = "::1";

Deno.test("a client over IPv4 is local, with both its ends", async () => {
  using bench = new Bench();
  const port = bench.listen(0, V4);
  const accepted = await bench.connect({ hostname: V4, port });
  assertMatch(accepted!.address, /^127\.0\.0\.1:\d+$/);
  assertEquals(accepted!.localAddress, `127.0.0.1:${port}`);
  assertEquals(accepted!.isLocal, true);
});

Deno.test({
  name: "a client over IPv6 is local, its address in brackets",
  ignore: !hasIpv6,
  fn: async () => {
    using bench = new Bench();
    const port = bench.listen(0, V6);
    const accepted = await bench.connect({ hostname: V6, port });
    assertMatch(accepted!.address, /^\[::1\]:\d+$/);
    assertEquals(accepted!.localAddress, `[::1]:${port}`);
    assertEquals(accepted!.isLocal, true);
  },
});

Deno.test({
  name: "* and ::* together are both families, and an IPv4 client is shown as one",
  ignore: !hasIpv6,
  fn: async () => {
    for (const addresses of [["*", "-::*"], ["::*", "*"]]) {
      using bench = new Bench();
      const port = bench.listen(0, ...addresses);
      const fourth = await bench.connect({ hostname: V4, port });
      const sixth = await bench.connect({ hostname: V6, port });
      assertMatch(fourth!.address, /^127\.0\.0\.1:\d+$/);
      assertEquals(fourth!.localAddress, `127.0.0.1:${port}`);
      assertEquals(fourth!.isLocal, true);
      assertMatch(sixth!.address, /^\[::1\]:\d+$/);
      assertEquals(bench.log, []);
    }
  },
});

Deno.test({
  name: "::* alone serves no client over IPv4, * alone none over IPv6",
  ignore: !hasIpv6,
  fn: async () => {
    using six = new Bench();
    const port = six.listen(0, "::*");
    assertEquals(await six.connect({ hostname: V4, port }), undefined);
    assert(await six.connect({ hostname: V6, port }) !== undefined);
    using four = new Bench();
    const other = four.listen(0, "*");
    assertEquals(await four.connect({ hostname: V6, port: other }), undefined);
    assert(await four.connect({ hostname: V4, port: other }) !== undefined);
  },
});

Deno.test("without an address nothing is listened on", () => {
  using bench = new Bench();
  bench.listen(0);
  assertEquals(bench.listeners.ports, []);
});

Deno.test("a port in use is an error with the reason in the log, also where the address is optional", () => {
  using other = Deno.listen({ hostname: V4, port: 0 });
  const { port } = other.addr as Deno.NetAddr;
  for (const address of [V4, `-${V4}`]) {
    using bench = new Bench();
    assertThrows(
      () => bench.listen(port, address),
      Error,
      `Failed listening on port ${port} (TCP), aborting.`,
    );
    assertEquals(bench.log, [
      `# Warning: Could not create server TCP listening socket 127.0.0.1:${port}: bind: Address already in use`,
    ]);
    assertEquals(bench.listeners.ports, []);
  }
});

Deno.test("an address that the machine does not have is an error, unless it is optional", async () => {
  const warning = "# Warning: Could not create server TCP listening socket 192.0.2.1:0: " +
    "bind: Cannot assign requested address";
  using bench = new Bench();
  assertThrows(() => bench.listen(0, V4, "192.0.2.1"), Error, "Failed listening on port 0 (TCP), aborting.");
  assertEquals(bench.log, [warning]);
  assertEquals(bench.listeners.ports, []);
  const port = freePort();
  assertThrows(() => bench.listen(port, V4, "192.0.2.1"));
  await untilServed(bench, V4, port, false);
  bench.log.length = 0;
  bench.listen(0, "-192.0.2.1", V4);
  assertEquals(bench.log, [warning]);
  assertEquals(bench.listeners.ports.length, 1);
});

Deno.test("moving to another port closes the old one, clients stay", async () => {
  using bench = new Bench();
  const port = bench.listen(0, V4);
  const client = await Deno.connect({ hostname: V4, port });
  const free = Deno.listen({ hostname: V4, port: 0 });
  const next = (free.addr as Deno.NetAddr).port;
  free.close();
  while (bench.accepted.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(bench.listen(next, V4), next);
  assertEquals(await bench.connect({ hostname: V4, port }), undefined);
  assert(await bench.connect({ hostname: V4, port: next }) !== undefined);
  assertEquals(await bench.accepted[0]!.socket.write(new Uint8Array([7])), 1);
  assertEquals(await client.read(new Uint8Array(1)), 1);
  client.close();
});

Deno.test("a move that fails leaves everything as it was", async () => {
  using other = Deno.listen({ hostname: V4, port: 0 });
  using bench = new Bench();
  const port = bench.listen(0, V4);
  assertThrows(() => bench.listen((other.addr as Deno.NetAddr).port, V4));
  assertEquals(bench.listeners.ports, [port]);
  assert(await bench.connect({ hostname: V4, port }) !== undefined);
});

/** A port that is free now, for listeners that keep it while their addresses change. */
function freePort(): number {
  using listener = Deno.listen({ hostname: V4, port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** Asks until a client is served, or until one is not. */
async function untilServed(bench: Bench, hostname: string, port: number, yes = true): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if ((await bench.connect({ hostname, port }) !== undefined) === yes) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  throw new Error(`${hostname}:${port} is ${yes ? "not served" : "still served"}`);
}

Deno.test({
  name: "addresses can be added and taken away while the port stays",
  ignore: !hasIpv6,
  fn: async () => {
    using bench = new Bench();
    const port = freePort();
    bench.listen(port, V4);
    bench.listen(port, V4, V6);
    assert(await bench.connect({ hostname: V4, port }) !== undefined);
    assert(await bench.connect({ hostname: V6, port }) !== undefined);
    bench.listen(port, V6);
    assertEquals(await bench.connect({ hostname: V4, port }), undefined);
    assert(await bench.connect({ hostname: V6, port }) !== undefined);
    assertEquals(bench.log, []);
  },
});

Deno.test("all addresses become one address and all again while the port stays", async () => {
  using bench = new Bench();
  const port = freePort();
  bench.listen(port, "*", ...hasIpv6 ? ["-::*"] : []);
  bench.listen(port, V4);
  await untilServed(bench, V4, port);
  if (hasIpv6) await untilServed(bench, V6, port, false);
  bench.listen(port, "*", ...hasIpv6 ? ["-::*"] : []);
  await untilServed(bench, V4, port);
  if (hasIpv6) await untilServed(bench, V6, port);
  assertEquals(bench.log, []);
});

Deno.test("of moves that overtake each other the last one holds", async () => {
  using bench = new Bench();
  const port = freePort();
  bench.listen(port, "*");
  bench.listen(port, V4);
  bench.listen(port, "*");
  bench.listen(port, V4);
  await untilServed(bench, V4, port);
  assertEquals(bench.listeners.ports, [port]);
  assertEquals(bench.log, []);
});

Deno.test("nothing listens after a close in the midst of a move", async () => {
  using bench = new Bench();
  const port = freePort();
  bench.listen(port, "*");
  bench.listen(port, V4);
  bench.listeners.closeTcp();
  await untilServed(bench, V4, port, false);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(await bench.connect({ hostname: V4, port }), undefined);
  assertEquals(bench.listeners.ports, []);
});

Deno.test("a Unix socket has its path as address, and the permissions that were asked for", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/s.sock`;
    using bench = new Bench();
    bench.listeners.listenUnix(path, 0o700);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o700);
    const accepted = await bench.connect({ transport: "unix", path });
    assertEquals([accepted!.address, accepted!.localAddress], [`${path}:0`, `${path}:0`]);
    assertEquals([accepted!.isLocal, accepted!.isUnix], [true, true]);
    bench.listeners.close();
    assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
    assertEquals(bench.log, ["* Removing the unix socket file."]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("the file of a Unix socket that a dead server left is replaced", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/s.sock`;
    Deno.writeTextFileSync(path, "");
    using bench = new Bench();
    bench.listeners.listenUnix(path, undefined);
    assert(await bench.connect({ transport: "unix", path }) !== undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a Unix socket that cannot be made is an error with the system's reason", () => {
  using bench = new Bench();
  assertThrows(
    () => bench.listeners.listenUnix("/nonexistent/s.sock", undefined),
    Error,
    "Failed opening Unix socket: bind: No such file or directory",
  );
});

Deno.test("closing twice, and closing what never listened, does no harm", () => {
  using bench = new Bench();
  bench.listeners.close();
  bench.listeners.close();
  assertEquals(bench.log, []);
});
