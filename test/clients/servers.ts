/** One test of a client library on both servers, with the same assertions: what it expects is what the reference does. */
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";

// The libraries keep timers and sockets of node:net that outlive their closing by a turn of the event loop.
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

/**
 * Registers a test for redeno and one for redis-server, which is skipped where there is none.
 * @param library stands before the names of the servers in the names of the tests
 * @param args directives for both
 */
export function onBothServers(
  library: string,
  title: string,
  args: readonly string[],
  body: (server: ServerProcess) => Promise<void>,
): void {
  Deno.test(`${library} on redeno: ${title}`, LOOSE, async () => {
    await using server = await startRedeno({ listen: "tcp", args });
    await body(server);
  });
  const missing = whyNoRealServer();
  const why = missing === undefined ? "" : ` (${missing})`;
  Deno.test(
    `${library} on redis-server: ${title}${why}`,
    { ...LOOSE, ignore: missing !== undefined },
    async () => {
      await using server = await startRealServer({ listen: "tcp", args });
      await body(server);
    },
  );
}
