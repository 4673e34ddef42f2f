/** Makes a {@link ScoreTree} of elements that are in order already: level by level, every node full but the last. */
import { type Arena, type Ref, SEGMENT_SHIFT } from "../memory/arena.ts";
import { wanted, wantScore } from "./score_tree_key.ts";
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

/** A tree that was built. */
export interface BuiltTree {
  readonly root: Ref;
  /** Levels above the leaves. */
  readonly height: number;
  readonly leaves: number;
  readonly inners: number;
}

/**
 * Builds the levels over `order.length` > 0 elements: element `order[i]` has the entry and the score of that number, and
 * they ascend. O(n).
 */
export function buildLevels(
  arena: Arena,
  order: Uint32Array,
  entries: Int32Array,
  scores: Float64Array,
): BuiltTree {
  let nodes = buildLeaves(arena, order, entries, scores);
  const leaves = nodes.length;
  let inners = 0;
  let height = 0;
  for (; nodes.length > 1; height++) {
    nodes = buildInners(arena, nodes, height === 0);
    inners += nodes.length;
  }
  return { root: nodes[0]!, height, leaves, inners };
}

function buildLeaves(
  arena: Arena,
  order: Uint32Array,
  entries: Int32Array,
  scores: Float64Array,
): Int32Array {
  const nodes = newLevel(arena, order.length, LEAF_SLOTS_MAX, LEAF_BYTES);
  for (let n = 0, i = 0; n < nodes.length; n++) {
    const words = arena.words[nodes[n]! >>> SEGMENT_SHIFT]!;
    let place = at(nodes[n]!) + NODE_WORDS;
    for (const end = Math.min(i + LEAF_SLOTS_MAX, order.length); i < end; i++, place += LEAF_SLOT) {
      const element = order[i]!;
      wantScore(scores[element]!);
      words[place] = wanted.high;
      words[place + 1] = wanted.low;
      words[place + 2] = entries[element]!;
    }
  }
  return nodes;
}

function buildInners(arena: Arena, children: Int32Array, overLeaves: boolean): Int32Array {
  const nodes = newLevel(arena, children.length, INNER_SLOTS_MAX, INNER_BYTES);
  for (let n = 0, i = 0; n < nodes.length; n++) {
    const words = arena.words[nodes[n]! >>> SEGMENT_SHIFT]!;
    let place = at(nodes[n]!) + NODE_WORDS;
    for (const end = Math.min(i + INNER_SLOTS_MAX, children.length); i < end; i++, place += INNER_SLOT) {
      const child = children[i]!;
      const childWords = arena.words[child >>> SEGMENT_SHIFT]!;
      const first = at(child) + NODE_WORDS;
      for (let word = 0; word < 3; word++) words[place + word] = childWords[first + word]!;
      words[place + 3] = child;
      words[place + 4] = overLeaves ? childWords[at(child)]! : countBelow(childWords, at(child));
    }
  }
  return nodes;
}

/** Number of elements below an inner node. */
function countBelow(words: Int32Array, start: number): number {
  let count = 0;
  const end = start + NODE_WORDS + words[start]! * INNER_SLOT;
  for (let place = start + NODE_WORDS + 4; place < end; place += INNER_SLOT) count += words[place]!;
  return count;
}

/** The nodes of a level for `slots` slots, linked, and with the numbers of their slots. */
function newLevel(arena: Arena, slots: number, slotsMax: number, bytes: number): Int32Array {
  const nodes = new Int32Array(Math.ceil(slots / slotsMax));
  for (let n = 0; n < nodes.length; n++) nodes[n] = arena.allocate(bytes);
  for (let n = 0; n < nodes.length; n++) {
    const words = arena.words[nodes[n]! >>> SEGMENT_SHIFT]!;
    const start = at(nodes[n]!);
    words[start] = Math.min(slotsMax, slots - n * slotsMax);
    words[start + 1] = n + 1 < nodes.length ? nodes[n + 1]! : 0;
    words[start + 2] = n > 0 ? nodes[n - 1]! : 0;
    words[start + 3] = 0;
  }
  return nodes;
}
