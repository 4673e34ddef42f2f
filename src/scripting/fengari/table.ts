/**
 * Lua 5.1's table: an array for the keys 1..n and a chained scatter table of nodes for the rest.
 *
 * It is built as in Lua 5.1 and not upon a JS Map because scripts can see how it is built: the order of `pairs` and
 * of cjson.encode, and what `#` answers for an array with holes, follow from the sizes of the two parts and from
 * the place that each key takes. Only keys that the original hashes by their address (tables, functions) may come
 * in another order here; no script can rely on theirs.
 *
 * Invariants:
 * - the number of nodes is a power of two, or there are none; a node that never held a key is undefined;
 * - every key is reached from its main position through `next`; a colliding node that is not in its own main
 *   position gives way to one that is;
 * - a removed key keeps its node, with a nil value, until the table is rebuilt, so that `next` can go on from it;
 * - a slot, once given out, stays the slot of its key until the table is rebuilt.
 */
import { lobject } from "./modules.ts";
import { equalStrings, stringHash } from "./strings.ts";
import {
  BOOLEAN,
  LIGHT_USERDATA,
  NATIVE_FUNCTION,
  NIL,
  NUMBER,
  POSITIVE_NAN,
  STRING,
  type TString,
  type TValue,
} from "./types.ts";

const Value = lobject.TValue;

/** What a lookup answers where there is nothing. Never written to. */
export const ABSENT: TValue = new Value(NIL, null);

/** The array part has at most 2^26 items, as in the original. */
const ARRAY_BITS_MAX = 26;
const ARRAY_SIZE_MAX = 2 ** ARRAY_BITS_MAX;

class Node {
  keyType: number;
  keyValue: unknown;
  slot: TValue;
  next: Node | undefined = undefined;
  index: number;

  constructor(keyType: number, keyValue: unknown, slot: TValue, index: number) {
    this.keyType = keyType;
    this.keyValue = keyValue;
    this.slot = slot;
    this.index = index;
  }
}

type Nodes = (Node | undefined)[];
type Items = (TValue | undefined)[];

const NO_NODES: Nodes = [];
/** Shared by all tables without an array part; nothing is ever stored in it. */
const NO_ITEMS: Items = [];
/** A larger array grows as it is filled, whatever size the script says it will have. */
const ITEMS_AT_ONCE_MAX = 64;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Numbers for what has no number of its own: native functions and light userdata. */
const identities = new WeakMap<WeakKey, number>();
let lastIdentity = 0;

function identityOf(value: unknown): number {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return 0;
  let identity = identities.get(value);
  if (identity === undefined) identities.set(value, identity = ++lastIdentity);
  return identity;
}

/** Smallest n with 2^n >= x, for x >= 1. */
function ceilLog2(x: number): number {
  return x <= 1 ? 0 : 32 - Math.clz32(x - 1);
}

/** Of the rehash under way: how many keys are integers, by the power of two that they lie below. */
const counts = new Int32Array(ARRAY_BITS_MAX + 1);

let lastId = 0;

export class Table {
  readonly id: number = ++lastId;
  metatable: Table | null = null;
  /** Bit n is set when, as a metatable, it is known to lack metamethod n (see metamethods.ts). */
  flags = 0;
  /** Scripts must not change it; the setters of metamethods.ts and of the API ask. */
  readonly = false;
  #array: Items = NO_ITEMS;
  #arraySize = 0;
  #nodes: Nodes = NO_NODES;
  #lastFree = 0;

  constructor(arraySize = 0, nodeCount = 0) {
    if (arraySize > 0) {
      this.#arraySize = arraySize;
      this.#array = itemsFor(arraySize);
    }
    if (nodeCount > 0) this.#setNodes(nodeCount);
  }

  /** The slot of a key, or ABSENT. O(1). */
  get(key: TValue): TValue {
    switch (key.type) {
      case STRING:
        return this.getString(key.value as TString);
      case NUMBER:
        return this.getNumber(key.value as number);
      case NIL:
      case POSITIVE_NAN:
        return ABSENT;
      default:
        return this.#find(key.type, key.value)?.slot ?? ABSENT;
    }
  }

  getString(key: TString): TValue {
    const nodes = this.#nodes;
    if (nodes.length === 0) return ABSENT;
    let node = nodes[stringHash(key) & (nodes.length - 1)];
    while (node !== undefined) {
      if (node.keyType === STRING) {
        const other = node.keyValue as TString;
        if (other === key || equalStrings(other, key)) return node.slot;
      }
      node = node.next;
    }
    return ABSENT;
  }

