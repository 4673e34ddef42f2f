/**
 * What commands did, in the words of commands: the bytes that the append-only file and the replicas are given.
 *
 * Effects, not causes: what depends on the time, on chance or on who waits is recorded as what came of it
 * ({@link Journal.instead}, {@link Journal.inOtherWords}). A command that changed nothing leaves no trace. The effects of
 * one unit (a command, all of an EXEC, one client being served what it waited for) stand between MULTI and EXEC when they
 * are more than one, so whoever replays them never stops in between. SELECT is written when the database differs from
 * that of the last effect.
 *
 * The format is that of requests. Nothing is allocated for an effect, except to make the buffer grow.
 */
import type { Args } from "./args.ts";
import { type Slice, utf8 } from "./sys/bytes.ts";

/** One word of an effect; texts are of one character a byte. */
export type Word = string | number | bigint | Uint8Array | Slice;

const BUFFER_BYTES_MIN = 64 << 10;
/** A larger buffer is let go of when it is empty. */
const BUFFER_BYTES_KEPT_MAX = 4 << 20;
/** `*` or `$`, twenty digits, and the end of the line. */
const LINE_BYTES_MAX = 23;
const MULTI = utf8("*1\r\n$5\r\nMULTI\r\n");
const EXEC = utf8("*1\r\n$4\r\nEXEC\r\n");
const NO_DATABASE = -1;
/** The longest word of {@link Journal.inOtherWords}. */
const OTHER_WORD_BYTES_MAX = 64;

/** An argument that is recorded in another word. */
interface OtherWord {
  argument: number;
  readonly bytes: Uint8Array;
  length: number;
}

const STAR = 0x2a;
const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;

export class Journal {
  /** Whether somebody wants to know. While nobody does, nothing is recorded. */
  isOpen = false;
  /** While set, what commands do is not recorded: `redis.set_repl` of a script asks for that. */
  isMuted = false;
  /** Is given the bytes of each unit that ends, valid until it returns; absent while nobody asks for them. */
  onUnit: ((bytes: Uint8Array) => void) | undefined;

  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** The database of the last effect. */
  #database = NO_DATABASE;
  #unitOpen = false;
  #unitStart = 0;
  /** As `#unitStart`, but before the SELECT that precedes the unit. */
  #unitBegan = 0;
  #isHeld = false;
  #unitEffects = 0;
  /** Whether the command that runs has said what it did. */
  #isSaid = false;
  /** Whether the command that runs is recorded even if it changed nothing. */
  #isWanted = false;
  /** Of the command that runs, the arguments that are recorded otherwise: the first so many of these. */
  #otherWords = 0;
  readonly #others: OtherWord[] = [];
  /** `keyspace.dirty` as it was when the last command was recorded, or found to have changed nothing. */
  #dirtySeen = 0;

  /** Bytes recorded and not taken yet; those of a unit that is held do not count. */
  get length(): number {
    return this.#isHeld ? this.#unitBegan : this.#length;
  }

  /** Bytes that recording takes. */
  get capacity(): number {
    return this.#buffer.length;
  }

  /** Begins to record. @param dirty what `keyspace.dirty` is now */
  open(dirty: number): void {
    this.isOpen = true;
    this.#dirtySeen = dirty;
    this.#isSaid = this.#isWanted = false;
    this.#otherWords = 0;
    this.forgetDatabase();
  }

  /** Ends recording; what was not taken is forgotten. */
  close(): void {
    this.isOpen = false;
    this.#unitOpen = false;
    this.#isHeld = false;
    this.clear();
  }

  /** The next effect is preceded by SELECT: its reader starts there. */
  forgetDatabase(): void {
    this.#database = NO_DATABASE;
  }

