/**
 * The console: a script runs on this server, and what it returned, what it wrote and how long it took is shown. Without
 * `http-allow-writes` it runs as EVAL_RO, which the server itself keeps from writing.
 */
import { effectLines } from "../cli/effect_lines.ts";
import { formatReply } from "../cli/format_reply.ts";
import { sourceExcerpt } from "../cli/source_excerpt.ts";
import type { Clock } from "../sys/clock.ts";
import { latin1Text, NO_BYTES } from "../sys/bytes.ts";
import type { Input } from "./input.ts";
import { fromBytes, type PageClient } from "./page_client.ts";

/** Characters of a reply, and lines of what was written, that are shown. */
const REPLY_CHARS_MAX = 256 << 10;
const LINES_MAX = 200;
const LINE_CHARS_MAX = 2048;

export interface ScriptRun {
  /** As redis-cli prints it; of one that is too long the beginning. */
  readonly reply: string;
  readonly isClipped: boolean;
  readonly isError: boolean;
  /** The line of the script at which the error was raised, marked; or "". */
  readonly excerpt: string;
  readonly ms: number;
  /** A command a line. */
  readonly writes: readonly string[];
  /** How many there were. */
  readonly writesCount: number;
  readonly isReadOnly: boolean;
}

/** Runs a script: `script`, `keys` and `args` of the input. */
export async function runScript(
  client: PageClient,
  input: Input,
  mayWrite: boolean,
  clock: Clock,
): Promise<ScriptRun> {
  const script = input.bytes("script");
  const keys = input.list("keys");
  const args = input.list("args");
  let effects: Uint8Array = NO_BYTES;
  if (mayWrite) client.local.onEffects = (bytes) => effects = bytes;
  const database = client.local.db.id;
  const began = clock.monotonicMs();
  const reply = await client.send(mayWrite ? "EVAL" : "EVAL_RO", script, keys.length, ...keys, ...args);
  const ms = clock.monotonicMs() - began;
  const shown = formatReply(reply, { format: "standard" });
  const lines = effectLines(effects, database);
  return {
    reply: fromBytes(shown.slice(0, REPLY_CHARS_MAX)),
    isClipped: shown.length > REPLY_CHARS_MAX,
    isError: reply.kind === "error",
    excerpt: reply.kind === "error" ? fromBytes(sourceExcerpt(latin1Text(script), reply.text, "script")) : "",
    ms,
    writes: lines.slice(0, LINES_MAX).map((line) => fromBytes(line.slice(0, LINE_CHARS_MAX))),
    writesCount: lines.length,
    isReadOnly: !mayWrite,
  };
}
