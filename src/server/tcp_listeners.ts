/**
 * The TCP sockets on which the server waits, and how they move when `port` or `bind` change.
 *
 * Two things about the runtime shape this. A socket for `::` takes IPv4 as well, so `*` and `::*` together are one
 * socket; where only `::*` is wanted, IPv4 clients are turned away when they come. And a socket that is closed
 * gives its address free only some moments later, when the accept that waits on it has ended: a move to an address
 * that overlaps with the old one (`*` to 127.0.0.1 on the same port) is therefore finished in the background.
 */
import type { Log } from "./log.ts";
import { isMapped, reason } from "./socket_address.ts";

/** Handles one client of a listener, which it must close if it does not serve it. */
export type TcpHandler = (connection: Deno.TcpConn) => void;

/** One of the addresses of `bind`. */
interface Endpoint {
  /** As it is written, without the dash. */
  readonly name: string;
  readonly hostname: string;
  /** It may be an address that this machine does not have. */
  readonly isOptional: boolean;
}

interface Open {
  readonly listener: Deno.TcpListener;
  readonly hostname: string;
  /** As it was asked for; 0 is any. */
  readonly port: number;
  /** Of a socket for `::`: whether IPv4 clients are served too. */
  servesIpv4: boolean;
  /** Settles when the address is free again after the listener was closed. */
  ended: Promise<void>;
}

const IPV4_ANY = "0.0.0.0";
const IPV6_ANY = "::";
/** The system's numbers for a family or protocol that it does not have, in Linux and macOS. */
const UNSUPPORTED = /\(os error (42|43|44|46|47|92|93|94|96|97)\)/;
/** After an accept that failed (too many open files) nothing is accepted for so long, in ms. */
const ACCEPT_RETRY_MS = 100;

export class TcpListeners {
  readonly #handler: TcpHandler;
  readonly #log: Log;
  #open: Open[] = [];
  /** Closed, but with an address that is not free yet. */
  readonly #closing: Set<Open> = new Set();
  /** Counts moves, so that one that is overtaken by another does not go on. */
  #moves = 0;

  constructor(handler: TcpHandler, log: Log) {
    this.#handler = handler;
    this.#log = log;
  }

  /** The ports that are listened on: what port 0 became. */
  get ports(): number[] {
    return this.#open.map(({ listener }) => (listener.addr as Deno.NetAddr).port);
  }

  /**
   * Listens on a port at these addresses, and nowhere else: `*` is all of IPv4, `::*` all of IPv6; one with a
   * leading `-` may be missing. Port 0 is any.
   *
   * @throws Error whose message is the reference's log line, after the reason was logged; then nothing has changed
   */
  listen(port: number, addresses: readonly string[]): void {
    const move = ++this.#moves;
    const wanted = endpoints(addresses);
    try {
      this.#change(port, wanted);
    } catch (error) {
      if (!(error instanceof OwnAddressInUse)) throw error;
      const leaving = this.#open.filter((open) => !isWanted(open, port, wanted));
      for (const open of leaving) this.#close(open);
      this.#open = this.#open.filter((open) => !leaving.includes(open));
      void this.#finishMove(move, port, wanted, leaving);
    }
  }

  /** Stops listening. */
  close(): void {
    this.#moves++;
    for (const each of this.#open.splice(0)) this.#close(each);
  }

  /** Opens what is missing, then closes what is not wanted any more. */
  #change(port: number, wanted: readonly Endpoint[]): void {
    const before = this.#open;
    const after: Open[] = [];
    const listen = (hostname: string, at: number, servesIpv4: boolean): Open => {
      const kept = before.find((each) => each.hostname === hostname && each.port === at && at !== 0);
      const open = kept ?? this.#listen(hostname, at);
      after.push(open);
      served.set(open, servesIpv4);
      return open;
    };
    const served = new Map<Open, boolean>();
    let isDual = false;
    try {
      if (wanted.some(({ name }) => name === "*") && wanted.some(({ name }) => name === "::*")) {
        isDual = listenOnBoth(port, listen);
      }
      for (const endpoint of wanted) {
        if (isDual && (endpoint.name === "*" || endpoint.name === "::*")) continue;
        try {
          listen(endpoint.hostname, port, false);
        } catch (error) {
          if (error instanceof Deno.errors.AddrInUse && this.#isOwn(endpoint, port, wanted)) {
            throw new OwnAddressInUse();
          }
          this.#explain(endpoint, port, error);
          const isMissing = endpoint.isOptional && error instanceof Deno.errors.AddrNotAvailable;
          if (isMissing || UNSUPPORTED.test(String(error))) continue;
          throw new Error(`Failed listening on port ${port} (TCP), aborting.`);
        }
      }
    } catch (error) {
      for (const open of after) if (!before.includes(open)) this.#close(open);
      throw error;
    }
    for (const [open, servesIpv4] of served) open.servesIpv4 = servesIpv4;
    for (const open of before) if (!after.includes(open)) this.#close(open);
    this.#open = after;
  }

