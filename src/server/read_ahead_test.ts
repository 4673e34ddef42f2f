/** What is read ahead is shared by all connections: it must never mix their requests up. */
import { assertEquals } from "@std/assert";
import { serverInProcess, settle } from "../../test/support/in_process.ts";
import { encodeCommands } from "../../test/support/resp_client.ts";
import { parseReplies, plain } from "../../test/support/resp_value.ts";
import { fromLatin1, toArgs } from "../../test/support/split_args.ts";
import { latin1, Slice } from "../sys/bytes.ts";
import { Random } from "../sys/random.ts";

const SEED = 20_261_120;

/** A server with so many keys that those of a pipeline are fetched ahead. */
function serverWithManyKeys() {
  const inProcess = serverInProcess();
  const [db] = inProcess.server.keyspace.databases;
  const value = new Slice(latin1("other"));
  for (let i = 0; i < 20_000; i++) db!.setString(new Slice(latin1(`other:${i}`)), value);
  return inProcess;
}

Deno.test(`clients whose pipelines arrive in random pieces by turns get their own replies (SEED=${SEED})`, async () => {
  const random = new Random(SEED);
  const { connect } = serverWithManyKeys();
  const clients = Array.from({ length: 4 }, (_, id) => {
    const lines: string[] = [];
    const expected: unknown[] = [];
    const model = new Map<string, string>();
    for (let i = 0; i < 400; i++) {
      const name = `${id}:${random.below(20)}`;
      const value = "v".repeat(random.below(40)) + i;
      const kind = random.below(4);
      if (kind === 0) {
        lines.push(`SET ${name} ${value}`);
        model.set(name, value);
        expected.push("OK");
      } else if (kind === 1) {
        lines.push(`MSET ${name} ${value} ${name}b ${value}`);
        model.set(name, value).set(`${name}b`, value);
        expected.push("OK");
      } else if (kind === 2) {
        lines.push(`MGET ${name} ${name}b`);
        expected.push([model.get(name) ?? null, model.get(`${name}b`) ?? null]);
      } else {
        lines.push(`GET ${name}`);
        expected.push(model.get(name) ?? null);
      }
    }
    return { bytes: encodeCommands(lines.map(toArgs)), at: 0, expected, client: connect() };
  });
  while (clients.some(({ at, bytes }) => at < bytes.length)) {
    for (const each of clients) {
      const end = each.at + random.below(900);
      each.client.socket.send(each.bytes.slice(each.at, end));
      each.at = end;
      if (random.below(3) === 0) await settle();
    }
  }
  await settle();
  for (const { client, expected } of clients) {
    const got = parseReplies(fromLatin1(client.socket.take())).map(({ value }) => plain(value));
    assertEquals(got, expected);
  }
});

Deno.test("the same place of the buffer may name another key in the next batch", async () => {
  const client = serverWithManyKeys().connect();
  await client.send("SET a 1");
  await client.send("SET b 2");
  // Both keys are fetched ahead, and the second one is never looked up: its command fails first.
  const batch = encodeCommands(["GET a", "INCRBY b x"].map(toArgs));
  client.socket.send(batch);
  await settle();
  client.socket.take();
  // One request alone, whose key lies where that key lay.
  const place = batch.lastIndexOf("b".charCodeAt(0));
  client.socket.send("GET".padEnd(place) + "a\r\n");
  await settle();
  assertEquals(client.socket.take(), "$1\r\n1\r\n");
});

Deno.test("keys of inline requests with quotes are found among others that were read ahead", async () => {
  const client = serverWithManyKeys().connect();
  client.socket.send('SET "a b" 1\r\nSET c 2\r\nGET "a b"\r\nGET c\r\nGET "\\x63"\r\n');
  await settle();
  assertEquals(client.socket.take(), "+OK\r\n+OK\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n2\r\n");
});

Deno.test("a database selected in the midst of a pipeline is the one that later requests look into", async () => {
  const client = serverWithManyKeys().connect();
  client.socket.send(
    encodeCommands(["SET k 0", "SELECT 1", "SET k 1", "GET k", "SELECT 0", "GET k"].map(toArgs)),
  );
  await settle();
  assertEquals(client.socket.take(), "+OK\r\n+OK\r\n+OK\r\n$1\r\n1\r\n+OK\r\n$1\r\n0\r\n");
});
