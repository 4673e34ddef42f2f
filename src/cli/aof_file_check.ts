/**
 * Checks one append-only file of commands as redis-check-aof does: what it accepts, where it stops, and what it says
 * of that are the reference's, its lenient reading of numbers included. (The server's own loader is stricter.)
 *
 * Texts are of one character a byte, as they are to be printed.
 */
import { latin1Text } from "../sys/bytes.ts";
import type { DiskFile } from "../sys/disk.ts";

const WINDOW_BYTES = 1 << 20;
/** What is read of a line with a number, and of an annotation. */
const NUMBER_LINE_BYTES_MAX = 127;
const ANNOTATION_BYTES_MAX = 1023;
/** The largest number that counts; lengths must leave room for a line break. */
const LONG_MAX = (1n << 63n) - 1n;
const LONG_MIN = -(1n << 63n);
/** Longest name of a command that is of interest: MULTI. */
const NAME_BYTES_MAX = 5;

const HASH = 35;
const STAR = 42;

/** Reads a file from front to back, with a little looking ahead. */
class FileReader {
  readonly #file: DiskFile;
  readonly #window = new Uint8Array(WINDOW_BYTES);
  #at = 0;
  #end = 0;
  /** Where in the file the next byte is. */
  position: number;

  constructor(file: DiskFile, position: number) {
    file.seek(position);
    this.#file = file;
    this.position = position;
  }

