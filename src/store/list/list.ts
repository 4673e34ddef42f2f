/**
 * The lists of a database. While a list is one node it is that listpack, in its entry, with the limits that it was made
 * with (list_limits.ts); from the second node on, or with an element that is too large for a listpack, it is a
 * {@link Quicklist}, and stays one. Whoever changes a list does it
 * here: changes are counted and told, and a list that becomes empty is removed.
 *
 * `key` and `ref` are always those of the same entry, which must hold a list.
 */
import type { Ref } from "../memory/arena.ts";
import type { Database } from "../database.ts";
import { Encoding, isExternal, Type } from "../memory/entry.ts";
import * as listpack from "../packed/listpack.ts";
import { bytesOfLimits, limitsOf, writeLimits } from "./list_limits.ts";
import { prepareEntry } from "../packed/listpack_entry.ts";
import { type ElementPlace, Quicklist } from "./quicklist.ts";
import { allowsInsert, type ListLimits } from "./quicklist_fill.ts";
import { Slice } from "../../sys/bytes.ts";

/** Elements to be added, by their numbers. */
export interface Elements {
  at(i: number): Slice;
}

const value = new Slice();
const place: ElementPlace = { node: 0, offset: 0 };

/** The list as an object, or undefined when it is one listpack. */
export function quicklistAt(db: Database, ref: Ref): Quicklist | undefined {
  if (!isExternal(db.keyspace.arena, ref)) return undefined;
  const object = db.objectAt(ref);
  return object instanceof Quicklist ? object : undefined;
}

/** Number of elements. O(1). */
export function listLength(db: Database, ref: Ref): number {
  const list = quicklistAt(db, ref);
  if (list !== undefined) return list.size;
  db.bytesAt(ref, value);
  return listpack.listpackCount(value.bytes, value.start);
}

/** The elements of a list that is one listpack, as an object of its own; none for `ref` 0. */
function asQuicklist(db: Database, ref: Ref, limits: ListLimits): Quicklist {
  const list = new Quicklist(db.keyspace.arena, limits, db.keyspace);
  if (ref === 0) return list;
  const { bytes, start } = db.bytesAt(ref, value);
  const end = start + listpack.listpackBytes(bytes, start);
  list.addPackedNode(bytes, start, end, listpack.listpackCount(bytes, start));
  return list;
}

/** Makes an object of what a key holds; the change is still to be told. */
function install(db: Database, key: Slice, list: Quicklist): void {
  db.setObject(key, Type.list, Encoding.quicklist, list, true, true);
}

/** Tells of `count` changes at once. */
function changed(db: Database, key: Slice, count: number): void {
  db.changed(key);
  db.keyspace.dirty += count - 1;
}

/** Lets a change of an object be known: before it the snapshot, after it the sum of bytes. */
function change(db: Database, ref: Ref, list: Quicklist, act: () => void): void {
  db.aboutToChange(ref);
  const before = list.bytes;
  act();
  db.keyspace.objects.bytes += list.bytes - before;
}

/**
 * Adds `source.at(from)` up to, not including, `source.at(to)`, one after the other, at either end.
 * Returns the new length. Amortised O(bytes added), and once O(bytes of the list), when it gets its second node.
 * @param ref the key's entry, or 0: then the list is made
 * @param limits for a list that is made
 */
export function pushElements(
  db: Database,
  key: Slice,
  ref: Ref,
  source: Elements,
  from: number,
  to: number,
  atHead: boolean,
  limits: ListLimits,
): number {
  let list = ref === 0 ? undefined : quicklistAt(db, ref);
  if (list !== undefined) {
    db.aboutToChange(ref);
    const before = list.bytes;
    for (let i = from; i < to; i++) {
      const element = source.at(i);
      list.push(element.bytes, element.start, element.end, atHead);
    }
    db.keyspace.objects.bytes += list.bytes - before;
    changed(db, key, to - from);
    return list.size;
  }
  const kept = ref === 0 ? limits : limitsOf(db.bytesAt(ref, value));
  const at = pushToListpack(db, key, ref, source, from, to, atHead, kept);
  if (at === to) {
    changed(db, key, to - from);
    return pushedCount;
  }
  list = asQuicklist(db, at === from ? ref : db.find(key), kept);
  for (let i = at; i < to; i++) {
    const element = source.at(i);
    list.push(element.bytes, element.start, element.end, atHead);
  }
  install(db, key, list);
  changed(db, key, to - from);
  return list.size;
}

