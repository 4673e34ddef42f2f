/**
 * Keyspace notifications: which events each command causes, with their names, classes and order, equal to a real
 * redis-server's, line by line. The lines are those whose traces in the append-only file are compared, and some more.
 *
 * Without a redis-server 7.0 what it did earlier stands in for it (`recorded/`, made with COMPAT_RECORD=1).
 */
import { whyNoRealServer } from "../support/real_server.ts";
import { parseReplies, type Plain, plain } from "../support/resp_value.ts";
import { escapeBytes, fromLatin1 } from "../support/split_args.ts";
import { type EffectSide, type EffectStep, effectStep, OurEffects, RealEffects } from "./effects.ts";
import { type EffectCase, effectCases } from "./effects_cases.ts";
import { everyEvent, moreEventCases } from "./notifications_cases.ts";
import { agreesWithRecorded, Recording } from "./recording.ts";
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

/** What DEBUG LOADAOF tells is all that stands in the file, from the cases before as well. */
const CASES = [...effectCases.filter(({ lines }) => !lines.includes("DEBUG LOADAOF")), ...moreEventCases];
/** All classes of events, those included that `A` leaves out. */
const EVERYTHING = "KEAnm";
/** So that an event of one class is not taken for one of another: no two classes are in the same ones of these. */
const SOME_CLASSES = ["Eglsxt", "E$lhx", "Eszxm", "Ehzmnt"];

/** A server that runs lines, and somebody who listens. */
interface Side {
  reset(): Promise<void>;
  configure(classes: string): Promise<void>;
  /** What is published while a line runs. */
  run(step: EffectStep): Promise<string>;
}

/** What was published, a message a line; by chance in no particular order. */
function messagesText(step: EffectStep, values: readonly Plain[]): string {
  const lines = values.map((value) => {
    const [, , channel, text] = value as string[];
    return escapeBytes(fromLatin1(`${channel} ${text}`));
  });
  if (step.kind === "cycle" || step.byChance) lines.sort();
  return lines.join("\n");
}

const isPong = (value: Plain) => Array.isArray(value) && value[0] === "pong";

async function realSide(real: RealEffects): Promise<Side> {
  const listener = await real.connect();
  await listener.send("PSUBSCRIBE __key*");
  const take = async () => {
    const values: Plain[] = [];
    await listener.write(new TextEncoder().encode("PING\r\n"));
    for (;;) {
      const value = plain((await listener.receive()).value);
      if (isPong(value)) return values;
      values.push(value);
    }
  };
  return sideOf(real, take, async (line) => {
    using control = await real.connect();
    await control.send(line);
  });
}

async function ourSide(ours: OurEffects): Promise<Side> {
  const listener = ours.connect();
  await listener.send("PSUBSCRIBE __key*");
  const take = async () => {
    const bytes = fromLatin1(await listener.send("PING"));
    return parseReplies(bytes).map(({ value }) => plain(value)).filter((value) => !isPong(value));
  };
  return sideOf(ours, take, async (line) => void await ours.connect().send(line));
}

function sideOf(
  side: EffectSide,
  take: () => Promise<Plain[]>,
  control: (line: string) => Promise<void>,
): Side {
  return {
    configure: (classes) => control(`CONFIG SET notify-keyspace-events ${classes}`),
    async reset() {
      await side.reset();
      await take();
    },
    async run(step) {
      await side.run(step);
      return messagesText(step, await take());
    },
  };
}

function recordedSide(title: string): Side {
  const answers = recording.answers(title);
  let next = 0;
  return {
    configure: () => Promise.resolve(),
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

async function runCase(title: string, lines: readonly string[], real: Side, ours: Side): Promise<void> {
  const failures: string[] = [];
  await Promise.all([real.reset(), ours.reset()]);
  for (const line of lines) {
    const { comparison, ...rest } = effectStep(line);
    const step = { ...rest, comparison: { ...comparison, exact: true } };
    const [expected, found] = await Promise.all([real.run(step), ours.run(step)]);
    if (records) recording.add(title, [step], [{ reduced: expected, raw: expected, answer: undefined }]);
    if (agreesWithRecorded(step, expected, found)) continue;
    const indented = (text: string) => text.replaceAll("\n", "\n    ");
    failures.push(`${line}\n  redis-server:\n    ${indented(expected)}\n  redeno:\n    ${indented(found)}`);
  }
  if (failures.length > 0) throw new Error(`${failures.length} lines differ:\n\n${failures.join("\n\n")}`);
}

Deno.test("the events of every command, and their order", (t) => runCases(t, CASES, [EVERYTHING]));

Deno.test("the class of every event", (t) => runCases(t, [everyEvent], SOME_CLASSES));

async function runCases(
  t: Deno.TestContext,
  cases: readonly EffectCase[],
  choices: readonly string[],
): Promise<void> {
  await using real = whyRecorded === undefined ? await RealEffects.start([]) : undefined;
  await using ours = await OurEffects.start([]);
  const [reference, own] = [real && await realSide(real), await ourSide(ours)];
  for (const classes of choices) {
    await reference?.configure(classes);
    await own.configure(classes);
    for (const { title, lines } of cases) {
      const name = `${classes}: ${title}`;
      await t.step(name, () => runCase(name, lines, reference ?? recordedSide(name), own));
    }
  }
}
