/**
 * The ordered structure of large sorted sets: a counted B+tree over blocks of the arena. It names entries of a dict (see
 * sorted_set.ts), orders them by score, then by the bytes of their members, and knows at which rank each stands. How its
 * nodes lie is said in score_tree_layout.ts.
 *
 * The order of a score is told by two integers (score_tree_key.ts). So nothing here is a double, and nothing is ever boxed.
 *
 * Invariants:
 *  1. The slots of a level, node after node, ascend strictly. Every inner slot repeats the first slot of its child exactly.
 *  2. The counts of an inner node's slots are exact.
 *  3. Only the root may have no slots (when the tree is empty); an inner root has at least two.
 *  4. A node that falls below a quarter is filled from its neighbour, or merged with it, where their parent has another.
 */
import { type Arena, OFFSET_MASK, type Ref, SEGMENT_SHIFT } from "../memory/arena.ts";
import { HEADER_BYTES } from "../memory/entry.ts";
import { buildLevels } from "./score_tree_builder.ts";
import { wanted, wantMember, wantScore } from "./score_tree_key.ts";
import {
  at,
  INNER_BYTES,
  INNER_SLOT,
  INNER_SLOTS_MAX,
  LEAF_BYTES,
  LEAF_SLOT,
  LEAF_SLOTS_MAX,
  NODE_WORDS,
} from "./score_tree_layout.ts";
import type { Slice } from "../../sys/bytes.ts";

const SPARSE_SLOTS = 15;
const LEVELS_MAX = 16;
/** Nodes that one step of freeing gives back. */
const FREED_NODES = 1024;

/** The way from the root to a leaf: of each level the node, and the slot that was gone through. */
const pathNodes = new Int32Array(LEVELS_MAX);
const pathSlots = new Int32Array(LEVELS_MAX);

/** Called for an entry of a walk; false ends it. It must not change the tree. */
export type EntryVisitor = (entry: Ref) => boolean | void;

