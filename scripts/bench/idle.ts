/** What many connected clients cost that say nothing: memory, and whether each is still answered. */
import type { ServerProcess } from "../../test/support/server_process.ts";
import { inTurns, portOf, residentBytes, type Rival } from "./rivals.ts";
import { markdownTable, median, megabytes, short, times } from "./table.ts";

const CLIENTS = 10_000;
const QUICK_CLIENTS = 1000;
const CONNECTING_AT_ONCE = 200;
const PING = new TextEncoder().encode("PING\r\n");
const PONG = "+PONG\r\n";
const SETTLE_MS = 1000;

interface IdleCost {
  readonly residentBytes: number;
  readonly bytesAClient: number;
  readonly allAnsweredMs: number;
}

/** Measures, and gives the report as Markdown. */
export async function idle(options: { rounds: number; quick: boolean }): Promise<string> {
  const clients = options.quick ? QUICK_CLIENTS : CLIENTS;
  const results = await inTurns(options.rounds, (rival) => idleCost(rival, clients));
  const of = (rival: Rival["name"], field: keyof IdleCost) =>
    median(results[rival].map((cost) => cost[field]));
  const row = (title: string, field: keyof IdleCost, show: (number: number) => string) => {
    const [real, ours] = [of("redis-server", field), of("redeno", field)];
    return [title, show(real), show(ours), times(ours / real)];
  };
  return [
    `${short(clients)} connected idle clients, medians of ${options.rounds} round${
      options.rounds === 1 ? "" : "s"
    }; ` +
    "all of them answered PING.",
    "",
    markdownTable(["", "redis-server", "redeno", "ratio"], [
      row("RSS in total", "residentBytes", megabytes),
      row("bytes a client over the empty server", "bytesAClient", (bytes) => bytes.toFixed(0)),
      row("ms until all had their PONG", "allAnsweredMs", (ms) => ms.toFixed(0)),
    ]),
  ].join("\n");
}

async function idleCost(rival: Rival, clients: number): Promise<IdleCost> {
  await using server = await rival.start(["--maxclients", String(clients + 100)]);
  console.error(`${rival.name}: ${short(clients)} connections`);
  const empty = await residentBytes(server.pid);
  const connections: Deno.Conn[] = [];
  try {
    await connectAll(server, clients, connections);
    // Once for the buffers that a first request may need, then the measured turn.
    await pingAll(connections);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const resident = await residentBytes(server.pid);
    const started = performance.now();
    await pingAll(connections);
    const allAnsweredMs = performance.now() - started;
    return { residentBytes: resident, bytesAClient: (resident - empty) / clients, allAnsweredMs };
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function connectAll(server: ServerProcess, count: number, into: Deno.Conn[]): Promise<void> {
  const port = portOf(server);
  while (into.length < count) {
    const batch = Math.min(CONNECTING_AT_ONCE, count - into.length);
    const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
    into.push(...await Promise.all(Array.from({ length: batch }, connect)));
  }
}

async function pingAll(connections: readonly Deno.Conn[]): Promise<void> {
  await Promise.all(connections.map(async (connection, i) => {
    await connection.write(PING);
    const answer = new Uint8Array(64);
    const size = await connection.read(answer);
    const text = new TextDecoder().decode(answer.subarray(0, size ?? 0));
    if (text !== PONG) throw new Error(`client ${i} was answered ${JSON.stringify(text)}`);
  }));
}
