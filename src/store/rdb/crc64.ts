/**
 * CRC-64 with the Jones polynomial, the checksum at the end of RDB files and of DUMP payloads.
 *
 * Parameters: polynomial 0xad93d23594c935a9, input and output reflected, initial value 0, no final xor. The check
 * value of "123456789" is 0xe9c6d914c4b8d9ca.
 *
 * Invariant: the 64 bits live in two 32-bit halves, so the loop makes no bigint and no allocation. Eight bytes are
 * taken per step through eight tables (32 KB in all, filled at first use). Each step waits for the one before it, so of
 * long inputs two neighbouring stretches of {@linkcode LANE_BYTES} are gone through at a time; the checksum of the first is
 * then moved past the second by eight more tables, which is possible because all of it is linear.
 */

/** The polynomial with its bits reversed, as the reflected algorithm shifts right. */
const POLYNOMIAL_LOW = 0xac4bc9b5 | 0;
const POLYNOMIAL_HIGH = 0x95ac9329 | 0;

/** Bytes of one of two stretches; a multiple of 8. */
const LANE_BYTES = 4096;

/**
 * low[256 * k + byte], high[...]: effect of `byte` followed by k zero bytes. Constants, even though they are filled
 * later, so that the compiler knows their lengths and leaves the checks of the indices out.
 */
const low: Int32Array = new Int32Array(8 * 256);
const high: Int32Array = new Int32Array(8 * 256);
/** The effect of byte k of a checksum, counted from the lowest, followed by LANE_BYTES zero bytes. */
const lowPastLane: Int32Array = new Int32Array(8 * 256);
const highPastLane: Int32Array = new Int32Array(8 * 256);
let tablesAreFilled = false;
let laneTablesAreFilled = false;

function fillTables(): void {
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const carry = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (carry !== 0) {
        l ^= POLYNOMIAL_LOW;
        h ^= POLYNOMIAL_HIGH;
      }
    }
    low[byte] = l;
    high[byte] = h;
  }
  for (let i = 256; i < 8 * 256; i++) {
    const l = low[i - 256]!;
    const h = high[i - 256]!;
    const byte = l & 0xff;
    low[i] = low[byte]! ^ ((l >>> 8) | (h << 24));
    high[i] = high[byte]! ^ (h >>> 8);
  }
  tablesAreFilled = true;
}

/**
 * Bits of a checksum are coefficients of a polynomial, the highest bit that of x^0; what follows multiplies it. So the effect of the highest bit
 * followed by all those zero bytes, multiplied by x again and again, gives that of each other bit. O(LANE_BYTES).
 */
function fillLaneTables(): void {
  const crc = new Crc64();
  crc.set(0, 1 << 31);
  crc.update(new Uint8Array(LANE_BYTES));
  let l = crc.lo | 0;
  let h = crc.hi | 0;
  for (let bit = 63; bit >= 0; bit--) {
    // Bytes of which this is the lowest bit: without it they have higher ones only, and those are done.
    const base = (bit >> 3) << 8;
    const value = 1 << (bit & 7);
    for (let byte = value; byte < 256; byte += 2 * value) {
      lowPastLane[base + byte] = l ^ lowPastLane[base + byte - value]!;
      highPastLane[base + byte] = h ^ highPastLane[base + byte - value]!;
    }
    const carry = l & 1;
    l = (l >>> 1) | (h << 31);
    h >>>= 1;
    if (carry !== 0) {
      l ^= POLYNOMIAL_LOW;
      h ^= POLYNOMIAL_HIGH;
    }
  }
  laneTablesAreFilled = true;
}

/** A running checksum. Feed it in pieces of any size; the result does not depend on the cuts. */
export class Crc64 {
  #low = 0;
  #high = 0;

  /** Lower 32 bits of the checksum so far, unsigned. */
  get lo(): number {
    return this.#low >>> 0;
  }

  /** Upper 32 bits of the checksum so far, unsigned. */
  get hi(): number {
    return this.#high >>> 0;
  }

  /** Goes on from a checksum that was computed elsewhere; 0, 0 begins anew. */
  set(lo: number, hi: number): void {
    this.#low = lo | 0;
    this.#high = hi | 0;
  }

  /** Takes in `bytes[start, end)`. O(n), no allocation but for a view of a long input. */
  update(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (!tablesAreFilled) fillTables();
    let at = start;
    // With a few bytes to reach a word, and two lanes.
    if (end - start >= 2 * LANE_BYTES + 4) {
      if (!laneTablesAreFilled) fillLaneTables();
      at += -(bytes.byteOffset + start) & 3;
      this.#updateBytes(bytes, start, at);
      at = this.#updateLanes(bytes, at, end);
    }
    this.#updateBytes(bytes, at, end);
  }

