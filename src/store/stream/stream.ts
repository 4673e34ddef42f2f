/**
 * A stream: entries in the order of their ids, and the groups that consume them.
 *
 * Invariants:
 *  1. No entry has a greater id than `lastId`. Nodes (stream_nodes.ts) are in the order of their ids, each of which is that of
 *     the entry for which the node was made, and their entries do not overlap.
 *  2. A node goes with its last entry when that is deleted, and when all of it is trimmed. Only XTRIM with MINID may leave a
 *     node behind of which all entries are deleted, as it does in the reference.
 *  3. `bytes` is what {@link ObjectTable.bytes} counts of this stream, from when it was made the value of a key until it is
 *     released.
 */
import type { Ref } from "../memory/arena.ts";
import { RdbType } from "../rdb/collection_rdb.ts";
import type { Database } from "../database.ts";
import { Encoding, Type } from "../memory/entry.ts";
import type { Keyspace } from "../keyspace.ts";
import type { Elements } from "../list/list.ts";
import { listpackBytes } from "../packed/listpack.ts";
import { type Collection, DUMPED_BYTES, DUMPED_ELEMENTS, type ObjectTable } from "../memory/objects.ts";
import type { RdbWriter } from "../rdb/rdb_codec.ts";
import { byBytes, ConsumerGroup, type Count } from "./consumer_group.ts";
import { IdCursor } from "./id_table.ts";
import {
  appendEntry,
  deletedEntries,
  elementsLength,
  emptyNodeBytesMax,
  entryBytesMax,
  hasUsualFields,
  liveEntries,
  NodeReader,
  roomForCounts,
  setEntryCounts,
  writeEmptyNode,
} from "./node_entries.ts";
import { radixTreeNodes } from "./radix_tree.ts";
import { StreamNodes } from "./stream_nodes.ts";
import { STREAM_ID_BYTES, StreamId } from "./stream_id.ts";
import { streamTailParts, writeStreamTail } from "./stream_rdb.ts";
import { ReplyError } from "../../resp/reply_error.ts";
import { copyBytes, type Slice } from "../../sys/bytes.ts";

/** What an entry's fields and values may take, and a node at most, whatever the limits say. */
const NODE_BYTES_MAX = 1 << 30;

/** What the JS objects of one stream take, roughly. */
const OBJECTS_BYTES = 600;

/** Where {@link Stream.dumpSome} goes on when all nodes are written. */
const TAIL = Number.MAX_SAFE_INTEGER;

const elementsTooLarge = new ReplyError("ERR Elements are too large to be stored");

const NO_GROUPS: ReadonlyMap<string, ConsumerGroup> = new Map();

// Flyweights: good within one call.
const node = new IdCursor();
const entry = new NodeReader();
const nodeId = new StreamId();
const idBytes = new Uint8Array(STREAM_ID_BYTES);

export class Stream implements Collection {
  /** For cursors and files; they are changed here. */
  readonly nodes: StreamNodes;
  /** The greatest id that was ever given, or what XSETID says: never less than that of an entry. */
  readonly lastId: StreamId = new StreamId();
  /** The greatest id that XDEL deleted; 0-0 when it never did. */
  readonly maxDeletedId: StreamId = new StreamId();
  /** How many entries were ever added. */
  entriesAdded: Count = 0;
  readonly #keyspace: Keyspace;
  #size = 0;
  /** The id of the first entry, while that is known. */
  readonly #first: StreamId = new StreamId();
  #isFirstKnown = true;
  #groups: Map<string, ConsumerGroup> | undefined;
  /** Who counts what lies outside of the arena, and what it has counted. */
  #counter: ObjectTable | undefined;
  #counted = 0;
  /** What a dump in parts has still to write, once all nodes are written. */
  #tail: Generator<void, void, void> | undefined;

  constructor(keyspace: Keyspace, nodes: StreamNodes = new StreamNodes(keyspace.arena)) {
    this.#keyspace = keyspace;
    this.nodes = nodes;
    this.#settle();
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#counted;
  }

