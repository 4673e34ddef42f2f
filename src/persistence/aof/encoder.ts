/**
 * The base of the append-only file as commands (`aof-use-rdb-preamble no`): for each key one that makes its value, or
 * several for a large collection, then one that says when it dies. Byte for byte what the reference writes, the order of
 * keys and of what has no order apart.
 *
 * ```text
 * #TS:<seconds>                             with aof-timestamp-enabled
 * SELECT <database>                         wherever it changes
 * SET | RPUSH | SADD | ZADD | HMSET <key>   at most 64 elements, scored members, or fields a command
 * XADD <key> <id> ...                       and what else makes a stream: stream_commands.ts
 * PEXPIREAT <key> <unix ms>
 * ```
 *
 * Commands for a large collection may stand apart, with those for other keys between them ({@link AofEncoder.begin}).
 *
 * Used as the encoder of RDB files is: entries are shown to it, bytes are taken from it. It only reads the keyspace.
 */
import type { Ref } from "../../store/memory/arena.ts";
import type { Database } from "../../store/database.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import * as entry from "../../store/memory/entry.ts";
import { Type } from "../../store/memory/entry.ts";
import { FieldDict } from "../../store/hash/field_dict.ts";
import { writeInteger } from "../../store/numbers/int64.ts";
import { ElementSlice } from "../../store/numbers/int64_words.ts";
import { intsetCount, intsetMember } from "../../store/packed/intset.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import { firstPosition, isEnd, listpackCount, ListpackEntry } from "../../store/packed/listpack.ts";
import { ListReader } from "../../store/list/list_reader.ts";
import { openSortedSet } from "../../store/sorted_set/sorted_set_editor.ts";
import { PackedSortedSet } from "../../store/sorted_set/sorted_set_listpack.ts";
import type { SortedSetReader } from "../../store/sorted_set/sorted_set_range.ts";
import { Stream, streamAt } from "../../store/stream/stream.ts";
import { withValue } from "../../store/rdb/swapped_value.ts";
import { copyBytes, latin1, Slice, utf8 } from "../../sys/bytes.ts";
import { type CommandWriter, streamCommands } from "./stream_commands.ts";
import { timestampAnnotation } from "./timestamp.ts";

/** Elements that one command adds. */
const ITEMS_MAX = 64;
/** Elements that a part of a large collection has at least. */
const PART_ITEMS = 8 * ITEMS_MAX;
const BUFFER_BYTES = 512 << 10;
/** Buffers that wait to be used again. */
const SPARE_MAX = 4;
/** `$`, digits, and two line breaks. */
const BULK_OVERHEAD = 25;

const DOLLAR = 36;
const CR = 13;
const LF = 10;
const ZERO = 48;

/** A command's name as it is written. */
function bulk(name: string): Uint8Array {
  return utf8(`$${name.length}\r\n${name}\r\n`);
}

const SELECT = utf8("*2\r\n$6\r\nSELECT\r\n");
const SET = utf8("*3\r\n$3\r\nSET\r\n");
const PEXPIREAT = utf8("*3\r\n$9\r\nPEXPIREAT\r\n");
const RPUSH = bulk("RPUSH");
const SADD = bulk("SADD");
const ZADD = bulk("ZADD");
const HMSET = bulk("HMSET");
const STAR = utf8("*");

export interface AofEncoderOptions {
  /** Unix seconds for the annotation at the beginning, with `aof-timestamp-enabled`. */
  readonly timestamp?: number;
}

export class AofEncoder {
  readonly #keyspace: Keyspace;
  readonly #timestamp: number | undefined;
  #buffer: Uint8Array = new Uint8Array(BUFFER_BYTES);
  #length = 0;
  readonly #spare: Uint8Array[] = [];
  #database = -1;

  /** The command that is being written, again and again, for the elements of a collection. */
  #name: Uint8Array = SADD;
  /** Elements to come, and how many of them the present command still takes. */
  #left = 0;
  #room = 0;
  /** Arguments that make one element. */
  #wordsPerItem = 1;

  /** The large collection that is written in parts. */
  #large: { readonly database: number; readonly ref: Ref } | undefined;
  /** Where its next part begins: a cursor of a dict, else the number of elements before it. */
  #nextPart = 0;
  readonly #part: Ref[] = [];
  /** The parts of a large stream that are still to come. */
  #streamParts: Generator<void> | undefined;

  /** Everything can be taken at any time. */
  readonly aside = 0;

