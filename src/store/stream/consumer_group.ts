/**
 * Consumer groups of a stream: who consumes, and what was delivered and not acknowledged yet ("pending").
 *
 * ```text
 * row of the group's table      id | number of the consumer | time of delivery, two words | number of deliveries, two words
 * row of a consumer's table     id
 * ```
 *
 * Times and numbers are 64-bit integers, as files have them, and are kept exactly.
 *
 * Invariants:
 *  1. An id that is pending stands in the table of the group and in that of one consumer, the one its row names. (Only while a
 *     group is being read from a file there are rows that name nobody: {@link ConsumerGroup.add}.)
 *  2. Names are bytes as text, one character a byte; listings are in the order of the bytes.
 *  3. A walk goes on behind the id that it gave last, whatever was added, removed or given away meanwhile.
 */
import type { Arena } from "../memory/arena.ts";
import { Int64Words } from "../numbers/int64_words.ts";
import { IdCursor, IdTable } from "./id_table.ts";
import { StreamId } from "./stream_id.ts";

/** A 64-bit integer: a number while that is safe. */
export type Count = number | bigint;

/** What {@link ConsumerGroup.entriesRead} says when nobody can tell. */
export const ENTRIES_READ_UNKNOWN = -1;

const CONSUMER = 0;
const TIME_LOW = 1;
const TIME_HIGH = 2;
const DELIVERIES_LOW = 3;
const DELIVERIES_HIGH = 4;
const PENDING_WORDS = 5;
const NOBODY = -1;

/** Bytes in the JS heap, about: of a group, and of a consumer, each with its place in a map. */
const GROUP_HEAP_BYTES = 600;
const CONSUMER_HEAP_BYTES = 400;
/** So many consumers are let go of in one step. */
const RELEASED_CONSUMERS = 256;

const TWO_32 = 0x1_0000_0000;

const words = new Int64Words();

/** Takes an integer of 64 bits. */
export function setWords(into: Int64Words, value: Count): void {
  if (typeof value === "number") {
    into.setNumber(value);
    return;
  }
  into.low = Number(BigInt.asIntN(32, value));
  into.high = Number(BigInt.asIntN(32, value >> 32n));
}

/** The integer that two words are. */
export function countOf(high: number, low: number): Count {
  const value = high * TWO_32 + (low >>> 0);
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low >>> 0);
}

