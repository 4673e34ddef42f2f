/**
 * The requests between MULTI and EXEC: copies of their arguments, one behind the other in a few buffers, so that a long
 * transaction makes no object for each of its requests or arguments.
 */
import { Args } from "../../args.ts";
import type { Command } from "../../command_table.ts";
import type { Transaction, TransactionPlace } from "../../context.ts";
import { copyBytes } from "../../sys/bytes.ts";

const FIRST_BUFFER_BYTES = 256;
/** Buffers double up to this size; a request that is larger has one of its own. */
const BUFFER_BYTES_MAX = 64 << 10;
const BEGINNING: TransactionPlace = { request: 0, number: 0, buffer: -1, at: 0 };
/** A number in an array of the engine. */
const NUMBER_BYTES = 8;

export class RequestQueue implements Transaction {
  readonly commands: Command[] = [];
  failed = false;
  readonly #buffers: Uint8Array[] = [];
  #bufferBytes = 0;
  /** Bytes taken in the last buffer. */
  #used = 0;
  /** Of each request: its number of arguments, whether it begins a buffer (1) or not (0), then their lengths. */
  readonly #numbers: number[] = [];

  get bytes(): number {
    return this.#bufferBytes + (this.#numbers.length + this.commands.length) * NUMBER_BYTES;
  }

  add(command: Command, args: Args): void {
    let size = 0;
    for (let i = 0; i < args.count; i++) size += args.at(i).length;
    let buffer = this.#buffers.at(-1);
    const begins = buffer === undefined || this.#used + size > buffer.length;
    if (buffer === undefined || begins) buffer = this.#newBuffer(size);
    this.commands.push(command);
    this.#numbers.push(args.count, begins ? 1 : 0);
    for (let i = 0; i < args.count; i++) {
      const { bytes, start, end } = args.at(i);
      copyBytes(bytes, start, end, buffer, this.#used);
      this.#used += end - start;
      this.#numbers.push(end - start);
    }
  }

  replay(
    visit: (command: Command, args: Args) => boolean,
    from: TransactionPlace = BEGINNING,
  ): TransactionPlace | undefined {
    const args = new Args();
    const numbers = this.#numbers;
    const { commands } = this;
    let { request, number, buffer, at } = from;
    while (request < commands.length) {
      const command = commands[request++]!;
      const count = numbers[number++]!;
      if (numbers[number++] === 1) {
        buffer++;
        at = 0;
      }
      args.clear();
      for (let i = 0; i < count; i++) {
        const end = at + numbers[number++]!;
        args.push(this.#buffers[buffer]!, at, end);
        at = end;
      }
      if (!visit(command, args)) return { request, number, buffer, at };
    }
    return undefined;
  }

  #newBuffer(least: number): Uint8Array {
    const last = this.#buffers.at(-1)?.length ?? FIRST_BUFFER_BYTES / 2;
    const buffer = new Uint8Array(Math.max(least, Math.min(last * 2, BUFFER_BYTES_MAX)));
    this.#buffers.push(buffer);
    this.#bufferBytes += buffer.length;
    this.#used = 0;
    return buffer;
  }
}
