/**
 * A byte array that grows: what the script libraries build their strings with.
 */
import { copyBytes } from "../../../sys/bytes.ts";
import { copyOf, newBytes } from "../../short_bytes.ts";

/** A buffer larger than this is given back after use, so that one huge value is not remembered for ever. */
const KEPT_CAPACITY = 1 << 20;
const CAPACITY = 128;

/** Appends at the end; `clear` keeps the memory for the next use. Appending is amortized O(bytes appended). */
export class ByteBuffer {
  #bytes = newBytes(CAPACITY);
  /** Of the bytes, once somebody needs it. */
  #view: DataView | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    if (this.#bytes.length > KEPT_CAPACITY) this.#allocate(CAPACITY);
    this.#length = 0;
  }

  /** What was appended; valid until the next append or clear. */
  contents(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What was appended, for a script. */
  copy(): Uint8Array {
    return copyOf(this.#bytes, 0, this.#length);
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    copyBytes(value, 0, value.length, this.#bytes, this.#length);
    this.#length += value.length;
  }

  /** Appends text of characters below 256. */
  text(value: string): void {
    this.reserve(value.length);
    for (let i = 0; i < value.length; i++) this.#bytes[this.#length++] = value.charCodeAt(i);
  }

  /** Appends the low `size` bytes (1, 2 or 4) of a whole number, the highest first. */
  bigEndian(value: number, size: number): void {
    this.reserve(size);
    for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) {
      this.#bytes[this.#length++] = (value >>> shift) & 0xff;
    }
  }

  /** Appends a 64-bit integer, the highest byte first; bits above 64 are cut off. */
  int64(value: bigint): void {
    this.reserve(8);
    const { buffer, byteOffset, length } = this.#bytes;
    this.#view ??= new DataView(buffer, byteOffset, length);
    this.#view.setBigUint64(this.#length, BigInt.asUintN(64, value));
    this.#length += 8;
  }

  /** Makes room for so many bytes at once. */
  reserve(more: number): void {
    if (this.#length + more > this.#bytes.length) this.#grow(more);
  }

  #grow(more: number): void {
    const old = this.#bytes;
    this.#allocate(Math.max(this.#length + more, old.length * 2));
    this.#bytes.set(old.subarray(0, this.#length));
  }

  #allocate(capacity: number): void {
    this.#bytes = newBytes(capacity);
    this.#view = undefined;
  }
}
