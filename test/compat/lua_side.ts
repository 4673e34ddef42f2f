/**
 * Scripts on the engine itself, answered as EVAL answers them, without a server in between.
 *
 * What is compared is the reply of RESP2: results converted, errors with the digest of the script and the place.
 */
import { createHash } from "node:crypto";
import { type Script, ScriptCompileError, type ScriptOutcome } from "../../src/scripting/engine.ts";
import { FengariEngine } from "../../src/scripting/fengari/fengari_engine.ts";
import { latin1, latin1Text } from "../../src/sys/bytes.ts";
import { escapeBytes } from "../support/split_args.ts";
import type { Answer } from "./comparisons.ts";
import type { Side, Step, StepAnswer } from "./sides.ts";

export class LuaSide implements Side {
  readonly name: string;
  readonly #engine: FengariEngine;

  /** @param stepsPerTurn steps after which a script is suspended, and then resumed at once; 0 lets it run. */
  constructor(stepsPerTurn = 0) {
    this.name = stepsPerTurn > 0 ? `the engine, suspended every ${stepsPerTurn} steps` : "the engine";
    this.#engine = new FengariEngine({
      libraries: {},
      stepsPerTurn: stepsPerTurn > 0 ? stepsPerTurn : 1_000_000,
      suspends: () => stepsPerTurn > 0,
    });
  }

  reset(): Promise<void> {
    return Promise.resolve();
  }

  /** The steps are EVALs without keys. */
  run(steps: readonly Step[]): Promise<StepAnswer[]> {
    return Promise.resolve(steps.map(({ args, comparison }) => {
      const [, source, , ...rest] = args.map((arg) => latin1Text(arg));
      const bytes = latin1(this.eval(source!, rest));
      const answer: Answer = { bytes, values: [], closed: false };
      return { reduced: comparison.reduce(answer), raw: escapeBytes(bytes), answer };
    }));
  }

  /** The reply to EVAL, one character a byte. */
  eval(source: string, args: readonly string[] = []): string {
    const engine = this.#engine;
    let script: Script;
    try {
      script = engine.compile(latin1(source), "@user_script");
    } catch (error) {
      if (!(error instanceof ScriptCompileError)) throw error;
      return errorReply(`ERR Error compiling script (new function): ${error.message}`);
    }
    let outcome: ScriptOutcome = engine.run(script, [], args.map(latin1));
    while (outcome === "suspended") outcome = engine.resume();
    const reply = outcome === "done" ? valueReply(engine) : failureReply(engine, source);
    engine.finish();
    return reply;
  }
}

function errorReply(message: string): string {
  return `-${message.replace(/[\r\n]/g, " ")}\r\n`;
}

function failureReply(engine: FengariEngine, source: string): string {
  const { stack, failedAt } = engine;
  let message: string;
  if (stack.type(-1) === "table") {
    stack.pushField(-1, "err");
    message = textOf(engine);
    stack.pop(1);
  } else {
    message = `ERR ${textOf(engine)}`;
  }
  const sha = createHash("sha1").update(latin1(source)).digest("hex");
  const place = failedAt === undefined ? "" : `, on ${failedAt.source}:${failedAt.line}.`;
  return errorReply(`${message} script: ${sha}${place}`);
}

/** What tostring makes of the last value. */
function textOf(engine: FengariEngine): string {
  const { stack } = engine;
  const type = stack.type(-1);
  if (type === "string") return latin1Text(stack.toBytes(-1)!);
  if (type === "number") return stack.toText(-1);
  return type === "boolean" ? String(stack.toBoolean(-1)) : type;
}

/** A number as C makes it a 64-bit integer. */
function integerText(value: number): string {
  return value >= -(2 ** 63) && value < 2 ** 63 ? String(BigInt(Math.trunc(value))) : "-9223372036854775808";
}

/** The last value as EVAL replies it in RESP2. */
function valueReply(engine: FengariEngine): string {
  const { stack } = engine;
  switch (stack.type(-1)) {
    case "string": {
      const bytes = stack.toBytes(-1)!;
      return `$${bytes.length}\r\n${latin1Text(bytes)}\r\n`;
    }
    case "number":
      return `:${integerText(stack.toNumber(-1)!)}\r\n`;
    case "boolean":
      return stack.toBoolean(-1) ? ":1\r\n" : "$-1\r\n";
    case "table":
      return tableReply(engine);
    default:
      return "$-1\r\n";
  }
}

function tableReply(engine: FengariEngine): string {
  const { stack } = engine;
  for (const [field, mark] of [["err", "-"], ["ok", "+"]] as const) {
    stack.pushField(-1, field);
    const bytes = stack.toBytes(-1);
    stack.pop(1);
    if (bytes !== undefined) return `${mark}${latin1Text(bytes).replace(/[\r\n]/g, " ")}\r\n`;
  }
  const items: string[] = [];
  for (let at = 1;; at++) {
    stack.pushItem(-1, at);
    const nil = stack.type(-1) === "nil";
    if (!nil) items.push(valueReply(engine));
    stack.pop(1);
    if (nil) return `*${items.length}\r\n${items.join("")}`;
  }
}