  get memory(): number {
    let memory = OBJECTS_BYTES + this.nodes.heldBytes;
    if (this.#groups !== undefined) {
      for (const group of this.#groups.values()) memory += group.memory;
    }
    return memory;
  }

  /** From now on what this stream holds outside of the arena is counted there, beginning with {@link bytes}. */
  countIn(objects: ObjectTable): void {
    this.#counter = objects;
  }

  /** Brings what is counted up to date. */
  #settle(): void {
    const { ownBytes } = this.nodes;
    if (ownBytes === this.#counted) return;
    if (this.#counter !== undefined) this.#counter.bytes += ownBytes - this.#counted;
    this.#counted = ownBytes;
  }

  // ---- reading ----------------------------------------------------------------------------------------------

  /** The id of the first entry; 0-0 without entries. O(1), O(entries of a node) after the first ones went. */
  firstId(into: StreamId): StreamId {
    if (!this.#isFirstKnown) {
      this.#edgeId(true, this.#first);
      this.#isFirstKnown = true;
    }
    return into.set(this.#first);
  }

  /** The id of the last entry; 0-0 without entries. O(1), O(entries of a node) after the last ones went. */
  lastEntryId(into: StreamId): StreamId {
    this.#edgeId(false, into);
    return into;
  }

  #edgeId(isFirst: boolean, into: StreamId): void {
    into.setMin();
    if (this.#size === 0) return;
    const { nodes } = this;
    node.open(nodes.table);
    for (let isAt = isFirst ? node.seekFirst() : node.seekLast(); isAt;) {
      this.#openNode();
      for (let isIn = isFirst ? entry.toFirst() : entry.toLast(); isIn;) {
        if (!entry.isDeleted) {
          into.set(entry.id);
          return;
        }
        isIn = isFirst ? entry.next() : entry.previous();
      }
      isAt = isFirst ? node.next() : node.previous();
    }
  }

  /** Points {@link entry} at the node of the cursor. */
  #openNode(): void {
    const { nodes } = this;
    entry.open(nodes.bytes(node), nodes.start(node), node.readId(nodeId));
  }

  /** Moves the flyweights to the entry with this id; false when there is none. O(log n + entries of a node). */
  #find(id: StreamId): boolean {
    if (!node.open(this.nodes.table).seekAtMost(id)) return false;
    this.#openNode();
    for (let isIn = entry.toFirst(); isIn; isIn = entry.next()) {
      const order = entry.id.compare(id);
      if (order >= 0) return order === 0 && !entry.isDeleted;
    }
    return false;
  }

  /** Whether there is an entry with this id. O(log n + entries of a node). */
  has(id: StreamId): boolean {
    return this.#find(id);
  }

  /**
   * The id that XADD gives by itself: of this moment, or, if there were such ids before, the next one.
   * @param nowMs unix ms
   * @returns false when there are no ids left
   */
  nextId(nowMs: number, into: StreamId): boolean {
    into.setTo(nowMs, 0);
    const { lastId } = this;
    const isLater = into.msHigh === lastId.msHigh
      ? (into.msLow >>> 0) > (lastId.msLow >>> 0)
      : (into.msHigh >>> 0) > (lastId.msHigh >>> 0);
    return isLater || into.set(lastId).increment();
  }

  /** Number of nodes: XINFO's `radix-tree-keys`. */
  get nodeCount(): number {
    return this.nodes.length;
  }

  /** XINFO's `radix-tree-nodes`: nodes of the radix tree that the reference has. O(nodes). */
  radixTreeNodes(): number {
    return radixTreeNodes(this.nodes.table);
  }

  // ---- changing entries -------------------------------------------------------------------------------------

  /**
   * Adds an entry behind all others: pairs of fields and values, `elements.at(from)` up to, not including, `elements.at(to)`.
   * Its id must be greater than {@link lastId}. Amortised O(bytes of the entry).
   * @throws ReplyError, with nothing changed, when it is larger than 1 GiB
   */
  append(id: StreamId, elements: Elements, from: number, to: number): void {
    const length = elementsLength(elements, from, to);
    if (length > NODE_BYTES_MAX) throw elementsTooLarge;
    const { nodes } = this;
    let isSame = true;
    if (!node.open(nodes.table).seekLast() || this.#isFull(length)) {
      if (node.isAtRow) nodes.shrink(node);
      const room = emptyNodeBytesMax(elements, from, to) + entryBytesMax(elements, from, to, true, false);
      nodes.create(id, room, node);
      writeEmptyNode(nodes.bytes(node), nodes.start(node), elements, from, to);
    } else {
      const bytes = nodes.bytes(node);
      const start = nodes.start(node);
      isSame = hasUsualFields(bytes, start, elements, from, to);
      const needed = listpackBytes(bytes, start) + entryBytesMax(elements, from, to, isSame, true) +
        roomForCounts(liveEntries(bytes, start) + deletedEntries(bytes, start) + 1);
      nodes.reserve(node, needed, this.#nodeBytesMax);
    }
    node.readId(nodeId);
    appendEntry(nodes.bytes(node), nodes.start(node), nodeId, id, elements, from, to, isSame);
    if (this.#size++ === 0) {
      this.#first.set(id);
      this.#isFirstKnown = true;
    }
    this.lastId.set(id);
    this.entriesAdded = next(this.entriesAdded);
    this.#settle();
  }

  get #nodeBytesMax(): number {
    const { streamNodeMaxBytes } = this.#keyspace.limits;
    return streamNodeMaxBytes === 0 ? NODE_BYTES_MAX : Math.min(streamNodeMaxBytes, NODE_BYTES_MAX);
  }

  /** Whether the node of the cursor takes no entry with so many bytes of fields and values. */
  #isFull(length: number): boolean {
    const { nodes } = this;
    const bytes = nodes.bytes(node);
    const start = nodes.start(node);
    if (listpackBytes(bytes, start) + length >= this.#nodeBytesMax) return true;
    const { streamNodeMaxEntries } = this.#keyspace.limits;
    return streamNodeMaxEntries !== 0 &&
      liveEntries(bytes, start) + deletedEntries(bytes, start) >= streamNodeMaxEntries;
  }

  /** Removes an entry; whether it was there. O(log n + entries of a node). */
  delete(id: StreamId): boolean {
    if (!this.#find(id)) return false;
    const { nodes } = this;
    if (liveEntries(nodes.bytes(node), nodes.start(node)) === 1) {
      nodes.remove(node);
    } else {
      entry.markDeleted();
      this.#countDeleted(1);
    }
    this.#size--;
    if (!this.#isFirstKnown || this.#first.equals(id)) this.#forgetFirst();
    if (this.maxDeletedId.compare(id) < 0) this.maxDeletedId.set(id);
    this.#settle();
    return true;
  }

  #forgetFirst(): void {
    this.#isFirstKnown = this.#size === 0;
    if (this.#isFirstKnown) this.#first.setMin();
  }

  /** Counts entries of the cursor's node as deleted, which were marked. */
  #countDeleted(count: number): void {
    const { nodes } = this;
    const live = liveEntries(nodes.bytes(node), nodes.start(node));
    const deleted = deletedEntries(nodes.bytes(node), nodes.start(node));
    const needed = listpackBytes(nodes.bytes(node), nodes.start(node)) + roomForCounts(live + deleted);
    nodes.reserve(node, needed, needed);
    setEntryCounts(nodes.bytes(node), nodes.start(node), live - count, deleted + count);
  }

  /**
   * Removes the first entries until `length` are left. O(nodes removed + entries of a node).
   * @param approximate whether to remove whole nodes only
   * @param limit not to remove more than so many entries, where that would be a node; 0: any number
   * @returns how many were removed
   */
  trimToLength(length: number, approximate: boolean, limit: number): number {
    const { nodes } = this;
    let removed = 0;
    while (this.#size > length && node.open(nodes.table).seekFirst()) {
      const live = liveEntries(nodes.bytes(node), nodes.start(node));
      if (limit !== 0 && removed + live > limit) break;
      if (this.#size - live >= length) {
        nodes.remove(node);
        this.#size -= live;
        removed += live;
        continue;
      }
      if (approximate) break;
      removed += this.#markFirst(undefined, this.#size - length);
      break;
    }
    return this.#trimmed(removed);
  }

  /** Removes entries with a lesser id than `id`: otherwise as {@link trimToLength}. */
  trimToMinId(id: StreamId, approximate: boolean, limit: number): number {
    const { nodes } = this;
    let removed = 0;
    while (node.open(nodes.table).seekFirst()) {
      const live = liveEntries(nodes.bytes(node), nodes.start(node));
      if (limit !== 0 && removed + live > limit) break;
      this.#openNode();
      if (entry.toLast() && entry.id.compare(id) < 0) {
        nodes.remove(node);
        this.#size -= live;
        removed += live;
        continue;
      }
      if (approximate) break;
      removed += this.#markFirst(id, live);
      break;
    }
    return this.#trimmed(removed);
  }

  /** Deletes at most `most` entries at the beginning of the cursor's node, of those with a lesser id than `bound`; how many. */
  #markFirst(bound: StreamId | undefined, most: number): number {
    this.#openNode();
    let marked = 0;
    for (let isIn = entry.toFirst(); isIn && marked < most; isIn = entry.next()) {
      if (bound !== undefined && entry.id.compare(bound) >= 0) break;
      if (entry.isDeleted) continue;
      entry.markDeleted();
      marked++;
    }
    if (marked > 0) this.#countDeleted(marked);
    this.#size -= marked;
    return marked;
  }

  #trimmed(removed: number): number {
    if (removed > 0) this.#forgetFirst();
    this.#settle();
    return removed;
  }

