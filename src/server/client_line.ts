/** A client as CLIENT LIST and the log show it: one line of fields. */
import type { Connection } from "./connection.ts";

/** @param now unix ms */
export function describeClient(client: Connection, now: number): string {
  const age = Math.floor((now - client.connectedAt) / 1000);
  return `id=${client.id} addr=${client.address} age=${age}`;
}
