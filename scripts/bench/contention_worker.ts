/**
 * Some clients of a scenario in a thread of their own: connected, told to go for some ms, and asked what they counted.
 */
import { AskingConnection } from "./asking_connection.ts";
import { type BenchmarkClient, sumOf, type Tally } from "./contention_scenario.ts";
import { SCENARIOS } from "./contention_scenarios.ts";

export interface WorkerClients {
  readonly port: number;
  readonly scenario: string;
  readonly form: string;
  readonly clients: readonly { readonly index: number; readonly role: string }[];
  readonly shared: Int32Array;
}

/** Sets clients up, runs them for some milliseconds (as often as wanted), or ends. */
export type WorkerRequest = WorkerClients | { readonly runMs: number };
/** What was counted since the clients were set up; empty right after that; or what went wrong. */
export type WorkerAnswer = Tally | string;

interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(message: WorkerAnswer): void;
}

const scope = self as unknown as WorkerScope;
let clients: readonly BenchmarkClient[] = [];

async function setUp({ port, scenario, form, clients, shared }: WorkerClients): Promise<BenchmarkClient[]> {
  return await Promise.all(
    clients.map(async (client) =>
      SCENARIOS[scenario]!.client({ connection: await AskingConnection.open(port), form, shared, ...client })
    ),
  );
}

async function run(client: BenchmarkClient, until: number): Promise<void> {
  while (performance.now() < until) await client.step();
  await client.finish?.();
}

async function answer(request: WorkerRequest): Promise<Tally> {
  if ("runMs" in request) {
    const until = performance.now() + request.runMs;
    await Promise.all(clients.map((client) => run(client, until)));
  } else {
    clients = await setUp(request);
  }
  return sumOf(clients.map(({ tally }) => tally));
}

scope.onmessage = ({ data }) =>
  void answer(data).then(
    (tally) => scope.postMessage(tally),
    (error: Error) => scope.postMessage(error.stack ?? error.message),
  );
