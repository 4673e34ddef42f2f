/** Fills a server with numbered keys, in pipelines of SET. */

export interface Load {
  readonly port: number;
  readonly keys: number;
  /** Commands written at once; the next ones follow when all are answered, except for `ahead` writes. */
  readonly pipeline: number;
  /** Writes under way at the same time. */
  readonly ahead: number;
  /** Bytes of a value; 0 makes the value the number of the key. */
  readonly valueBytes: number;
  /** Seconds to live; 0 for none. */
  readonly expireSeconds: number;
}

/** Key number `index`: 16 bytes, as redis-benchmark names them. */
export function keyName(index: number): string {
  return "key:" + String(index).padStart(12, "0");
}

const encoder = new TextEncoder();
const REPLY_BYTES = "+OK\r\n".length;

/** Writes all keys; an error when a reply was not OK. */
export function loadKeys(load: Load): Promise<void> {
  return loadCommands(load, REPLY_BYTES, (from, count) => setCommands(load, from, count));
}

/** Commands of some other kind: `commands` spells `count` of them, `replyBytes` is the length of each reply. */
export async function loadCommands(
  load: Pick<Load, "port" | "keys" | "pipeline" | "ahead">,
  replyBytes: number,
  commands: (from: number, count: number) => Uint8Array,
): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: load.port });
  const answered = new AnsweredBytes(connection);
  let sent = 0;
  while (sent < load.keys) {
    const count = Math.min(load.pipeline, load.keys - sent);
    const bytes = commands(sent, count);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    sent += count;
    await answered.atLeast((sent - load.ahead * load.pipeline) * replyBytes);
  }
  await answered.atLeast(load.keys * replyBytes);
}

function setCommands(load: Load, from: number, count: number): Uint8Array {
  const value = "x".repeat(load.valueBytes);
  const expire = load.expireSeconds > 0 ? `$2\r\nEX\r\n${bulk(String(load.expireSeconds))}` : "";
  const head = `*${expire ? 5 : 3}\r\n$3\r\nSET\r\n$16\r\n`;
  let text = "";
  for (let i = from; i < from + count; i++) {
    text += `${head}${keyName(i)}\r\n${bulk(value || String(i))}${expire}`;
  }
  return encoder.encode(text);
}

/** A string of ASCII as an argument of a command. */
export function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

const DASH = 0x2d;
const LF = 0x0a;

/** Counts the bytes that come back, which must not be those of an error. */
class AnsweredBytes {
  readonly #connection: Deno.Conn;
  readonly #chunk = new Uint8Array(64 * 1024);
  #count = 0;
  /** The byte before the next one: a line feed before a line. */
  #before = LF;

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  async atLeast(bytes: number): Promise<void> {
    while (this.#count < bytes) {
      const size = await this.#connection.read(this.#chunk);
      if (size === null) throw new Error("the server closed the connection while it was loaded");
      const bytes = this.#chunk.subarray(0, size);
      if (this.#tellsOfError(bytes)) {
        throw new Error(`loading failed: ${new TextDecoder().decode(bytes).slice(0, 200)}`);
      }
      this.#count += size;
    }
  }

  /** Whether a line begins with a dash. */
  #tellsOfError(bytes: Uint8Array): boolean {
    for (let at = bytes.indexOf(DASH); at >= 0; at = bytes.indexOf(DASH, at + 1)) {
      if ((at === 0 ? this.#before : bytes[at - 1]) === LF) return true;
    }
    this.#before = bytes[bytes.length - 1]!;
    return false;
  }
}
