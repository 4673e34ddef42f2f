import { assertEquals } from "@std/assert";
import { RdbType } from "./collection_rdb.ts";
import { Encoding, Type } from "../memory/entry.ts";
import { FieldDict } from "../hash/field_dict.ts";
import { Keyspace } from "../keyspace.ts";
import { RdbError, RdbReader, RdbWriter } from "./rdb_codec.ts";
import { readValue, writeTypedValue } from "./restore.ts";
import { latin1, Slice } from "../../sys/bytes.ts";
import { Random } from "../../sys/random.ts";

const slice = (text: string) => new Slice(latin1(text));

function keyspace(): Keyspace {
  return new Keyspace({ databases: 1, random: new Random(1), now: 0 });
}

Deno.test("a value that is written is read back with type and encoding", () => {
  const space = keyspace();
  const db = space.databases[0]!;
  db.setString(slice("string"), slice("some text"));
  const dict = new FieldDict(space, "hash");
  for (let i = 0; i < 600; i++) dict.set(slice(`f${i}`), slice(`v${i}`));
  db.setObject(slice("hash"), Type.hash, Encoding.hashtable, dict);
  for (const name of ["string", "hash"]) {
    const writer = new RdbWriter();
    writeTypedValue(writer, db, db.find(slice(name)));
    const value = readValue(new RdbReader(writer.toBytes()), space)!;
    db.setValue(slice("copy"), value);
    const again = new RdbWriter();
    writeTypedValue(again, db, db.find(slice("copy")));
    assertEquals(again.length, writer.length, name);
    assertEquals(db.encodingOf(db.find(slice("copy"))), db.encodingOf(db.find(slice(name))));
  }
});

Deno.test("a damaged value leaves nothing behind", () => {
  const space = keyspace();
  const before = space.usedBytes;
  const dict = new FieldDict(space, "set");
  for (let i = 0; i < 600; i++) dict.add(slice(`member${i}`));
  const writer = new RdbWriter();
  writer.byte(RdbType.set);
  dict.dump(writer);
  dict.release();
  const bytes = writer.toBytes();
  let refused = 0;
  for (let end = 1; end < bytes.length; end += 97) {
    try {
      readValue(new RdbReader(bytes, 0, end), space);
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
      refused++;
    }
  }
  assertEquals(refused, Math.ceil((bytes.length - 1) / 97));
  assertEquals(space.usedBytes, before);
});

Deno.test("a value without elements is none", () => {
  const space = keyspace();
  const before = space.usedBytes;
  for (const type of [2, 4]) {
    assertEquals(readValue(new RdbReader(Uint8Array.of(type, 0)), space), undefined);
  }
  assertEquals(space.usedBytes, before);
});