/** Number of elements after {@link pushToListpack}. */
let pushedCount = 0;

/** Adds as many elements as one listpack takes; the number of the first that it does not take. */
function pushToListpack(
  db: Database,
  key: Slice,
  ref: Ref,
  source: Elements,
  from: number,
  to: number,
  atHead: boolean,
  limits: ListLimits,
): number {
  let size = listpack.LISTPACK_EMPTY_BYTES;
  let count = 0;
  if (ref !== 0) {
    const { bytes, start } = db.bytesAt(ref, value);
    size = listpack.listpackBytes(bytes, start);
    count = listpack.listpackCount(bytes, start);
  }
  const large = db.keyspace.listPlainThreshold;
  let i = from;
  for (; i < to; i++) {
    const element = source.at(i);
    const length = element.end - element.start;
    if (length >= large || (count > 0 && !allowsInsert(size, count, length, limits.fill))) break;
    size += prepareEntry(element.bytes, element.start, element.end);
    count++;
  }
  pushedCount = count;
  if (i === from) return i;
  const { bytes, start } = resize(db, key, ref, size, limits);
  if (ref === 0) listpack.writeEmptyListpack(bytes, start);
  for (let j = from; j < i; j++) {
    const element = source.at(j);
    if (atHead) listpack.prepend(bytes, start, element.bytes, element.start, element.end);
    else listpack.append(bytes, start, element.bytes, element.start, element.end);
  }
  writeLimits(bytes, start, limits);
  return i;
}

/** Gives a list of one node room for a listpack of `size` bytes and for its limits, which are to be written anew. */
function resize(db: Database, key: Slice, ref: Ref, size: number, limits: ListLimits): Slice {
  return db.resizeBytes(key, ref, Type.list, Encoding.quicklist, size + bytesOfLimits(limits), 1, true);
}

/**
 * Removes `count` elements from `index` on, which must be there; the key with the last one. Returns how many are left.
 * O(count + nodes passed over), O(1) for one at an end.
 */
export function removeElements(
  db: Database,
  key: Slice,
  ref: Ref,
  index: number,
  count: number,
): number {
  const list = quicklistAt(db, ref);
  const length = list !== undefined ? list.size : listLength(db, ref);
  if (count === length) {
    db.deleteEmpty(key);
    changed(db, key, count);
    return 0;
  }
  db.aboutToChange(ref);
  if (list !== undefined) {
    const before = list.bytes;
    if (count === 1 && (index === 0 || index === length - 1)) list.drop(index === 0);
    else list.removeRange(index, count);
    db.keyspace.objects.bytes += list.bytes - before;
  } else {
    const { bytes, start } = db.bytesAt(ref, value);
    const limits = limitsOf(value);
    listpack.removeRange(bytes, start, index, count);
    fitListpack(db, key, ref, limits);
  }
  changed(db, key, count);
  return length - count;
}

/** Gives back the room of a listpack that has become shorter. */
function fitListpack(db: Database, key: Slice, ref: Ref, limits: ListLimits): void {
  const { bytes, start } = db.bytesAt(ref, value);
  writeLimits(bytes, start, limits);
  resize(db, key, ref, listpack.listpackBytes(bytes, start), limits);
}

/**
 * Removes elements that are `element`: the first `count`, or the last when it is negative, or all when it is 0; the key with
 * the last one. Returns how many. O(n).
 */
export function removeEqual(db: Database, key: Slice, ref: Ref, element: Slice, count: number): number {
  const { bytes: wanted, start: from, end: to } = element;
  const list = quicklistAt(db, ref);
  let removed = 0;
  let left: number;
  if (list !== undefined) {
    change(db, ref, list, () => removed = list.removeEqual(wanted, from, to, count));
    left = list.size;
  } else {
    db.aboutToChange(ref);
    const { bytes, start } = db.bytesAt(ref, value);
    const limits = limitsOf(value);
    removed = removeEqualIn(bytes, start, wanted, from, to, count);
    left = listpack.listpackCount(bytes, start);
    if (removed > 0 && left > 0) fitListpack(db, key, ref, limits);
  }
  if (removed === 0) return 0;
  if (left === 0) db.deleteEmpty(key);
  changed(db, key, removed);
  return removed;
}

