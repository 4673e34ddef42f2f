/** What came out, as lines for the terminal and as the table of docs/applications.md. */
import type { Waiting } from "./application.ts";
import type { Outcome, Report } from "./harness.ts";

export interface Result extends Report {
  readonly killed: Outcome;
}

const TITLE_CHARS = 44;

/** One application for the terminal. */
export function line(result: Result): string {
  const { application, redeno, reference, killed, vm, redenoMs, referenceMs } = result;
  return [
    application.id.padEnd(5),
    application.title.slice(0, TITLE_CHARS).padEnd(TITLE_CHARS),
    `redeno ${redeno}`,
    `redis-server ${reference}`,
    `killed ${killed}`,
    `vm ${vm}`,
    `${ms(referenceMs)} -> ${ms(redenoMs)} ms`,
    ratio(result),
  ].join("  ");
}

/** The table of all applications, the book's mistakes, and whose data cannot be compared. */
export function markdown(results: readonly Result[], waiting: readonly Waiting[]): string {
  const rows = [
    [
      "",
      "application",
      "source",
      "redeno",
      "redis-server",
      "killed",
      "virtual memory",
      "redis-server ms",
      "redeno ms",
      "ratio",
    ],
    ["---", "---", "---", "---", "---", "---", "---", "---:", "---:", "---:"],
    ...results.map((result) => [
      result.application.id,
      result.application.title,
      source(result.application),
      result.redeno,
      result.reference,
      result.killed,
      result.vm,
      ms(result.referenceMs),
      ms(result.redenoMs),
      ratio(result),
    ]),
    ...waiting.map((
      one,
    ) => [one.id, one.title, source(one), `waits for ${one.waitsFor}`, "", "", "", "", "", ""]),
  ];
  const errata = [...results.map(({ application }) => application), ...waiting]
    .flatMap(({ id, errata }) => (errata ?? []).map((text) => `- ${id}: ${text}`));
  const table = rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const reasons = results.flatMap(({ application: { id, nondeterministic } }) =>
    nondeterministic === undefined ? [] : [`- ${id}: ${nondeterministic}.`]
  );
  return [
    table,
    "## Where the book is wrong",
    errata.join("\n"),
    "## Whose data at the end are not compared, and why",
    reasons.join("\n"),
    "",
  ].join("\n\n");
}

function source(of: { readonly chapter?: number; readonly source: string }): string {
  return of.chapter === undefined ? of.source : `ch. ${of.chapter}: ${of.source}`;
}

function ms(value: number | undefined): string {
  if (value === undefined) return "-";
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function ratio({ redenoMs, referenceMs }: Result): string {
  if (redenoMs === undefined || referenceMs === undefined) return "-";
  return `${(referenceMs / redenoMs).toFixed(2)}x`;
}
