/** The sockets on which the server waits for clients. */
import type { Log } from "./log.ts";
import { rawSocket } from "./raw_socket.ts";
import type { Socket } from "./connection.ts";

/** What is accepted: a socket and both its ends, as CLIENT LIST shows them. */
export interface Accepted {
  readonly socket: Socket;
  readonly address: string;
  readonly localAddress: string;
  /** Whether the other end is on this machine. */
  readonly isLocal: boolean;
}

type Handler = (accepted: Accepted) => void;

/** After an accept that failed (too many open files) nothing is accepted for so long, in ms. */
const ACCEPT_RETRY_MS = 100;

export class Listeners {
  readonly #handler: Handler;
  readonly #log: Log;
  readonly #tcp: Deno.TcpListener[] = [];
  #unix: Deno.Listener | undefined;
  #unixPath = "";
  #closed = false;

  constructor(handler: Handler, log: Log) {
    this.#handler = handler;
    this.#log = log;
  }

  /** The TCP ports that are listened on: what port 0 became. */
  get ports(): number[] {
    return this.#tcp.map((listener) => (listener.addr as Deno.NetAddr).port);
  }

  /**
   * Listens on a port at several addresses: `*` is all of IPv4, `::*` all of IPv6; one with a leading `-` may fail.
   * @throws Error whose message is the reference's log line, after the reason was logged
   */
  listenTcp(port: number, addresses: readonly string[], keepAliveSeconds: () => number): void {
    const wanted = addresses.length === 0 ? ["*"] : addresses;
    for (const address of wanted) {
      const optional = address.startsWith("-");
      const bare = optional ? address.slice(1) : address;
      const hostname = bare === "*" ? "0.0.0.0" : bare === "::*" ? "::" : bare;
      try {
        const listener = Deno.listen({ hostname, port });
        this.#tcp.push(listener);
        this.#acceptTcp(listener, keepAliveSeconds);
      } catch (error) {
        if (optional) continue;
        for (const listener of this.#tcp.splice(0)) listener.close();
        const why = error instanceof Deno.errors.AddrInUse
          ? "bind: Address already in use"
          : `bind: ${reason(error)}`;
        this.#log.warning(`Warning: Could not create server TCP listening socket ${bare}:${port}: ${why}`);
        throw new Error(`Failed listening on port ${port} (TCP), aborting.`);
      }
    }
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
    for (const listener of this.#tcp.splice(0)) listener.close();
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

  /** Stops listening on TCP, so that another port can be listened on. */
  closeTcp(): Deno.TcpListener[] {
    return this.#tcp.splice(0);
  }

  async #acceptTcp(listener: Deno.TcpListener, keepAliveSeconds: () => number): Promise<void> {
    for (;;) {
      let connection: Deno.TcpConn;
      try {
        connection = await listener.accept();
      } catch (error) {
        if (this.#closed || error instanceof Deno.errors.BadResource) return;
        await this.#acceptFailed(error);
        continue;
      }
      try {
        connection.setNoDelay(true);
        if (keepAliveSeconds() > 0) connection.setKeepAlive(true);
        const remote = connection.remoteAddr;
        this.#handler({
          socket: rawSocket(connection),
          address: addressText(remote),
          localAddress: addressText(connection.localAddr),
          isLocal: isLoopback(remote.hostname),
        });
      } catch {
        // The client left before it was served.
        connection.close();
      }
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

function addressText(address: Deno.NetAddr): string {
  return address.hostname.includes(":")
    ? `[${address.hostname}]:${address.port}`
    : `${address.hostname}:${address.port}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === "::1" || hostname.startsWith("127.") || hostname.startsWith("::ffff:127.");
}

/** What the system said, without Deno's addition. */
function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\).*$/s, "");
}