  getNumber(key: number): TValue {
    const index = key | 0;
    if (index === key && index > 0 && index <= this.#arraySize) return this.#array[index - 1] ?? ABSENT;
    const nodes = this.#nodes;
    if (nodes.length === 0) return ABSENT;
    let node = nodes[this.#numberPosition(key)];
    while (node !== undefined) {
      if (node.keyType === NUMBER && node.keyValue === key) return node.slot;
      node = node.next;
    }
    return ABSENT;
  }

  /** The slot of a key, made if need be; the key must not be nil or NaN. Amortized O(1). */
  slot(key: TValue): TValue {
    this.flags = 0;
    if (key.type === NUMBER) return this.numberSlot(key.value as number);
    const found = this.get(key);
    return found !== ABSENT ? found : this.#newKey(key.type, key.value);
  }

  stringSlot(key: TString): TValue {
    this.flags = 0;
    const found = this.getString(key);
    return found !== ABSENT ? found : this.#newKey(STRING, key);
  }

  numberSlot(key: number): TValue {
    const index = key | 0;
    if (index === key && index > 0 && index <= this.#arraySize) {
      return this.#array[index - 1] ??= new Value(NIL, null);
    }
    const found = this.getNumber(key);
    return found !== ABSENT ? found : this.#newKey(NUMBER, key);
  }

  /**
   * A border of the array: a number n with a value at n and none at n + 1; for an array without holes, its length.
   * O(log n).
   */
  length(): number {
    const array = this.#array;
    const size = this.#arraySize;
    if (size > 0 && isNil(array[size - 1])) {
      let low = 0;
      let high = size;
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        if (isNil(array[middle - 1])) high = middle;
        else low = middle;
      }
      return low;
    }
    return this.#nodes.length === 0 ? size : this.#searchBorder(size);
  }

  #searchBorder(from: number): number {
    let low = from;
    let high = from + 1;
    while (this.getNumber(high).type !== NIL) {
      low = high;
      high *= 2;
      if (high > 2147483645) { // built to deceive: count
        let n = 1;
        while (this.getNumber(n).type !== NIL) n++;
        return n - 1;
      }
    }
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.getNumber(middle).type === NIL) high = middle;
      else low = middle;
    }
    return low;
  }

  /**
   * Writes the key after `key` (the first, after nil) and its value. "end" when there is none, and "invalid" when
   * `key` is not a key of the table. O(1) but for removed keys, which are passed over.
   */
  next(key: TValue, nextKey: TValue, nextValue: TValue): "found" | "end" | "invalid" {
    let at = this.#indexOf(key);
    if (at === undefined) return "invalid";
    const array = this.#array;
    const size = this.#arraySize;
    for (; at < size; at++) {
      const slot = array[at];
      if (slot === undefined || slot.type === NIL) continue;
      nextKey.type = NUMBER;
      nextKey.value = at + 1;
      nextValue.type = slot.type;
      nextValue.value = slot.value;
      return "found";
    }
    const nodes = this.#nodes;
    for (at -= size; at < nodes.length; at++) {
      const node = nodes[at];
      if (node === undefined || node.slot.type === NIL) continue;
      nextKey.type = node.keyType;
      nextKey.value = node.keyValue;
      nextValue.type = node.slot.type;
      nextValue.value = node.slot.value;
      return "found";
    }
    return "end";
  }

  /** Where the walk goes on after a key: positions of the array, then of the nodes. */
  #indexOf(key: TValue): number | undefined {
    if (key.type === NIL) return 0;
    if (key.type === NUMBER) {
      const index = (key.value as number) | 0;
      if (index === key.value && index > 0 && index <= this.#arraySize) return index;
    }
    const node = this.#find(key.type, key.value);
    return node === undefined ? undefined : node.index + 1 + this.#arraySize;
  }

  /** Makes room for items 1..size in the array part. O(size). */
  growArray(size: number): void {
    if (size > this.#arraySize) this.#resize(size, this.#nodes.length);
  }

  /** Whether it has room for the items 1..size and for no other keys, and no metatable. */
  isPlainArray(size: number): boolean {
    return this.#arraySize === size && this.#nodes.length === 0 && this.metatable === null;
  }

  get arraySize(): number {
    return this.#arraySize;
  }

  get nodeCount(): number {
    return this.#nodes.length;
  }

  #find(type: number, value: unknown): Node | undefined {
    let node = this.#nodes[this.#mainPosition(type, value)];
    while (node !== undefined) {
      if (node.keyType === type) {
        if (node.keyValue === value) return node;
        if (type === STRING && equalStrings(node.keyValue as TString, value as TString)) return node;
      }
      node = node.next;
    }
    return undefined;
  }

  #mainPosition(type: number, value: unknown): number {
    const size = this.#nodes.length;
    switch (type) {
      case STRING:
        return stringHash(value as TString) & (size - 1);
      case NUMBER:
        return this.#numberPosition(value as number);
      case BOOLEAN:
        return (value ? 1 : 0) & (size - 1);
      case LIGHT_USERDATA:
      case NATIVE_FUNCTION:
        return identityOf(value) % ((size - 1) | 1);
      default:
        return (value as { id: number }).id % ((size - 1) | 1);
    }
  }

  /** The two halves of the double, added. */
  #numberPosition(value: number): number {
    if (value === 0) return 0;
    double[0] = value;
    return ((words[0]! + words[1]!) >>> 0) % ((this.#nodes.length - 1) | 1);
  }

  #newKey(type: number, value: unknown): TValue {
    const nodes = this.#nodes;
    const position = nodes.length === 0 ? 0 : this.#mainPosition(type, value);
    const there = nodes[position];
    if (nodes.length > 0 && there === undefined) {
      const slot = new Value(NIL, null);
      nodes[position] = new Node(type, value, slot, position);
      return slot;
    }
    if (there !== undefined && there.slot.type === NIL) {
      there.keyType = type;
      there.keyValue = value;
      return there.slot;
    }
    const free = this.#freePosition();
    if (free < 0) {
      this.#rehash(type, value);
      return type === NUMBER ? this.numberSlot(value as number) : this.slot(new Value(type, value));
    }
    return this.#collide(there!, free, type, value);
  }

  /** Puts a key whose main position is taken by `there`, using the free position. */
  #collide(there: Node, free: number, type: number, value: unknown): TValue {
    const nodes = this.#nodes;
    const otherMain = this.#mainPosition(there.keyType, there.keyValue);
    if (otherMain === there.index) {
      const node = new Node(type, value, new Value(NIL, null), free);
      node.next = there.next;
      there.next = node;
      nodes[free] = node;
      return node.slot;
    }
    let previous = nodes[otherMain]!;
    while (previous.next !== there) previous = previous.next!;
    const moved = new Node(there.keyType, there.keyValue, there.slot, free);
    moved.next = there.next;
    previous.next = moved;
    nodes[free] = moved;
    there.next = undefined;
    there.keyType = type;
    there.keyValue = value;
    return there.slot = new Value(NIL, null);
  }

  #freePosition(): number {
    const nodes = this.#nodes;
    while (this.#lastFree > 0) {
      this.#lastFree--;
      if (nodes[this.#lastFree] === undefined) return this.#lastFree;
    }
    return -1;
  }

  /** Finds the sizes for the present keys and one more, and rebuilds. O(keys). */
  #rehash(extraType: number, extraValue: unknown): void {
    counts.fill(0);
    let integers = this.#countArray();
    let total = integers;
    for (const node of this.#nodes) {
      if (node === undefined || node.slot.type === NIL) continue;
      total++;
      integers += countInteger(node.keyType, node.keyValue);
    }
    integers += countInteger(extraType, extraValue);
    total++;
    const { size, used } = arraySizeFor(integers);
    this.#resize(size, total - used);
  }

  /** Counts the values of the array part by the power of two that their keys lie below. */
  #countArray(): number {
    let total = 0;
    let at = 1;
    for (let bits = 0, limit = 1; bits <= ARRAY_BITS_MAX; bits++, limit *= 2) {
      let end = limit;
      if (end > this.#arraySize) {
        end = this.#arraySize;
        if (at > end) break;
      }
      let count = 0;
      for (; at <= end; at++) if (!isNil(this.#array[at - 1])) count++;
      counts[bits]! += count;
      total += count;
    }
    return total;
  }

  #setNodes(count: number): void {
    const size = count === 0 ? 0 : 2 ** ceilLog2(count);
    this.#nodes = size === 0 ? NO_NODES : new Array(size).fill(undefined);
    this.#lastFree = size;
  }

  #resize(arraySize: number, nodeCount: number): void {
    const oldSize = this.#arraySize;
    const oldNodes = this.#nodes;
    const array = this.#array;
    this.#arraySize = arraySize;
    if (array === NO_ITEMS && arraySize > 0) this.#array = itemsFor(arraySize);
    this.#setNodes(nodeCount);
    for (let at = arraySize; at < oldSize; at++) {
      const slot = array[at];
      if (slot !== undefined && slot.type !== NIL) copy(slot, this.numberSlot(at + 1));
    }
    if (arraySize < array.length) array.length = arraySize;
    for (let i = oldNodes.length - 1; i >= 0; i--) {
      const node = oldNodes[i];
      if (node === undefined || node.slot.type === NIL) continue;
      const slot = node.keyType === NUMBER
        ? this.numberSlot(node.keyValue as number)
        : this.#newKey(node.keyType, node.keyValue);
      copy(node.slot, slot);
    }
  }
}

/** An array that V8 gives no more room than it needs; an empty one has room for 17 after the first item. */
function itemsFor(size: number): Items {
  return size <= ITEMS_AT_ONCE_MAX ? new Array(size) : [];
}

function isNil(slot: TValue | undefined): boolean {
  return slot === undefined || slot.type === NIL;
}

function copy(from: TValue, to: TValue): void {
  to.type = from.type;
  to.value = from.value;
}

function countInteger(type: number, value: unknown): number {
  if (type !== NUMBER) return 0;
  const key = value as number;
  if (!Number.isInteger(key) || key < 1 || key > ARRAY_SIZE_MAX) return 0;
  counts[ceilLog2(key)]!++;
  return 1;
}

/** The largest power of two of which more than half of the places would be used, and how many would be. */
function arraySizeFor(integers: number): { size: number; used: number } {
  let seen = 0;
  let used = 0;
  let size = 0;
  for (let bits = 0, power = 1; power / 2 < integers; bits++, power *= 2) {
    const count = counts[bits]!;
    if (count > 0) {
      seen += count;
      if (seen > power / 2) {
        size = power;
        used = seen;
      }
    }
    if (seen === integers) break;
  }
  return { size, used };
}
