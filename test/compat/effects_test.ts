/**
 * What every command leaves in the append-only file, and how many changes it counts: equal to a real redis-server's,
 * line by line. At the end of each case the recorded effects, carried out by another server, give the same data.
 *
 * Without a redis-server 7.0 what it did earlier stands in for it (`recorded/`, made with COMPAT_RECORD=1).
 */
import { assertEquals, assertNotEquals } from "@std/assert";
import { whyNoRealServer } from "../support/real_server.ts";
import { type EffectStep, effectStep, OurEffects, RealEffects, traceText } from "./effects.ts";
import { type EffectCase, effectCases, RENAMED, renamedCases } from "./effects_cases.ts";
import { agreesWithRecorded, type RecordedAnswer, Recording } from "./recording.ts";
import { markOf } from "./sides.ts";

const whyRecorded = Deno.env.get("COMPAT_RECORDED") === "1" ? "COMPAT_RECORDED=1" : whyNoRealServer();
const records = Deno.env.get("COMPAT_RECORD") === "1";
if (whyRecorded !== undefined && (Deno.env.get("CI") === "true" || records)) {
  throw new Error(`${whyRecorded}: nothing to compare with`);
}
const recording = new Recording(Deno.mainModule);

Deno.test.afterAll(async () => {
  if (records) await recording.write();
});

/** What the reference did: asked now, or recorded earlier. */
interface Reference {
  reset(): Promise<void>;
  run(step: EffectStep): Promise<string>;
}

function live(title: string, real: RealEffects): Reference {
  return {
    reset: () => real.reset(),
    async run(step) {
      const text = traceText(step, await real.run(step));
      if (records) recording.add(title, [step], [{ reduced: text, raw: text, answer: undefined }]);
      return text;
    },
  };
}

function recorded(answers: readonly RecordedAnswer[]): Reference {
  let next = 0;
  return {
    reset: () => Promise.resolve(),
    run(step) {
      const [mark, text] = answers[next++] ?? [];
      if (text === undefined || mark !== markOf(step)) {
        throw new Error(`nothing is recorded for: ${step.text}`);
      }
      return Promise.resolve(text);
    },
  };
}

async function runCase(
  { title, lines, isIncomplete }: EffectCase,
  reference: Reference,
  ours: OurEffects,
): Promise<void> {
  const failures: string[] = [];
  await Promise.all([reference.reset(), ours.reset()]);
  for (const line of lines) {
    const step = effectStep(line);
    const [expected, trace] = await Promise.all([reference.run(step), ours.run(step)]);
    const found = traceText(step, trace);
    if (agreesWithRecorded(step, expected, found)) continue;
    const indented = (text: string) => text.replaceAll("\n", "\n    ");
    failures.push(`${line}\n  redis-server:\n    ${indented(expected)}\n  redeno:\n    ${indented(found)}`);
  }
  if (failures.length > 0) throw new Error(`${failures.length} lines differ:\n\n${failures.join("\n\n")}`);
  const [data, replayed] = await ours.digests();
  if (isIncomplete) assertNotEquals(replayed, data);
  else assertEquals(replayed, data, `${title}: what was recorded gives other data`);
}

async function runCases(
  t: Deno.TestContext,
  cases: readonly EffectCase[],
  directives: readonly string[],
  renamed: typeof RENAMED = [],
): Promise<void> {
  await using real = whyRecorded === undefined ? await RealEffects.start(directives) : undefined;
  await using ours = await OurEffects.start(renamed);
  for (const each of cases) {
    const { title } = each;
    const reference = real === undefined ? recorded(recording.answers(title)) : live(title, real);
    await t.step(title, () => runCase(each, reference, ours));
  }
}

Deno.test("what commands leave in the append-only file", (t) => runCases(t, effectCases, []));

Deno.test("what commands with other names leave in the append-only file", async (t) => {
  const directives = RENAMED.flatMap(([from, to]) => ["--rename-command", from, to]);
  await runCases(t, renamedCases, directives, RENAMED);
});