export class ScoreTree {
  /** Number of elements. */
  size = 0;
  readonly #arena: Arena;
  #root: Ref;
  /** Levels above the leaves. */
  #height = 0;
  #leaves = 0;
  #inners = 0;
  /** While the tree is freed: the first node of the level below. */
  #below: Ref = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#root = this.#newNode(0);
  }

  /** Bytes of all nodes. O(1). */
  get bytes(): number {
    return this.#leaves * 768 + this.#inners * 1280;
  }

  // ---- searching --------------------------------------------------------------------------------------------

  /** How many elements have a lower score or, when `inclusive`, also this one. O(log n). */
  countBelowScore(score: number, inclusive: boolean): number {
    wantScore(score);
    wanted.byScore = true;
    wanted.byMember = false;
    wanted.side = inclusive ? 1 : -1;
    return this.#countBefore();
  }

  /** How many members are lower in the order of bytes, if all scores are the same; else some number. O(log n). */
  countBelowMember(member: Slice, inclusive: boolean): number {
    wantMember(member.bytes, member.start, member.end);
    wanted.byScore = false;
    wanted.byMember = true;
    wanted.side = inclusive ? 1 : -1;
    return this.#countBefore();
  }

  /** How many elements come before an entry of the tree: its rank. O(log n). */
  rankOf(entry: Ref, score: number): number {
    this.#wantEntry(entry, score);
    return this.#countBefore();
  }

  /** The entry at a rank, 0 <= rank < size. O(log n). */
  at(rank: number): Ref {
    const index = this.#descendToRank(rank);
    const node = pathNodes[0]!;
    return this.#words(node)[at(node) + NODE_WORDS + index * LEAF_SLOT + 2]!;
  }

  /**
   * Gives `count` entries from a rank on to `visit`, upwards or, when `reverse`, downwards. There must be as many.
   * O(log n + count).
   */
  walk(rank: number, count: number, reverse: boolean, visit: EntryVisitor): void {
    if (count <= 0) return;
    let index = this.#descendToRank(rank);
    let node = pathNodes[0]!;
    for (;;) {
      const words = this.#words(node);
      const start = at(node);
      const end = reverse ? -1 : words[start]!;
      for (; index !== end; index += reverse ? -1 : 1) {
        if (visit(words[start + NODE_WORDS + index * LEAF_SLOT + 2]!) === false || --count === 0) return;
      }
      node = words[start + (reverse ? 2 : 1)]!;
      if (node === 0) return;
      index = reverse ? this.#words(node)[at(node)]! - 1 : 0;
    }
  }

  // ---- changing ---------------------------------------------------------------------------------------------

  /** Adds an entry that is not in the tree. O(log n). */
  insert(entry: Ref, score: number): void {
    this.#wantEntry(entry, score);
    const index = this.#descend();
    this.size++;
    let right = this.#put(0, pathNodes[0]!, index, wanted.high, wanted.low, entry, 0, 0);
    for (let level = 1; level <= this.#height; level++) {
      const node = pathNodes[level]!;
      const slot = pathSlots[level]!;
      const words = this.#words(node);
      const place = at(node) + NODE_WORDS + slot * INNER_SLOT;
      this.#copyFirst(words, place);
      if (right === 0) words[place + 4]!++;
      else words[place + 4] = this.#countBelow(words[place + 3]!, level - 1);
      if (right !== 0) right = this.#putChild(level, node, slot + 1, right);
    }
    if (right !== 0) this.#grow(right);
  }

  /**
   * Fills this tree, which is empty, with elements that ascend in this order: element `order[i]` has the entry and the
   * score of that number. O(n).
   */
  fill(order: Uint32Array, entries: Int32Array, scores: Float64Array): void {
    if (order.length === 0) return;
    this.#freeNode(this.#root, 0);
    const { root, height, leaves, inners } = buildLevels(this.#arena, order, entries, scores);
    this.#root = root;
    this.#height = height;
    this.#leaves = leaves;
    this.#inners = inners;
    this.size = order.length;
  }

  /** Removes an entry of the tree; its block stays the caller's. O(log n). */
  remove(entry: Ref, score: number): void {
    this.#wantEntry(entry, score);
    this.#removeAt(this.#descend());
  }

  /** Takes the entry at a rank out and returns it. O(log n). */
  takeAt(rank: number): Ref {
    const index = this.#descendToRank(rank);
    const node = pathNodes[0]!;
    const entry = this.#words(node)[at(node) + NODE_WORDS + index * LEAF_SLOT + 2]!;
    this.#removeAt(index);
    return entry;
  }

  /**
   * Gives some thousand nodes back; whether any are left. For a tree that nobody looks into any more.
   */
  releaseSome(): boolean {
    for (let freed = 0; freed < FREED_NODES && this.#root !== 0; freed++) {
      const node = this.#root;
      const words = this.#words(node);
      const next = words[at(node) + 1]!;
      // A level is freed along its links; the way down begins in its first node.
      if (words[at(node) + 2] === 0) {
        this.#below = this.#height > 0 ? words[at(node) + NODE_WORDS + 3]! : 0;
      }
      this.#arena.free(node);
      this.#root = next;
      if (next === 0) {
        this.#root = this.#below;
        this.#height--;
      }
    }
    return this.#root !== 0;
  }

  // ---- inside -----------------------------------------------------------------------------------------------

  #words(ref: Ref): Int32Array {
    return this.#arena.words[ref >>> SEGMENT_SHIFT]!;
  }

  #wantEntry(entry: Ref, score: number): void {
    wantScore(score);
    const start = ((entry & OFFSET_MASK) << 3) + HEADER_BYTES;
    const length = this.#words(entry)[at(entry) + 1]!;
    wantMember(this.#arena.bytes[entry >>> SEGMENT_SHIFT]!, start, start + length);
    wanted.byScore = true;
    wanted.byMember = true;
    wanted.side = 0;
  }

  /** Whether the slot at `words[place]` comes before what is wanted. */
  #isBefore(words: Int32Array, place: number): boolean {
    if (wanted.byScore) {
      const high = words[place]!;
      if (high !== wanted.high) return high < wanted.high;
      const low = words[place + 1]!;
      if (low !== wanted.low) return low < wanted.low;
      if (!wanted.byMember) return wanted.side > 0;
    }
    const order = this.#compareMember(words[place + 2]!);
    return order === 0 ? wanted.side > 0 : order < 0;
  }

  /** Negative, 0 or positive, as an entry's member is before, the same as or behind what is wanted. */
  #compareMember(entry: Ref): number {
    const length = this.#words(entry)[at(entry) + 1]!;
    const stored = this.#arena.bytes[entry >>> SEGMENT_SHIFT]!;
    const start = ((entry & OFFSET_MASK) << 3) + HEADER_BYTES;
    const { bytes, start: from, end } = wanted;
    const common = Math.min(length, end - from);
    for (let i = 0; i < common; i++) {
      const difference = stored[start + i]! - bytes[from + i]!;
      if (difference !== 0) return difference;
    }
    return length - (end - from);
  }

  /** Number of slots of a node that come before what is wanted. */
  #lowerBound(node: Ref, width: number): number {
    const words = this.#words(node);
    const first = at(node) + NODE_WORDS;
    let low = 0;
    let high = words[at(node)]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isBefore(words, first + middle * width)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The child of an inner node below which the wanted place is: the last one that begins at or before it. */
  #childSlot(node: Ref): number {
    const slot = this.#lowerBound(node, INNER_SLOT);
    if (wanted.side !== 0) return slot === 0 ? 0 : slot - 1;
    const words = this.#words(node);
    const place = at(node) + NODE_WORDS + slot * INNER_SLOT;
    // An element that is the first of its child.
    if (
      slot < words[at(node)]! && words[place] === wanted.high && words[place + 1] === wanted.low &&
      this.#compareMember(words[place + 2]!) === 0
    ) return slot;
    return slot === 0 ? 0 : slot - 1;
  }

  /** Goes to the wanted place and writes the path; the slot of the leaf. */
  #descend(): number {
    let node = this.#root;
    for (let level = this.#height; level > 0; level--) {
      const slot = this.#childSlot(node);
      pathNodes[level] = node;
      pathSlots[level] = slot;
      node = this.#words(node)[at(node) + NODE_WORDS + slot * INNER_SLOT + 3]!;
    }
    pathNodes[0] = node;
    return this.#lowerBound(node, LEAF_SLOT);
  }

  #descendToRank(rank: number): number {
    let node = this.#root;
    for (let level = this.#height; level > 0; level--) {
      const words = this.#words(node);
      let place = at(node) + NODE_WORDS + 4;
      let slot = 0;
      for (; rank >= words[place]!; place += INNER_SLOT, slot++) rank -= words[place]!;
      pathNodes[level] = node;
      pathSlots[level] = slot;
      node = words[place - 1]!;
    }
    pathNodes[0] = node;
    return rank;
  }

  #countBefore(): number {
    let node = this.#root;
    let count = 0;
    for (let level = this.#height; level > 0; level--) {
      const slot = this.#childSlot(node);
      const words = this.#words(node);
      let place = at(node) + NODE_WORDS + 4;
      for (let i = 0; i < slot; i++, place += INNER_SLOT) count += words[place]!;
      node = words[place - 1]!;
    }
    return count + this.#lowerBound(node, LEAF_SLOT);
  }

  #newNode(level: number): Ref {
    const node = this.#arena.allocate(level === 0 ? LEAF_BYTES : INNER_BYTES);
    if (level === 0) this.#leaves++;
    else this.#inners++;
    this.#words(node).fill(0, at(node), at(node) + NODE_WORDS);
    return node;
  }

  #freeNode(node: Ref, level: number): void {
    if (level === 0) this.#leaves--;
    else this.#inners--;
    this.#arena.free(node);
  }

  /** Number of elements below a node. */
  #countBelow(node: Ref, level: number): number {
    const words = this.#words(node);
    const slots = words[at(node)]!;
    if (level === 0) return slots;
    let count = 0;
    for (let i = 0; i < slots; i++) count += words[at(node) + NODE_WORDS + i * INNER_SLOT + 4]!;
    return count;
  }

  /** Brings the first three words of an inner slot up to date with its child. */
  #copyFirst(words: Int32Array, place: number): void {
    const child = words[place + 3]!;
    const from = this.#words(child);
    const first = at(child) + NODE_WORDS;
    words[place] = from[first]!;
    words[place + 1] = from[first + 1]!;
    words[place + 2] = from[first + 2]!;
  }

  /** Puts a slot into a node, which is split when it is full; the new node to its right, or 0. */
  #put(
    level: number,
    node: Ref,
    slot: number,
    high: number,
    low: number,
    entry: Ref,
    child: Ref,
    count: number,
  ): Ref {
    const width = level === 0 ? LEAF_SLOT : INNER_SLOT;
    let target = node;
    let right = 0;
    if (this.#words(node)[at(node)] === (level === 0 ? LEAF_SLOTS_MAX : INNER_SLOTS_MAX)) {
      const kept = this.#splitPoint(node, slot);
      right = this.#split(node, kept, level);
      // At the split itself: into the half that would else be empty, or the left one.
      if (slot > kept || (slot === kept && this.#words(right)[at(right)] === 0)) {
        target = right;
        slot -= kept;
      }
    }
    const words = this.#words(target);
    const start = at(target);
    const place = start + NODE_WORDS + slot * width;
    const end = start + NODE_WORDS + words[start]! * width;
    if (place !== end) words.copyWithin(place + width, place, end);
    words[place] = high;
    words[place + 1] = low;
    words[place + 2] = entry;
    if (level > 0) {
      words[place + 3] = child;
      words[place + 4] = count;
    }
    words[start]!++;
    return right;
  }

  #putChild(level: number, node: Ref, slot: number, child: Ref): Ref {
    const words = this.#words(child);
    const first = at(child) + NODE_WORDS;
    const count = this.#countBelow(child, level - 1);
    return this.#put(level, node, slot, words[first]!, words[first + 1]!, words[first + 2]!, child, count);
  }

  /** How many slots a full node keeps: all or none where elements come in order, so that nodes get full. */
  #splitPoint(node: Ref, slot: number): number {
    const words = this.#words(node);
    const slots = words[at(node)]!;
    if (slot === slots && words[at(node) + 1] === 0) return slots;
    if (slot === 0 && words[at(node) + 2] === 0) return 0;
    return slots >> 1;
  }

  /** Moves the slots behind the first `kept` ones to a new node to the right. */
  #split(node: Ref, kept: number, level: number): Ref {
    const right = this.#newNode(level);
    const words = this.#words(node);
    const next = words[at(node) + 1]!;
    const rightWords = this.#words(right);
    rightWords[at(right) + 1] = next;
    rightWords[at(right) + 2] = node;
    words[at(node) + 1] = right;
    if (next !== 0) this.#words(next)[at(next) + 2] = right;
    this.#move(node, kept, right, 0, words[at(node)]! - kept, level);
    return right;
  }

  /** Moves `count` slots between two nodes; in each, what lies behind the place moves up or down. */
  #move(from: Ref, slot: number, to: Ref, toSlot: number, count: number, level: number): void {
    const width = level === 0 ? LEAF_SLOT : INNER_SLOT;
    const source = this.#words(from);
    const target = this.#words(to);
    const place = at(from) + NODE_WORDS + slot * width;
    const toPlace = at(to) + NODE_WORDS + toSlot * width;
    const length = count * width;
    target.copyWithin(toPlace + length, toPlace, at(to) + NODE_WORDS + target[at(to)]! * width);
    for (let i = 0; i < length; i++) target[toPlace + i] = source[place + i]!;
    target[at(to)]! += count;
    source.copyWithin(place, place + length, at(from) + NODE_WORDS + source[at(from)]! * width);
    source[at(from)]! -= count;
  }

  /** Puts a new root over the old one and its new neighbour. */
  #grow(right: Ref): void {
    const level = ++this.#height;
    const root = this.#newNode(level);
    this.#putChild(level, root, 0, this.#root);
    this.#putChild(level, root, 1, right);
    this.#root = root;
  }

  /** Removes a slot of the leaf at the end of the path. */
  #removeAt(index: number): void {
    this.size--;
    this.#dropSlot(pathNodes[0]!, index, LEAF_SLOT);
    for (let level = 1; level <= this.#height; level++) {
      const node = pathNodes[level]!;
      const slot = pathSlots[level]!;
      const words = this.#words(node);
      const place = at(node) + NODE_WORDS + slot * INNER_SLOT;
      const child = pathNodes[level - 1]!;
      const left = this.#words(child)[at(child)]!;
      if (left === 0) {
        this.#unlink(child, level - 1);
        this.#dropSlot(node, slot, INNER_SLOT);
        continue;
      }
      this.#copyFirst(words, place);
      words[place + 4]!--;
      if (left < SPARSE_SLOTS && words[at(node)]! > 1) this.#even(node, slot, level);
    }
    this.#lower();
  }

  #dropSlot(node: Ref, slot: number, width: number): void {
    const words = this.#words(node);
    const start = at(node);
    const place = start + NODE_WORDS + slot * width;
    words.copyWithin(place, place + width, start + NODE_WORDS + words[start]! * width);
    words[start]!--;
  }

  /** Takes a node out of its level and frees it. */
  #unlink(node: Ref, level: number): void {
    const words = this.#words(node);
    const next = words[at(node) + 1]!;
    const previous = words[at(node) + 2]!;
    if (next !== 0) this.#words(next)[at(next) + 2] = previous;
    if (previous !== 0) this.#words(previous)[at(previous) + 1] = next;
    this.#freeNode(node, level);
  }

  /** A child of an inner node is sparse: merges it with a neighbour, or evens the two out. */
  #even(node: Ref, slot: number, level: number): void {
    const words = this.#words(node);
    const leftSlot = slot + 1 < words[at(node)]! ? slot : slot - 1;
    const leftPlace = at(node) + NODE_WORDS + leftSlot * INNER_SLOT;
    const rightPlace = leftPlace + INNER_SLOT;
    const left = words[leftPlace + 3]!;
    const right = words[rightPlace + 3]!;
    const leftSlots = this.#words(left)[at(left)]!;
    const rightSlots = this.#words(right)[at(right)]!;
    const all = words[leftPlace + 4]! + words[rightPlace + 4]!;
    const max = level === 1 ? LEAF_SLOTS_MAX : INNER_SLOTS_MAX;
    if (leftSlots + rightSlots <= max) {
      this.#move(right, 0, left, leftSlots, rightSlots, level - 1);
      this.#unlink(right, level - 1);
      words[leftPlace + 4] = all;
      this.#dropSlot(node, leftSlot + 1, INNER_SLOT);
      return;
    }
    const half = (leftSlots + rightSlots) >> 1;
    if (leftSlots < half) this.#move(right, 0, left, leftSlots, half - leftSlots, level - 1);
    else this.#move(left, half, right, 0, leftSlots - half, level - 1);
    const count = this.#countBelow(left, level - 1);
    words[leftPlace + 4] = count;
    words[rightPlace + 4] = all - count;
    this.#copyFirst(words, rightPlace);
  }

  /** An inner root with one child gives way to it; one without becomes an empty leaf. */
  #lower(): void {
    while (this.#height > 0) {
      const root = this.#root;
      const slots = this.#words(root)[at(root)]!;
      if (slots > 1) return;
      this.#root = slots === 1 ? this.#words(root)[at(root) + NODE_WORDS + 3]! : this.#newNode(0);
      this.#freeNode(root, this.#height);
      this.#height = slots === 1 ? this.#height - 1 : 0;
    }
  }
}
