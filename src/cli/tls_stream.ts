/**
 * An encrypted connection. As redis-cli does: the server's certificate must come from an authority that is trusted, its
 * name is not compared with the host's. That, client certificates and the name that is asked for together are to be had from
 * the runtime's `node:tls` only.
 */
import * as nodeTls from "node:tls";
import type { ByteStream } from "./byte_stream.ts";
import type { ConnectionOptions, TlsOptions } from "./connection_options.ts";

/** Connects. @throws Error in the words of the runtime or the system */
export function openTlsStream({ host, port, socket, tls }: ConnectionOptions): Promise<ByteStream> {
  const trusted = tls.authority === undefined ? undefined : authorities(tls.authority);
  const { promise, resolve, reject } = Promise.withResolvers<ByteStream>();
  const connection = nodeTls.connect({
    ...socket === undefined ? { host, port } : { path: socket },
    ...trusted === undefined ? {} : { ca: trusted },
    ...ownCertificate(tls),
    ...tls.sni === undefined ? {} : { servername: tls.sni },
    rejectUnauthorized: !tls.isInsecure,
    checkServerIdentity: () => undefined,
  });
  const stream = new TlsStream(connection);
  connection.once("secureConnect", () => resolve(stream));
  connection.once("error", (error: Error) => reject(new Error(`SSL_connect failed: ${error.message}`)));
  return promise;
}

function authorities(path: string): string[] {
  if (!Deno.statSync(path).isDirectory) return [Deno.readTextFileSync(path)];
  return [...Deno.readDirSync(path)].filter((entry) => !entry.isDirectory)
    .map((entry) => Deno.readTextFileSync(`${path}/${entry.name}`))
    .filter((text) => text.includes("BEGIN CERTIFICATE"));
}

function ownCertificate({ certificate, key }: TlsOptions): { cert?: string; key?: string } {
  if (certificate === undefined || key === undefined) return {};
  return { cert: Deno.readTextFileSync(certificate), key: Deno.readTextFileSync(key) };
}

/** As many pieces may wait to be read; then nothing more is taken from the network. */
const CHUNKS_MAX = 64;

class TlsStream implements ByteStream {
  readonly #socket: nodeTls.TLSSocket;
  /** What came and was not read. */
  readonly #chunks: Uint8Array[] = [];
  #end: Error | null | undefined;
  /** Tells the one who waits for bytes. */
  #wake: () => void = () => {};
  /** Tells the one who writes that the connection has ended. */
  #failWrite: (reason: Error) => void = () => {};

  constructor(socket: nodeTls.TLSSocket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      if (this.#chunks.length >= CHUNKS_MAX) socket.pause();
      this.#wake();
    });
    const ends = (reason: Error | null) => {
      this.#end ??= reason;
      this.#wake();
      this.#failWrite(this.#end ?? new Error("Server closed the connection"));
    };
    socket.on("error", ends);
    socket.on("close", () => ends(null));
    socket.on("end", () => ends(null));
  }

  async read(into: Uint8Array<ArrayBuffer>): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.#end instanceof Error) throw this.#end;
      if (this.#end === null) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const chunk = this.#chunks[0]!;
    const count = Math.min(chunk.length, into.length);
    into.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    if (this.#chunks.length === 0) this.#socket.resume();
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    // The runtime does not always call back when the connection has ended meanwhile.
    if (this.#end !== undefined) reject(this.#end ?? new Error("Server closed the connection"));
    this.#failWrite = reject;
    this.#socket.write(bytes.slice(), (error) => error ? reject(error) : resolve(bytes.length));
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }
}
