/**
 * Follows the transactions of a sequence, so that what EXEC answers is compared reply by reply, each as fairly as the
 * command that was queued is compared outside of a transaction.
 */
import { type Answer, type Comparison, sameBytes } from "../compat/comparisons.ts";
import { parseReplies } from "../support/resp_value.ts";
import { fromLatin1, latin1 } from "../support/split_args.ts";

const QUEUED = "+QUEUED\r\n";

export class QueuedComparisons {
  #queued: Comparison[] = [];

  /** How to compare the next answer of the sequence. @param real what redis-server answered */
  next(own: Comparison, real: Answer): Comparison {
    const text = latin1(real.bytes);
    if (text === QUEUED) {
      this.#queued.push(own);
      return sameBytes;
    }
    const queued = this.#queued;
    // Whatever else is answered between MULTI and EXEC is an error, or the end of the transaction.
    if (!text.startsWith("-ERR")) this.#queued = [];
    return text.startsWith(`*${queued.length}\r\n`) && queued.length > 0 ? sameEach(queued) : own;
  }
}

/** An array of as many replies as there are comparisons. */
function sameEach(comparisons: readonly Comparison[]): Comparison {
  return {
    reduce: ({ bytes }) => latin1(bytes),
    exact: false,
    agree(real, ours) {
      const [a, b] = [items(real), items(ours)];
      return a !== undefined && b !== undefined && a.length === b.length &&
        a.every((answer, i) => {
          const comparison = comparisons[i]!;
          return comparison.agree(comparison.reduce(answer), comparison.reduce(b[i]!));
        });
    },
  };
}

function items(text: string): Answer[] | undefined {
  if (!text.startsWith("*")) return undefined;
  const replies = parseReplies(fromLatin1(text.slice(text.indexOf("\n") + 1)));
  return replies.map(({ bytes, value }) => ({ bytes, values: [value], closed: false }));
}
