import { assert, assertEquals } from "@std/assert";
import { Arena, OFFSET_MASK, type Ref } from "../memory/arena.ts";
import { HEADER_BYTES, writeHeader } from "../memory/entry.ts";
import { ScoreTree } from "./score_tree.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

interface Element {
  readonly entry: Ref;
  readonly member: string;
  readonly score: number;
}

function makeEntry(arena: Arena, member: string): Ref {
  const entry = arena.allocate(HEADER_BYTES + member.length);
  writeHeader(arena, entry, 0, 0, member.length, 0, false, false);
  arena.bytes[0]!.set(latin1(member), ((entry & OFFSET_MASK) << 3) + HEADER_BYTES);
  return entry;
}

function compare(a: Element, b: Element): number {
  return a.score - b.score || (a.member < b.member ? -1 : a.member > b.member ? 1 : 0);
}

/** Everything that the tree can tell, against the sorted array. */
function check(tree: ScoreTree, model: readonly Element[], random: Random): void {
  assertEquals(tree.size, model.length);
  const upwards: Ref[] = [];
  tree.walk(0, model.length, false, (entry) => void upwards.push(entry));
  assertEquals(upwards, model.map(({ entry }) => entry));
  const downwards: Ref[] = [];
  tree.walk(model.length - 1, model.length, true, (entry) => void downwards.push(entry));
  assertEquals(downwards, upwards.toReversed());
  for (let i = 0; i < 20 && model.length > 0; i++) {
    const rank = random.below(model.length);
    const { entry, score } = model[rank]!;
    assertEquals(tree.at(rank), entry);
    assertEquals(tree.rankOf(entry, score), rank);
    assertEquals(tree.countBelowScore(score, false), model.findIndex((one) => one.score === score));
    assertEquals(tree.countBelowScore(score, true), model.findLastIndex((one) => one.score === score) + 1);
    const count = random.below(model.length - rank) + 1;
    const part: Ref[] = [];
    tree.walk(rank, count, false, (one) => void part.push(one));
    assertEquals(part, upwards.slice(rank, rank + count));
  }
}

Deno.test("a tree agrees with a sorted array through splits, merges and ties", () => {
  const seed = new Random().uint32();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (const scores of [1, 5, 1_000_000]) {
    const arena = new Arena();
    const tree = new ScoreTree(arena);
    const empty = arena.usedBytes;
    const model: Element[] = [];
    let unique = 0;
    let entryBytes = 0;
    for (const target of [20, 5000, 300, 9000, 3, 0, 200, 0]) {
      while (model.length !== target) {
        // Mostly towards the target, so that nodes overflow and run empty.
        if (random.below(10) > 1 === model.length < target || model.length === 0) {
          const member = `${random.below(1000)}:${unique++}`;
          const entry = makeEntry(arena, member);
          entryBytes += arena.sizeOf(entry);
          const score = random.below(scores) - (scores >> 1);
          const element = { entry, member, score };
          tree.insert(entry, score);
          let low = 0;
          for (let high = model.length; low < high;) {
            const middle = (low + high) >> 1;
            if (compare(model[middle]!, element) < 0) low = middle + 1;
            else high = middle;
          }
          model.splice(low, 0, element);
        } else {
          const rank = random.below(4) === 0 ? 0 : random.below(model.length);
          const [{ entry, score }] = model.splice(rank, 1) as [Element];
          if (random.below(2) === 0) assertEquals(tree.takeAt(rank), entry);
          else tree.remove(entry, score);
          entryBytes -= arena.sizeOf(entry);
          arena.free(entry);
        }
        if (random.below(400) === 0) check(tree, model, random);
      }
      check(tree, model, random);
      assertEquals(tree.bytes, arena.usedBytes - entryBytes);
    }
    assertEquals(arena.usedBytes, empty);
    while (tree.releaseSome());
    assertEquals(arena.usedBytes, 0);
  }
});

Deno.test("a tree filled at once is like any other, and is changed like any other", () => {
  const seed = new Random().uint32();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (const size of [0, 1, 62, 63, 62 * 63, 62 * 63 + 1, 9000]) {
    const arena = new Arena();
    const tree = new ScoreTree(arena);
    const model = Array.from({ length: size }, (_, i): Element => {
      const member = String(i).padStart(5, "0");
      return { entry: makeEntry(arena, member), member, score: Math.floor(i / 3) };
    });
    const before = arena.usedBytes - tree.bytes;
    // Elements are numbered in any way: here from behind.
    const numbered = model.toReversed();
    tree.fill(
      new Uint32Array(numbered.keys()).reverse(),
      Int32Array.from(numbered, ({ entry }) => entry),
      Float64Array.from(numbered, ({ score }) => score),
    );
    assertEquals(tree.bytes, arena.usedBytes - before);
    check(tree, model, random);
    while (model.length > 0) {
      const rank = random.below(model.length);
      assertEquals(tree.takeAt(rank), model.splice(rank, 1)[0]!.entry);
      if (random.below(1000) === 0) check(tree, model, random);
    }
    tree.insert(makeEntry(arena, "x"), 1);
    assertEquals(tree.size, 1);
  }
});

Deno.test("elements that come in order fill their nodes", () => {
  for (const direction of [1, -1]) {
    const arena = new Arena();
    const tree = new ScoreTree(arena);
    const entries: Ref[] = [];
    for (let i = 0; i < 20_000; i++) {
      const entry = makeEntry(arena, `m${i}`);
      tree.insert(entry, i * direction);
      entries.push(entry);
    }
    assert(tree.bytes < 20_000 * 14, `${tree.bytes} bytes`);
    for (let i = 0; i < 20_000; i += 97) {
      assertEquals(tree.rankOf(entries[i]!, i * direction), direction === 1 ? i : 19_999 - i);
    }
  }
});

Deno.test("scores have the order of numbers: infinities, both zeros, the smallest differences", () => {
  const arena = new Arena();
  const tree = new ScoreTree(arena);
  const scores = [
    -Infinity,
    -1.7976931348623157e308,
    -1.0000000000000002,
    -1,
    -5e-324,
    0,
    -0,
    5e-324,
    1,
    1.0000000000000002,
    1e300,
    Infinity,
  ];
  const entries = scores.map((_, i) => makeEntry(arena, String.fromCharCode(65 + i)));
  for (let i = scores.length - 1; i >= 0; i--) tree.insert(entries[i]!, scores[i]!);
  const seen: Ref[] = [];
  tree.walk(0, scores.length, false, (entry) => void seen.push(entry));
  assertEquals(seen, entries);
  assertEquals(tree.countBelowScore(0, false), 5);
  assertEquals(tree.countBelowScore(-0, true), 7);
});

Deno.test("members of one score are counted by their bytes", () => {
  const arena = new Arena();
  const tree = new ScoreTree(arena);
  for (let i = 0; i < 1000; i++) tree.insert(makeEntry(arena, String(i).padStart(4, "0")), 7);
  const bound = latin1("0500");
  assertEquals(tree.countBelowMember(new Slice(bound), false), 500);
  assertEquals(tree.countBelowMember(new Slice(bound), true), 501);
  assertEquals(tree.countBelowMember(new Slice(latin1("05")), true), 500);
  assertEquals(tree.countBelowMember(new Slice(latin1("")), true), 0);
  assertEquals(tree.countBelowMember(new Slice(latin1("z")), false), 1000);
});
