/** What an operator looks at, as commands see it: the slow log, the latency monitor, MONITOR, the log of refused users. */
import type { Args } from "./args.ts";
import type { Command } from "./command_table.ts";
import type { Client, Context } from "./context.ts";

/** A call that dispatch reports because it took long. */
export interface SlowCall {
  readonly context: Context;
  readonly command: Command;
  /** Of the call, or of the last of several; undefined when they are not there any more. Valid until the report returns. */
  readonly args: Args | undefined;
  /** How many calls of the command, one after the other, took that long together: their own times are not known. */
  readonly calls: number;
  readonly microseconds: number;
  /** It had waited for a key: this is how long it took to serve it. */
  readonly wasWaiting?: boolean;
}

/** A call in the slow log. Texts have one character a byte. */
export interface SlowLogEntry {
  /** Counts up from 0 for as long as the server runs. */
  readonly id: number;
  /** Unix seconds. */
  readonly at: number;
  readonly microseconds: number;
  /** Clipped; secrets are left out. */
  readonly args: readonly string[];
  readonly address: string;
  /** Of the client, by CLIENT SETNAME. */
  readonly name: string;
}

export interface SlowLogCommands {
  readonly length: number;
  /** The latest entries, the newest first; all unless there is a count. */
  latest(count?: number): readonly SlowLogEntry[];
  reset(): void;
}

/** The worst of one second. */
export interface LatencySample {
  /** Unix seconds. */
  readonly at: number;
  readonly ms: number;
}

/** Something that takes long at times. */
export interface LatencyEvent {
  readonly name: string;
  /** The latest 160, the oldest first. */
  readonly samples: readonly LatencySample[];
  /** The worst since it was reset. */
  readonly maxMs: number;
}

export interface LatencyCommands {
  /** In no particular order; never empty ones. */
  events(): Iterable<LatencyEvent>;
  event(name: string): LatencyEvent | undefined;
  /** Forgets an event, or all; how many there were. */
  reset(name?: string): number;
  /** What the samples tell people. */
  advise(): string;
}

/** Clients that are shown every request. */
export interface MonitorCommands {
  /** False when it is one already. */
  add(client: Client): boolean;
  /** Whether it was one. */
  remove(client: Client): boolean;
}

/** A refusal in the ACL log. */
export interface AclLogEntry {
  readonly id: number;
  /** How often it happened, one after the other. */
  readonly count: number;
  readonly reason: string;
  readonly context: string;
  readonly object: string;
  readonly user: string;
  /** Unix ms: of the first and of the last time. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The client of the last time, as CLIENT LIST shows it. */
  readonly client: string;
}

export interface AclLogCommands {
  /** The newest first. */
  latest(count?: number): readonly AclLogEntry[];
  reset(): void;
  /** A client gave a wrong password, or a user that does not exist. @param object the command, as it was written */
  loginFailed(client: Client, user: string, object: string): void;
}

export interface Observation {
  readonly slowLog: SlowLogCommands;
  readonly latency: LatencyCommands;
  readonly monitors: MonitorCommands;
  readonly aclLog: AclLogCommands;
}
