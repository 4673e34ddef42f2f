/** A thread that makes load: see load_threads.ts, which runs it. */
import { Load, LoadError } from "./load.ts";
import type { LoadAnswer, LoadRequest } from "./load_messages.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<LoadRequest>) => void) | null;
  postMessage(message: LoadAnswer): void;
}

const scope = self as unknown as WorkerScope;
let load: Load | undefined;

scope.onmessage = async ({ data }) => {
  try {
    if (data.what === "connect") {
      load = new Load(data.spec, data.progress, data.thread);
      await load.connect(data.clients);
      scope.postMessage({ what: "connected" });
    } else if (load !== undefined) {
      await load.run();
      const { counts, sum } = load.histogram;
      scope.postMessage({ what: "done", counts, sum });
    }
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    scope.postMessage({ what: "failed", message: error.message });
  }
};
