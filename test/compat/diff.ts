/**
 * `deno task diff "SET k v EX 0" "GET k"`: sends the lines to a redis-server and to redeno, prints both answers as
 * redis-cli shows them, and says whether the bytes are the same. Ends with 1 when they are not.
 */
import { ConnectionClosed, type RespClient } from "../support/resp_client.ts";
import { formatReply, type Reply } from "../support/resp_value.ts";
import { startRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import { escapeBytes, latin1 } from "../support/split_args.ts";

/** The answer, or undefined when the server closed the connection instead. */
async function ask(client: RespClient, line: string): Promise<Reply | undefined> {
  try {
    return await client.send(line);
  } catch (error) {
    if (error instanceof ConnectionClosed) return undefined;
    throw error;
  }
}

function show(reply: Reply | undefined): string {
  return reply ? formatReply(reply.value) : "(the server closed the connection)";
}

function indent(text: string): string {
  return text.split("\n").map((line) => "    " + line).join("\n");
}

/** Prints both answers to each line; true when all were the same. */
async function diff(lines: readonly string[]): Promise<boolean> {
  await using real = await startRealServer();
  await using redeno = await startRedeno();
  using realClient = await real.connect();
  using ourClient = await redeno.connect();
  let same = true;
  for (const line of lines) {
    const [a, b] = await Promise.all([ask(realClient, line), ask(ourClient, line)]);
    console.log(`> ${line}`);
    if ((a && latin1(a.bytes)) === (b && latin1(b.bytes))) {
      console.log(`  both\n${indent(show(a))}`);
      if (!a) break;
      continue;
    }
    same = false;
    console.log(`  redis-server\n${indent(show(a))}\n  redeno\n${indent(show(b))}`);
    if (a && b) console.log(`  bytes\n    ${escapeBytes(a.bytes)}\n    ${escapeBytes(b.bytes)}`);
    if (!a || !b) break;
  }
  console.log(same ? "same bytes" : "different");
  return same;
}

if (import.meta.main) {
  if (Deno.args.length === 0) {
    console.error(`usage: deno task diff "SET k v EX 0" ["GET k" ...]`);
    Deno.exit(2);
  }
  const same = await diff(Deno.args);
  Deno.exit(same ? 0 : 1);
}
