import { assert, assertEquals, assertThrows } from "@std/assert";
import { Encoding } from "../../store/memory/entry.ts";
import { skipValue } from "../../store/rdb/rdb_skip.ts";
import { latin1Text, Slice, utf8 } from "../../sys/bytes.ts";
import { auxFields } from "./aux_fields.ts";
import { RdbEncoder } from "./encoder.ts";
import { RdbFileError } from "./file_error.ts";
import { RdbLoader } from "./loader.ts";
import { type RdbHandler, RdbScanner } from "./scanner.ts";
import {
  bytesOf,
  digest,
  emptied,
  encode,
  fileBytes,
  fileOf,
  GOLDEN,
  GOLDEN_DIGEST,
  GOLDEN_LFU,
  GOLDEN_STREAM,
  GOLDEN_STREAMS,
  GOLDEN_STREAMS_DIGEST,
  load,
  newKeyspace,
  NOW,
  text,
} from "./testing.ts";

/** Whether the tests may take their time. */
const ACCURATE = Deno.env.get("ACCURATE") === "1";

const slice = (value: string) => new Slice(utf8(value));

/** The record of each key, from its expiry to the end of its value, by database and key. */
function recordsOf(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  let database = 0;
  let start = 0;
  const handler: RdbHandler = {
    entry(scanner) {
      const name = `${database}/${scanner.key.text()}`;
      skipValue(scanner.type, scanner.reader);
      records.set(name, latin1Text(bytes, start, scanner.offset));
      start = scanner.offset;
    },
    auxField() {},
    selectDatabase: (id) => void (database = id),
    resizeDatabase: () => void (start = scanner.offset),
    functionLibrary() {},
    moduleAux() {},
  };
  const scanner = new RdbScanner(fileOf(bytes), handler, true);
  scanner.step(() => true);
  return records;
}

Deno.test("files of the reference are loaded, whether compressed or not", () => {
  for (const bytes of [GOLDEN, GOLDEN_LFU]) {
    const { keyspace, loader } = load(bytes);
    assertEquals(digest(keyspace), GOLDEN_DIGEST);
    assertEquals([loader.keysLoaded, loader.keysExpired, loader.emptyKeysSkipped], [18, 0, 0]);
    assertEquals([loader.version, loader.checksum, loader.end], [10, "verified", bytes.length]);
    assertEquals([...loader.aux.keys()], ["redis-ver", "redis-bits", "ctime", "used-mem", "aof-base"]);
    assertEquals(loader.aux.get("redis-ver"), "7.0.15");
  }
});

Deno.test("streams of the reference are loaded, whether they have entries or not", () => {
  const { keyspace, loader } = load(GOLDEN_STREAMS);
  assertEquals(digest(keyspace), GOLDEN_STREAMS_DIGEST);
  assertEquals([loader.keysLoaded, loader.emptyKeysSkipped], [5, 0]);
});

Deno.test("every record is written with the reference's bytes", () => {
  const pairs = [
    [GOLDEN, {}],
    [GOLDEN_LFU, { compression: false, access: "lfu" }],
    [GOLDEN_STREAMS, {}],
  ] as const;
  for (const [golden, options] of pairs) {
    const keyspace = newKeyspace();
    keyspace.access.lfu = golden === GOLDEN_LFU;
    keyspace.access.refresh();
    load(golden, {}, keyspace);
    const expected = recordsOf(golden);
    const written = recordsOf(encode(keyspace, options));
    assertEquals([...written.keys()].sort(), [...expected.keys()].sort());
    for (const [name, record] of expected) {
      const ours = written.get(name)!;
      // The order in a dict is chance: of those the same bytes, in another order.
      const isUnordered = name === "0/sh" || name === "0/hh";
      const same = isUnordered ? [...ours].sort().join("") === [...record].sort().join("") : ours === record;
      assert(same, `${name}: ${JSON.stringify(ours)}, not ${JSON.stringify(record)}`);
    }
  }
});

Deno.test("an empty file says what the reference's says of itself", () => {
  const encoder = new RdbEncoder(newKeyspace(), { compression: true, checksum: false });
  encoder.beginFile(auxFields(NOW, 12345678.9, true));
  encoder.end();
  const expected = bytesOf(
    ...["REDIS0010", 250, text("redis-ver"), text("7.0.15"), 250, text("redis-bits"), 0xc0, 64, 250],
    ...[text("ctime"), 0xc2, [0x00, 0x94, 0x00, 0x6b], 250, text("used-mem"), 0xc2, [0x4e, 0x61, 0xbc, 0]],
    ...[250, text("aof-base"), 0xc0, 1, 255, new Uint8Array(8)],
  );
  assertEquals(encoder.take(), expected);
});

