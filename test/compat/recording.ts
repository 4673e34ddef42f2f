/**
 * Recorded answers: one file a test file in `recorded/`, one line a block: `["title", [[mark, answer], ...]]`.
 * An answer is kept as its comparison reduces it, one character a byte.
 *
 * A long one that has to be equal is kept as its digest, which is enough to know.
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
      const keeps = before?.[0] === markOf(step) && agreesWithRecorded(step, before[1], reduced);
      list.push(keeps ? before : [markOf(step), shortForm(step, reduced)]);
    }
  }

  /** Leaves the recorded answers of a block as they are. */
  keep(title: string): void {
    const old = this.#old.get(title);
    if (old) this.#new.set(title, old);
  }

  async write(): Promise<void> {
    await Deno.mkdir(new URL(".", this.#path), { recursive: true });
    const lines = [...this.#new].map((entry) => JSON.stringify(entry) + "\n");
    await Deno.writeTextFile(this.#path, lines.join(""));
  }
}

const KEPT_CHARS_MAX = 400;
const DIGEST = /^<digest of \d+ characters: [0-9a-f]+>$/;

function shortForm(step: Step, reduced: string): string {
  return step.comparison.exact && reduced.length > KEPT_CHARS_MAX ? digest(reduced) : reduced;
}

/** Whether an answer agrees with what was recorded, which may be a digest. */
export function agreesWithRecorded(step: Step, recorded: string, reduced: string): boolean {
  if (DIGEST.test(recorded)) return recorded === digest(reduced);
  return step.comparison.agree(recorded, reduced);
}

/** FNV-1a, 64 bits. */
function digest(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return `<digest of ${text.length} characters: ${hash.toString(16)}>`;
}

function readLines(path: URL): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
