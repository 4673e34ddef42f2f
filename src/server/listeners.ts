/** The sockets on which the server waits for clients. */
import type { Log } from "./log.ts";
import { rawSocket } from "./raw_socket.ts";
import type { Socket } from "./connection.ts";
import { addressText, isLoopback, reason } from "./socket_address.ts";
import { TcpListeners } from "./tcp_listeners.ts";

/** What is accepted: a socket and both its ends, as CLIENT LIST shows them. */
export interface Accepted {
  readonly socket: Socket;
  readonly address: string;
  readonly localAddress: string;
  /** Whether the other end is on this machine. */
  readonly isLocal: boolean;
  /** Whether it came over a Unix socket; absent: over TCP. */
  readonly isUnix?: boolean;
}

/** After an accept that failed (too many open files) nothing is accepted for so long, in ms. */
const ACCEPT_RETRY_MS = 100;

export class Listeners {
  readonly #handler: (accepted: Accepted) => void;
  readonly #log: Log;
  readonly #tcp: TcpListeners;
  #keepAliveSeconds: () => number = () => 0;
  #unix: Deno.Listener | undefined;
  #unixPath = "";
  #closed = false;

  constructor(handler: (accepted: Accepted) => void, log: Log) {
    this.#handler = handler;
    this.#log = log;
    this.#tcp = new TcpListeners((connection) => this.#serve(connection), log);
  }

  /** The TCP ports that are listened on: what port 0 became. */
  get ports(): number[] {
    return this.#tcp.ports;
  }

  /**
   * Listens on TCP at a port of several addresses and nowhere else: see {@link TcpListeners.listen}.
   * @param keepAliveSeconds asked for each client; 0 is none
   * @throws Error whose message is the reference's log line, after the reason was logged; then nothing has changed
   */
  listenTcp(port: number, addresses: readonly string[], keepAliveSeconds: () => number): void {
    this.#keepAliveSeconds = keepAliveSeconds;
    this.#tcp.listen(port, addresses);
  }

  /** Stops listening on TCP. */
  closeTcp(): void {
    this.#tcp.close();
  }

  /**
   * Listens on a Unix socket; a file that is left over from before is removed first.
   * @param mode permissions of the file; undefined: as the umask has it
   */
  listenUnix(path: string, mode: number | undefined): void {
    try {
      Deno.removeSync(path);
    } catch {
      // There was none.
    }
    try {
      this.#unix = Deno.listen({ transport: "unix", path });
    } catch (error) {
      throw new Error(`Failed opening Unix socket: bind: ${reason(error)}`);
    }
    this.#unixPath = path;
    if (mode !== undefined) Deno.chmodSync(path, mode);
    this.#acceptUnix(this.#unix as Deno.UnixListener, path);
  }

  /** Stops accepting and takes the Unix socket's file away. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#tcp.close();
    this.#unix?.close();
    if (this.#unixPath !== "") {
      this.#log.notice("Removing the unix socket file.");
      try {
        Deno.removeSync(this.#unixPath);
      } catch {
        // Somebody else took it away.
      }
    }
  }

  #serve(connection: Deno.TcpConn): void {
    try {
      connection.setNoDelay(true);
      if (this.#keepAliveSeconds() > 0) connection.setKeepAlive(true);
      const remote = connection.remoteAddr;
      this.#handler({
        socket: rawSocket(connection),
        address: addressText(remote),
        localAddress: addressText(connection.localAddr),
        isLocal: isLoopback(remote.hostname),
      });
    } catch {
      // The client left before it was served.
      connection[Symbol.dispose]();
    }
  }

  async #acceptUnix(listener: Deno.UnixListener, path: string): Promise<void> {
    for (;;) {
      try {
        const connection = await listener.accept();
        this.#handler({
          socket: rawSocket(connection),
          address: `${path}:0`,
          localAddress: `${path}:0`,
          isLocal: true,
          isUnix: true,
        });
      } catch (error) {
        if (this.#closed || error instanceof Deno.errors.BadResource) return;
        await this.#acceptFailed(error);
      }
    }
  }

  async #acceptFailed(error: unknown): Promise<void> {
    this.#log.warning(`Accepting client connection: ${reason(error)}`);
    await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
  }
}
