/** Where the server listens, whom it lets in, and how both change while it runs. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RespClient } from "../support/resp_client.ts";
import { ask, configured, freePort, Program, redeno, testServers, tryConnect, untilTrue } from "./program.ts";

const V4 = "127.0.0.1";
const V6 = "::1";

const hasIpv6 = (() => {
  try {
    Deno.listen({ hostname: V6, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
})();
if (!hasIpv6) console.log("This machine has no ::1: listening on IPv6 is not tested");

async function answers(hostname: string, port: number): Promise<boolean> {
  using client = await tryConnect({ hostname, port });
  if (client === undefined) return false;
  try {
    return await ask(client, "PING") === "PONG";
  } catch {
    return false;
  }
}

testServers("a Unix socket has the permissions of unixsocketperm", async (server) => {
  for (const mode of [0o700, 0o770]) {
    const args = [
      "--port",
      "0",
      "--unixsocket",
      "s.sock",
      "--unixsocketperm",
      mode.toString(8),
      "--save",
      "",
    ];
    await using program = await Program.start(server, args);
    await program.untilReady();
    assertEquals((await Deno.stat(`${program.directory}/s.sock`)).mode! & 0o777, mode);
    using client = await program.connect();
    assertMatch(String(await ask(client, "CLIENT INFO")), /addr=s\.sock:0 laddr=s\.sock:0 .*flags=U/);
  }
});

testServers("the file of a Unix socket that is left over is replaced", async (server) => {
  await using program = await Program.start(server, ["--port", "0", "--unixsocket", "s.sock", "--save", ""], {
    files: { "s.sock": "left over" },
  });
  await program.untilReady();
  using client = await program.connect();
  assertEquals(await ask(client, "PING"), "PONG");
});

if (hasIpv6) {
  testServers("the server listens on every address of bind, of both families", async (server) => {
    const port = freePort();
    const args = ["--port", String(port), "--bind", V4, V6, "-192.0.2.1", "--save", ""];
    await using program = await Program.start(server, args);
    await program.untilReady();
    assert(await answers(V4, port));
    assert(await answers(V6, port));
    using client = await RespClient.connect({ hostname: V6, port });
    assertMatch(
      String(await ask(client, "CLIENT INFO")),
      new RegExp(`addr=\\[::1\\]:\\d+ laddr=\\[::1\\]:${port} `),
    );
  });

  testServers(
    "bind moves between one address, another and all of both families while the port stays",
    async (server) => {
      const port = freePort();
      await using program = await Program.start(server, [
        ...["--port", String(port), "--bind", V4, "--unixsocket", "s.sock", "--save", ""],
      ]);
      await program.until(/accept connections at/);
      using client = await program.connect();
      const moves: [bind: string, v4: boolean, v6: boolean][] = [
        [V6, false, true],
        [`${V4} ${V6}`, true, true],
        ["* -::*", true, true],
        [V4, true, false],
        ["::*", false, true],
        ["*", true, false],
        ["", false, false],
        [V4, true, false],
      ];
      for (const [bind, v4, v6] of moves) {
        assertEquals(await ask(client, `CONFIG SET bind "${bind}"`), "OK");
        assertEquals(await configured(client, "bind"), bind);
        await untilTrue(
          `bind "${bind}"`,
          async () => await answers(V4, port) === v4 && await answers(V6, port) === v6,
        );
      }
    },
  );
}

testServers("CONFIG SET port moves the listener, and clients that are there stay", async (server) => {
  const [first, second] = [freePort(), freePort()];
  await using program = await Program.start(server, ["--port", String(first), "--bind", V4, "--save", ""]);
  await program.untilReady();
  using client = await RespClient.connect({ hostname: V4, port: first });
  assertEquals(await ask(client, `CONFIG SET port ${second}`), "OK");
  assert(await answers(V4, second));
  await untilTrue("the old port closed", async () => !await answers(V4, first));
  assertEquals(await ask(client, "PING"), "PONG");
  assertEquals(await ask(client, "CONFIG SET port 0"), "OK");
  await untilTrue("the port closed", async () => !await answers(V4, second));
  assertEquals(await ask(client, `CONFIG SET port ${first}`), "OK");
  await untilTrue("the first port open", () => answers(V4, first));
});

testServers("what cannot be listened on is an error of CONFIG SET, and nothing moves", async (server) => {
  using busy = Deno.listen({ hostname: V4, port: 0 });
  const taken = (busy.addr as Deno.NetAddr).port;
  const port = freePort();
  await using program = await Program.start(server, [
    ...["--port", String(port), "--bind", V4, "--unixsocket", "s.sock", "--save", ""],
  ]);
  await program.until(/accept connections at/);
  using client = await program.connect();
  const failed = (name: string, why: string) =>
    `ERR CONFIG SET failed (possibly related to argument '${name}') - ${why}`;
  assertEquals(
    await ask(client, `CONFIG SET port ${taken}`),
    failed("port", "Unable to listen on this port. Check server logs."),
  );
  assertEquals(await configured(client, "port"), String(port));
  await untilTrue("the old port", () => answers(V4, port));
  assertEquals(
    await ask(client, `CONFIG SET bind "${V4} 192.0.2.1"`),
    failed("bind", "Failed to bind to specified addresses."),
  );
  assertEquals(await configured(client, "bind"), V4);
  await untilTrue("the old address", () => answers(V4, port));
  await program.until(
    new RegExp(`listening socket 127\\.0\\.0\\.1:${taken}: bind: Address already in use`),
  );
  await program.until(/listening socket 192\.0\.2\.1:\d+: bind: Cannot assign requested address/);
});

testServers("a client too many is told so and closed, and counted", async (server) => {
  const args = ["--port", "0", "--unixsocket", "s.sock", "--maxclients", "2", "--save", ""];
  await using program = await Program.start(server, args);
  await program.untilReady();
  using first = await program.connect();
  using second = await program.connect();
  for (const client of [first, second]) assertEquals(await ask(client, "PING"), "PONG");
  const third = await program.connect();
  assertEquals((await third.receive()).value, { kind: "error", text: "ERR max number of clients reached" });
  await third.untilClosed();
  assertMatch(String(await ask(first, "INFO stats")), /rejected_connections:1\r\n/);
  assertEquals(await ask(first, "CONFIG SET maxclients 3"), "OK");
  using fourth = await program.connect();
  assertEquals(await ask(fourth, "PING"), "PONG");
});

testServers(
  "with requirepass nothing is answered before AUTH, and CONFIG SET changes the password",
  async (server) => {
    const args = ["--port", "0", "--unixsocket", "s.sock", "--requirepass", "secret", "--save", ""];
    await using program = await Program.start(server, args);
    await program.untilReady();
    using client = await program.connect();
    assertEquals(await ask(client, "PING"), "NOAUTH Authentication required.");
    assertEquals(
      await ask(client, "AUTH wrong"),
      "WRONGPASS invalid username-password pair or user is disabled.",
    );
    assertEquals(await ask(client, "AUTH secret"), "OK");
    assertEquals(await ask(client, "CONFIG SET requirepass other"), "OK");
    assertEquals(await ask(client, "PING"), "PONG", "who is in stays in");
    using next = await program.connect();
    assertEquals(
      await ask(next, "AUTH secret"),
      "WRONGPASS invalid username-password pair or user is disabled.",
    );
    assertEquals(await ask(next, "AUTH other"), "OK");
    assertEquals(await ask(next, 'CONFIG SET requirepass ""'), "OK");
    using last = await program.connect();
    assertEquals(await ask(last, "PING"), "PONG");
  },
);

Deno.test("a thousand idle connections answer, each for itself, and leave nothing behind", async () => {
  const port = freePort();
  await using program = await Program.start(redeno, ["--port", String(port), "--bind", V4, "--save", ""]);
  await program.untilReady();
  const clients: RespClient[] = [];
  try {
    for (let i = 0; i < 10; i++) {
      const batch = Array.from({ length: 100 }, () => RespClient.connect({ hostname: V4, port }));
      clients.push(...await Promise.all(batch));
    }
    const echoes = await Promise.all(clients.map((client, i) => ask(client, `ECHO ${i}`)));
    assertEquals(echoes, clients.map((_, i) => String(i)));
    assertMatch(String(await ask(clients[0]!, "INFO clients")), /connected_clients:1000\r\n/);
  } finally {
    for (const client of clients) client.close();
  }
  using client = await RespClient.connect({ hostname: V4, port });
  await untilTrue(
    "all of them gone",
    async () => /connected_clients:1\r\n/.test(String(await ask(client, "INFO clients"))),
  );
});

Deno.test("a client that resets its connection in the midst of a reply harms nobody", async () => {
  const port = freePort();
  await using program = await Program.start(redeno, ["--port", String(port), "--bind", V4, "--save", ""]);
  await program.untilReady();
  using witness = await RespClient.connect({ hostname: V4, port });
  assertEquals(await ask(witness, `SET k ${"x".repeat(100_000)}`), "OK");
  const request = new TextEncoder().encode("GET k\r\n".repeat(200));
  for (let i = 0; i < 20; i++) {
    const connection = await Deno.connect({ hostname: V4, port });
    await connection.write(request);
    // What was sent and not read makes the system reset the connection.
    if (i % 2 === 0) await connection.read(new Uint8Array(10));
    connection.close();
  }
  assertEquals(await ask(witness, "PING"), "PONG");
  await untilTrue(
    "all of them gone",
    async () => /connected_clients:1\r\n/.test(String(await ask(witness, "INFO clients"))),
  );
});
