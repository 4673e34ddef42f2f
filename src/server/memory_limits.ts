/** Puts eviction and the memory of clients together with a server, and keeps both to its configuration. */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import type { DeclaredFlags } from "../context.ts";
import { Attention } from "../dispatch.ts";
import { clientMemoryLimit } from "./client_memory.ts";
import { Eviction } from "./eviction.ts";
import { outputLimits } from "./output_limits.ts";
import type { RedenoServer } from "./server.ts";

/** @param inTurn runs something as if a client had sent it @param declaredFlags what the script that a request names declares */
export function newEviction(
  server: RedenoServer,
  inTurn: (action: () => void) => void,
  declaredFlags: (command: Command, args: Args) => DeclaredFlags | undefined,
): Eviction {
  const { keyspace, clock, timers, memoryLedger, dispatcher, clients, observation } = server;
  return new Eviction({
    keyspace,
    clock,
    timers,
    memoryLedger,
    inTurn,
    swapping: server.virtualMemory?.swapper,
    latency: observation.latency,
    mayEvict: () => !keyspace.isLoading && !dispatcher.isSuspended && clients.pauseMode === undefined,
    declaredNeed: (command, args) => declaredFlags(command, args)?.needsMemory,
  });
}

/** Takes `maxmemory`, `maxmemory-clients` and the limits of clients' output from the configuration. */
export function limitMemory(server: RedenoServer): void {
  const { settings, eviction, clientMemory, dispatcher, memoryLedger } = server;
  const limit = settings.number("maxmemory");
  const limitOfClients = clientMemoryLimit(settings.number("maxmemory-clients"), limit);
  const output = settings.get("client-output-buffer-limit") ?? "";
  server.outputLimits = outputLimits(output, limitOfClients < Infinity);
  clientMemory.configure(limitOfClients, limit > 0);
  if (limit > 0) dispatcher.attention |= Attention.limitedMemory;
  else dispatcher.attention &= ~Attention.limitedMemory;
  if (limit === eviction.limit || !eviction.setLimit(limit)) return;
  server.log.warning(
    `maxmemory is set to ${limit} bytes, and ${memoryLedger.used} are used: keys will be evicted, or commands that need ` +
      "memory refused, as maxmemory-policy says.",
  );
}
