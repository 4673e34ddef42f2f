/**
 * Who may ask what. Browsers are used against servers that trust them, so that a request is looked at from four sides:
 *
 * 1. _Name._ A page from elsewhere can give its own name our address (DNS rebinding) and is then of our origin. So the
 *    port is only called by an address, by localhost, or by a name of `http-hosts`.
 * 2. _Origin._ What another site makes the browser send is refused, whatever it asks.
 * 3. _Place._ With `protected-mode` and without a password, only this machine is served, as in the main protocol.
 * 4. _User._ With a password everything that shows data asks for it: a session's token, or HTTP Basic. Tokens are sent
 *    by the page itself and never by the browser, so no other site can make use of them.
 */
import type { RedenoServer } from "../server/server.ts";
import { utf8 } from "../sys/bytes.ts";
import { Refusal } from "./answers.ts";
import { Sessions } from "./sessions.ts";

/** The user while there is no password. */
const DEFAULT_USER = "default";
const CHALLENGE = { "www-authenticate": 'Basic realm="redeno", charset="UTF-8"' };

export class Access {
  readonly #server: RedenoServer;
  readonly sessions: Sessions;

  constructor(server: RedenoServer) {
    this.#server = server;
    this.sessions = new Sessions(() => server.clock.now());
    server.settings.onChange(["requirepass"], () => this.sessions.closeAll());
  }

  /** @throws Refusal when the port is called by a name that is not its own */
  checkHost(url: URL): void {
    const { hostname } = url;
    if (hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname)) return;
    if (hostname === "localhost" || hostname.endsWith(".localhost")) return;
    const names = (this.#server.settings.get("http-hosts") ?? "").toLowerCase().split(/[ ,]+/);
    if (names.includes("*") || names.includes(hostname)) return;
    throw new Refusal(
      421,
      `This server does not answer to the name ${hostname}: add it to http-hosts, or use an address or localhost.`,
    );
  }

  /** @throws Refusal when the request comes from the page of another site */
  checkOrigin(request: Request, url: URL): void {
    const site = request.headers.get("sec-fetch-site");
    if (site !== null && site !== "same-origin" && site !== "none") throw otherSite();
    const origin = request.headers.get("origin");
    if (site === "same-origin" || origin === null) return;
    if (URL.parse(origin)?.host !== url.host) throw otherSite();
  }

  /** @param isLocal whether who asks is on this machine @throws Refusal in protected mode */
  checkPlace(isLocal: boolean): void {
    const { settings, passwordRequired } = this.#server;
    if (isLocal || passwordRequired || !settings.flag("protected-mode")) return;
    throw new Refusal(
      403,
      "This server is in protected mode and has no password: only this machine is served. " +
        "Set requirepass, or protected-mode to no.",
    );
  }

  /** The user that a request is from; undefined when it does not say, or not rightly. */
  userOf(request: Request): string | undefined {
    if (!this.#server.passwordRequired) return DEFAULT_USER;
    const header = request.headers.get("authorization") ?? "";
    const [, scheme, credentials] = /^(Bearer|Basic) +(\S+)$/i.exec(header) ?? [];
    if (scheme === undefined || credentials === undefined) return undefined;
    if (scheme.toLowerCase() === "bearer") return this.sessions.userOf(credentials);
    const named = readBasic(credentials);
    if (named === undefined) return undefined;
    const user = named.user === "" ? DEFAULT_USER : named.user;
    return this.#server.checkPassword(user, named.password) ? user : undefined;
  }

  /** @throws Refusal that makes programs, and browsers that opened the address, ask for a password */
  requireUser(request: Request): string {
    const user = this.userOf(request);
    if (user === undefined) throw new Refusal(401, "A user and a password are needed.", CHALLENGE);
    return user;
  }

  /** A token for who knows the password, else undefined. */
  login(user: string, password: string): string | undefined {
    const name = user === "" ? DEFAULT_USER : user;
    return this.#server.checkPassword(name, utf8(password)) ? this.sessions.open(name) : undefined;
  }

  logout(request: Request): void {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (token !== undefined) this.sessions.close(token);
  }
}

function otherSite(): Refusal {
  return new Refusal(403, "Requests from other sites are refused.");
}

/** User and password of HTTP Basic. */
function readBasic(credentials: string): { user: string; password: Uint8Array } | undefined {
  try {
    const bytes = Uint8Array.fromBase64(credentials);
    const colon = bytes.indexOf(0x3a);
    if (colon < 0) return undefined;
    return { user: new TextDecoder().decode(bytes.subarray(0, colon)), password: bytes.subarray(colon + 1) };
  } catch {
    return undefined;
  }
}