function removeEqualIn(
  bytes: Uint8Array,
  start: number,
  wanted: Uint8Array,
  from: number,
  to: number,
  count: number,
): number {
  const most = count === 0 ? Infinity : Math.abs(count);
  let removed = 0;
  if (count >= 0) {
    let p = listpack.find(bytes, listpack.firstPosition(start), wanted, from, to);
    while (p >= 0) {
      listpack.remove(bytes, start, p);
      p = ++removed < most ? listpack.find(bytes, p, wanted, from, to) : -1;
    }
    return removed;
  }
  let p = listpack.lastPosition(bytes, start);
  while (p >= 0 && removed < most) {
    const before = listpack.previousPosition(bytes, start, p);
    if (listpack.elementEquals(bytes, p, wanted, from, to)) {
      listpack.remove(bytes, start, p);
      removed++;
    }
    p = before;
  }
  return removed;
}

/** Replaces the element at `index`, 0 <= index < length. O(bytes of a node + nodes passed over). */
export function replaceElement(
  db: Database,
  key: Slice,
  ref: Ref,
  index: number,
  element: Slice,
): void {
  const { bytes: from, start: a, end: b } = element;
  const list = quicklistAt(db, ref);
  if (list !== undefined) {
    change(db, ref, list, () => {
      list.locate(index, place);
      list.replace(place, from, a, b);
    });
    db.changed(key);
    return;
  }
  const limits = limitsOf(db.bytesAt(ref, value));
  if (b - a >= db.keyspace.listPlainThreshold) {
    const large = asQuicklist(db, ref, limits);
    large.locate(index, place);
    large.replace(place, from, a, b);
    install(db, key, large);
    db.changed(key);
    return;
  }
  const { bytes, start } = db.bytesAt(ref, value);
  const position = listpack.seek(bytes, start, index) - start;
  const oldSize = listpack.listpackBytes(bytes, start);
  const size = listpack.bytesAfterReplace(bytes, start, start + position, from, a, b);
  if (size <= oldSize) {
    db.aboutToChange(ref);
    listpack.replace(bytes, start, start + position, from, a, b);
    if (size < oldSize) fitListpack(db, key, ref, limits);
  } else {
    const into = resize(db, key, ref, size, limits);
    listpack.replace(into.bytes, into.start, into.start + position, from, a, b);
    writeLimits(into.bytes, into.start, limits);
  }
  db.changed(key);
}

/**
 * Puts an element before or behind the one at `index`, 0 <= index < length. Returns the new length.
 * O(bytes of some nodes + nodes passed over).
 */
export function insertElement(
  db: Database,
  key: Slice,
  ref: Ref,
  index: number,
  element: Slice,
  behind: boolean,
): number {
  const { bytes: from, start: a, end: b } = element;
  const list = quicklistAt(db, ref);
  if (list !== undefined) {
    change(db, ref, list, () => {
      list.locate(index, place);
      list.insert(place, from, a, b, behind);
    });
    db.changed(key);
    return list.size;
  }
  const { bytes, start } = db.bytesAt(ref, value);
  const limits = limitsOf(value);
  const size = listpack.listpackBytes(bytes, start);
  const count = listpack.listpackCount(bytes, start);
  if (b - a >= db.keyspace.listPlainThreshold || !allowsInsert(size, count, b - a, limits.fill)) {
    const large = asQuicklist(db, ref, limits);
    large.locate(index, place);
    large.insert(place, from, a, b, behind);
    install(db, key, large);
    db.changed(key);
    return large.size;
  }
  const pivot = listpack.seek(bytes, start, index);
  const position = (behind ? listpack.nextPosition(bytes, pivot) : pivot) - start;
  const grown = listpack.bytesAfterInsert(bytes, start, from, a, b);
  const into = resize(db, key, ref, grown, limits);
  listpack.insert(into.bytes, into.start, into.start + position, from, a, b);
  writeLimits(into.bytes, into.start, limits);
  db.changed(key);
  return count + 1;
}
