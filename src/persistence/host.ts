/** What the persistence service needs of the server. */
import type { Args } from "../args.ts";
import type { Settings } from "../context.ts";
import type { Journal } from "../journal.ts";
import type { Keyspace } from "../store/keyspace.ts";
import type { Clock } from "../sys/clock.ts";
import type { Disk } from "../sys/disk.ts";

export interface Logger {
  verbose(text: string): void;
  notice(text: string): void;
  warning(text: string): void;
}

export interface PersistenceHost {
  readonly keyspace: Keyspace;
  readonly journal: Journal;
  readonly settings: Settings;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the process: part of the names of temporary files. */
  readonly pid: number;
  /** Commands carried out so far: whether clients want something. */
  readonly commandsProcessed: number;
  /** Bytes that the server uses, as INFO tells. */
  usedMemory(): number;
  /** The folder that relative names begin in, for log lines. */
  folder(): string;
  /** Calls back in another turn of the event loop, clients having been served before. @param ms at least */
  later(ms: number, callback: () => void): void;
  /** Carries out a command of an append-only file; false when there is no such command. */
  replay(args: Args): boolean;
  /** Whether the server is loading, or must refuse writes, has changed. */
  stateChanged(): void;
  /** Ends the process at once, after a line in the log. */
  fatal(text: string): void;
}
