import { assert, assertEquals, assertThrows } from "@std/assert";
import { latin1, latin1Text, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";
import * as rdb from "./collection_rdb.ts";
import { COLLECTION_VECTORS } from "./collection_rdb_vectors.ts";
import { crc64 } from "./crc64.ts";
import { formatDouble } from "../numbers/double.ts";
import { Type } from "../memory/entry.ts";
import { ElementSlice, Int64Words } from "../numbers/int64_words.ts";
import * as intset from "../packed/intset.ts";
import * as listpack from "../packed/listpack.ts";
import { lzfCompress } from "../packed/lzf.ts";
import { RdbError, RdbReader, RdbWriter } from "./rdb_codec.ts";
import { pointAtScore, scoreAt } from "../sorted_set/score_text.ts";

/** A collection read into texts, and a way to write it from them again. */
interface Read {
  /** Elements; of hashes and sorted sets each field or member with its value or score behind it. */
  readonly items: string[];
  readonly write: (writer: RdbWriter) => void;
}

const slice = (text: string) => new Slice(latin1(text));

function textsOf(bytes: Uint8Array): string[] {
  const entry = new listpack.ListpackEntry();
  const texts: string[] = [];
  for (let p = listpack.firstPosition(0); !listpack.isEnd(bytes, p);) {
    p = entry.read(bytes, p);
    texts.push(entry.text());
  }
  return texts;
}

function listpackOf(texts: string[]): Uint8Array {
  const builder = new listpack.ListpackBuilder();
  for (const text of texts) builder.append(latin1(text), 0, text.length);
  return builder.built();
}

function readList(type: number, reader: RdbReader): Read {
  const items: string[] = [];
  const nodes: ((writer: RdbWriter) => void)[] = [];
  const count = rdb.readList(type, reader, {
    expect() {},
    element: (element) => void items.push(element.text()),
    plainNode(element) {
      const text = element.text();
      items.push(text);
      nodes.push((writer) => rdb.writePlainNode(writer, latin1(text), 0, text.length));
    },
    packedNode(bytes) {
      const texts = textsOf(bytes);
      assert(texts.length > 0);
      items.push(...texts);
      nodes.push((writer) => rdb.writePackedNode(writer, listpackOf(texts), 0));
    },
  });
  assertEquals(items.length, count);
  return {
    items,
    write(writer) {
      writer.lengthPrefix(nodes.length);
      for (const node of nodes) node(writer);
    },
  };
}

function intsetOf(texts: string[]): Uint8Array {
  const bytes = new Uint8Array(intset.INTSET_HEADER_BYTES + 8 * texts.length);
  intset.writeEmptyIntset(bytes, 0);
  const value = new Int64Words();
  for (const text of [...texts].sort()) {
    assert(value.parse(latin1(text), 0, text.length));
    intset.intsetInsert(bytes, 0, ~intset.intsetFind(bytes, 0, value), value);
  }
  return bytes;
}

function readSet(type: number, reader: RdbReader): Read {
  const items: string[] = [];
  let whole = false;
  const count = rdb.readSet(type, reader, {
    expect() {},
    intset(bytes) {
      whole = true;
      const member = new ElementSlice();
      for (let i = 0; i < intset.intsetCount(bytes, 0); i++) {
        intset.intsetMember(bytes, 0, i, member);
        items.push(member.text());
      }
    },
    member(member) {
      const text = member.text();
      return !items.includes(text) && items.push(text) > 0;
    },
  });
  assertEquals(items.length, count);
  return {
    items,
    write(writer) {
      if (whole) return rdb.writeIntset(writer, intsetOf(items), 0);
      writer.lengthPrefix(items.length);
      for (const item of items) rdb.writeMember(writer, slice(item));
    },
  };
}

function readHash(type: number, reader: RdbReader): Read {
  const items: string[] = [];
  const fields = new Set<string>();
  let whole = false;
  const count = rdb.readHash(type, reader, {
    expect() {},
    listpack(bytes) {
      whole = true;
      items.push(...textsOf(bytes));
    },
    field(field, value) {
      items.push(field.text(), value.text());
      return fields.size < fields.add(field.text()).size;
    },
  });
  assertEquals(items.length, 2 * count);
  return {
    items,
    write(writer) {
      if (whole) return rdb.writeListpack(writer, listpackOf(items), 0);
      writer.lengthPrefix(count);
      for (let i = 0; i < items.length; i += 2) {
        rdb.writeField(writer, slice(items[i]!), slice(items[i + 1]!));
      }
    },
  };
}

function scoreText(score: number): string {
  const element = new ElementSlice();
  pointAtScore(element, score);
  return element.text();
}

function readSortedSet(type: number, reader: RdbReader): Read {
  const items: string[] = [];
  const members = new Set<string>();
  const scores: number[] = [];
  let whole = false;
  const count = rdb.readSortedSet(type, reader, {
    expect() {},
    listpack(bytes) {
      whole = true;
      textsOf(bytes).forEach((text, i) => {
        const score = i % 2 === 0 ? 0 : scoreAt(bytes, listpack.seek(bytes, 0, i));
        items.push(i % 2 === 0 ? text : formatDouble(score));
        if (i % 2 !== 0) scores.push(score);
      });
    },
    member(member, score) {
      items.push(member.text(), formatDouble(score));
      scores.push(score);
      return members.size < members.add(member.text()).size;
    },
  });
  assertEquals(items.length, 2 * count);
  return {
    items,
    write(writer) {
      if (whole) {
        const texts = items.map((text, i) => i % 2 === 0 ? text : scoreText(scores[i >> 1]!));
        return rdb.writeListpack(writer, listpackOf(texts), 0);
      }
      writer.lengthPrefix(count);
      scores.forEach((score, i) => rdb.writeScoredMember(writer, slice(items[2 * i]!), score));
    },
  };
}

function howToRead(type: number): typeof readList | undefined {
  switch (rdb.collectionTypeOf(type)) {
    case Type.list:
      return readList;
    case Type.set:
      return readSet;
    case Type.zset:
      return readSortedSet;
    case Type.hash:
      return readHash;
    default:
      return undefined;
  }
}

/** The collection that `value`, type byte and body, stands for; undefined when it is refused as RESTORE would. */
function read(value: Uint8Array): Read | undefined {
  // RESTORE sees a footer behind the value, and reading may run into it.
  const reader = new RdbReader(Uint8Array.from([...value, ...footerOf(value)]));
  const type = reader.byte();
  const how = howToRead(type);
  assert(how !== undefined, `type ${type} is a collection`);
  try {
    const collection = how(type, reader);
    return collection.items.length > 0 ? collection : undefined;
  } catch (error) {
    if (error instanceof RdbError) return undefined;
    throw error;
  }
}

function footerOf(value: Uint8Array): Uint8Array {
  const footer = new Uint8Array(10);
  footer[0] = 10;
  new DataView(footer.buffer).setBigUint64(2, crc64(Uint8Array.from([...value, 10, 0])), true);
  return footer;
}

/** What the checksums of the vectors are over: texts in JSON, of sets and pairs in sorted order. */
function spelled(value: Uint8Array, items: string[]): string {
  const type = rdb.collectionTypeOf(value[0]!);
  if (type === Type.list) return JSON.stringify(items);
  if (type === Type.set) return JSON.stringify([...items].sort());
  const pairs: string[] = [];
  // A zero loses its sign where a sorted set becomes a listpack, which is not the reader's to decide.
  for (let i = 0; i < items.length; i += 2) {
    pairs.push(JSON.stringify([items[i], items[i + 1]!.replace(/^-0$/, "0")]));
  }
  return pairs.sort().join();
}

const VECTORS = COLLECTION_VECTORS.trim().split("\n").map((line) => {
  const [mark, base64, checksum] = line.split(" ");
  return { mark, line, value: latin1(atob(base64!)), checksum };
});

function checksumOf(value: Uint8Array, collection: Read): string {
  return crc64(latin1(spelled(value, collection.items))).toString(16);
}

function rewritten(type: number, collection: Read): Uint8Array {
  const writer = new RdbWriter();
  writer.byte(type);
  collection.write(writer);
  return writer.toBytes();
}

Deno.test("what the reference dumps is read as its elements, and the same elements give the same bytes", () => {
  const dumps = VECTORS.filter(({ mark }) => mark === "=");
  assert(dumps.length > 200);
  for (const { value, checksum, line } of dumps) {
    const collection = read(value);
    assert(collection !== undefined, line);
    assertEquals(checksumOf(value, collection), checksum, line);
    assertEquals(rewritten(value[0]!, collection), value, line);
  }
});

Deno.test("what the reference restores, damaged or of older versions, is read as the same elements", () => {
  const restored = VECTORS.filter(({ mark }) => mark === "+");
  assert(restored.length > 100);
  for (const { value, checksum, line } of restored) {
    const collection = read(value);
    assert(collection !== undefined, line);
    assertEquals(checksumOf(value, collection), checksum, line);
  }
});

Deno.test("what the reference refuses to restore is refused", () => {
  const refused = VECTORS.filter(({ mark }) => mark === "-");
  assert(refused.length > 100);
  for (const { value, line } of refused) assertEquals(read(value), undefined, line);
});

Deno.test("all types of the vectors are all types there are", () => {
  const types = new Set(VECTORS.filter(({ mark }) => mark !== "-").map(({ value }) => value[0]!));
  // Streams have a test of their own, stream_rdb_test.ts.
  for (const type of [rdb.RdbType.stream, rdb.RdbType.stream2]) types.add(type);
  assertEquals([...types].sort((a, b) => a - b), Object.values(rdb.RdbType).sort((a, b) => a - b));
  for (let type = 0; type < 256; type++) {
    assertEquals(rdb.collectionTypeOf(type) !== undefined, types.has(type), String(type));
  }
});

Deno.test("damage is refused or read as some collection, never a crash", () => {
  const seed = new Random().uint32();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  let refused = 0;
  let accepted = 0;
  for (let run = 0; run < 15; run++) {
    for (const { value } of VECTORS) {
      const damaged = value.slice(0, random.below(4) > 0 ? value.length : 1 + random.below(value.length));
      for (let i = random.below(3); i >= 0 && damaged.length > 1; i--) {
        damaged[1 + random.below(damaged.length - 1)] = random.below(3) === 0 ? 0xff : random.below(256);
      }
      if (read(damaged) === undefined) refused++;
      else accepted++;
    }
  }
  assert(refused > 1000 && accepted > 500, `${refused} refused, ${accepted} accepted`);
});

Deno.test("a value cut anywhere is refused", () => {
  for (const { mark, value, line } of VECTORS) {
    if (mark !== "=") continue;
    for (let end = 1; end < value.length; end++) {
      const type = value[0]!;
      const reader = new RdbReader(value, 1, end);
      const how = howToRead(type)!;
      assertThrows(() => how(type, reader), RdbError, undefined, `${line} cut at ${end}`);
    }
  }
});

Deno.test("a claimed number of elements is announced, but never more than there are bytes", () => {
  const announced: number[] = [];
  const sink = { expect: (count: number) => void announced.push(count), intset() {}, member: () => true };
  rdb.readSet(2, new RdbReader(Uint8Array.of(2, 1, 0x61, 1, 0x62)), sink);
  const huge = Uint8Array.of(0x81, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x61);
  assertThrows(() => rdb.readSet(2, new RdbReader(huge), sink), RdbError);
  assertEquals(announced, [2, 2]);
});

Deno.test("a field that is there twice is found in a listpack of any number of fields", () => {
  for (const count of [1, 2, 15, 16, 17, 200]) {
    const texts = Array.from({ length: count }, (_, i) => [String(i), "v"]).flat();
    const body = (more: string[]) => {
      const writer = new RdbWriter();
      rdb.writeListpack(writer, listpackOf([...texts, ...more]), 0);
      return new RdbReader(writer.toBytes());
    };
    assertEquals(readHash(16, body([])).items, texts);
    assertEquals(readHash(16, body(["v", "0"])).items.length, texts.length + 2);
    assertThrows(() => readHash(16, body(["0", "w"])), RdbError);
    assertThrows(() => readHash(16, body(["x"])), RdbError);
  }
});

Deno.test("a listpack that does not tell its count is handed over with it", () => {
  const bytes = listpackOf(["f", "v"]).slice();
  bytes.fill(0xff, 4, 6);
  const writer = new RdbWriter();
  writer.string(bytes);
  const source = writer.toBytes();
  let handed = NaN;
  rdb.readHash(16, new RdbReader(source), {
    expect() {},
    listpack: (taken) => handed = taken[4]! | (taken[5]! << 8),
    field: () => true,
  });
  assertEquals(handed, 2);
  assertEquals(source, writer.toBytes(), "the source stays as it was");
});

Deno.test("a node that is kept compressed is spelled as one that is compressed when it is written", () => {
  const node = listpackOf(Array.from({ length: 40 }, (_, i) => `element ${i % 7}`)).slice();
  const lzf = new Uint8Array(node.length);
  const size = lzfCompress(node, lzf);
  const kept = new RdbWriter();
  rdb.writeCompressedNode(kept, lzf, 0, size, node.length);
  const packed = new RdbWriter();
  rdb.writePackedNode(packed, node, 0);
  assertEquals(latin1Text(kept.written()), latin1Text(packed.written()));
});
