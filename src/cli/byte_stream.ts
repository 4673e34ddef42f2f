/** What a session goes over: bytes to and from a server by TCP, by a Unix socket, or encrypted. */
import { latin1Text, utf8 } from "../sys/bytes.ts";
import type { ConnectionOptions } from "./connection_options.ts";

export interface ByteStream {
  /** Fills a part of the buffer; how many bytes, or null at the end. */
  read(into: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** How many bytes were taken. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** The session could not begin, or is over. The message is what the program prints, one character a byte. */
export class SessionError extends Error {
  override readonly name = "SessionError";
}

/** Connects to a server. @throws SessionError */
export async function openStream(options: ConnectionOptions): Promise<ByteStream> {
  const { host, port, socket, tls } = options;
  try {
    if (tls.isOn) {
      const { openTlsStream } = await import("./tls_stream.ts");
      return await openTlsStream(options);
    }
    if (socket !== undefined) return await Deno.connect({ transport: "unix", path: socket });
    const connection = await Deno.connect({ hostname: host, port });
    connection.setNoDelay();
    return connection;
  } catch (error) {
    const where = socket ?? `${host}:${port}`;
    throw new SessionError(latin1Text(utf8(`Could not connect to Redis at ${where}: ${reasonOf(error)}`)));
  }
}

/** The system's own words. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\)[^]*$/, "").replace(/^failed to lookup address information: /, "");
}
