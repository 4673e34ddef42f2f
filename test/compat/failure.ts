/** What a failing comparison says: the line, both answers, and the command that shows them again. */
import { joinArgs, latin1 } from "../support/split_args.ts";
import { agreesWithRecorded } from "./recording.ts";
import type { Step, StepAnswer } from "./sides.ts";

const SHOWN_CHARS_MAX = 600;
const SHOWN_FAILURES_MAX = 12;
const LINES_BEFORE_MAX = 8;

/** One text for each step whose answers do not agree. */
export function differences(
  before: readonly Step[],
  steps: readonly Step[],
  real: readonly StepAnswer[],
  ours: readonly StepAnswer[],
): string[] {
  const texts: string[] = [];
  for (const [i, step] of steps.entries()) {
    const [a, b] = [real[i]!, ours[i]!];
    if (agreesWithRecorded(step, a.reduced, b.reduced)) continue;
    const lines = [...before, ...steps.slice(0, i)];
    // A comparison of contents may hide them behind equal bytes; then what was compared says more.
    const [realText, oursText] = a.raw === b.raw ? [a.reduced, b.reduced] : [a.raw, b.raw];
    texts.push(
      `${joinArgs(step.args)}\n  redis-server: ${shorten(realText)}\n  redeno:       ${shorten(oursText)}\n` +
        `  deno task diff ${reproduction(lines, step)}`,
    );
  }
  return texts;
}

/** All differences of a block as one message. */
export function failureText(failures: readonly string[]): string {
  const shown = failures.slice(0, SHOWN_FAILURES_MAX).join("\n\n");
  const rest = failures.length - SHOWN_FAILURES_MAX;
  const more = rest > 0 ? `\n\nand ${rest} more` : "";
  return `${failures.length} answer${failures.length === 1 ? " differs" : "s differ"}:\n\n${shown}${more}`;
}

/** The lines that probably matter: all when there are few, else those with an argument in common. */
function reproduction(before: readonly Step[], step: Step): string {
  const own = before.filter(({ connection }) => connection === step.connection);
  const words = new Set(step.args.slice(1).map(latin1));
  const related = own.length <= LINES_BEFORE_MAX
    ? own
    : own.filter(({ args }) =>
      /^hello$/i.test(latin1(args[0]!)) || args.slice(1).some((arg) => words.has(latin1(arg)))
    );
  return [...related.slice(-LINES_BEFORE_MAX), step].map(({ args }) => shellQuote(joinArgs(args))).join(" ");
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function shorten(text: string): string {
  if (text.length <= SHOWN_CHARS_MAX) return text;
  return `${text.slice(0, SHOWN_CHARS_MAX)}... (${text.length} characters)`;
}
