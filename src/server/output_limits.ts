/** `client-output-buffer-limit`: how much may wait for a client that does not read. */

/** Of one class of clients; what is not limited is Infinity. */
export interface OutputLimit {
  /** Bytes at which a client is closed at once. */
  readonly hard: number;
  /** Bytes at which a client is closed when there were so many for longer than `softMs`. */
  readonly soft: number;
  readonly softMs: number;
}

export interface OutputLimits {
  readonly normal: OutputLimit;
  readonly pubsub: OutputLimit;
  /** Fewer bytes than this are no client's limit, so that one comparison is enough nearly always. */
  readonly checkedFrom: number;
}

const NO_LIMIT: OutputLimit = { hard: Infinity, soft: Infinity, softMs: 0 };
export const NO_OUTPUT_LIMITS: OutputLimits = { normal: NO_LIMIT, pubsub: NO_LIMIT, checkedFrom: Infinity };

/** What every client has anyway, and what therefore is never too much. */
const BYTES_FREE = 16 << 10;
const WORDS = 4;

/** Bytes that a client may have waiting before others have to know, while all of them together have a limit. */
const BYTES_UNNOTICED = 64 << 10;

/**
 * @param value the directive's: for each class its name, hard limit, soft limit and seconds; 0 for no limit
 * @param isSumLimited whether what all clients take has a limit as well
 */
export function outputLimits(value: string, isSumLimited = false): OutputLimits {
  const words = value.split(" ");
  const limitOf = (name: string): OutputLimit => {
    const at = words.findIndex((word, i) => i % WORDS === 0 && word === name);
    if (at < 0) return NO_LIMIT;
    const [hard = 0, soft = 0, seconds = 0] = words.slice(at + 1, at + WORDS).map(Number);
    const bytes = (limit: number) => limit === 0 ? Infinity : Math.max(limit, BYTES_FREE);
    return { hard: bytes(hard), soft: bytes(soft), softMs: seconds * 1000 };
  };
  const normal = limitOf("normal");
  const pubsub = limitOf("pubsub");
  const unnoticed = isSumLimited ? BYTES_UNNOTICED : Infinity;
  const checkedFrom = Math.min(normal.hard, normal.soft, pubsub.hard, pubsub.soft, unnoticed);
  return { normal, pubsub, checkedFrom };
}