  readonly #key: Slice = new Slice();
  readonly #value: Slice = new Slice();
  readonly #first: ListpackEntry = new ListpackEntry();
  readonly #second: ListpackEntry = new ListpackEntry();
  readonly #member: ElementSlice = new ElementSlice();
  readonly #number: ElementSlice = new ElementSlice();
  readonly #list: ListReader = new ListReader();
  readonly #packed: PackedSortedSet = new PackedSortedSet();
  readonly #commands: CommandWriter = {
    begin: (words) => {
      this.#raw(STAR);
      this.#integerLine(words);
    },
    raw: (bytes) => this.#raw(bytes),
    word: (word) => this.#word(word),
  };

  constructor(keyspace: Keyspace, options: AofEncoderOptions = {}) {
    this.#keyspace = keyspace;
    this.#timestamp = options.timestamp;
  }

  /** Bytes that are ready to be taken. */
  get length(): number {
    return this.#length;
  }

  /** Hands the bytes over that are ready; they are the caller's, until given back. */
  take(): Uint8Array {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#buffer = this.#spare.pop() ?? new Uint8Array(BUFFER_BYTES);
    this.#length = 0;
    return taken;
  }

  /** Takes a buffer back, to be used again. */
  recycle(taken: Uint8Array): void {
    const { buffer } = taken;
    if (buffer.byteLength === BUFFER_BYTES && this.#spare.length < SPARE_MAX) {
      this.#spare.push(new Uint8Array(buffer));
    }
  }

  /** Writes what stands before the first entry. */
  beginFile(): void {
    if (this.#timestamp !== undefined) this.#raw(timestampAnnotation(this.#timestamp));
  }

  /** Entries of this database follow. */
  database(id: number, _keys: number, _expires: number): void {
    this.#select(id);
  }

  /** Writes what stands behind the last entry: nothing. */
  end(): void {}

  /** Writes a key. O(bytes). @param database which database it was in */
  entry(database: number, ref: Ref): void {
    const db = this.#open(database, ref);
    if (db.isSwapped(ref)) withValue(this.#keyspace, ref, () => this.#valueAt(db, ref));
    else this.#valueAt(db, ref);
    if (entry.hasExpire(this.#keyspace.arena, ref)) this.#expiry(ref);
  }

  /** Begins a key that holds a large collection. Until {@link part} says that it was the last it must not change. */
  begin(database: number, ref: Ref): void {
    this.#large = { database, ref };
    this.#nextPart = 0;
    this.#streamParts = undefined;
  }

  /** Writes some elements of it, in commands of their own; whether those were the last. */
  part(): boolean {
    const { database, ref } = this.#large!;
    const db = this.#open(database, ref);
    const object = db.collectionAt(ref);
    if (object instanceof FieldDict) this.#nextPart = this.#dictPart(object);
    else if (object instanceof Stream) this.#nextPart = this.#streamPart(object);
    else {this.#nextPart = db.typeOf(ref) === Type.list
        ? this.#listPart(db, ref)
        : this.#sortedSetPart(db, ref);}
    if (this.#nextPart !== 0) return false;
    if (entry.hasExpire(this.#keyspace.arena, ref)) this.#expiry(ref);
    this.#large = undefined;
    return true;
  }

  /** Commands for a key follow. */
  #open(database: number, ref: Ref): Database {
    this.#select(database);
    const { arena } = this.#keyspace;
    const start = entry.keyStartOf(arena, ref);
    this.#key.point(entry.segmentOf(arena, ref), start, start + entry.keyLengthOf(arena, ref));
    return this.#keyspace.databases[database]!;
  }

  #dictPart(dict: FieldDict): number {
    // A command says first how many elements it has.
    this.#part.length = 0;
    const next = dict.scan(this.#nextPart, PART_ITEMS, (element) => void this.#part.push(element));
    this.#beginDict(dict, this.#part.length);
    for (const element of this.#part) this.#dictElement(dict, element);
    return next;
  }

  #listPart(db: Database, ref: Ref): number {
    const list = this.#list.open(db, ref);
    const end = Math.min(this.#nextPart + PART_ITEMS, list.length);
    this.#listElements(list, this.#nextPart, end);
    const next = end === list.length ? 0 : end;
    list.close();
    return next;
  }

  #sortedSetPart(db: Database, ref: Ref): number {
    const set = openSortedSet(db, ref, this.#packed);
    const end = Math.min(this.#nextPart + PART_ITEMS, set.size);
    this.#members(set, this.#nextPart, end);
    return end === set.size ? 0 : end;
  }

  #streamPart(stream: Stream): number {
    this.#streamParts ??= streamCommands(this.#commands, this.#key, stream, PART_ITEMS);
    if (this.#streamParts.next().done !== true) return 1;
    this.#streamParts = undefined;
    return 0;
  }

  #valueAt(db: Database, ref: Ref): void {
    switch (db.typeOf(ref)) {
      case Type.string:
        this.#raw(SET);
        this.#word(this.#key);
        this.#word(db.bytesAt(ref, this.#value));
        break;
      case Type.list:
        this.#listAt(db, ref);
        break;
      case Type.set:
        this.#setAt(db, ref);
        break;
      case Type.zset:
        this.#sortedSetAt(db, ref);
        break;
      case Type.hash:
        this.#hashAt(db, ref);
        break;
      case Type.stream:
        this.#streamAt(streamAt(db, ref));
        break;
      default:
        throw new Error(`values of type ${db.typeOf(ref)} cannot be written as commands`);
    }
  }

  #listAt(db: Database, ref: Ref): void {
    const list = this.#list.open(db, ref);
    this.#listElements(list, 0, list.length);
    list.close();
  }

  #listElements(list: ListReader, from: number, to: number): void {
    this.#begin(RPUSH, to - from, 1);
    list.seek(from);
    for (let i = from; i < to; i++) {
      this.#item();
      this.#word(list.next());
    }
  }

  #beginDict(dict: FieldDict, items: number): void {
    if (dict.kind === "hash") this.#begin(HMSET, items, 2);
    else this.#begin(SADD, items, 1);
  }

  #dictElement(dict: FieldDict, element: Ref): void {
    this.#item();
    this.#word(dict.keyAt(element, this.#value));
    if (dict.kind === "hash") this.#word(dict.valueAt(element, this.#value));
  }

  #dictAt(dict: FieldDict): void {
    this.#beginDict(dict, dict.size);
    dict.forEach((element) => this.#dictElement(dict, element));
  }

  #setAt(db: Database, ref: Ref): void {
    const dict = db.collectionAt(ref);
    if (dict instanceof FieldDict) return this.#dictAt(dict);
    const { bytes, start } = db.bytesAt(ref, this.#value);
    const count = intsetCount(bytes, start);
    this.#begin(SADD, count, 1);
    for (let i = 0; i < count; i++) {
      intsetMember(bytes, start, i, this.#member);
      this.#item();
      this.#word(this.#member);
    }
  }

  #sortedSetAt(db: Database, ref: Ref): void {
    const set = openSortedSet(db, ref, this.#packed);
    this.#members(set, 0, set.size);
  }

  #members(set: SortedSetReader, from: number, to: number): void {
    this.#begin(ZADD, to - from, 2);
    set.walk(from, to - from, false, (member, score) => {
      this.#item();
      this.#word(this.#scoreText(score));
      this.#word(member);
    });
  }

  #hashAt(db: Database, ref: Ref): void {
    const dict = db.collectionAt(ref);
    if (dict instanceof FieldDict) return this.#dictAt(dict);
    const { bytes, start } = db.bytesAt(ref, this.#value);
    this.#begin(HMSET, listpackCount(bytes, start) >> 1, 2);
    for (let at = firstPosition(start); !isEnd(bytes, at);) {
      at = this.#second.read(bytes, this.#first.read(bytes, at));
      this.#item();
      this.#word(this.#first);
      this.#word(this.#second);
    }
  }

  #streamAt(stream: Stream): void {
    const parts = streamCommands(this.#commands, this.#key, stream, PART_ITEMS);
    while (parts.next().done !== true);
  }

  #expiry(ref: Ref): void {
    const { arena } = this.#keyspace;
    const at = entry.expireAtOf(arena, ref);
    this.#raw(PEXPIREAT);
    this.#word(this.#key);
    if (Number.isSafeInteger(at)) return this.#word(this.#number.pointAtNumber(at));
    const text = latin1(entry.exactExpireAtOf(arena, ref).toString());
    this.#word(this.#value.point(text, 0, text.length));
  }

  #scoreText(score: number): Slice {
    if (Number.isSafeInteger(score) && !Object.is(score, -0)) return this.#number.pointAtNumber(score);
    const text = latin1(formatDouble(score));
    return this.#value.point(text, 0, text.length);
  }

  // ---- commands ---------------------------------------------------------------------------------------------

  #select(database: number): void {
    if (database === this.#database) return;
    this.#database = database;
    this.#raw(SELECT);
    this.#word(this.#number.pointAtNumber(database));
  }

  /** Elements of a collection follow, so many. */
  #begin(name: Uint8Array, items: number, wordsPerItem: number): void {
    this.#name = name;
    this.#left = items;
    this.#room = 0;
    this.#wordsPerItem = wordsPerItem;
  }

  /** The words of an element follow: begins a command when the last one is full. */
  #item(): void {
    if (this.#room === 0) {
      this.#room = Math.min(this.#left, ITEMS_MAX);
      this.#raw(STAR);
      this.#integerLine(2 + this.#room * this.#wordsPerItem);
      this.#raw(this.#name);
      this.#word(this.#key);
    }
    this.#room--;
    this.#left--;
  }

  #integerLine(n: number): void {
    this.#reserve(BULK_OVERHEAD);
    const buffer = this.#buffer;
    let at = writeInteger(n, buffer, this.#length);
    buffer[at++] = CR;
    buffer[at++] = LF;
    this.#length = at;
  }

  #word({ bytes, start, end }: Slice): void {
    const length = end - start;
    this.#reserve(length + BULK_OVERHEAD);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer[at++] = DOLLAR;
    if (length < 10) buffer[at++] = ZERO + length;
    else at = writeInteger(length, buffer, at);
    buffer[at++] = CR;
    buffer[at++] = LF;
    copyBytes(bytes, start, end, buffer, at);
    at += length;
    buffer[at++] = CR;
    buffer[at++] = LF;
    this.#length = at;
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    copyBytes(bytes, 0, bytes.length, this.#buffer, this.#length);
    this.#length += bytes.length;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const wider = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    wider.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = wider;
  }
}