  /**
   * Effects from here to {@link endUnit} belong together.
   * @param dirty what `keyspace.dirty` is now
   * @param together false: they come one after the other, but each stands for itself
   */
  beginUnit(dirty: number, together = true): void {
    if (this.#isHeld) return;
    this.#unitOpen = together;
    this.#unitStart = this.#unitBegan = this.#length;
    this.#unitEffects = 0;
    this.#dirtySeen = dirty;
    this.#isSaid = this.#isWanted = false;
  }

  /**
   * The unit that is open stays open while others get their turn, until {@link release}: nobody takes what is in it, and
   * no other one begins. Others must not change anything meanwhile.
   */
  hold(): void {
    if (this.isOpen) this.#isHeld = true;
  }

  /** Ends {@link hold}; the unit is still open. */
  release(): void {
    this.#isHeld = false;
  }

  endUnit(): void {
    if (this.#isHeld) return;
    if (this.#unitOpen && this.#unitEffects > 1) this.#append(EXEC);
    this.#unitOpen = false;
    this.onUnit?.(this.#buffer.subarray(this.#unitBegan, this.#length));
  }

  /**
   * A command has run: it is recorded as it was sent, if it changed something and did not say otherwise. O(bytes).
   * @param dirty what `keyspace.dirty` is now
   */
  ran(dirty: number, database: number, args: Args): void {
    // Saving takes the count back.
    const changed = dirty > this.#dirtySeen || this.#isWanted;
    this.#dirtySeen = dirty;
    this.#isWanted = false;
    const others = this.#otherWords;
    this.#otherWords = 0;
    if (this.#isSaid) {
      this.#isSaid = false;
      return;
    }
    if (!changed || this.isMuted) return;
    const { count } = args;
    this.#beginEffect(database, count);
    for (let i = 0; i < count; i++) {
      const other = others > 0 ? this.#otherWord(i, others) : undefined;
      if (other !== undefined) {
        this.#bulk(other.bytes, 0, other.length);
        continue;
      }
      const { bytes, start, end } = args.at(i);
      this.#bulk(bytes, start, end);
    }
  }

  #otherWord(argument: number, others: number): OtherWord | undefined {
    for (let i = 0; i < others; i++) if (this.#others[i]!.argument === argument) return this.#others[i];
    return undefined;
  }

  /**
   * The command that runs is recorded as it was sent, but for one argument, in whose place stands `bytes[start, end)`, at most
   * {@link OTHER_WORD_BYTES_MAX} bytes. May be called for several arguments, once for each; nothing is allocated for it.
   */
  inOtherWords(argument: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.isOpen) return;
    const other = this.#others[this.#otherWords] ??= {
      argument: 0,
      bytes: new Uint8Array(OTHER_WORD_BYTES_MAX),
      length: 0,
    };
    this.#otherWords++;
    other.argument = argument;
    other.length = end - start;
    for (let i = start; i < end; i++) other.bytes[i - start] = bytes[i]!;
  }

  /**
   * What is recorded in place of the command that runs. May be called several times, and only counts while somebody
   * records, so a handler calls it without asking.
   */
  instead(database: { readonly id: number }, ...words: readonly Word[]): void {
    if (!this.isOpen) return;
    this.#isSaid = true;
    if (!this.isMuted) this.#effect(database.id, words);
  }

  /** The command that runs is not recorded, whatever it changed. */
  nothing(): void {
    if (this.isOpen) this.#isSaid = true;
  }

  /** The command that runs is recorded as it was sent, even if it changed nothing. */
  inAnyCase(): void {
    if (this.isOpen) this.#isWanted = true;
  }

  /** Something that happened beside the command that runs, or while none does: a key died of age. */
  also(database: number, ...words: readonly Word[]): void {
    if (this.isOpen) this.#effect(database, words);
  }

  /** What was recorded and not taken, valid until the next effect; {@link clear} is to follow. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }

  clear(): void {
    const taken = this.length;
    this.#buffer.copyWithin(0, taken, this.#length);
    this.#length -= taken;
    this.#unitStart = Math.max(0, this.#unitStart - taken);
    this.#unitBegan = 0;
    if (this.#length > 0) return;
    if (this.#buffer.length > BUFFER_BYTES_KEPT_MAX) this.#buffer = new Uint8Array(0);
  }

  #effect(database: number, words: readonly Word[]): void {
    this.#beginEffect(database, words.length);
    for (const word of words) {
      if (typeof word === "string" || typeof word === "number" || typeof word === "bigint") {
        this.#text(String(word));
      } else if (word instanceof Uint8Array) this.#bulk(word, 0, word.length);
      else this.#bulk(word.bytes, word.start, word.end);
    }
  }

  #beginEffect(database: number, words: number): void {
    if (this.#unitOpen && ++this.#unitEffects === 2) this.#insertMulti();
    if (database !== this.#database) {
      this.#database = database;
      this.#line(STAR, 2);
      this.#text("SELECT");
      this.#text(String(database));
      // MULTI, should there be one, comes behind the first SELECT, as in the reference.
      if (this.#unitEffects === 1) this.#unitStart = this.#length;
    }
    this.#line(STAR, words);
  }

  /** A second effect has come: the unit is a transaction. */
  #insertMulti(): void {
    this.#reserve(MULTI.length);
    this.#buffer.copyWithin(this.#unitStart + MULTI.length, this.#unitStart, this.#length);
    this.#buffer.set(MULTI, this.#unitStart);
    this.#length += MULTI.length;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(BUFFER_BYTES_MIN, needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A mark and a number that is not negative. */
  #line(mark: number, value: number): void {
    this.#reserve(LINE_BYTES_MAX);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = mark;
    let digits = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    for (let i = digits - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 10)) {
      buffer[at + i] = 48 + rest % 10;
    }
    at += digits;
    buffer[at++] = CR;
    buffer[at++] = LF;
    this.#length = at;
  }

  #text(text: string): void {
    this.#line(DOLLAR, text.length);
    this.#reserve(text.length + 2);
    for (let i = 0; i < text.length; i++) this.#buffer[this.#length++] = text.charCodeAt(i);
    this.#buffer[this.#length++] = CR;
    this.#buffer[this.#length++] = LF;
  }

  #bulk(bytes: Uint8Array, start: number, end: number): void {
    this.#line(DOLLAR, end - start);
    this.#reserve(end - start + 2);
    const buffer = this.#buffer;
    let at = this.#length;
    if (end - start > 64) {
      buffer.set(bytes.subarray(start, end), at);
      at += end - start;
    } else for (let i = start; i < end; i++) buffer[at++] = bytes[i]!;
    buffer[at++] = CR;
    buffer[at++] = LF;
    this.#length = at;
  }
}
