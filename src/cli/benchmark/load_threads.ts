/** Makes a load in this thread, or in several others. */
import { clientsOf, Load, LoadError, type LoadSpec, newProgress, type SharedProgress } from "./load.ts";
import type { LoadAnswer, LoadRequest } from "./load_messages.ts";
import { LatencyHistogram } from "./latency_histogram.ts";

/** What a load has done. */
export interface LoadResult {
  /** Requests that were answered. */
  readonly finished: number;
  readonly ms: number;
  readonly histogram: LatencyHistogram;
}

/** How far a load is. */
export interface LoadState {
  readonly finished: number;
  /** Microseconds of all requests together. */
  readonly latencySum: number;
}

/** Tells while a load runs. */
export interface LoadWatcher {
  /** All clients are connected: it begins. */
  begins(state: () => LoadState): void;
  /** It is over, well or not. */
  ends(): void;
}

/** Makes loads, one after the other. */
export interface LoadMaker extends Disposable {
  /** @throws LoadError */
  run(spec: LoadSpec, watcher: LoadWatcher): Promise<LoadResult>;
}

/** @param threads 0: this one */
export function loadMaker(threads: number): LoadMaker {
  return threads === 0 ? new SameThread() : new OtherThreads(threads);
}

function sumOf(numbers: Float64Array): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** Carries out a load between the moment when all have connected and the last reply, and takes the time. */
async function timed(
  progress: SharedProgress,
  watcher: LoadWatcher,
  run: () => Promise<LatencyHistogram>,
): Promise<LoadResult> {
  const { finished, latencySum } = progress;
  const began = performance.now();
  watcher.begins(() => ({ finished: sumOf(finished), latencySum: sumOf(latencySum) }));
  try {
    const histogram = await run();
    return { finished: sumOf(finished), ms: performance.now() - began, histogram };
  } finally {
    watcher.ends();
  }
}

class SameThread implements LoadMaker {
  async run(spec: LoadSpec, watcher: LoadWatcher): Promise<LoadResult> {
    const progress = newProgress(1);
    const load = new Load(spec, progress, 0);
    await load.connect(spec.clients);
    return await timed(progress, watcher, async () => {
      await load.run();
      return load.histogram;
    });
  }

  [Symbol.dispose](): void {}
}

class OtherThreads implements LoadMaker {
  readonly #threads: readonly Thread[];

  constructor(count: number) {
    this.#threads = Array.from({ length: count }, () => new Thread());
  }

  async run(spec: LoadSpec, watcher: LoadWatcher): Promise<LoadResult> {
    const threads = this.#threads;
    const progress = newProgress(threads.length);
    await Promise.all(threads.map((thread, i) =>
      thread.ask({
        what: "connect",
        spec,
        progress,
        thread: i,
        clients: clientsOf(i, spec, threads.length),
      })
    ));
    return await timed(progress, watcher, async () => {
      const histogram = new LatencyHistogram();
      for (const answer of await Promise.all(threads.map((thread) => thread.ask({ what: "go" })))) {
        if (answer.what === "done") histogram.add(new LatencyHistogram(answer.counts, answer.sum));
      }
      return histogram;
    });
  }

  [Symbol.dispose](): void {
    for (const thread of this.#threads) thread.end();
  }
}

class Thread {
  readonly #worker = new Worker(new URL("./load_worker.ts", import.meta.url), { type: "module" });
  #answered: PromiseWithResolvers<LoadAnswer> = Promise.withResolvers();

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<LoadAnswer>) => this.#answered.resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#answered.reject(new Error(event.message));
    };
  }

  /** @throws LoadError */
  async ask(request: LoadRequest): Promise<LoadAnswer> {
    this.#answered = Promise.withResolvers();
    this.#worker.postMessage(request);
    const answer = await this.#answered.promise;
    if (answer.what === "failed") throw new LoadError(answer.message);
    return answer;
  }

  end(): void {
    this.#worker.terminate();
  }
}
