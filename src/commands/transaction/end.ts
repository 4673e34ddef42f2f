/** The end of a transaction, however it comes: DISCARD, EXEC, RESET, or the end of the connection. */
import type { Context } from "../../context.ts";

/** Forgets what is queued and what is watched. */
export function endTransaction({ client, keyspace }: Context): void {
  client.transaction = undefined;
  if (client.watcher !== undefined) keyspace.watches.release(client.watcher);
}
