/** How a server's larger parts are made: what each of them asks of the others is told here, and nowhere else. */
import { findKeys } from "../commands/server/command_keys.ts";
import { Attention } from "../dispatch.ts";
import { Persistence } from "../persistence/persistence.ts";
import type { EngineOptions } from "../scripting/engine.ts";
import { ScriptRunner } from "../scripting/script_runner.ts";
import { VirtualMemory } from "../swap/virtual_memory.ts";
import { latin1 } from "../sys/bytes.ts";
import type { Disk } from "../sys/disk.ts";
import { TrackingRegistry } from "../tracking/tracking.ts";
import { ReplayClient } from "./replay_client.ts";
import type { NewScriptEngine } from "./script_engine.ts";
import type { ServedClient } from "./served_client.ts";
import type { RedenoServer } from "./server.ts";

/** @throws SwapFileError when the swap file cannot be made, or is another server's */
export function newVirtualMemory(server: RedenoServer, disk: Disk): VirtualMemory {
  const { settings: config, keyspace, clock, log, dispatcher } = server;
  return new VirtualMemory({
    keyspace,
    disk,
    clock,
    log,
    pid: Deno.pid,
    swappedSome: () => void (dispatcher.attention |= Attention.swapped),
  }, {
    path: (config.get("vm-swap-file") ?? "").replaceAll("%p", String(Deno.pid)),
    pageSize: config.number("vm-page-size"),
    pages: config.number("vm-pages"),
    threads: config.number("vm-max-threads"),
  });
}

export function newTracking(server: RedenoServer): TrackingRegistry {
  return new TrackingRegistry({
    keyspace: server.keyspace,
    byId: (id) => server.clients.byId(id),
    forEachKey: (command, args, visit) => findKeys(command, args, 0).forEach(({ at }) => visit(args.at(at))),
    delivered: (client) => (client as ServedClient).delivered(),
    wantsTurn: () => server.turn.begin(),
    changed: () => server.dispatcher.followTracking(),
  });
}

/** @param fatal ends the server: what it did can be kept no more */
export function newPersistence(
  server: RedenoServer,
  disk: Disk,
  fatal: (text: string) => void,
): Persistence {
  const { keyspace, journal, settings, clock, log, hooks, observation } = server;
  const replaying = new ReplayClient(server);
  return new Persistence({
    keyspace,
    journal,
    settings,
    disk,
    clock,
    log,
    pid: Deno.pid,
    get commandsProcessed() {
      return server.dispatcher.commandsProcessed;
    },
    usedMemory: () => server.memory().used,
    folder: () => settings.get("dir") ?? ".",
    later: (ms, callback) => {
      const slice = () => observation.watch("snapshot-slice", callback);
      if (ms > 0) setTimeout(slice, ms);
      else void disk.glance().then(slice);
    },
    replay: (args) => replaying.run(args),
    stateChanged: () => hooks.followPersistence(),
    fatal,
  });
}

/** @param workMs a monotonic clock of what scripts take */
export function newScripting(
  server: RedenoServer,
  newEngine: NewScriptEngine,
  workMs: () => number,
): ScriptRunner {
  const decoder = new TextDecoder();
  const levels = ["debug", "verbose", "notice", "warning"] as const;
  return new ScriptRunner({
    server,
    newEngine: (options: EngineOptions) => newEngine(options),
    keysOf: (command, args) => findKeys(command, args, 0).map(({ at }) => at),
    later: (callback) => void setTimeout(callback, 0),
    workMs,
    inTurn: (action) => server.turn.run(action),
    log: (level, text) => server.log[levels[level]!](decoder.decode(latin1(text))),
  });
}
