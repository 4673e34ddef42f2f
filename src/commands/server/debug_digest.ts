/**
 * DEBUG DIGEST and DIGEST-VALUE: one signature for a dataset, whatever the order of its keys, the same that the
 * reference computes for the same data; so two servers can be compared by one line.
 *
 * Signatures of 20 bytes are put together in two ways: `add` is a plain exclusive or with the SHA-1 of something, so
 * that order does not matter; `mix` hashes the result once more, so that it does.
 */
import type { Ref } from "../../store/memory/arena.ts";
import type { Database } from "../../store/database.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import { ListReader } from "../../store/list/list_reader.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import { Type } from "../../store/memory/entry.ts";
import { HashValue } from "../../store/hash/hash_value.ts";
import { SetValue } from "../../store/hash/set_value.ts";
import { openSortedSet } from "../../store/sorted_set/sorted_set_editor.ts";
import { StreamCursor } from "../../store/stream/stream_cursor.ts";
import { streamAt } from "../../store/stream/stream.ts";
import { StreamId, streamIdText } from "../../store/stream/stream_id.ts";
import { withValue } from "../../store/rdb/swapped_value.ts";
import { Slice, utf8 } from "../../sys/bytes.ts";
import { nodeModule } from "../../sys/node_modules.ts";

const DIGEST_BYTES = 20;
/** What a key with a time to live adds; when it dies does not matter. */
const EXPIRES = utf8("!!expire!!");

export function emptyDigest(): Uint8Array {
  return new Uint8Array(DIGEST_BYTES);
}

function sha1(bytes: Uint8Array): Uint8Array {
  return nodeModule("node:crypto").createHash("sha1").update(bytes).digest();
}

function xor(digest: Uint8Array, other: Uint8Array): void {
  for (let i = 0; i < DIGEST_BYTES; i++) digest[i] = digest[i]! ^ other[i]!;
}

function mix(digest: Uint8Array, bytes: Uint8Array): void {
  xor(digest, sha1(bytes));
  digest.set(sha1(digest));
}

/** A number as the four bytes in which it goes into a signature. */
function bigEndian(n: number): Uint8Array {
  return new Uint8Array([n >>> 24, n >>> 16, n >>> 8, n]);
}

/** Puts type, value and whether there is a time to live into a signature. A value in the swap file stays there. */
export function mixValue(digest: Uint8Array, db: Database, ref: Ref): void {
  withValue(db.keyspace, ref, () => mixValueInMemory(digest, db, ref));
}

function mixValueInMemory(digest: Uint8Array, db: Database, ref: Ref): void {
  mix(digest, bigEndian(db.typeOf(ref)));
  const key = new Slice(db.keyOf(ref).copy());
  switch (db.typeOf(ref)) {
    case Type.hash:
      new HashValue().at(db, key, ref).forEach((field, value) => {
        const pair = emptyDigest();
        mix(pair, field.view());
        mix(pair, value.view());
        xor(digest, sha1(pair));
      });
      break;
    case Type.list: {
      const reader = new ListReader().open(db, ref);
      if (reader.length > 0) reader.seek(0);
      for (let i = 0; i < reader.length; i++) mix(digest, reader.next().view());
      break;
    }
    case Type.set:
      new SetValue().at(db, key, ref).forEach((member) => xor(digest, sha1(member.view())));
      break;
    case Type.zset: {
      const set = openSortedSet(db, ref);
      set.walk(0, set.size, false, (member, score) => {
        const pair = emptyDigest();
        mix(pair, member.view());
        mix(pair, utf8(formatDouble(score)));
        xor(digest, sha1(pair));
      });
      break;
    }
    case Type.stream: {
      const cursor = new StreamCursor();
      cursor.open(streamAt(db, ref), new StreamId(), new StreamId().setMax(), false);
      while (cursor.next()) {
        mix(digest, utf8(streamIdText(cursor.id).replace("-", ".")));
        while (cursor.nextField()) {
          mix(digest, cursor.field.view());
          mix(digest, cursor.value.view());
        }
      }
      break;
    }
    default:
      mix(digest, db.stringAt(ref).view());
  }
  if (db.expireAt(ref) >= 0) xor(digest, sha1(EXPIRES));
}

/** The signature of all databases; all zeros when there is no key. O(bytes of data). */
export function datasetDigest(keyspace: Keyspace): Uint8Array {
  const digest = emptyDigest();
  for (const db of keyspace.databases) {
    if (db.size === 0) continue;
    mix(digest, bigEndian(db.id));
    db.forEach((ref) => {
      const entry = emptyDigest();
      mix(entry, db.keyOf(ref).view());
      mixValue(entry, db, ref);
      xor(digest, sha1(entry));
    });
  }
  return digest;
}

export function hex(digest: Uint8Array): string {
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
