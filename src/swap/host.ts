/** What virtual memory needs of the server. */
import type { Keyspace } from "../store/keyspace.ts";
import type { Clock } from "../sys/clock.ts";
import type { Disk } from "../sys/disk.ts";

export interface SwapHost {
  readonly keyspace: Keyspace;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: { notice(text: string): void; warning(text: string): void };
  /** Of the process: it is written into the swap file. */
  readonly pid: number;
  /** Values are in the swap file now: requests have to be looked at before they are carried out. */
  swappedSome(): void;
}

/** What cannot change while the server runs. */
export interface SwapOptions {
  /** `vm-swap-file`. */
  readonly path: string;
  /** `vm-page-size`, bytes. */
  readonly pageSize: number;
  /** `vm-pages`; 0: as many as are needed. */
  readonly pages: number;
  /** `vm-max-threads`: reads under way at once; 0: whatever is done is done at once. */
  readonly threads: number;
}

/** What INFO tells. */
export class SwapStatistics {
  swappedOut = 0;
  swappedIn = 0;
  /** Values read at once, in the middle of a command. */
  readsAtOnce = 0;
  /** Values for which somebody waited who found them being read already. */
  loadsShared = 0;
  /** Values whose swapping out was given up, since they were changed or used meanwhile. */
  cancelled = 0;
  /** Values that did not come back as they were written. */
  damaged = 0;
  readErrors = 0;
  writeErrors = 0;
  /** Values that stayed, since there was no room in the file. */
  noRoom = 0;

  reset(): void {
    this.swappedOut =
      this.swappedIn =
      this.readsAtOnce =
      this.loadsShared =
      this.cancelled =
        0;
    this.damaged =
      this.readErrors =
      this.writeErrors =
      this.noRoom =
        0;
  }
}