  #updateBytes(bytes: Uint8Array, start: number, end: number): void {
    let l = this.#low;
    let h = this.#high;
    let i = start;
    for (const last = end - 8; i <= last; i += 8) {
      l ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      h ^= bytes[i + 4]! | (bytes[i + 5]! << 8) | (bytes[i + 6]! << 16) | (bytes[i + 7]! << 24);
      // The first byte has seven more behind it, hence table 7; the last has none.
      const a = 1792 + (l & 0xff), b = 1536 + ((l >>> 8) & 0xff), c = 1280 + ((l >>> 16) & 0xff);
      const d = 1024 + (l >>> 24), e = 768 + (h & 0xff), f = 512 + ((h >>> 8) & 0xff);
      const g = 256 + ((h >>> 16) & 0xff), k = h >>> 24;
      l = low[a]! ^ low[b]! ^ low[c]! ^ low[d]! ^ low[e]! ^ low[f]! ^ low[g]! ^ low[k]!;
      h = high[a]! ^ high[b]! ^ high[c]! ^ high[d]! ^ high[e]! ^ high[f]! ^ high[g]! ^ high[k]!;
    }
    for (; i < end; i++) {
      const index = (l ^ bytes[i]!) & 0xff;
      l = low[index]! ^ ((l >>> 8) | (h << 24));
      h = high[index]! ^ (h >>> 8);
    }
    this.#low = l;
    this.#high = h;
  }

  /** Takes in as many pairs of lanes as there are from `start`, which lies on a word; where they end. */
  #updateLanes(bytes: Uint8Array, start: number, end: number): number {
    const pairs = Math.floor((end - start) / (2 * LANE_BYTES));
    const laneWords = LANE_BYTES / 4;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, pairs * 2 * laneWords);
    for (let lane = 0; lane < words.length; lane += 2 * laneWords) {
      let l = this.#low, h = this.#high;
      let m = 0, n = 0;
      for (let i = lane; i < lane + laneWords; i += 2) {
        l ^= words[i]!;
        h ^= words[i + 1]!;
        m ^= words[i + laneWords]!;
        n ^= words[i + laneWords + 1]!;
        const a = 1792 + (l & 0xff), b = 1536 + ((l >>> 8) & 0xff), c = 1280 + ((l >>> 16) & 0xff);
        const d = 1024 + (l >>> 24), e = 768 + (h & 0xff), f = 512 + ((h >>> 8) & 0xff);
        const g = 256 + ((h >>> 16) & 0xff), k = h >>> 24;
        l = low[a]! ^ low[b]! ^ low[c]! ^ low[d]! ^ low[e]! ^ low[f]! ^ low[g]! ^ low[k]!;
        h = high[a]! ^ high[b]! ^ high[c]! ^ high[d]! ^ high[e]! ^ high[f]! ^ high[g]! ^ high[k]!;
        const p = 1792 + (m & 0xff), q = 1536 + ((m >>> 8) & 0xff), r = 1280 + ((m >>> 16) & 0xff);
        const s = 1024 + (m >>> 24), t = 768 + (n & 0xff), u = 512 + ((n >>> 8) & 0xff);
        const v = 256 + ((n >>> 16) & 0xff), w = n >>> 24;
        m = low[p]! ^ low[q]! ^ low[r]! ^ low[s]! ^ low[t]! ^ low[u]! ^ low[v]! ^ low[w]!;
        n = high[p]! ^ high[q]! ^ high[r]! ^ high[s]! ^ high[t]! ^ high[u]! ^ high[v]! ^ high[w]!;
      }
      for (let k = 0; k < 4; k++) {
        const i = (k << 8) | ((l >>> (8 * k)) & 0xff);
        const j = 1024 | (k << 8) | ((h >>> (8 * k)) & 0xff);
        m ^= lowPastLane[i]! ^ lowPastLane[j]!;
        n ^= highPastLane[i]! ^ highPastLane[j]!;
      }
      this.#low = m;
      this.#high = n;
    }
    return start + 4 * words.length;
  }

  /** The checksum so far, unsigned. */
  digest(): bigint {
    return (BigInt(this.hi) << 32n) | BigInt(this.lo);
  }
}

/** The checksum of `bytes[start, end)`, unsigned. */
export function crc64(bytes: Uint8Array, start = 0, end = bytes.length): bigint {
  const crc = new Crc64();
  crc.update(bytes, start, end);
  return crc.digest();
}