  /** Has `count` bytes at hand, at most a window's; false when there are not so many. */
  #has(count: number): boolean {
    while (this.#end - this.#at < count) {
      this.#window.copyWithin(0, this.#at, this.#end);
      this.#end -= this.#at;
      this.#at = 0;
      const read = this.#file.read(this.#window.subarray(this.#end));
      if (read === null) return false;
      this.#end += read;
    }
    return true;
  }

  /** The next byte, which stays; -1 at the end. */
  peek(): number {
    return this.#has(1) ? this.#window[this.#at]! : -1;
  }

  /** A line with its line break, or as much of it as `most` bytes are; empty at the end. */
  line(most: number): string {
    this.#has(most);
    const end = Math.min(this.#end, this.#at + most);
    let at = this.#at;
    while (at < end && this.#window[at++] !== 10);
    return this.take(at - this.#at);
  }

  /** The next bytes, fewer at the end. @param count at most a window's */
  take(count: number): string {
    this.#has(count);
    const end = Math.min(this.#end, this.#at + count);
    const text = latin1Text(this.#window, this.#at, end);
    this.position += end - this.#at;
    this.#at = end;
    return text;
  }

  /** Passes over bytes; how many there were. */
  skip(count: number): number {
    let skipped = 0;
    while (skipped < count && this.#has(1)) {
      const step = Math.min(count - skipped, this.#end - this.#at);
      this.#at += step;
      skipped += step;
    }
    this.position += skipped;
    return skipped;
  }
}

/** What was found of a file. */
export interface AofCheck {
  /** Where the last whole unit, or annotation, ends. */
  readonly validUpTo: number;
  /** What is wrong, if there is something to be said of it. */
  readonly error: string | undefined;
  /** Where the annotation stands that is later than was asked for; the check ended there. */
  readonly later: number | undefined;
}

/** An annotation that should hold a time and does not. */
export class AnnotationError extends Error {
  override readonly name = "AnnotationError";
}

export class AofFileCheck {
  /** Lines so far, over all files checked, from 1. */
  line = 1;
  #reader!: FileReader;
  #name = "";
  /** Where what is being looked at began, for messages. */
  #at = 0;
  #error: string | undefined;
  #multi = 0;

  /**
   * Checks a file from `startAt` to its end or to the first thing that is wrong.
   * @param name the file's, for messages
   * @param timestamp unix seconds: an annotation later than that ends the check; 0 for none
   * @throws AnnotationError, DiskError
   */
  check(file: DiskFile, name: string, startAt: number, timestamp: number): AofCheck {
    const reader = this.#reader = new FileReader(file, startAt);
    this.#name = name;
    this.#error = undefined;
    this.#multi = 0;
    let validUpTo = startAt;
    let later: number | undefined;
    for (let fine = true; fine;) {
      if (this.#multi === 0) validUpTo = reader.position;
      const first = reader.peek();
      if (first === HASH) {
        this.#at = reader.position;
        fine = !this.#isLater(reader.line(ANNOTATION_BYTES_MAX), timestamp);
        if (!fine) later = this.#at;
      } else if (first === STAR) {
        fine = this.#command();
      } else {
        if (first >= 0) this.#error = `AOF ${name} format error`;
        fine = false;
      }
    }
    if (this.#error === undefined && this.#multi > 0 && later === undefined && reader.peek() < 0) {
      this.#fail("Reached EOF before reading EXEC for MULTI");
    }
    return { validUpTo, error: this.#error, later };
  }

  #isLater(annotation: string, timestamp: number): boolean {
    if (timestamp === 0 || !annotation.startsWith("#TS:")) return false;
    const text = annotation.slice(4);
    const digits = /^\s*[+-]?\d+/.exec(text)?.[0] ?? "";
    const value = BigInt(digits.trim().replace("+", "") || 0);
    if (text[digits.length] !== "\r" || value > LONG_MAX || value < LONG_MIN) throw new AnnotationError();
    return value > BigInt(timestamp);
  }

  /** Reads a command; whether it is one. */
  #command(): boolean {
    const count = this.#number("*");
    if (count === undefined) return false;
    for (let i = 0n; i < count; i++) {
      const length = this.#number("$");
      if (length === undefined) return false;
      const name = this.#string(length);
      if (name === undefined) return false;
      if (i > 0n) continue;
      if (name === "multi" && this.#multi++ > 0) return this.#fail(`Unexpected MULTI in AOF ${this.#name}`);
      if (name === "exec" && --this.#multi !== 0) return this.#fail(`Unexpected EXEC in AOF ${this.#name}`);
    }
    return true;
  }

  /** A line of a mark and a number; undefined when it is none. Without digits it is 0. */
  #number(mark: string): bigint | undefined {
    this.#at = this.#reader.position;
    const line = this.#reader.line(NUMBER_LINE_BYTES_MAX);
    if (line === "") return undefined;
    if (line[0] !== mark) {
      // The message ends where the byte is zero, as text in C does.
      this.#fail(
        line[0] === "\0"
          ? `Expected prefix '${mark}', got: '`
          : `Expected prefix '${mark}', got: '${line[0]}'`,
      );
      return undefined;
    }
    const digits = /^\s*[+-]?\d+/.exec(line.slice(1))?.[0] ?? "";
    if (!this.#lineBreak(line.slice(1 + digits.length))) return undefined;
    const value = BigInt(digits.trim().replace("+", "") || 0);
    return value > LONG_MAX ? LONG_MAX : value < LONG_MIN ? LONG_MIN : value;
  }

  /** Passes over a string; in lower case as much of it as can be the name of a command of interest. */
  #string(length: bigint): string | undefined {
    if (length < 0n || length > LONG_MAX - 2n) {
      this.#fail(`Expected to read string of ${length} bytes, which is not in the suitable range`);
      return undefined;
    }
    const reader = this.#reader;
    this.#at = reader.position;
    const bytes = Number(length);
    const head = reader.take(Math.min(bytes, NAME_BYTES_MAX + 1));
    const found = head.length + reader.skip(bytes - head.length);
    const ending = found < bytes ? "" : reader.take(2);
    if (found + ending.length < bytes + 2) {
      this.#fail(`Expected to read ${length + 2n} bytes, got ${found + ending.length} bytes`);
      return undefined;
    }
    if (!this.#lineBreak(ending)) return undefined;
    // The reference compares up to a zero byte.
    return head.replace(/\0[^]*/, "").toLowerCase();
  }

  /** Whether a line ends as it should. */
  #lineBreak(text: string): boolean {
    if (text.startsWith("\r\n")) {
      this.line++;
      return true;
    }
    return this.#fail(`Expected \\r\\n, got: ${hexadecimal(text, 0)}${hexadecimal(text, 1)}`);
  }

  #fail(text: string): false {
    this.#error = `0x${this.#at.toString(16).padStart(16)}: ${text}`;
    return false;
  }
}

/** A byte as C prints a signed one; what is not there as zero. */
function hexadecimal(text: string, at: number): string {
  const byte = text.charCodeAt(at) || 0;
  return (byte > 127 ? byte - 256 >>> 0 : byte).toString(16).padStart(2, "0");
}
