/**
 * Requests that are damaged on purpose, many of them, over many connections: the server must stay alive, close what
 * it must, and serve everybody else as if nothing happened.
 *
 *     deno run -A test/fuzz/damaged_requests.ts [--count 100000] [--seed N] [--server real]
 */
import { parseArgs } from "@std/cli";
import { encodeCommand, isDisconnect, openConnection, type RespClient } from "../support/resp_client.ts";
import { plain } from "../support/resp_value.ts";
import { startRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { fromLatin1 } from "../support/split_args.ts";
import { groups } from "./grammar.ts";
import { freshSeed, Random } from "./random.ts";
import { randomSequence } from "./sequence.ts";

const CONNECTIONS = 40;
const REQUESTS_A_CONNECTION = 10;
const CLOSE_MS_MAX = 60_000;

export interface DamageResult {
  readonly requests: number;
  /** The longest time the witness, a well-behaved client, waited for a PONG, in milliseconds. */
  readonly slowestPongMs: number;
  /** What went wrong, as sentences. */
  readonly failures: readonly string[];
}

/** Sends `count` damaged requests to the server and watches how it bears them. */
export async function sendDamagedRequests(
  server: ServerProcess,
  count: number,
  seed: number,
): Promise<DamageResult> {
  const failures: string[] = [];
  let requests = 0;
  let finished = false;
  let slowestPongMs = 0;
  using witness = await server.connect();
  const watching = watch(witness, () => finished, (ms) => slowestPongMs = Math.max(slowestPongMs, ms))
    .catch((error) => failures.push(`the witness got no PONG: ${(error as Error).message}`));
  let next = 0;
  const worker = async () => {
    while (requests < count && failures.length === 0) {
      const random = new Random(seed + next++);
      requests += REQUESTS_A_CONNECTION;
      const failure = await sendOneConnection(server, random);
      if (failure) failures.push(failure);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  finished = true;
  await watching;
  if (!server.alive()) failures.push(`the server ended:\n${server.log().slice(-2000)}`);
  return { requests, slowestPongMs, failures };
}

async function watch(
  witness: RespClient,
  finished: () => boolean,
  waited: (ms: number) => void,
): Promise<void> {
  for (let turn = 0; !finished(); turn++) {
    const started = performance.now();
    const { value } = await witness.send(["PING", String(turn)]);
    if (plain(value) !== String(turn)) throw new Error(`PING ${turn} was answered ${String(plain(value))}`);
    waited(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Sends some damaged requests, says that no more come, and reads until the server closes. */
async function sendOneConnection(server: ServerProcess, random: Random): Promise<string | undefined> {
  const bytes = damagedRequests(random, REQUESTS_A_CONNECTION);
  let connection: Deno.Conn;
  try {
    connection = await openConnection(server.address);
  } catch (error) {
    return `no connection: ${(error as Error).message}`;
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.close();
  }, CLOSE_MS_MAX);
  try {
    const reading = readAll(connection);
    for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
    await connection.closeWrite();
    await reading;
  } catch (error) {
    if (!isDisconnect(error)) throw error;
  } finally {
    clearTimeout(timer);
    if (!late) connection.close();
  }
  return late ? `a connection stayed open for ${CLOSE_MS_MAX} ms after its end` : undefined;
}

async function readAll(connection: Deno.Conn): Promise<void> {
  const chunk = new Uint8Array(64 * 1024);
  try {
    while (await connection.read(chunk) !== null);
  } catch (error) {
    if (!isDisconnect(error)) throw error;
  }
}

const commands = [...groups.string!, ...groups.generic!, ...groups.connection!];
const payloads = [fromLatin1("\0\x01v\n\0")];

/** Well-formed requests, each then damaged in its own way, as one piece of bytes. */
export function damagedRequests(random: Random, count: number): Uint8Array {
  const parts: number[] = [];
  for (const { args } of randomSequence(random.uint32(), count, commands, payloads)) {
    const damage = random.pick(DAMAGES);
    for (const byte of damage(encodeCommand(args), random)) parts.push(byte);
  }
  return Uint8Array.from(parts);
}

type Damage = (request: Uint8Array, random: Random) => Uint8Array;

const LENGTHS = [
  "-1",
  "-2",
  "0",
  "1",
  "3",
  "00",
  "+1",
  " 1",
  "1 ",
  "",
  "a",
  "1a",
  "65537",
  "1048576",
  "1048577",
  "536870912",
  "536870913",
  "2147483647",
  "2147483648",
  "4294967296",
  "9223372036854775807",
  "9223372036854775808",
  "1e3",
  "0x10",
];

const DAMAGES: readonly Damage[] = [
  (request) => request,
  (request, random) => flip(request, random, 1),
  (request, random) => flip(request, random, random.between(2, 10)),
  (request, random) => request.subarray(0, random.between(0, request.length)),
  (request, random) => request.subarray(random.between(0, request.length)),
  (request, random) => splice(request, random, random.bytes(random.between(1, 8))),
  (request, random) => replaceLength(request, random, "*"),
  (request, random) => replaceLength(request, random, "$"),
  (_request, random) => random.bytes(random.between(1, 200)),
  (_request, random) =>
    fromLatin1(random.pick(["GET", '"GET', "GET 'k", 'SET k "\\xzz"', "\0\0", "*", "$", "", " "]) + "\r\n"),
  (request, random) => splice(request, random, request),
  (_request, random) => fromLatin1("*2\r\n".repeat(random.between(1, 50))),
  (request, random) =>
    splice(request, random, fromLatin1(random.pick(["\r\n", "\n", "\r", "*1\r\n", "$-1\r\n"]))),
  (_request, random) => fromLatin1("x".repeat(random.between(1, 3000)) + random.pick(["", "\n", "\r\n"])),
];

function flip(request: Uint8Array, random: Random, count: number): Uint8Array {
  const result = Uint8Array.from(request);
  for (let i = 0; i < count; i++) result[random.between(0, result.length - 1)]! ^= 1 << random.between(0, 7);
  return result;
}

function splice(request: Uint8Array, random: Random, insert: Uint8Array): Uint8Array {
  const at = random.between(0, request.length);
  return Uint8Array.from([...request.subarray(0, at), ...insert, ...request.subarray(at)]);
}

/** Puts another number behind one of the marks "*" or "$". */
function replaceLength(request: Uint8Array, random: Random, mark: string): Uint8Array {
  const code = mark.charCodeAt(0);
  const places = [...request.keys()].filter((i) => request[i] === code);
  if (places.length === 0) return request;
  const at = random.pick(places) + 1;
  const end = Math.max(at, request.indexOf(13, at));
  return Uint8Array.from([
    ...request.subarray(0, at),
    ...fromLatin1(random.pick(LENGTHS)),
    ...request.subarray(end),
  ]);
}

async function main(): Promise<number> {
  const flags = parseArgs(Deno.args, { string: ["count", "seed", "server"] });
  const count = Number(flags.count ?? 100_000);
  const seed = Number(flags.seed ?? freshSeed());
  console.log(`SEED=${seed}, ${count} damaged requests`);
  await using server = flags.server === "real" ? await startRealServer() : await startRedeno();
  const result = await sendDamagedRequests(server, count, seed);
  for (const failure of result.failures) console.log(failure);
  console.log(
    `${result.requests} requests sent; the slowest PONG for others took ${
      result.slowestPongMs.toFixed(1)
    } ms`,
  );
  return result.failures.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
