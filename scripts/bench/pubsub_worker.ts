/**
 * Connections that listen: each says something once, then everything that comes is read and counted; in a thread of its
 * own, so that the one who publishes is not held up. Answers "ready" when all are answered, then "done" for each number
 * of bytes that it is told to wait for, or an error.
 */
export interface Listening {
  readonly port: number;
  readonly connections: number;
  /** What each of them sends. */
  readonly greeting: string;
  /** Bytes with which each is answered: from there on it counts. */
  readonly answerBytes: number;
}

interface WorkerScope {
  onmessage: ((event: MessageEvent<Listening | number>) => void) | null;
  postMessage(message: string): void;
}

const READ_BYTES = 256 << 10;
const CONNECTING_AT_ONCE = 100;
const scope = self as unknown as WorkerScope;
const encoder = new TextEncoder();
let received = 0;
let awaited = Infinity;

scope.onmessage = async ({ data }) => {
  if (typeof data === "number") {
    awaited = data;
    return tellWhenDone();
  }
  try {
    const { connections } = data;
    for (let open = 0; open < connections; open += CONNECTING_AT_ONCE) {
      const count = Math.min(CONNECTING_AT_ONCE, connections - open);
      await Promise.all(Array.from({ length: count }, () => listen(data)));
    }
    scope.postMessage("ready");
  } catch (error) {
    scope.postMessage((error as Error).message);
  }
};

function tellWhenDone(): void {
  if (received < awaited) return;
  awaited = Infinity;
  scope.postMessage("done");
}

/** Resolves when the greeting is answered. */
async function listen({ port, greeting, answerBytes }: Listening): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const bytes = encoder.encode(greeting);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  const chunk = new Uint8Array(4096);
  for (let left = answerBytes; left > 0;) left -= await connection.read(chunk) ?? answerBytes;
  count(connection);
}

async function count(connection: Deno.Conn): Promise<void> {
  const chunk = shared;
  try {
    for (;;) {
      const size = await connection.read(chunk);
      if (size === null) return;
      received += size;
      tellWhenDone();
    }
  } catch (error) {
    scope.postMessage((error as Error).message);
  }
}

/** What comes is only counted, so all may read into the same bytes. */
const shared = new Uint8Array(READ_BYTES);