  // ---- groups -----------------------------------------------------------------------------------------------

  /** The groups by their names, which are bytes as text. */
  get groups(): ReadonlyMap<string, ConsumerGroup> {
    return this.#groups ?? NO_GROUPS;
  }

  /** Names of the groups in the order of their bytes. O(n log n). */
  groupNames(): string[] {
    return [...this.groups.keys()].sort(byBytes);
  }

  /** Makes a group; undefined, with nothing changed, when there is one of this name. */
  createGroup(name: string, lastId: StreamId, entriesRead: Count): ConsumerGroup | undefined {
    this.#groups ??= new Map();
    if (this.#groups.has(name)) return undefined;
    const group = new ConsumerGroup(this.#keyspace.arena, name);
    group.lastId.set(lastId);
    group.entriesRead = entriesRead;
    this.#groups.set(name, group);
    return group;
  }

  /** Removes a group and all that is pending in it; whether there was one. O(pending). */
  destroyGroup(name: string): boolean {
    const group = this.#groups?.get(name);
    if (group === undefined) return false;
    this.#groups!.delete(name);
    group.release();
    return true;
  }

  // ---- as a whole -------------------------------------------------------------------------------------------

  /**
   * For files: adds a node behind all others. {@link lastId} and the like are the caller's to set. O(bytes).
   * @param id greater than those of all entries
   * @param bytes from `from` to `to` a listpack that is in order (stream_node.ts)
   */
  addNode(id: StreamId, bytes: Uint8Array, from: number, to: number): void {
    const { nodes } = this;
    nodes.create(id, to - from, node);
    copyBytes(bytes, from, to, nodes.bytes(node), nodes.start(node));
    const isFirst = this.#size === 0;
    this.#size += liveEntries(bytes, from);
    if (isFirst) this.#forgetFirst();
    this.#settle();
  }

  copy(): Stream {
    const copy = new Stream(this.#keyspace, this.nodes.copy());
    copy.#size = this.#size;
    copy.#isFirstKnown = false;
    copy.lastId.set(this.lastId);
    copy.maxDeletedId.set(this.maxDeletedId);
    copy.entriesAdded = this.entriesAdded;
    if (this.#groups !== undefined && this.#groups.size > 0) {
      copy.#groups = new Map();
      for (const [name, group] of this.#groups) copy.#groups.set(name, group.copy());
    }
    return copy;
  }

  dump(writer: RdbWriter): number {
    const rdbType = this.dumpHead(writer);
    node.open(this.nodes.table);
    for (let isAt = node.seekFirst(); isAt; isAt = node.next()) this.#dumpNode(writer);
    writeStreamTail(writer, this);
    return rdbType;
  }

  dumpHead(writer: RdbWriter): number {
    writer.lengthPrefix(this.nodes.length);
    return RdbType.stream2;
  }

  /** As of every collection; all parts must go to the same writer. */
  dumpSome(writer: RdbWriter, from: number): number {
    if (from === TAIL) {
      if (this.#tail!.next().done !== true) return TAIL;
      this.#tail = undefined;
      return 0;
    }
    const end = writer.length + DUMPED_BYTES;
    node.open(this.nodes.table);
    let left = DUMPED_ELEMENTS;
    let isAt = from === 0 ? node.seekFirst() : node.goTo(from);
    for (; isAt && left > 0 && writer.length < end; isAt = node.next()) left -= this.#dumpNode(writer);
    if (isAt) return node.mark;
    this.#tail = streamTailParts(writer, this);
    return TAIL;
  }

  /** Writes the node of the cursor; how many entries it has, deleted ones included. */
  #dumpNode(writer: RdbWriter): number {
    const { nodes } = this;
    const bytes = nodes.bytes(node);
    const start = nodes.start(node);
    node.readId(nodeId).writeBytes(idBytes, 0);
    writer.lengthPrefix(STREAM_ID_BYTES);
    writer.raw(idBytes);
    writer.string(bytes, start, start + listpackBytes(bytes, start));
    return liveEntries(bytes, start) + deletedEntries(bytes, start);
  }

  releaseSome(): boolean {
    this.#counter = undefined;
    if (this.nodes.releaseSome()) return true;
    this.#size = 0;
    if (this.#groups === undefined) return false;
    for (const [name, group] of this.#groups) {
      if (!group.releaseSome()) this.#groups.delete(name);
      if (this.#groups.size > 0) return true;
    }
    return false;
  }

  release(): void {
    while (this.releaseSome());
  }
}

/** The next number. */
function next(count: Count): Count {
  if (typeof count === "number" && count < Number.MAX_SAFE_INTEGER) return count + 1;
  return BigInt(count) + 1n;
}

// ---- streams of a database --------------------------------------------------------------------------------------

/** The stream that is the value of an entry, whose type was checked. */
export function streamAt(db: Database, ref: Ref): Stream {
  const stream = db.objectAt(ref) as Stream;
  stream.countIn(db.keyspace.objects);
  return stream;
}

/** The stream that a command reads, or undefined. @throws ReplyError when the key holds something else */
export function readStream(db: Database, key: Slice): Stream | undefined {
  const ref = db.readTyped(key, Type.stream);
  return ref === 0 ? undefined : streamAt(db, ref);
}

/**
 * The stream that a command is going to change, or undefined. The snapshot is told of it; {@link Database.changed} and events are
 * the caller's.
 * @throws ReplyError when the key holds something else
 */
export function writeStream(db: Database, key: Slice): Stream | undefined {
  const ref = db.writeTyped(key, Type.stream);
  if (ref === 0) return undefined;
  const stream = streamAt(db, ref);
  db.aboutToChange(ref);
  return stream;
}

/** Makes an empty stream the value of a key that is not there; {@link Database.changed} and events are the caller's. */
export function createStream(db: Database, key: Slice): Stream {
  const stream = new Stream(db.keyspace);
  const ref = db.setObject(key, Type.stream, Encoding.stream, stream, false, true);
  return streamAt(db, ref);
}
