/** Who debugs scripts, and the session of each: what EVAL is while SCRIPT DEBUG is on. */
import type { Args } from "../args.ts";
import type { Client, Context } from "../context.ts";
import { ReplyError } from "../errors.ts";
import { DebugSession } from "./debug_session.ts";
import type { ScriptHost } from "./script_runner.ts";

/** What a debugged script works on: copies of the keys that it touches, or the data, with everybody waiting. */
export type DebugMode = "copies" | "data";

const cannotDebug = new ReplyError("ERR This client cannot debug scripts");

export class Debugging {
  readonly #host: ScriptHost;
  readonly #modes = new WeakMap<Client, DebugMode>();
  /** Whether anybody has ever asked: until then nobody is looked up. */
  #isUsed = false;
  /** The session on the data, of which there is one at most. */
  #exclusive: DebugSession | undefined;

  constructor(host: ScriptHost) {
    this.#host = host;
  }

  /** @throws ReplyError where the client cannot be spoken with */
  setMode(client: Client, mode: DebugMode | "no"): void {
    if (mode === "no") return void this.#modes.delete(client);
    if (client.aside === undefined) throw cannotDebug;
    this.#isUsed = true;
    this.#modes.set(client, mode);
  }

  wants(client: Client): boolean {
    return this.#isUsed && this.#modes.has(client);
  }

  /** EVAL or EVAL_RO of a client that debugs. */
  begin(context: Context, args: Args, readOnly: boolean): void {
    const mode = this.#modes.get(context.client)!;
    const session = new DebugSession(this.#host, context, mode, () => {
      if (this.#exclusive === session) this.#exclusive = undefined;
    });
    if (mode === "data") this.#exclusive = session;
    session.begin(args, readOnly);
  }

  /** SCRIPT KILL: ends the session that keeps everybody waiting; false when there is none. */
  kill(): boolean {
    this.#exclusive?.kill();
    return this.#exclusive !== undefined;
  }
}
