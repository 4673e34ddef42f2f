/**
 * Reads keys over some connections, in batches, until it is told to stop; in a thread of its own. Answers with the number of
 * requests and the seconds, or with a message if something went wrong.
 */
import { keyName } from "./loader.ts";
import { batch, command, PipelinedConnection } from "./pipelined_connection.ts";
import { powerLaw } from "./power_law.ts";

export interface Reads {
  readonly port: number;
  readonly connections: number;
  readonly pipeline: number;
  /** Keys from this number on ... */
  readonly firstKey: number;
  /** ... so many of them. */
  readonly keys: number;
  /** Of the power law; 0: all are equally likely. */
  readonly exponent: number;
}

export interface ReadsDone {
  readonly requests: number;
  readonly seconds: number;
}

interface WorkerScope {
  onmessage: ((event: MessageEvent<Reads | "stop">) => void) | null;
  postMessage(message: ReadsDone | string): void;
}

/** Batches of each connection, made before, and sent again and again. */
const BATCHES = 200;

const scope = self as unknown as WorkerScope;
let goesOn = true;

scope.onmessage = async ({ data }) => {
  if (data === "stop") {
    goesOn = false;
    return;
  }
  try {
    scope.postMessage(await readKeys(data));
  } catch (error) {
    scope.postMessage((error as Error).message);
  }
};

async function readKeys(reads: Reads): Promise<ReadsDone> {
  const next = powerLaw(reads.keys, reads.exponent, Math.random);
  const batchOf = () =>
    batch(
      Array.from({ length: reads.pipeline }, () => command("GET", keyName(reads.firstKey + next()))),
    );
  const work = Array.from(
    { length: reads.connections },
    () => Array.from({ length: BATCHES }, batchOf),
  );
  let requests = 0;
  const started = performance.now();
  await Promise.all(work.map(async (batches) => {
    using connection = await PipelinedConnection.open(reads.port);
    for (let i = 0; goesOn; i++) {
      await connection.milliseconds(batches[i % BATCHES]!);
      requests += reads.pipeline;
    }
  }));
  return { requests, seconds: (performance.now() - started) / 1000 };
}

/** Runs the worker for some time; `meanwhile` runs beside it. */
export async function readInThread(
  reads: Reads,
  ms: number,
  meanwhile?: (until: number) => Promise<void>,
): Promise<ReadsDone> {
  const worker = new Worker(new URL("./vm_worker.ts", import.meta.url), { type: "module" });
  try {
    const done = new Promise<ReadsDone>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<ReadsDone | string>) =>
        typeof data === "string" ? reject(new Error(data)) : resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    done.catch(() => {});
    worker.postMessage(reads);
    await meanwhile?.(performance.now() + ms);
    if (meanwhile === undefined) await new Promise((resolve) => setTimeout(resolve, ms));
    worker.postMessage("stop");
    return await done;
  } finally {
    worker.terminate();
  }
}
