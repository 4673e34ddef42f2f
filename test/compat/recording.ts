/**
 * Recorded answers: one file a test file in `recorded/`, one line a block: `["title", [[mark, answer], ...]]`.
 * An answer is kept as its comparison reduces it, one character a byte.
 *
 * Recording is stable: a new answer that agrees with the one in the file (a TTL within its tolerance) leaves the
 * file as it is, so recording twice changes nothing.
 */
import type { Step, StepAnswer } from "./sides.ts";
import { markOf } from "./sides.ts";

export type RecordedAnswer = [mark: string, reduced: string];

export class Recording {
  readonly #path: URL;
  readonly #old = new Map<string, RecordedAnswer[]>();
  readonly #new = new Map<string, RecordedAnswer[]>();

  /** @param testFile URL of the test file. */
  constructor(testFile: string) {
    const name = testFile.slice(testFile.lastIndexOf("/") + 1).replace(/\.ts$/, ".jsonl");
    this.#path = new URL(`./recorded/${name}`, import.meta.url);
    for (const line of readLines(this.#path)) {
      const [title, answers] = JSON.parse(line) as [string, RecordedAnswer[]];
      this.#old.set(title, answers);
    }
  }

  answers(title: string): readonly RecordedAnswer[] {
    return this.#old.get(title) ?? [];
  }

  add(title: string, steps: readonly Step[], answers: readonly StepAnswer[]): void {
    const list = this.#new.get(title) ?? [];
    this.#new.set(title, list);
    const old = this.#old.get(title) ?? [];
    for (const [i, step] of steps.entries()) {
      const { reduced } = answers[i]!;
      const before = old[list.length];
      const keeps = before?.[0] === markOf(step) && step.comparison.agree(before[1], reduced);
      list.push(keeps ? before : [markOf(step), reduced]);
    }
  }

  async write(): Promise<void> {
    await Deno.mkdir(new URL(".", this.#path), { recursive: true });
    const lines = [...this.#new].map((entry) => JSON.stringify(entry) + "\n");
    await Deno.writeTextFile(this.#path, lines.join(""));
  }
}

function readLines(path: URL): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
