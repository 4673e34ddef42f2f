/** Runs a scenario against one server, with the clients in threads of their own. */
import type { ServerProcess } from "../../test/support/server_process.ts";
import { AskingConnection } from "./asking_connection.ts";
import { sumOf, type Tally } from "./contention_scenario.ts";
import { SCENARIOS } from "./contention_scenarios.ts";
import type { WorkerAnswer, WorkerRequest } from "./contention_worker.ts";
import { command } from "./pipelined_connection.ts";
import { cpuSeconds, portOf } from "./rivals.ts";

/** One processor is left to the server. */
const WORKERS_MAX = Math.max(1, navigator.hardwareConcurrency - 1);
const SHARED_NUMBERS = 16;

export interface Load {
  readonly scenario: string;
  readonly form: string;
  /** Of each client, such as "buyer". */
  readonly roles: readonly string[];
  /** Not counted, before. */
  readonly warmMs: number;
  readonly runMs: number;
}

/** What was counted in the time that counts, and what it cost the server. */
export interface LoadResult extends Tally {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Empties the server and measures. @throws when the server loses or invents something */
export async function runLoad(server: ServerProcess, load: Load): Promise<LoadResult> {
  const scenario = SCENARIOS[load.scenario]!;
  const port = portOf(server);
  using connection = await AskingConnection.open(port);
  await connection.ask(command("FLUSHALL"));
  await scenario.prepare(connection, load.roles);
  const workers = new LoadWorkers(Math.min(WORKERS_MAX, load.roles.length));
  try {
    await workers.setUp(port, load);
    const warm = await workers.run(load.warmMs);
    const [began, cpuBefore] = [performance.now(), await cpuSeconds(server.pid)];
    const total = await workers.run(load.runMs);
    const seconds = (performance.now() - began) / 1000;
    const cpu = await cpuSeconds(server.pid) - cpuBefore;
    await scenario.check(connection, total, load.roles);
    return { ...difference(total, warm), seconds, cpuSeconds: cpu };
  } finally {
    workers.end();
  }
}

function difference(total: Tally, before: Tally): Tally {
  const keys = Object.keys(total) as (keyof Tally)[];
  return Object.fromEntries(keys.map((key) => [key, total[key] - before[key]])) as unknown as Tally;
}

class LoadWorkers {
  readonly #workers: readonly Worker[];

  constructor(count: number) {
    const url = new URL("./contention_worker.ts", import.meta.url);
    this.#workers = Array.from({ length: count }, () => new Worker(url, { type: "module" }));
  }

  /** Every thread gets clients of all roles. */
  async setUp(port: number, { scenario, form, roles }: Load): Promise<void> {
    const shared = new Int32Array(new SharedArrayBuffer(SHARED_NUMBERS * Int32Array.BYTES_PER_ELEMENT));
    const all = roles.map((role, index) => ({ role, index }));
    await this.#ask((worker) => ({
      port,
      scenario,
      form,
      shared,
      clients: all.filter(({ index }) => index % this.#workers.length === worker),
    }));
  }

  /** What was counted so far, after some more milliseconds. */
  async run(ms: number): Promise<Tally> {
    return sumOf(await this.#ask(() => ({ runMs: ms })));
  }

  end(): void {
    for (const worker of this.#workers) worker.terminate();
  }

  #ask(request: (worker: number) => WorkerRequest): Promise<Tally[]> {
    return Promise.all(this.#workers.map((worker, i) => askWorker(worker, request(i))));
  }
}

function askWorker(worker: Worker, request: WorkerRequest): Promise<Tally> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      if (typeof data === "string") reject(new Error(data));
      else resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(request);
  });
}