Deno.test("a file is the same whenever its bytes are taken, and whatever buffers are given back", () => {
  const { keyspace } = load(GOLDEN);
  for (let i = 0; i < 3000; i++) keyspace.databases[0]!.setString(slice(`key:${i}`), slice(`value ${i * i}`));
  const whole = encode(keyspace);
  for (const most of [0, 7, 5000]) {
    const encoder = new RdbEncoder(keyspace, { compression: true, checksum: true });
    const parts: Uint8Array[] = [];
    const take = () => {
      const bytes = encoder.take();
      parts.push(bytes.slice());
      bytes.fill(0xee);
      encoder.recycle(bytes);
      assertEquals(encoder.length, 0);
    };
    encoder.beginFile([]);
    for (const db of keyspace.databases) {
      if (db.size === 0) continue;
      encoder.database(db.id, db.size, db.expiring);
      db.entrySet.dict.forEach((ref) => {
        encoder.entry(db.id, ref);
        if (encoder.length > most) take();
      });
    }
    encoder.end();
    take();
    assertEquals(bytesOf(...parts), whole);
  }
});

Deno.test("an entry of another database is preceded by its number", () => {
  const keyspace = newKeyspace();
  const [first, second] = keyspace.databases;
  const a = first!.setString(slice("a"), slice("x"));
  const b = second!.setString(slice("b"), slice("y"));
  const encoder = new RdbEncoder(keyspace, { compression: true, checksum: false });
  encoder.database(0, 1, 0);
  encoder.entry(1, b);
  encoder.entry(0, a);
  const records = [254, 0, 251, 1, 0, 254, 1, 0, text("b"), text("y"), 254, 0, 0, text("a"), text("x")];
  assertEquals(encoder.take(), bytesOf(...records));
});

Deno.test("every file that is cut off is refused, and the error tells where it ends", () => {
  const keyspace = newKeyspace();
  for (const golden of [GOLDEN, GOLDEN_LFU, GOLDEN_STREAMS]) {
    for (let length = 0; length < golden.length; length++) {
      const error = assertThrows(
        () => load(golden.subarray(0, length), {}, emptied(keyspace)),
        RdbFileError,
        undefined,
        `${length}`,
      );
      assertEquals(error.kind, "short");
      assert(error.offset <= length);
      assertEquals(
        error.logLines()[0],
        "Short read or OOM loading DB. Unrecoverable error, aborting now.",
      );
    }
  }
});

Deno.test("no changed bit of a file with a checksum goes unnoticed", () => {
  const keyspace = newKeyspace();
  for (const golden of [GOLDEN, GOLDEN_LFU, GOLDEN_STREAMS]) {
    // One bit of every byte, each time another one.
    for (let bit = 0; bit < 8 * golden.length; bit += ACCURATE ? 1 : 19) {
      const damaged = golden.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      assertThrows(() => load(damaged, {}, emptied(keyspace)), RdbFileError, undefined, `bit ${bit}`);
    }
  }
});

Deno.test("without the checksum a damaged file is refused, or gives values that can all be read", () => {
  let loaded = 0;
  const keyspace = newKeyspace();
  for (const golden of [GOLDEN, GOLDEN_LFU, GOLDEN_STREAMS]) {
    for (let at = 0; at < golden.length; at += ACCURATE ? 1 : 2) {
      for (
        const change of ACCURATE
          ? [1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0xff]
          : [at % 3 === 0 ? 0xff : 1 << at % 8]
      ) {
        const damaged = golden.slice();
        damaged[at]! ^= change;
        try {
          load(damaged, { checksum: false }, emptied(keyspace));
        } catch (error) {
          assert(error instanceof RdbFileError, `${change} at ${at}: ${error}`);
          continue;
        }
        loaded++;
        digest(keyspace);
        encode(keyspace);
      }
    }
  }
  assert(loaded > 100);
});

Deno.test("records larger than the window, and files that come in small pieces, are read", () => {
  const keyspace = newKeyspace();
  const [db] = keyspace.databases;
  const large = new Uint8Array(3 << 20);
  for (let i = 0; i < large.length; i++) large[i] = (i * i * 31) >> 7;
  db!.setString(slice("large"), new Slice(large));
  for (let i = 0; i < 20_000; i++) db!.setString(slice(`key:${i}`), slice(`value ${i}`));
  const bytes = encode(keyspace, { compression: false });
  const read = newKeyspace();
  const options = { dropsExpired: true, checksum: true };
  const loader = new RdbLoader(read, fileOf(bytes, 10_000), options);
  let steps = 0;
  for (let position = 0; !loader.step(() => false); position = loader.position) {
    assert(loader.position > position);
    steps++;
  }
  assert(steps > 20);
  assertEquals(digest(read), digest(keyspace));
});

