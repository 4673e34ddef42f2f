/** What the client of a script is answered when that has ended: its result, or the error and where it was raised. */
import type { ScriptCalls } from "../context.ts";
import type { Reply } from "../resp/reply.ts";
import type { ScriptEngine, ScriptOutcome, ScriptPosition, ScriptStack } from "./engine.ts";
import { errorCode, readError, ReplyWriter, textOf, writeError } from "./reply_writer.ts";

/** The reference dies of it. */
const NO_ERROR_TEXT = "ERR A table without a text in its field 'err' was raised";

export class ScriptAnswer {
  readonly #dispatcher: ScriptCalls;
  readonly #writer: ReplyWriter;

  /** @param dispatcher counts errors */
  constructor(dispatcher: ScriptCalls) {
    this.#dispatcher = dispatcher;
    this.#writer = new ReplyWriter((code) => dispatcher.countFailure(code));
  }

  /**
   * Writes the answer of a script that has ended, and gives the engine's results up.
   * @param sha the digest of the script @param hasBooleans as {@link ReplyWriter.write}
   */
  write(engine: ScriptEngine, outcome: ScriptOutcome, reply: Reply, sha: string, hasBooleans: boolean): void {
    try {
      if (outcome === "done") this.#writer.write(engine.stack, reply, hasBooleans);
      else this.#writeFailure(engine, reply, sha);
      engine.finish();
    } catch (error) {
      engine.abandon();
      throw error;
    }
  }

  #writeFailure({ stack, failedAt }: ScriptEngine, reply: Reply, sha: string): void {
    if (stack.type(-1) === "table") {
      const { text, isCounted } = readError(stack);
      return this.fail(reply, text ?? NO_ERROR_TEXT, failedAt, sha, isCounted);
    }
    this.fail(reply, `ERR ${describeError(stack)}`, failedAt, sha);
  }

  /** Writes an error, and the place where it was raised. @param isCounted whether the statistics know of it already */
  fail(reply: Reply, text: string, at: ScriptPosition | undefined, sha: string, isCounted = false): void {
    const place = at === undefined ? "" : ` script: ${sha}, on ${at.source}:${at.line}.`;
    this.#dispatcher.countFailure(isCounted ? undefined : errorCode(text));
    writeError(reply, text + place);
  }
}

/** What `tostring` makes of an error that is no table. */
function describeError(stack: ScriptStack): string {
  const type = stack.type(-1);
  if (type === "boolean") return String(stack.toBoolean(-1));
  return textOf(stack) ?? type;
}
