/** What the main thread and the threads of a load say to each other. */
import type { LoadSpec, SharedProgress } from "./load.ts";

/** To a worker: connect, and when all others have connected, too, go; then the next load. */
export type LoadRequest =
  | {
    readonly what: "connect";
    readonly spec: LoadSpec;
    readonly progress: SharedProgress;
    readonly thread: number;
    readonly clients: number;
  }
  | { readonly what: "go" };

export type LoadAnswer =
  | { readonly what: "connected" }
  | { readonly what: "done"; readonly counts: Float64Array; readonly sum: number }
  | { readonly what: "failed"; readonly message: string };