Deno.test("a length that no file can have is refused before memory is taken for it", () => {
  const lengths = [[0x81, 0, 0, 1, 0, 0, 0, 0, 0], [0x81, 255, 255, 255, 255, 255, 255, 255, 255], [
    ...[0x80, 255, 255, 255, 255],
  ]];
  for (const length of lengths) {
    for (const type of [0, 1, 2, 4, 5, 11, 16, 18]) {
      assertThrows(() => load(fileBytes(10, type, text("k"), length)), RdbFileError);
    }
    const expansion = fileBytes(10, 0, text("k"), 0xc3, 2, length, 1, 2);
    assertThrows(() => load(expansion), RdbFileError);
  }
});

Deno.test("keys whose time has passed are dropped, or kept, as is asked for", () => {
  const past = [252, ...new Uint8Array(new BigUint64Array([BigInt(NOW - 1)]).buffer)];
  const future = [252, ...new Uint8Array(new BigUint64Array([BigInt(NOW)]).buffer)];
  const never = [252, 255, 255, 255, 255, 255, 255, 255, 255];
  const before1970 = [252, 254, 255, 255, 255, 255, 255, 255, 255];
  const value = (key: string) => bytesOf(0, text(key), text("v"));
  const bytes = fileBytes(
    10,
    ...[past, value("a"), future, value("b"), never, value("c"), before1970, value("d"), value("e")],
    ...[253, 0xff, 0xff, 0xff, 0x7f, value("f")],
  );
  const dropped = load(bytes);
  const names = ({ keyspace }: { keyspace: ReturnType<typeof newKeyspace> }) => {
    const found: string[] = [];
    keyspace.expiresLazily = false;
    keyspace.databases[0]!.entrySet.dict.forEach((ref) => {
      const db = keyspace.databases[0]!;
      found.push(`${db.keyOf(ref).text()} ${db.expireAt(ref)}`);
    });
    return found.sort();
  };
  assertEquals(dropped.loader.keysExpired, 2);
  assertEquals(names(dropped), [`b ${NOW}`, "c -1", "e -1", "f 2147483647000"]);
  const kept = load(bytes, { dropsExpired: false });
  assertEquals(kept.loader.keysExpired, 0);
  assertEquals(names(kept), [`a ${NOW - 1}`, `b ${NOW}`, "c -1", "d 0", "e -1", "f 2147483647000"]);
});

Deno.test("what a file says of the use of keys is kept under the policy that it fits", () => {
  const bytes = fileBytes(10, 248, 0x40, 100, 0, text("i"), text("v"), 249, 77, 0, text("f"), text("v"));
  const accesses = (lfu: boolean) => {
    const keyspace = newKeyspace();
    keyspace.access.lfu = lfu;
    keyspace.access.refresh();
    load(bytes, {}, keyspace);
    const [db] = keyspace.databases;
    return ["i", "f"].map((name) => {
      const access = db!.accessOf(db!.find(slice(name)));
      return lfu ? keyspace.access.frequency(access) : keyspace.access.idleSeconds(access);
    });
  };
  assertEquals(accesses(false), [100, 0]);
  assertEquals(accesses(true), [5, 77]);
});

Deno.test("what cannot be kept is refused with its name", () => {
  const module = [0x81, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x01];
  const cases: [Uint8Array, string][] = [
    [GOLDEN_STREAM, "The RDB file contains a library of functions, which this version cannot keep"],
    [
      fileBytes(10, 7, text("m"), module, 0),
      "The RDB file contains module data I can't load: no matching module type 'EjRWeBI0V'",
    ],
    [
      fileBytes(10, 247, module, 2, 2, 1, 5, 0),
      "The RDB file contains AUX module data I can't load: no matching module 'EjRWeBI0V'",
    ],
    [
      fileBytes(10, 254, 16, 0, text("k"), text("v")),
      "FATAL: Data file was created with a Redis server configured to handle more than 16 databases. Exiting",
    ],
    [fileBytes(11), "Can't handle RDB format version 11"],
    [bytesOf("REDOS0010", 255), "Wrong signature trying to load DB from file"],
  ];
  for (const [bytes, message] of cases) {
    const error = assertThrows(() => load(bytes), RdbFileError, message);
    assertEquals(error.logLines(), [message]);
  }
});

