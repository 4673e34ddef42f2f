/** Loads keys in a thread of its own, so that a measuring client is not held up by it. Answers with "" or an error. */
import { type Load, loadKeys } from "./loader.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<Load>) => void) | null;
  postMessage(message: string): void;
}

const scope = self as unknown as WorkerScope;

scope.onmessage = async ({ data }) => {
  try {
    await loadKeys(data);
    scope.postMessage("");
  } catch (error) {
    scope.postMessage((error as Error).message);
  }
};
