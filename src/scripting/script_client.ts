/**
 * The client as which scripts call commands: it has a database and a version of the protocol of its own, and nobody
 * else sees it. Its replies are read by the script.
 */
import type { Context, Server, Transaction } from "../context.ts";
import { InnerClient } from "../inner_client.ts";
import { recycleReplyBuffer } from "../resp/reply.ts";

/** A larger reply's memory is not kept for the next one. */
const REPLY_BYTES_KEPT_MAX = 256 << 10;

/** Scripts must not wait, as little as transactions. */
const NEVER_WAITS: Transaction = {
  commands: [],
  bytes: 0,
  failed: false,
  add() {},
  replay: () => undefined,
};

export class ScriptClient extends InnerClient {
  readonly isScript = true;

  constructor(server: Server) {
    super(server, -1, NEVER_WAITS);
  }

  /** A script begins for this client. */
  begin({ client, db }: Context): void {
    this.db = db;
    this.user = client.user;
    this.reply.resp3 = false;
  }

  /** Lets go of what a large reply took. */
  end(): void {
    const { reply } = this;
    if (reply.buffer.length > REPLY_BYTES_KEPT_MAX) recycleReplyBuffer(reply.take());
  }

  override wait(): never {
    throw new Error("a script cannot wait");
  }

  override describe(): string {
    return "id=-1 addr= laddr= name= (a script)";
  }
}
