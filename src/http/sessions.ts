/**
 * Who has logged in: tokens that stand for a user. A token is 32 random bytes, known to the page that was given it and
 * kept nowhere else; it ends when it is not used for twelve hours, when the page logs out, or when the server's password changes.
 */
import { sameSecret } from "../server/secret.ts";
import { utf8 } from "../sys/bytes.ts";

const TOKEN_BYTES = 32;
const IDLE_MS_MAX = 12 * 3600 * 1000;
/** Beyond these the one that was not used for longest goes. */
const SESSIONS_MAX = 64;

interface Session {
  readonly token: Uint8Array;
  readonly user: string;
  /** Unix ms. */
  usedAt: number;
}

export class Sessions {
  readonly #now: () => number;
  #sessions: Session[] = [];

  /** @param now unix ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#sessions.length;
  }

  /** A new token for a user. */
  open(user: string): string {
    const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
    this.#sessions.push({ token: utf8(token), user, usedAt: this.#now() });
    this.#sessions.sort((a, b) => b.usedAt - a.usedAt).splice(SESSIONS_MAX);
    return token;
  }

  /** The user of a token; undefined when it is none. O(sessions), in a time that tells nothing about tokens. */
  userOf(token: string): string | undefined {
    const session = this.#find(token);
    if (session !== undefined) session.usedAt = this.#now();
    return session?.user;
  }

  close(token: string): void {
    const session = this.#find(token);
    this.#sessions = this.#sessions.filter((each) => each !== session);
  }

  closeAll(): void {
    this.#sessions = [];
  }

  #find(token: string): Session | undefined {
    const now = this.#now();
    this.#sessions = this.#sessions.filter(({ usedAt }) => now - usedAt < IDLE_MS_MAX);
    const asked = utf8(token);
    let found: Session | undefined;
    for (const session of this.#sessions) if (sameSecret(session.token, asked)) found = session;
    return found;
  }
}
