/**
 * Reads an append-only file of commands and has them carried out.
 *
 * The file is read through a window; commands are found in it as slices, so nothing is allocated for a command. What
 * stands between MULTI and EXEC is one unit: it is looked through up to its EXEC first, staying in the window, and only
 * then handed over, so a transaction whose end was never written leaves no trace. MULTI and EXEC themselves are not
 * handed over.
 *
 * Stricter than requests of clients: `*<count>`, `$<length>`, digits and CR LF, and no inline commands; so damage is found
 * where it is. Lines that begin with `#` are annotations and are skipped.
 *
 * Invariants: bytes before {@link AofLoader.validUpTo} are whole units, all of them carried out; of what is behind, nothing
 * is. Indices are into the window; `#windowAt` is where in the file it begins.
 */
import { Args } from "../../args.ts";
import type { DiskFile } from "../../sys/disk.ts";

const WINDOW_BYTES = 1 << 20;
/** Commands carried out between two looks at the time. */
const STEP_COMMANDS = 32;
/** Longest line of a count or a length, and of an annotation, line break included. */
const NUMBER_LINE_BYTES_MAX = 24;
const ANNOTATION_BYTES_MAX = 1023;
const ARGUMENTS_MAX = 0x7fffffff;

const STAR = 42;
const DOLLAR = 36;
const HASH = 35;
const CR = 13;
const LF = 10;

/** What {@link AofLoader.#parse} says instead of where the command ends: more bytes are needed, or there are none. */
const INCOMPLETE = -1;

/** A file that cannot be loaded to its end. The message is the line for the log. */
export class AofFormatError extends Error {
  override readonly name = "AofFormatError";
  /** Where the part that was loaded ends, in bytes. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export interface AofLoaderOptions {
  /** The file's name, for messages. */
  readonly name: string;
  /** Carries a command out. The arguments are good until it returns; what it throws ends the loading. */
  readonly replay: (args: Args) => void;
  /** Whether no other file follows: only then its end may be missing. */
  readonly isLast: boolean;
  /** `aof-load-truncated`: whether an end that is missing is put up with. */
  readonly loadTruncated: boolean;
  /** Where the commands begin: behind an RDB. The file is positioned there. */
  readonly startAt?: number;
  /** Takes what is odd but no reason to stop. */
  readonly log?: (text: string) => void;
}

export class AofLoader {
  /** Bytes up to the end of the last whole unit. */
  validUpTo: number;
  /** Whether the file ends in the middle of something; then it is to be cut off at {@link validUpTo}. */
  truncated = false;
  /** Commands carried out. */
  commands = 0;
  readonly #file: DiskFile;
  readonly #options: AofLoaderOptions;
  readonly #args: Args = new Args();
  #window: Uint8Array = new Uint8Array(WINDOW_BYTES);
  #windowAt: number;
  /** The next byte to look at, and the end of the bytes in the window. */
  #at = 0;
  #end = 0;
  /** Bytes from {@link #at} on that the command there needs at least, as far as it is known. */
  #needed = 0;
  /** Behind the MULTI of the unit that is looked through or carried out; -1 outside of units. */
  #unitAt = -1;
  /** The EXEC of the unit that is carried out; -1 while none is. */
  #execAt = -1;
  /** Where the window is cut off when it moves: bytes before are not needed any more. */
  #keepFrom = 0;

  constructor(file: DiskFile, options: AofLoaderOptions) {
    this.#file = file;
    this.#options = options;
    this.#windowAt = this.validUpTo = options.startAt ?? 0;
  }

  /** Bytes of the file that were looked at. */
  get position(): number {
    return this.#windowAt + this.#at;
  }

  /**
   * Carries commands out until `more` says stop, which is asked every few commands; true when the file is through.
   * @throws AofFormatError when it cannot be loaded to its end; DiskError; what replay throws
   */
  step(more: () => boolean): boolean {
    for (let left = STEP_COMMANDS; left > 0 || more(); left--) {
      if (left === 0) left = STEP_COMMANDS;
      const at = this.#at;
      const end = this.#parse(at);
      if (end === INCOMPLETE) {
        if (this.#fill()) continue;
        return this.#finish();
      }
      this.#at = end;
      if (this.#args.count > 0) this.#take(at, end);
      else if (this.#unitAt < 0) this.#keepFrom = end;
    }
    return false;
  }

  /** A command was found from `at` to `end`. */
  #take(at: number, end: number): void {
    const args = this.#args;
    const single = args.count === 1;
    if (this.#execAt >= 0) {
      if (at === this.#execAt) this.#unitAt = this.#execAt = -1;
      else if (single && args.is(0, "multi")) return this.#nested();
      else return this.#replay();
    } else if (this.#unitAt >= 0) {
      // Looked through only; when its end is found, from the beginning again.
      if (!single || !args.is(0, "exec")) return;
      this.#execAt = at;
      this.#at = this.#unitAt;
      return;
    } else if (single && args.is(0, "multi")) {
      this.#unitAt = end;
      return;
    } else {
      this.#replay();
    }
    this.#keepFrom = end;
    this.validUpTo = this.#windowAt + end;
  }

  #replay(): void {
    this.commands++;
    this.#options.replay(this.#args);
  }

  #nested(): void {
    this.#options.log?.(
      "== CRITICAL == This server is sending an error to its AOF-loading-client: " +
        "'MULTI calls can not be nested' after processing the command 'multi'",
    );
  }

  // ---- the format -------------------------------------------------------------------------------------------