  /** Waits until the old addresses are free, then takes the new ones; if that fails, the old ones again. */
  async #finishMove(
    move: number,
    port: number,
    wanted: readonly Endpoint[],
    left: readonly Open[],
  ): Promise<void> {
    await Promise.all([...this.#closing].map(({ ended }) => ended));
    if (move !== this.#moves) return;
    try {
      this.#change(port, wanted);
    } catch {
      this.#log.warning("Listening where it was listened before, since the new addresses are not free.");
      for (const { hostname, port, servesIpv4 } of left) {
        try {
          const open = this.#listen(hostname, port);
          open.servesIpv4 = servesIpv4;
          this.#open.push(open);
        } catch (error) {
          this.#log.warning(`Could not listen on ${hostname}:${port} again: ${reason(error)}`);
        }
      }
    }
  }

  /** Whether what occupies an address is a listener of this server that is, or is to be, closed. */
  #isOwn({ hostname }: Endpoint, port: number, wanted: readonly Endpoint[]): boolean {
    const leaving = this.#open.filter((open) => !isWanted(open, port, wanted));
    return [...leaving, ...this.#closing].some((open) =>
      open.port === port && overlap(open.hostname, hostname)
    );
  }

  #explain({ name }: Endpoint, port: number, error: unknown): void {
    const text = reason(error);
    const lookup = /^failed to lookup address information: (.*)$/.exec(text)?.[1];
    this.#log.warning(
      `Warning: Could not create server TCP listening socket ${name}:${port}: ${lookup ?? `bind: ${text}`}`,
    );
  }

  #listen(hostname: string, port: number): Open {
    const listener = Deno.listen({ hostname, port });
    const open: Open = { listener, hostname, port, servesIpv4: false, ended: Promise.resolve() };
    open.ended = this.#accept(open);
    return open;
  }

  #close(open: Open): void {
    this.#closing.add(open);
    open.ended = open.ended.then(() => {
      this.#closing.delete(open);
    });
    open.listener.close();
  }

  async #accept(open: Open): Promise<void> {
    for (;;) {
      let connection: Deno.TcpConn;
      try {
        connection = await open.listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || this.#closing.has(open)) return;
        this.#log.warning(`Accepting client connection: ${reason(error)}`);
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
        continue;
      }
      if (!open.servesIpv4 && isMapped(connection.remoteAddr.hostname)) connection.close();
      else this.#handler(connection);
    }
  }
}

/** The address is taken by a listener of this server that is to be closed. */
class OwnAddressInUse extends Error {}

function endpoints(addresses: readonly string[]): Endpoint[] {
  return addresses.map((address) => {
    const isOptional = address.startsWith("-");
    const name = isOptional ? address.slice(1) : address;
    return { name, hostname: name === "*" ? IPV4_ANY : name === "::*" ? IPV6_ANY : name, isOptional };
  });
}

function isWanted(open: Open, port: number, wanted: readonly Endpoint[]): boolean {
  return open.port === port && wanted.some(({ hostname }) => hostname === open.hostname);
}

/** Whether two sockets of these addresses cannot have the same port. */
function overlap(a: string, b: string): boolean {
  return a === b || [a, b].some((each) => each === IPV4_ANY || each === IPV6_ANY);
}

/** Listens on all addresses of both families; false where there is no IPv6. */
function listenOnBoth(
  port: number,
  listen: (hostname: string, port: number, servesIpv4: boolean) => Open,
): boolean {
  let open: Open;
  try {
    open = listen(IPV6_ANY, port, true);
  } catch {
    return false;
  }
  try {
    // Only where the system keeps the families apart is IPv4 still free.
    listen(IPV4_ANY, port === 0 ? (open.listener.addr as Deno.NetAddr).port : port, false);
  } catch {
    // The usual case: the one socket has both.
  }
  return true;
}