Deno.test("errors tell the reason, the offset and the key", () => {
  const lines = (bytes: Uint8Array) => assertThrows(() => load(bytes), RdbFileError).logLines();
  assertEquals(lines(fileBytes(10, 0, text("a"), 0xc4)), [
    "Internal error in RDB reading offset 13 -> Unknown RDB string encoding type 4",
    "[additional info] While doing: read-object-value",
    "[additional info] Reading key 'a'",
    "[additional info] Reading type 0 (string)",
  ]);
  assertEquals(lines(fileBytes(10, 30, text("a"))), [
    "Internal error in RDB reading offset 10 -> Unknown RDB encoding type 30",
    "[additional info] While doing: read-type",
    "[additional info] Reading type 0 (string)",
  ]);
  assertEquals(lines(bytesOf("REDIS0010", 0, text("a"), text("b"), 255, [1, 2, 3, 4, 5, 6, 7, 8])), [
    "Wrong RDB checksum expected: (65cca2c70ea9ef4f) but got (807060504030201). Aborting now.",
    "Internal error in RDB reading offset 23 -> RDB CRC error",
    "[additional info] While doing: check-sum",
  ]);
});

Deno.test("a key that is there twice is an error, or replaces the first where that is asked for", () => {
  const bytes = fileBytes(10, 0, text("a"), text("b"), 0, text("a"), text("c"));
  assertThrows(() => load(bytes), RdbFileError, "RDB has duplicated key 'a' in DB 0");
  const { keyspace } = load(bytes, { replaces: true });
  assertEquals(keyspace.size, 1);
  assertEquals(keyspace.databases[0]!.readString(slice("a"))!.text(), "c");
});

Deno.test("keys without elements are passed over, and the log is told of the first ten", () => {
  const empty = Array.from({ length: 12 }, (_, i) => bytesOf(i % 2 === 0 ? 1 : 4, text(`e${i}`), 0));
  const lines: string[] = [];
  const bytes = fileBytes(10, ...empty, 0, text("k"), text("v"));
  const { keyspace, loader } = load(bytes, { log: (line) => lines.push(line) });
  assertEquals([keyspace.size, loader.keysLoaded, loader.emptyKeysSkipped], [1, 1, 12]);
  assertEquals(lines, Array.from({ length: 10 }, (_, i) => `rdbLoadObject skipping empty key: e${i}`));
});

Deno.test("what follows the RDB in a file is left for others", () => {
  const options = { dropsExpired: false, isWholeFile: false };
  const { keyspace, loader } = load(bytesOf(GOLDEN, "*1\r\n$4\r\nPING\r\n"), options);
  assertEquals(digest(keyspace), GOLDEN_DIGEST);
  assertEquals(loader.end, GOLDEN.length);
});

Deno.test("a checksum of zeros says that there is none", () => {
  const bytes = GOLDEN.slice();
  bytes.fill(0, bytes.length - 8);
  assertEquals(load(bytes).loader.checksum, "disabled");
  assertEquals(encode(newKeyspace(), { checksum: false }), bytesOf("REDIS0010", 255, new Uint8Array(8)));
});

Deno.test("the log is told what the file says of itself, in the words of the reference", () => {
  const fields: [string, string][] = [
    ["redis-ver", "6.2.1"],
    ["ctime", String(NOW / 1000 - 60)],
    ["used-mem", "1234567"],
    ["aof-preamble", "1"],
    ["aof-base", "1"],
    ["%note", "hidden"],
    ["repl-offset", "7"],
  ];
  const lines: string[] = [];
  const bytes = fileBytes(10, ...fields.flatMap(([name, value]) => [250, text(name), text(value)]));
  load(bytes, { log: (line) => lines.push(line) });
  assertEquals(lines, [
    "Loading RDB produced by version 6.2.1",
    "RDB age 60 seconds",
    "RDB memory usage when created 1.18 Mb",
    "RDB has an AOF tail",
    "RDB is base AOF",
    "RDB '%note': hidden",
  ]);
});

Deno.test("values keep the encoding that the file and the limits give them", () => {
  const { keyspace } = load(GOLDEN);
  const [db] = keyspace.databases;
  const encodingOf = (key: string) => db!.encodingOf(db!.find(slice(key)));
  const expected: Record<string, number> = {
    s: Encoding.embstr,
    i64: Encoding.int,
    i8: Encoding.int,
    lzf: Encoding.raw,
    l: Encoding.quicklist,
    lm: Encoding.quicklist,
    si: Encoding.intset,
    sh: Encoding.hashtable,
    h: Encoding.listpack,
    hh: Encoding.hashtable,
    z: Encoding.listpack,
    zz: Encoding.skiplist,
  };
  for (const [key, encoding] of Object.entries(expected)) assertEquals(encodingOf(key), encoding, key);
  const narrow = newKeyspace();
  Object.assign(narrow.limits, { hashListpackEntries: 1, setIntsetEntries: 2, zsetListpackEntries: 1 });
  load(GOLDEN, {}, narrow);
  assertEquals(digest(narrow), GOLDEN_DIGEST);
  for (const key of ["h", "si"]) {
    assertEquals(narrow.databases[0]!.encodingOf(narrow.databases[0]!.find(slice(key))), Encoding.hashtable);
  }
});