  /**
   * Finds the command, or the annotation, that begins at `at`; of an annotation there are no arguments. Where it ends, or
   * {@link INCOMPLETE}.
   */
  #parse(at: number): number {
    const bytes = this.#window;
    const end = this.#end;
    const args = this.#args;
    args.clear();
    this.#needed = 0;
    if (at >= end) return INCOMPLETE;
    if (bytes[at] !== STAR) return this.#annotation(at);
    let i = at + 1;
    let count = 0;
    for (; i < end; i++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) break;
      count = count * 10 + digit;
    }
    const line = this.#lineEnd(at, i);
    if (line === INCOMPLETE) return INCOMPLETE;
    if (count < 1 || count > ARGUMENTS_MAX) this.#refuse();
    let next = line;
    for (; count > 0; count--) {
      if (next >= end) return INCOMPLETE;
      if (bytes[next] !== DOLLAR) this.#refuse();
      let length = 0;
      for (i = next + 1; i < end; i++) {
        const digit = bytes[i]! - 48;
        if (digit < 0 || digit > 9) break;
        length = length * 10 + digit;
      }
      const start = this.#lineEnd(next, i);
      if (start === INCOMPLETE) return INCOMPLETE;
      next = start + length + 2;
      if (next > end) {
        this.#needed = next - at;
        return INCOMPLETE;
      }
      if (bytes[next - 2] !== CR || bytes[next - 1] !== LF) this.#refuse();
      args.push(bytes, start, start + length);
    }
    return next;
  }

  /** Behind the line break at `digitsEnd`, of a line that begins at `at` and must have digits; {@link INCOMPLETE}. */
  #lineEnd(at: number, digitsEnd: number): number {
    const bytes = this.#window;
    const length = digitsEnd - at;
    if (length > NUMBER_LINE_BYTES_MAX - 2) this.#refuse();
    if (digitsEnd >= this.#end) return INCOMPLETE;
    if (length < 2 || bytes[digitsEnd] !== CR) this.#refuse();
    if (digitsEnd + 1 >= this.#end) return INCOMPLETE;
    if (bytes[digitsEnd + 1] !== LF) this.#refuse();
    return digitsEnd + 2;
  }

  #annotation(at: number): number {
    const bytes = this.#window;
    if (bytes[at] !== HASH) this.#refuse();
    const limit = at + ANNOTATION_BYTES_MAX;
    for (let i = at + 1; i < this.#end; i++) {
      if (bytes[i] === LF) return i + 1;
      if (i >= limit) this.#refuse();
    }
    return INCOMPLETE;
  }

  // ---- the window -------------------------------------------------------------------------------------------

  /** Reads on, behind what is still needed; false at the end of the file. */
  #fill(): boolean {
    const keep = this.#unitAt >= 0 ? Math.min(this.#unitAt, this.#at) : this.#keepFrom;
    const left = this.#file.size - this.#windowAt - this.#end;
    const missing = this.#at + this.#needed - this.#end;
    // A length beyond the end of the file: what is there need not be read to know that it is not enough.
    if (missing > left) return false;
    const wanted = this.#end - keep + Math.max(missing, 1);
    if (wanted > this.#window.length || keep > 0) this.#move(keep, wanted);
    const count = this.#file.read(this.#window.subarray(this.#end));
    if (count === null) return false;
    this.#end += count;
    return true;
  }

  /** Moves what lies from `keep` on to the front of a window of at least `wanted` bytes. */
  #move(keep: number, wanted: number): void {
    const old = this.#window;
    if (wanted > old.length) {
      this.#window = new Uint8Array(Math.max(wanted, old.length * 2));
      this.#window.set(old.subarray(keep, this.#end));
      this.#args.forget(old);
    } else {
      old.copyWithin(0, keep, this.#end);
    }
    this.#windowAt += keep;
    this.#at -= keep;
    this.#end -= keep;
    this.#keepFrom -= keep;
    if (this.#unitAt >= 0) this.#unitAt -= keep;
  }

  // ---- the end ----------------------------------------------------------------------------------------------

  /** The file is at its end: true when that is a good place for it, or is put up with. */
  #finish(): boolean {
    if (this.#at === this.#end && this.#unitAt < 0 && this.#needed === 0) {
      // Annotations behind the last command stay.
      this.validUpTo = this.#windowAt + this.#end;
      return true;
    }
    const { name, isLast, loadTruncated, log } = this.#options;
    if (this.#unitAt >= 0) log?.(`Revert incomplete MULTI/EXEC transaction in AOF file ${name}`);
    this.truncated = true;
    if (!loadTruncated) {
      throw new AofFormatError(
        `Unexpected end of file reading the append only file ${name} at offset ${this.validUpTo}. You can: 1) Make a ` +
          "backup of your AOF file, then use redeno check-aof --fix <filename.manifest>. 2) Alternatively you can set " +
          "the 'aof-load-truncated' configuration option to yes and restart the server.",
        this.validUpTo,
      );
    }
    if (isLast) return true;
    throw new AofFormatError(
      `Fatal error: the truncated file is not the last file: ${name} ends at offset ${this.validUpTo}`,
      this.validUpTo,
    );
  }

  #refuse(): never {
    throw new AofFormatError(
      `Bad file format reading the append only file ${this.#options.name} at offset ${
        this.#windowAt + this.#at
      }: ` +
        "make a backup of your AOF file, then use redeno check-aof --fix <filename.manifest>",
      this.#windowAt + this.#at,
    );
  }
}
