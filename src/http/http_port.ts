/**
 * The side port for everything that is not a client of Redis: `/` is the dashboard, `/metrics` is for Prometheus, `/healthz`
 * and `/readyz` are for whoever supervises the process.
 *
 * Nothing here runs unless a request comes. The module, the page included, is brought in only when `http-port` is set.
 */
import type { RedenoServer } from "../server/server.ts";
import { isLoopback, reason } from "../server/socket_address.ts";
import { Access } from "./access.ts";
import { json, Refusal, text } from "./answers.ts";
import { type ApiHost, callApi } from "./api.ts";
import { sendAsset } from "./assets.ts";
import { answer } from "./answers.ts";
import { LiveNumbers } from "./live.ts";
import { METRICS_TYPE, metricsPage } from "./metrics.ts";

/** What a request says of where it comes from. */
export interface Visit {
  readonly isLocal: boolean;
}

export class HttpPort {
  readonly #server: RedenoServer;
  readonly #host: ApiHost;
  readonly #access: Access;
  #listeners: Deno.HttpServer<Deno.NetAddr>[] = [];

  constructor(server: RedenoServer) {
    this.#server = server;
    this.#access = new Access(server);
    this.#host = { server, access: this.#access, live: new LiveNumbers(server) };
  }

  /** Where it listens, as addresses that a browser understands. */
  get urls(): string[] {
    return this.#listeners.map(({ addr: { hostname, port } }) => {
      const isEverywhere = hostname === "0.0.0.0" || hostname === "::";
      const name = isEverywhere ? "localhost" : hostname.includes(":") ? `[${hostname}]` : hostname;
      return `http://${name}:${port}/`;
    });
  }

  /**
   * Listens at these addresses, as `bind` has them: `*` is all of IPv4, `::*` all of IPv6; one with a leading `-` may be missing.
   * @param port 0: any, the same for none of them
   * @throws Error that says which address is not to be had; then it listens nowhere
   */
  listen(port: number, addresses: readonly string[]): void {
    for (const address of addresses) {
      const isOptional = address.startsWith("-");
      const name = isOptional ? address.slice(1) : address;
      const hostname = name === "*" ? "0.0.0.0" : name === "::*" ? "::" : name;
      try {
        this.#listeners.push(this.#listenAt(port, hostname));
      } catch (error) {
        if (isOptional) continue;
        void this.close();
        throw new Error(`Could not create the HTTP port at ${name}:${port}: ${reason(error)}`);
      }
    }
    if (this.#listeners.length === 0) {
      throw new Error(`Could not create the HTTP port ${port}: no address is there.`);
    }
  }

  #listenAt(port: number, hostname: string): Deno.HttpServer<Deno.NetAddr> {
    return Deno.serve(
      { port, hostname, onListen() {} },
      (request, { remoteAddr }) => this.handle(request, { isLocal: isLoopback(remoteAddr.hostname) }),
    );
  }

  /** Stops listening; what is being answered is. */
  async close(): Promise<void> {
    const listeners = this.#listeners;
    this.#listeners = [];
    await Promise.all(listeners.map((listener) => listener.shutdown()));
  }

  /** Answers one request. Never throws. */
  async handle(request: Request, visit: Visit): Promise<Response> {
    const url = new URL(request.url);
    const isApi = url.pathname.startsWith("/api/");
    try {
      return await this.#route(request, url, visit);
    } catch (error) {
      if (error instanceof Refusal) {
        return isApi
          ? json({ error: error.message }, error.status)
          : text(error.status, error.message, error.headers);
      }
      this.#server.log.warning(
        `Internal error in ${request.method} ${url.pathname} of the HTTP port: ${
          error instanceof Error ? error.stack ?? error.message : String(error)
        }`,
      );
      return isApi ? json({ error: "internal error" }, 500) : text(500, "internal error");
    }
  }

  async #route(request: Request, url: URL, { isLocal }: Visit): Promise<Response> {
    const { pathname } = url;
    const isRead = request.method === "GET" || request.method === "HEAD";
    // Those who supervise call by any name and have no password; what they learn is one bit.
    if (pathname === "/healthz" && isRead) return text(200, "ok");
    if (pathname === "/readyz" && isRead) return this.#readiness();
    this.#access.checkHost(url);
    this.#access.checkPlace(isLocal);
    if (pathname.startsWith("/api/")) {
      this.#access.checkOrigin(request, url);
      return await callApi(this.#host, request, pathname);
    }
    if (!isRead) throw new Refusal(405, "This can only be read.", { allow: "GET, HEAD" });
    if (pathname === "/metrics") {
      this.#access.requireUser(request);
      return answer(200, METRICS_TYPE, metricsPage(this.#server));
    }
    const asset = await sendAsset(pathname, request);
    if (asset === undefined) throw new Refusal(404, `There is no ${pathname}.`);
    return asset;
  }

  #readiness(): Response {
    const { persistence, isStopping } = this.#server;
    if (isStopping) return text(503, "stopping");
    if (persistence.loading.progress !== undefined) return text(503, "loading");
    return text(200, "ready");
  }
}

/** Opens the port as the configuration has it, and says so in the log. @throws Error as {@link HttpPort.listen} */
export function openHttpPort(server: RedenoServer): HttpPort {
  const { settings, log } = server;
  const port = new HttpPort(server);
  const addresses = (settings.get("http-bind") ?? "").split(" ").filter((address) => address !== "");
  port.listen(settings.number("http-port"), addresses);
  log.notice(`The dashboard is at ${port.urls.join(" and ")} with /metrics, /healthz and /readyz beside it`);
  return port;
}
