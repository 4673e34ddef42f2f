/**
 * Whether bytes of unknown origin are a node of a stream: a listpack in which every element is what its place asks for.
 *
 * ```text
 * entries | deleted | fields n | field 1 ... field n | 0                  the master entry
 * flags | milliseconds | sequence | (k | field | value ... ) | elements   an entry with fields of its own
 * flags | milliseconds | sequence | value 1 ... value n | elements        one with the fields of the master
 * ```
 *
 * Milliseconds and sequence are what is added to the node's own; `elements` is how many stand before it in the entry.
 *
 * What is checked goes beyond what the reference checks, as far as others rely on it: ids must ascend, and as many entries must be
 * marked as deleted as the master says. Redis writes no other nodes.
 */
import { Int64Words } from "../numbers/int64_words.ts";
import { firstPosition, integerAt, isEnd, nextPosition, validateListpack } from "../packed/listpack.ts";
import { StreamId } from "./stream_id.ts";

const FLAG_DELETED = 1;
const FLAG_SAME_FIELDS = 2;
const FLAGS_MAX = FLAG_DELETED | FLAG_SAME_FIELDS;
/** First byte of a listpack's entry that is an integer of 64 bits. */
const INT_64 = 0xf4;
const TWO_32 = 0x1_0000_0000;

const words = new Int64Words();

/**
 * Whether bytes are a node with this id. O(bytes).
 * @param lastId gets the id of its last entry, deleted or not; without entries it stays
 */
export function isStreamNode(bytes: Uint8Array, nodeId: StreamId, lastId: StreamId): boolean {
  if (validateListpack(bytes, 0, bytes.length) < 0) return false;
  return new NodeCheck(bytes, nodeId, lastId).run();
}

/** A walk over a valid listpack. The first element that is not what it should be ends it. */
class NodeCheck {
  readonly #bytes: Uint8Array;
  readonly #nodeId: StreamId;
  readonly #id = new StreamId();
  readonly #previous: StreamId;
  #at = firstPosition(0);
  #isWrong = false;
  #masterFields = 0;

  constructor(bytes: Uint8Array, nodeId: StreamId, lastId: StreamId) {
    this.#bytes = bytes;
    this.#nodeId = nodeId;
    this.#previous = lastId;
  }

  run(): boolean {
    const count = this.#integer();
    const deleted = this.#integer();
    this.#masterFields = this.#integer();
    this.#skip(this.#masterFields);
    if (this.#integer() !== 0) return false;
    let countFound = 0;
    let deletedFound = 0;
    while (!this.#isWrong && !isEnd(this.#bytes, this.#at)) {
      const isFirst = countFound + deletedFound === 0;
      if ((this.#entry() & FLAG_DELETED) !== 0) deletedFound++;
      else countFound++;
      const order = isFirst ? this.#id.compare(this.#nodeId) : this.#id.compare(this.#previous) - 1;
      if (order < 0) return false;
      this.#previous.set(this.#id);
    }
    return !this.#isWrong && count === countFound && deleted === deletedFound;
  }

  /** Moves past an entry, whose id is then known; its flags. */
  #entry(): number {
    const flags = this.#integer();
    if (!(flags >= 0 && flags <= FLAGS_MAX)) this.#isWrong = true;
    this.#delta();
    this.#id.msHigh = sumHigh(this.#nodeId.msHigh, this.#nodeId.msLow);
    this.#id.msLow = (this.#nodeId.msLow + words.low) | 0;
    this.#delta();
    this.#id.sequenceHigh = sumHigh(this.#nodeId.sequenceHigh, this.#nodeId.sequenceLow);
    this.#id.sequenceLow = (this.#nodeId.sequenceLow + words.low) | 0;
    let elements = 3 + this.#masterFields;
    if ((flags & FLAG_SAME_FIELDS) === 0) {
      const fields = this.#integer();
      this.#skip(2 * fields);
      elements = 4 + 2 * fields;
    } else {
      this.#skip(this.#masterFields);
    }
    if (this.#integer() !== elements) this.#isWrong = true;
    return flags;
  }

  /** The next element as an integer; what is none is wrong. */
  #integer(): number {
    if (this.#isWrong || isEnd(this.#bytes, this.#at)) {
      this.#isWrong = true;
      return NaN;
    }
    const value = integerAt(this.#bytes, this.#at);
    if (value !== value) this.#isWrong = true;
    else this.#at = nextPosition(this.#bytes, this.#at);
    return value;
  }

  /** The same, exactly, in {@link words}. */
  #delta(): void {
    const at = this.#at;
    const value = this.#integer();
    if (this.#isWrong) return;
    if (this.#bytes[at] === INT_64) {
      words.read(this.#bytes, at + 1);
    } else {
      words.setNumber(value);
    }
  }

  #skip(count: number): void {
    if (!(count >= 0)) this.#isWrong = true;
    for (let left = count; left > 0 && !this.#isWrong; left--) {
      if (isEnd(this.#bytes, this.#at)) this.#isWrong = true;
      else this.#at = nextPosition(this.#bytes, this.#at);
    }
  }
}

/** The upper half of a sum with {@link words}, which comes round at 2^64. */
function sumHigh(high: number, low: number): number {
  const carry = (low >>> 0) + (words.low >>> 0) >= TWO_32 ? 1 : 0;
  return (high + words.high + carry) | 0;
}
