/**
 * The beginning of replication, as far as a client needs it: SYNC is sent, the server sends a snapshot, its length said
 * before or a mark behind it, and then the commands that change its data.
 */
import { latin1, latin1Text, utf8 } from "../../sys/bytes.ts";
import { SessionError } from "../byte_stream.ts";
import type { NetworkSession } from "../network_session.ts";

/** How a snapshot announces itself. */
export interface SnapshotHead {
  /** Bytes; undefined: a mark ends it. */
  readonly length: number | undefined;
}

const CHUNK_BYTES = 64 << 10;
const LINE_BYTES_MAX = 64 << 10;
const LF = 10;
/** How long a mark is. */
export const MARK_BYTES = 40;

export class SyncStream {
  readonly #session: NetworkSession;
  readonly #chunk: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);
  /** What came and was not used. */
  #rest: Uint8Array = new Uint8Array(0);
  #mark: Uint8Array | undefined;
  #length = 0;

  constructor(session: NetworkSession) {
    this.#session = session;
  }

  /** Asks for the snapshot. @throws SessionError in redis-cli's words */
  async begin(): Promise<SnapshotHead> {
    await this.#session.write(utf8("SYNC\r\n"));
    // Empty lines are to show that the server is alive.
    let line = "";
    while (line === "") line = await this.#line();
    const mark = /^\$EOF:(.{40})$/.exec(line)?.[1];
    if (mark !== undefined) {
      this.#mark = latin1(mark);
      return { length: undefined };
    }
    const length = /^\$(\d{1,15})$/.exec(line)?.[1];
    if (length === undefined) throw new SessionError(`SYNC with master failed: ${line}`);
    this.#length = Number(length);
    return { length: this.#length };
  }

  async #line(): Promise<string> {
    let end = this.#rest.indexOf(LF);
    while (end < 0) {
      if (this.#rest.length > LINE_BYTES_MAX || !await this.#more()) {
        throw new SessionError("Error reading bulk length while SYNCing");
      }
      end = this.#rest.indexOf(LF);
    }
    const line = latin1Text(this.#rest, 0, end);
    this.#rest = this.#rest.subarray(end + 1);
    return line.replace(/\r$/, "");
  }

  /** Reads on; false at the end. */
  async #more(): Promise<boolean> {
    let count: number | null = null;
    try {
      count = await this.#session.read(this.#chunk);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
    }
    if (count === null) return false;
    const rest = new Uint8Array(this.#rest.length + count);
    rest.set(this.#rest);
    rest.set(this.#chunk.subarray(0, count), this.#rest.length);
    this.#rest = rest;
    return true;
  }

  /** The snapshot, in pieces. @throws SessionError when it is not complete */
  snapshot(): AsyncGenerator<Uint8Array> {
    return this.#mark === undefined ? this.#counted(this.#length) : this.#marked(this.#mark);
  }

  async *#counted(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      if (this.#rest.length === 0 && !await this.#more()) throw cutOff();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async *#marked(mark: Uint8Array): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = indexOfBytes(this.#rest, mark);
      // What could be the beginning of the mark waits for what follows.
      const sure = at >= 0 ? at : Math.max(0, this.#rest.length - mark.length + 1);
      if (sure > 0) yield this.#rest.subarray(0, sure);
      this.#rest = this.#rest.subarray(at >= 0 ? at + mark.length : sure);
      if (at >= 0) return;
      if (!await this.#more()) throw cutOff();
    }
  }

  /** What came behind the snapshot. */
  get rest(): Uint8Array {
    return this.#rest;
  }
}

function cutOff(): SessionError {
  return new SessionError("Error reading RDB payload while SYNCing");
}

/** Where bytes occur in others, or -1. O(n) where the first byte is rare. */
function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.indexOf(wanted[0]!); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (at + wanted.length > bytes.length) return -1;
    let i = 1;
    while (i < wanted.length && bytes[at + i] === wanted[i]) i++;
    if (i === wanted.length) return at;
  }
  return -1;
}

/** Tells a server what its replica can do; whether it knows that. What is said goes to `tell`. */
export async function sendReplconf(
  session: NetworkSession,
  option: string,
  value: string,
  tell: (line: string) => void,
): Promise<boolean> {
  tell(`sending REPLCONF ${option} ${value}`);
  const reply = await session.send(["REPLCONF", option, value]);
  if (reply.kind !== "error") return true;
  tell(`REPLCONF ${option} error: ${reply.text}`);
  return false;
}
