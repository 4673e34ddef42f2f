/**
 * MONITOR: clients that are shown every request, after it was carried out.
 *
 * A request is written once, as a line in the reference's form, and its bytes are copied into the reply of each of them.
 * While there is nobody the dispatcher does not even know of this.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import type { Client, Context } from "../context.ts";
import type { Dispatcher } from "../dispatch.ts";
import { Attention } from "../gates.ts";
import type { MonitorCommands } from "../observation.ts";
import type { Clock } from "../sys/clock.ts";
import { copyBytes, latin1, NO_BYTES } from "../sys/bytes.ts";
import { secretsOf } from "./secrets.ts";
import { REDACTED } from "./slow_log.ts";

const LINE_BYTES_MIN = 1024;
/** A larger buffer is not kept for the next line. */
const LINE_BYTES_KEPT_MAX = 64 << 10;
/** What stands around the arguments. */
const HEAD_BYTES_MAX = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGITS = latin1("0123456789abcdef");

/** For each byte the letter behind a backslash that stands for it; 0: it stands for itself; 1: its two hex digits do. */
const ESCAPES = new Uint8Array(256).fill(1, 0, 0x20).fill(1, 0x7f);
for (const [byte, letter] of ["\nn", "\rr", "\tt", "\x07a", "\bb", '""', "\\\\"]) {
  ESCAPES[byte!.charCodeAt(0)] = letter!.charCodeAt(0);
}

export class Monitors implements MonitorCommands {
  readonly #clients: Set<Client> = new Set();
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;
  readonly #delivered: (client: Client) => void;
  #line = new Uint8Array(LINE_BYTES_MIN);
  #length = 0;
  /** The beginning of the last line, and what it was made of. */
  #lastHead: Uint8Array = NO_BYTES;
  #lastClient: Client | undefined;
  #lastDatabase = 0;
  #second = 0;

  /** @param delivered is told of each client that was shown something */
  constructor(dispatcher: Dispatcher, clock: Clock, delivered: (client: Client) => void) {
    this.#dispatcher = dispatcher;
    this.#clock = clock;
    this.#delivered = delivered;
  }

  get size(): number {
    return this.#clients.size;
  }

  has(client: Client): boolean {
    return this.#clients.has(client);
  }

  add(client: Client): boolean {
    if (this.#clients.has(client)) return false;
    this.#clients.add(client);
    client.attention |= Attention.monitoring;
    this.#dispatcher.monitor = (context, command, args) => this.#show(context, command, args);
    return true;
  }

  remove(client: Client): boolean {
    if (!this.#clients.delete(client)) return false;
    client.attention &= ~Attention.monitoring;
    if (this.#clients.size === 0) {
      this.#dispatcher.monitor = undefined;
      this.#line = new Uint8Array(LINE_BYTES_MIN);
      this.#lastClient = undefined;
    }
    return true;
  }

  #show({ client, db, keyspace }: Context, command: Command, args: Args): void {
    if (keyspace.isLoading) return;
    this.#length = 0;
    this.#head(client, db.id);
    const isSecret = secretsOf(command, args);
    for (let i = 0; i < args.count; i++) {
      if (isSecret?.(i) === true) {
        this.#text(` "${REDACTED}"`);
      } else {
        const { bytes, start, end } = args.at(i);
        this.#argument(bytes, start, end);
      }
    }
    this.#text("\r\n");
    for (const monitor of this.#clients) {
      if (isSilent(monitor)) continue;
      monitor.reply.raw(this.#line, 0, this.#length);
      monitor.reply.pushed();
      this.#delivered(monitor);
    }
    if (this.#line.length > LINE_BYTES_KEPT_MAX) this.#line = new Uint8Array(LINE_BYTES_MIN);
  }

  /** The time, the database and where the request comes from: as in the last line, but for the microseconds, mostly. */
  #head(client: Client, database: number): void {
    const micros = this.#clock.micros();
    const second = Math.floor(micros / 1e6);
    if (second !== this.#second || client !== this.#lastClient || database !== this.#lastDatabase) {
      this.#second = second;
      this.#lastClient = client;
      this.#lastDatabase = database;
      this.#lastHead = latin1(`+${second}.000000 [${database} ${originOf(client)}]`);
    }
    const head = this.#lastHead;
    this.#reserve(head.length);
    const line = this.#line;
    copyBytes(head, 0, head.length, line, 0);
    this.#length = head.length;
    let rest = micros - second * 1e6;
    // Behind the plus sign, the seconds and the point.
    for (let at = head.indexOf(SPACE) - 1; rest > 0; at--) {
      const tenth = Math.floor(rest / 10);
      line[at] = DIGIT_0 + rest - tenth * 10;
      rest = tenth;
    }
  }

  #text(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#line[this.#length++] = text.charCodeAt(i);
  }

  #argument(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve((end - start) * 4 + 3);
    const line = this.#line;
    let at = this.#length;
    line[at++] = SPACE;
    line[at++] = QUOTE;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      const escape = ESCAPES[byte]!;
      if (escape === 0) {
        line[at++] = byte;
        continue;
      }
      line[at++] = BACKSLASH;
      if (escape !== 1) {
        line[at++] = escape;
        continue;
      }
      line[at++] = 0x78; // x
      line[at++] = DIGITS[byte >> 4]!;
      line[at++] = DIGITS[byte & 15]!;
    }
    line[at++] = QUOTE;
    this.#length = at;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes + HEAD_BYTES_MAX;
    if (needed <= this.#line.length) return;
    const line = new Uint8Array(Math.max(needed, this.#line.length * 2));
    line.set(this.#line.subarray(0, this.#length));
    this.#line = line;
  }
}

/** Whether a client gets nothing at the moment, unlike messages of channels, which come even then. */
function isSilent({ replyMode, closeAfterReply }: Client): boolean {
  return replyMode === "off" || replyMode === "skip" || closeAfterReply;
}

function originOf({ address, id, isUnix }: Client): string {
  // Scripts have a client of their own, which nobody is connected to.
  if (id < 0) return "lua";
  return isUnix === true ? `unix:${address.replace(/:0$/, "")}` : address;
}
