/**
 * What dispatch and its gates ask of the server about a request, and what they tell of it. Each answer is that of the part
 * of the server that knows; nothing is kept here but who waits for a snapshot, and what a test wishes.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import type { Client, DeclaredFlags } from "../context.ts";
import { Attention, type DispatchHooks } from "../dispatch.ts";
import type { ReplyError } from "../errors.ts";
import type { GateHooks, MemoryGate, Verdict } from "../gates.ts";
import type { SlowCall } from "../observation.ts";
import type { Snapshot } from "../store/snapshot.ts";
import type { TrackingRegistry } from "../tracking/tracking.ts";
import type { ServedClient } from "./served_client.ts";
import type { RedenoServer } from "./server.ts";
import { SnapshotWaits } from "./snapshot_waits.ts";

/** Commands that are there for those only whom a directive allows them. */
const GUARDED = ["debug", "module"];

export class RequestHooks implements DispatchHooks {
  readonly #server: RedenoServer;
  readonly #snapshotWaits: SnapshotWaits;
  #wishedFault: GateHooks["wishedFault"];

  constructor(server: RedenoServer) {
    this.#server = server;
    this.#snapshotWaits = new SnapshotWaits(server.clients);
    for (const name of GUARDED) {
      const command = server.commands.get(name);
      if (command === undefined) continue;
      for (const each of [command, ...command.subcommands]) each.attention |= Attention.guardedCommand;
    }
  }

  // ---- what the gates ask -----------------------------------------------------------------------------------

  get eviction(): MemoryGate {
    return this.#server.eviction;
  }

  get tracking(): TrackingRegistry {
    return this.#server.tracking;
  }

  allowsProtected(directive: string, client: Client): boolean {
    return this.#server.allowsProtected(directive, client);
  }

  engineIsWanted(): void {
    void this.#server.loadScripting();
  }

  persistenceRefusal(): ReplyError | undefined {
    return this.#server.persistence.refusal;
  }

  declaredWrites(command: Command, args: Args): boolean | undefined {
    return this.declaredFlags(command, args)?.writes;
  }

  /** What the script that a request runs has declared; undefined where there is no script, or it says nothing. */
  declaredFlags(command: Command, args: Args): DeclaredFlags | undefined {
    const bySha = command.name.startsWith("evalsha");
    if (!bySha && command.name !== "eval" && command.name !== "eval_ro") return undefined;
    return this.#server.scripting.declaredFlags(args, bySha);
  }

  mustWait(command: Command, client: Client, writes: boolean | undefined): boolean {
    return this.#server.clients.holdsBack(command, client.transaction, writes);
  }

  mustLoad(command: Command, client: Client, args: Args): boolean {
    return this.#server.preloader!.mustWait(command, client, args);
  }

  mustBeShownFirst(command: Command, client: Client, args: Args): boolean {
    return this.#snapshotWaits.mustWait(command, client as ServedClient, args);
  }

  wishedFault(command: Command, client: Client, args: Args): Verdict {
    return this.#wishedFault?.(command, client, args) ?? "passes";
  }

  // ---- what makes them ask ----------------------------------------------------------------------------------

  /** A snapshot has begun, or has ended. */
  followSnapshot(snapshot: Snapshot | undefined): void {
    this.#snapshotWaits.follow(snapshot);
    this.#attend(Attention.snapshot, snapshot !== undefined);
  }

  /** A pause of clients has begun, or has ended. */
  followPause(): void {
    const { clients, keyspace } = this.#server;
    const isPaused = clients.pauseMode !== undefined;
    // Nothing changes while clients are paused: dead keys stay, though nobody sees them.
    keyspace.expiresLazily = !isPaused;
    this.#attend(Attention.paused, isPaused);
  }

  /** Data is being loaded, or cannot be written, or no more. */
  followPersistence(): void {
    const { persistence } = this.#server;
    this.#attend(Attention.loading, persistence.loading.progress !== undefined);
    this.#attend(Attention.cannotPersist, persistence.refusal !== undefined);
  }

  /** Has a test decide what becomes of requests, until it is asked to stop with undefined. */
  wishFaults(wished: GateHooks["wishedFault"]): void {
    this.#wishedFault = wished;
    this.#attend(Attention.faulty, wished !== undefined);
  }

  #attend(bit: number, isOn: boolean): void {
    const { dispatcher } = this.#server;
    if (isOn) dispatcher.attention |= bit;
    else dispatcher.attention &= ~bit;
  }

  // ---- what dispatch tells ----------------------------------------------------------------------------------

  refuseHttp(client: Client): void {
    const { log, clients } = this.#server;
    log.warning(
      `A client sent a line of HTTP (POST or Host:), which no client of this server does, but a browser that was ` +
        `tricked into talking to it. Its connection is closed: ${client.describe()}`,
    );
    clients.byId(client.id)?.close();
  }

  countError(text: string): void {
    this.#server.statistics.countError(text);
  }

  micros(): number {
    return this.#server.clock.monotonicMs() * 1000;
  }

  slowCall(call: SlowCall): void {
    this.#server.observation.slowCall(call);
  }

  internalError(error: unknown, command: Command, client: Client, args: Args): void {
    const { statistics, crashReports } = this.#server;
    statistics.internalErrors++;
    crashReports.handlerFailed(error, { command, client, args });
  }
}
