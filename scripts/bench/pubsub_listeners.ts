/** Clients that listen while something is measured: connections of a worker, whose bytes are counted. */
import type { ServerProcess } from "../../test/support/server_process.ts";
import type { Listening } from "./pubsub_worker.ts";
import { portOf } from "./rivals.ts";

/** How long it may take until everything has come, in ms. */
const PATIENCE_MS = 120_000;

export class Listeners implements Disposable {
  readonly #worker: Worker;
  #expected = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** @param greeting what each connection sends @param answer how it is answered, of the same length at least */
  static async start(
    server: ServerProcess,
    connections: number,
    greeting: string,
    answer: string,
  ): Promise<Listeners> {
    const worker = new Worker(new URL("./pubsub_worker.ts", import.meta.url), { type: "module" });
    const listeners = new Listeners(worker);
    const answered = listeners.#answer("ready");
    const listening: Listening = { port: portOf(server), connections, greeting, answerBytes: answer.length };
    worker.postMessage(listening);
    await answered;
    return listeners;
  }

  /** Resolves when so many bytes more have come, of all connections together. */
  async receive(bytes: number): Promise<void> {
    this.#expected += bytes;
    const done = this.#answer("done");
    this.#worker.postMessage(this.#expected);
    await done;
  }

  #answer(wanted: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`listeners: no "${wanted}"`)), PATIENCE_MS);
      this.#worker.onmessage = ({ data }: MessageEvent<string>) => {
        clearTimeout(timer);
        if (data === wanted) resolve();
        else reject(new Error(data));
      };
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
