/**
 * How the nodes of a {@link ScoreTree} lie in the arena. What it means, and what holds, is said in score_tree.ts.
 *
 * ```text
 * node     4 words: number of slots, next node of the level, previous node, 0; then the slots
 * slot     3 words: upper and lower half of the score's order, entry
 * inner    2 more: the child, and how many elements are below it; the first three are those of the child's first slot
 * ```
 */
import { OFFSET_MASK, type Ref } from "../memory/arena.ts";

export const NODE_WORDS = 4;
export const LEAF_SLOT = 3;
export const INNER_SLOT = 5;
/** What fits the block sizes of 768 and 1280 bytes. */
export const LEAF_SLOTS_MAX = 62;
export const INNER_SLOTS_MAX = 63;
export const LEAF_BYTES: number = (NODE_WORDS + LEAF_SLOT * LEAF_SLOTS_MAX) * 4;
export const INNER_BYTES: number = (NODE_WORDS + INNER_SLOT * INNER_SLOTS_MAX) * 4;

/** Where in the words of its segment a block begins. */
export function at(ref: Ref): number {
  return (ref & OFFSET_MASK) << 1;
}
