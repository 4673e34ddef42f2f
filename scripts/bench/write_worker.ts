/**
 * Overwrites random keys at a steady pace over one connection, in a thread of its own, until it is told to stop; a server
 * that falls behind finds the rest in its socket. Answers with how much was written, or with a message if it went wrong.
 */
import { bulk, keyName } from "./loader.ts";

export interface Writes {
  readonly port: number;
  readonly keys: number;
  readonly perSecond: number;
  readonly valueBytes: number;
}

export interface WritesDone {
  readonly writes: number;
  readonly seconds: number;
}

interface WorkerScope {
  onmessage: ((event: MessageEvent<Writes | "stop">) => void) | null;
  postMessage(message: WritesDone | string): void;
}

const scope = self as unknown as WorkerScope;
const REPLY = "+OK\r\n";
const encoder = new TextEncoder();
let goesOn = true;

scope.onmessage = async ({ data }) => {
  if (data === "stop") {
    goesOn = false;
    return;
  }
  try {
    scope.postMessage(await write(data));
  } catch (error) {
    scope.postMessage((error as Error).message);
  }
};

async function write({ port, keys, perSecond, valueBytes }: Writes): Promise<WritesDone> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const value = bulk("x".repeat(valueBytes));
  const started = performance.now();
  let sent = 0;
  const finished = countReplies(connection, () => goesOn ? Infinity : sent);
  // An error of the reader ends the writing too; it is thrown where it is awaited.
  finished.catch(() => goesOn = false);
  while (goesOn) {
    const due = Math.floor((performance.now() - started) / 1000 * perSecond);
    let text = "";
    for (; sent < due; sent++) {
      text += `*3\r\n$3\r\nSET\r\n$16\r\n${keyName(Math.floor(Math.random() * keys))}\r\n${value}`;
    }
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // The reader may be waiting for a reply to the last of them: there is one more for sure.
  sent++;
  await connection.write(encoder.encode(`*3\r\n$3\r\nSET\r\n$16\r\n${keyName(0)}\r\n${value}`));
  await finished;
  return { writes: sent, seconds: (performance.now() - started) / 1000 };
}

async function countReplies(connection: Deno.Conn, wanted: () => number): Promise<void> {
  const chunk = new Uint8Array(64 * 1024);
  for (let count = 0; count < wanted() * REPLY.length;) {
    const size = await connection.read(chunk);
    if (size === null) throw new Error("the server closed the connection while it was written to");
    if (chunk.subarray(0, size).includes(45)) {
      throw new Error(`SET failed: ${new TextDecoder().decode(chunk.subarray(0, size)).slice(0, 200)}`);
    }
    count += size;
  }
}