/** The exact difference of two integers. */
export function difference(a: Count, b: Count): Count {
  const near = Number(a) - Number(b);
  if (typeof a === "number" && typeof b === "number" && Number.isSafeInteger(near)) return near;
  const exact = BigInt(a) - BigInt(b);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

/** A consumer of a group. */
export class Consumer {
  readonly name: string;
  readonly group: ConsumerGroup;
  /** What rows of the group's table call it. */
  readonly number: number;
  /** The ids of what is pending at it. The group alone changes it. */
  readonly table: IdTable;
  readonly #seen = new Int64Words();

  /** Groups make their consumers: {@link ConsumerGroup.createConsumer}. */
  constructor(group: ConsumerGroup, name: string, number: number, table: IdTable) {
    this.group = group;
    this.name = name;
    this.number = number;
    this.table = table;
  }

  /** Unix ms of the last time that it asked for something. */
  get seenAt(): number {
    return this.#seen.toDouble();
  }

  set seenAt(ms: number) {
    this.#seen.setNumber(ms);
  }

  /** The same in two words, exactly, whatever a file says. */
  get seenWords(): Int64Words {
    return this.#seen;
  }

  get pendingCount(): number {
    return this.table.size;
  }

  /** Walks over what is pending at it, from one id to another, both included: see {@link PendingWalk}. */
  walk(from: StreamId, to: StreamId): PendingWalk {
    return new PendingWalk(this.group, this.table, from, to);
  }

  /** Walks over all that is pending at it. */
  walkAll(): PendingWalk {
    return this.walk(new StreamId(), new StreamId().setMax());
  }
}

/**
 * What is known of one pending id: a flyweight, which a group points at what it finds. It shows what was true when it was
 * pointed; setters change the group.
 */
export class PendingEntry {
  readonly id: StreamId = new StreamId();
  readonly #group: ConsumerGroup;
  /** See {@link Consumer.number}; negative: nobody. */
  consumerNumber: number = NOBODY;
  readonly time: Int64Words = new Int64Words();
  readonly count: Int64Words = new Int64Words();

  constructor(group: ConsumerGroup) {
    this.#group = group;
  }

  /** Points at the row at the position of a table. */
  point(table: IdTable | IdCursor): void {
    table.readId(this.id);
    this.consumerNumber = table.get(CONSUMER);
    this.time.low = table.get(TIME_LOW);
    this.time.high = table.get(TIME_HIGH);
    this.count.low = table.get(DELIVERIES_LOW);
    this.count.high = table.get(DELIVERIES_HIGH);
  }

  /** Whether it was delivered to somebody: always, but while a file is being read. */
  get isOwned(): boolean {
    return this.consumerNumber !== NOBODY;
  }

  /** Whom it was delivered to. */
  get consumer(): Consumer {
    return this.#group.consumerWithNumber(this.consumerNumber)!;
  }

  /** Unix ms of the last delivery. */
  get deliveredAt(): number {
    return this.time.toDouble();
  }

  set deliveredAt(ms: number) {
    this.time.setNumber(ms);
    this.#group.writePending();
  }

  /** The same, exactly. */
  get deliveredAtExactly(): Count {
    return countOf(this.time.high, this.time.low);
  }

  /** How often it was delivered. */
  get deliveries(): Count {
    return countOf(this.count.high, this.count.low);
  }

  set deliveries(count: Count) {
    setWords(this.count, count);
    this.#group.writePending();
  }
}

/**
 * A walk over pending ids in their order. It is good for one pass; what it finds, `group.pending` is pointed at, so that
 * the group can {@link ConsumerGroup.assign} or {@link ConsumerGroup.remove} it.
 */
export class PendingWalk {
  readonly #group: ConsumerGroup;
  readonly #cursor: IdCursor;
  readonly #ofGroup: boolean;
  readonly #to: StreamId;
  /** The id that was found last; before the first one where to begin. */
  readonly #at: StreamId;
  #isBegun = false;
  #changes = 0;

  constructor(group: ConsumerGroup, table: IdTable, from: StreamId, to: StreamId) {
    this.#group = group;
    this.#cursor = new IdCursor(table);
    this.#ofGroup = group.table === table;
    this.#at = from.clone();
    this.#to = to.clone();
  }

  /** What was found last. */
  get pending(): PendingEntry {
    return this.#group.pending;
  }

  /** Finds the next one; false when there is none. O(log n). */
  next(): boolean {
    if (!this.#advance()) return false;
    const cursor = this.#cursor;
    cursor.readId(this.#at);
    if (this.#at.compare(this.#to) > 0) {
      // Whoever asks once more gets the same answer.
      this.#at.set(this.#to);
      this.#changes = -1;
      return false;
    }
    if (this.#ofGroup) this.#group.pending.point(cursor);
    else this.#group.find(this.#at);
    return true;
  }

  #advance(): boolean {
    const cursor = this.#cursor;
    const changes = this.#group.changes;
    const isBegun = this.#isBegun;
    this.#isBegun = true;
    if (isBegun && this.#changes === changes) return cursor.next();
    this.#changes = changes;
    const isEqual = cursor.seek(this.#at);
    if (isBegun && isEqual) return cursor.next();
    return cursor.isAtRow;
  }
}

export class ConsumerGroup {
  readonly name: string;
  /** The id that was delivered last to somebody who asked for new ones. */
  readonly lastId: StreamId = new StreamId();
  /** How many entries of the stream were read, up to {@link lastId}; {@link ENTRIES_READ_UNKNOWN} when that is not known. */
  entriesRead: Count = ENTRIES_READ_UNKNOWN;
  /** What {@link find} and walks found last. */
  readonly pending: PendingEntry;
  /** What is pending. Read it with a cursor of your own; it is changed here. */
  readonly table: IdTable;
  /** Grows whenever a row comes or goes. */
  changes = 0;

  readonly #arena: Arena;
  readonly #consumers = new Map<string, Consumer>();
  readonly #byNumber: (Consumer | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  /** What the consumers' tables hold, in bytes. */
  #consumersHeld = 0;
  #namesLength = 0;

  constructor(arena: Arena, name: string, table: IdTable = new IdTable(arena, PENDING_WORDS)) {
    this.#arena = arena;
    this.name = name;
    this.table = table;
    this.pending = new PendingEntry(this);
  }

  // ---- consumers --------------------------------------------------------------------------------------------

  get consumers(): ReadonlyMap<string, Consumer> {
    return this.#consumers;
  }

  /** Names of the consumers in the order of their bytes. O(n log n). */
  consumerNames(): string[] {
    return [...this.#consumers.keys()].sort(byBytes);
  }

  findConsumer(name: string): Consumer | undefined {
    return this.#consumers.get(name);
  }

  /** See {@link Consumer.number}. */
  consumerWithNumber(number: number): Consumer | undefined {
    return this.#byNumber[number];
  }

  /** Makes a consumer; there must be none of this name. O(1). @param nowMs Unix ms: when it was seen */
  createConsumer(name: string, nowMs: number): Consumer {
    const number = this.#freeNumbers.pop() ?? this.#byNumber.length;
    const consumer = this.#enlist(name, number, new IdTable(this.#arena, 0));
    consumer.seenAt = nowMs;
    return consumer;
  }

  #enlist(name: string, number: number, table: IdTable): Consumer {
    const consumer = new Consumer(this, name, number, table);
    this.#byNumber[number] = consumer;
    this.#consumers.set(name, consumer);
    this.#consumersHeld += table.heldBytes;
    this.#namesLength += name.length;
    return consumer;
  }

  /** Deletes a consumer and all that is pending at it; how much that was, -1 without the consumer. O(pending log n). */
  deleteConsumer(name: string): number {
    const consumer = this.#consumers.get(name);
    if (consumer === undefined) return -1;
    const { table, number } = consumer;
    const count = table.size;
    const id = new StreamId();
    for (let isAtRow = table.seekFirst(); isAtRow; isAtRow = table.next()) {
      if (this.table.seek(table.readId(id))) this.table.remove();
    }
    this.changes++;
    this.#consumersHeld -= table.heldBytes;
    this.#namesLength -= name.length;
    table.release();
    this.#consumers.delete(name);
    this.#byNumber[number] = undefined;
    this.#freeNumbers.push(number);
    return count;
  }

  // ---- what is pending --------------------------------------------------------------------------------------

  get pendingCount(): number {
    return this.table.size;
  }

  /** The least id that is pending; false when nothing is. O(1). */
  firstPending(into: StreamId): boolean {
    if (!this.table.seekFirst()) return false;
    this.table.readId(into);
    return true;
  }

  /** The greatest id that is pending; false when nothing is. O(1). */
  lastPending(into: StreamId): boolean {
    if (!this.table.seekLast()) return false;
    this.table.readId(into);
    return true;
  }

  /** Points {@link pending} at an id that is pending; false when it is not, and nothing has changed. O(log n). */
  find(id: StreamId): boolean {
    if (!this.table.seek(id)) return false;
    this.pending.point(this.table);
    return true;
  }

  /**
   * Notes that an entry was delivered, and points {@link pending} at it. O(log n).
   * @param consumer absent only while a file is being read: it must be assigned before anybody looks
   * @param deliveredAt Unix ms
   * @returns false, with nothing changed, when the id is pending already
   */
  add(id: StreamId, consumer: Consumer | undefined, deliveredAt: Count, deliveries: Count): boolean {
    const { table } = this;
    if (!table.insert(id)) return false;
    this.changes++;
    table.setWord(CONSUMER, consumer === undefined ? NOBODY : consumer.number);
    setWords(words, deliveredAt);
    table.setWord(TIME_LOW, words.low);
    table.setWord(TIME_HIGH, words.high);
    setWords(words, deliveries);
    table.setWord(DELIVERIES_LOW, words.low);
    table.setWord(DELIVERIES_HIGH, words.high);
    this.pending.point(table);
    if (consumer !== undefined) this.#giveTo(consumer, id);
    return true;
  }

  /** What was found last becomes pending at this consumer, delivered then and so often. O(log n). */
  assign(consumer: Consumer, deliveredAt: Count, deliveries: Count): void {
    const { pending } = this;
    setWords(pending.time, deliveredAt);
    setWords(pending.count, deliveries);
    this.giveAway(consumer);
  }

  /** What was found last becomes pending at this consumer; when and how often it was delivered stays. O(log n). */
  giveAway(consumer: Consumer): void {
    const { pending } = this;
    const before = pending.consumerNumber;
    if (before !== consumer.number) {
      if (before !== NOBODY) this.#takeFrom(this.#byNumber[before]!, pending.id);
      this.#giveTo(consumer, pending.id);
      this.changes++;
      pending.consumerNumber = consumer.number;
    }
    this.writePending();
  }

  /** Writes what {@link pending} says into the table. O(log n). */
  writePending(): void {
    const { table, pending } = this;
    const isThere = table.isAtRow && table.compare(pending.id) === 0 || table.seek(pending.id);
    if (!isThere) throw new Error("what was found is not pending any more");
    table.setWord(CONSUMER, pending.consumerNumber);
    table.setWord(TIME_LOW, pending.time.low);
    table.setWord(TIME_HIGH, pending.time.high);
    table.setWord(DELIVERIES_LOW, pending.count.low);
    table.setWord(DELIVERIES_HIGH, pending.count.high);
  }

  /** An id is pending no more; false when it was not. O(log n). */
  remove(id: StreamId): boolean {
    const { table } = this;
    if (!table.seek(id)) return false;
    const number = table.get(CONSUMER);
    table.remove();
    this.changes++;
    if (number !== NOBODY) this.#takeFrom(this.#byNumber[number]!, id);
    return true;
  }

  #giveTo({ table }: Consumer, id: StreamId): void {
    const before = table.heldBytes;
    table.insert(id);
    this.#consumersHeld += table.heldBytes - before;
  }

  #takeFrom({ table }: Consumer, id: StreamId): void {
    const before = table.heldBytes;
    if (table.seek(id)) table.remove();
    this.#consumersHeld += table.heldBytes - before;
  }

  /** Walks over what is pending, from one id to another, both included: see {@link PendingWalk}. */
  walk(from: StreamId, to: StreamId): PendingWalk {
    return new PendingWalk(this, this.table, from, to);
  }

  /** Walks over all that is pending. */
  walkAll(): PendingWalk {
    return this.walk(new StreamId(), new StreamId().setMax());
  }

  // ---- the whole --------------------------------------------------------------------------------------------

  /** Bytes of its tables. O(1). */
  get heldBytes(): number {
    return this.table.heldBytes + this.#consumersHeld;
  }

  /** Bytes that it takes in all, in the JS heap too. O(1). */
  get memory(): number {
    return GROUP_HEAP_BYTES + this.name.length + this.#consumers.size * CONSUMER_HEAP_BYTES +
      this.#namesLength + this.heldBytes;
  }

  /** The same group once more, for another stream. O(pending + consumers). */
  copy(): ConsumerGroup {
    const group = new ConsumerGroup(this.#arena, this.name, this.table.copy());
    group.lastId.set(this.lastId);
    group.entriesRead = this.entriesRead;
    for (const { name, number, table, seenWords } of this.#consumers.values()) {
      const consumer = group.#enlist(name, number, table.copy());
      consumer.seenWords.high = seenWords.high;
      consumer.seenWords.low = seenWords.low;
    }
    for (let number = 0; number < this.#byNumber.length; number++) {
      if (group.#byNumber[number] !== undefined) continue;
      group.#byNumber[number] = undefined;
      group.#freeNumbers.push(number);
    }
    return group;
  }

  /** Gives back what it holds; nobody may use it any more. O(pending + consumers). */
  release(): void {
    while (this.releaseSome());
  }

  /** Gives back some of it and tells whether anything is left. */
  releaseSome(): boolean {
    if (this.table.releaseSome()) return true;
    let left = RELEASED_CONSUMERS;
    for (const [name, consumer] of this.#consumers) {
      if (consumer.table.releaseSome()) return true;
      this.#consumers.delete(name);
      if (--left === 0) return this.#consumers.size > 0;
    }
    return false;
  }
}

/** The order of bytes, for names that are bytes as text. */
export function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
