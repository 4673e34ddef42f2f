/**
 * A client as CLIENT LIST, CLIENT INFO and the log show it: one line of fields, those of the reference in its order,
 * then `lib-name` and `lib-ver` as 7.2 has them.
 *
 * Two fields differ in meaning: `fd` is always -1, since the runtime does not tell the descriptor; arguments
 * are read where they arrived, so that `argv-mem` is 0 and their bytes are counted under `qbuf`.
 */
import { clientBytes } from "./client_memory.ts";
import type { ServedClient } from "./served_client.ts";

/** @param now unix ms */
export function describeClient(client: ServedClient, now: number): string {
  const seconds = (since: number) => Math.max(0, Math.floor((now - since) / 1000));
  const { reply, subscriptions, tracking } = client;
  const sending = client.outputPending - reply.length;
  return `id=${client.id} addr=${client.address} laddr=${client.localAddress} fd=-1 name=${client.name}` +
    ` age=${seconds(client.connectedAt)} idle=${seconds(client.lastActiveAt)} flags=${flagsOf(client)}` +
    ` db=${client.db.id} sub=${subscriptions?.channels ?? 0} psub=${subscriptions?.patterns ?? 0}` +
    ` ssub=${subscriptions?.shardChannels ?? 0} multi=${client.transaction?.commands.length ?? -1}` +
    ` qbuf=${inputHeld(client)} qbuf-free=${client.inputRoom} argv-mem=0` +
    ` multi-mem=${client.transactionBytes}` +
    ` rbs=${reply.buffer.length} rbp=${Math.max(client.replyPeak, reply.length)} obl=${reply.length} oll=${
      sending > 0 ? 1 : 0
    }` +
    ` omem=${sending} tot-mem=${clientBytes(client)} events=${sending > 0 ? "rw" : "r"}` +
    ` cmd=${client.lastCommand?.name ?? "NULL"} user=${client.user} redir=${
      tracking?.options.redirection ?? -1
    } resp=${client.protocol}` +
    ` lib-name=${client.libraryName} lib-ver=${client.libraryVersion}`;
}

/** Bytes in the input buffer, the request that is carried out among them. */
function inputHeld({ inputPending, inputCapacity, inputRoom }: ServedClient): number {
  return Math.max(inputPending, inputCapacity - inputRoom);
}

/** One letter a property, in the reference's order; N when there is none. */
function flagsOf(client: ServedClient): string {
  const { tracking } = client;
  const flags = (client.server.observation.monitors.has(client) ? "O" : "") +
    (client.subscriptions !== undefined ? "P" : "") +
    (client.transaction !== undefined ? "x" : "") + (client.isWaiting ? "b" : "") +
    (tracking !== undefined ? "t" : "") + (tracking?.isBroken ? "R" : "") +
    (tracking?.options.broadcasts ? "B" : "") +
    (client.watcher?.touched ? "d" : "") + (client.closeAfterReply ? "c" : "") +
    (client.isUnix ? "U" : "") +
    (client.noEvict ? "e" : "") +
    (client.noTouch ? "T" : "");
  return flags === "" ? "N" : flags;
}
