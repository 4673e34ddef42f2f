import { assert, assertEquals } from "@std/assert";
import { latin1, type Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";
import { COLLECTION_VECTORS } from "../rdb/collection_rdb_vectors.ts";
import { RdbError, RdbReader } from "../rdb/rdb_codec.ts";
import { readZiplist, readZipmap } from "./ziplist.ts";

const ZIPMAP = 9;
const ZIPLISTS = [10, 12, 13];

/** Ziplists and zipmaps, sound and damaged, that the reference was asked about; see collection_rdb_test.ts. */
function* sources(types: number[]): Generator<Uint8Array> {
  for (const line of COLLECTION_VECTORS.trim().split("\n")) {
    const value = latin1(atob(line.split(" ")[1]!));
    if (!types.includes(value[0]!)) continue;
    try {
      const bytes = new RdbReader(value, 1).string();
      if (bytes.length > 1) yield bytes;
    } catch (error) {
      assert(error instanceof RdbError);
    }
  }
}

/** The same bytes; reading beside them fails. */
function guarded(bytes: Uint8Array): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      const index = typeof key === "string" ? Number(key) : NaN;
      assert(!(index < 0 || index >= target.length), `read at ${index} of ${target.length}`);
      return Reflect.get(target, key, target);
    },
  });
}

function assertInside(text: Slice): void {
  assert(text.start >= 0 && text.start <= text.end && text.end <= text.bytes.length);
}

function readAll(type: number, bytes: Uint8Array): number {
  let seen = 0;
  const count = type === ZIPMAP
    ? readZipmap(guarded(bytes), (field, value) => {
      assertInside(field);
      assertInside(value);
      seen++;
    })
    : readZiplist(guarded(bytes), (element) => {
      assertInside(element);
      seen++;
    });
  assert(count === seen || count === -1);
  return count;
}

Deno.test("of a damaged ziplist or zipmap nothing outside is read or handed over", () => {
  const seed = new Random().uint32();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  for (const type of [ZIPMAP, 10]) {
    let accepted = 0;
    let refused = 0;
    for (const source of sources(type === ZIPMAP ? [ZIPMAP] : ZIPLISTS)) {
      for (let run = 0; run < 40; run++) {
        const bytes = source.slice();
        for (let i = random.below(3); i > 0; i--) {
          bytes[random.below(bytes.length - 1)] = random.below(2) === 0
            ? 0x80 | random.below(128)
            : random.below(64);
        }
        if (readAll(type, bytes) >= 0) accepted++;
        else refused++;
      }
    }
    assert(accepted > 100 && refused > 100, `${accepted} accepted, ${refused} refused`);
  }
});

Deno.test("a ziplist or zipmap cut anywhere is refused", () => {
  for (const type of [ZIPMAP, 10]) {
    for (const source of sources(type === ZIPMAP ? [ZIPMAP] : ZIPLISTS)) {
      const count = readAll(type, source);
      // A zipmap may end before its bytes do, and with 254 for a count, after any pair.
      if (count < 0 || (type === ZIPMAP && (source.indexOf(0xff) < source.length - 1 || source[0] === 254))) {
        continue;
      }
      for (let size = 0; size < source.length; size++) {
        const cut = source.slice(0, size);
        assertEquals(readAll(type, cut), -1);
        if (size <= (type === ZIPMAP ? 1 : 10)) continue;
        cut[size - 1] = 0xff;
        if (type !== ZIPMAP) new DataView(cut.buffer).setUint32(0, size, true);
        assertEquals(readAll(type, cut), -1);
      }
    }
  }
});
