import { assert, assertEquals } from "@std/assert";
import { Arena } from "./arena.ts";
import { EXPIRE_BYTES, expirePositionOf, HEADER_BYTES, writeHeader } from "./entry.ts";
import { ExpiryIndex } from "./expiry_index.ts";
import { Random } from "../../sys/random.ts";

const SEED = 4;

Deno.test("every entry knows its position, every position names an entry, whatever comes and goes", () => {
  const random = new Random(SEED);
  const arena = new Arena();
  const index = new ExpiryIndex(arena);
  const model = new Set<number>();
  const makeEntry = () => {
    const ref = arena.allocate(HEADER_BYTES + EXPIRE_BYTES);
    writeHeader(arena, ref, 0, 0, 0, 0, true, false);
    return ref;
  };
  // More than two chunks at the peak, then down to nothing.
  for (let step = 0; step < 150_000; step++) {
    const choice = random.below(100);
    const grows = step < 75_000 ? 80 : 15;
    if (choice < grows) {
      const ref = makeEntry();
      index.add(ref);
      model.add(ref);
    } else if (index.size > 0) {
      const ref = index.at(random.below(index.size));
      assert(model.has(ref), `seed ${SEED}, step ${step}`);
      if (choice % 2 === 0) {
        const fresh = makeEntry();
        index.moved(expirePositionOf(arena, ref), fresh);
        model.add(fresh);
      } else {
        index.remove(expirePositionOf(arena, ref));
      }
      model.delete(ref);
      arena.free(ref);
    }
    assertEquals(index.size, model.size);
  }
  for (let i = 0; i < index.size; i++) assertEquals(expirePositionOf(arena, index.at(i)), i);
  while (index.size > 0) index.remove(0);
  assert(index.bytes <= 2 << 16, `${index.bytes} bytes for nothing`);
});
