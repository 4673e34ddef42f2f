/** For tests of the HTTP port: a server in the process, and requests that reach the port without a socket. */
import { embeddedServer } from "../server/embedded.ts";
import type { LocalClient } from "../server/local_client.ts";
import type { RedenoServer } from "../server/server.ts";
import { ManualClock } from "../sys/clock.ts";
import { parseReply, type ReplyValue } from "../cli/reply_value.ts";
import { HttpPort } from "./http_port.ts";

type Headers = Readonly<Record<string, string>>;

export class TestPort implements Disposable {
  readonly clock: ManualClock = new ManualClock();
  readonly server: RedenoServer;
  readonly port: HttpPort;
  readonly client: LocalClient;
  isLocal = true;
  /** What requests carry besides their own. */
  headers: Headers = {};

  /** @param configuration lines of a configuration file */
  constructor(configuration = "") {
    this.server = embeddedServer({
      configuration,
      clock: this.clock,
      // Scripts take the time that they take.
      workMs: () => performance.now(),
    });
    this.port = new HttpPort(this.server);
    this.client = this.server.client();
  }

  /** The reply to a line of plain words, of another client. */
  async ask(line: string | readonly (string | Uint8Array)[]): Promise<ReplyValue> {
    return parseReply(await this.client.send(typeof line === "string" ? line.split(" ") : line));
  }

  send(method: string, path: string, headers: Headers = {}, body: string | null = null): Promise<Response> {
    const { host = "127.0.0.1:8080", ...rest } = headers;
    const request = new Request(`http://${host}${path}`, {
      method,
      headers: { ...this.headers, ...rest },
      body,
    });
    return this.port.handle(request, { isLocal: this.isLocal });
  }

  get(path: string, headers: Headers = {}): Promise<Response> {
    return this.send("GET", path, headers);
  }

  post(path: string, body: unknown = {}, headers: Headers = {}): Promise<Response> {
    return this.send("POST", path, { "content-type": "application/json", ...headers }, JSON.stringify(body));
  }

  /** What a path of the API answers. @throws Error when it does not answer with 200 */
  async api<T>(path: string, body?: unknown): Promise<T> {
    const response = await (body === undefined ? this.get(`/api/${path}`) : this.post(`/api/${path}`, body));
    const value = await response.json();
    if (response.status !== 200) throw new Error(`${response.status}: ${JSON.stringify(value)}`);
    return value as T;
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}
