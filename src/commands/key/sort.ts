/** SORT and SORT_RO: the elements of a list, set or sorted set in order. */
import type { Args } from "../../args.ts";
import { defineCommand, key, type KeySpec } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError, wrongType } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Ref } from "../../store/memory/arena.ts";
import type { Database } from "../../store/database.ts";
import { parseDouble } from "../../store/numbers/double.ts";
import { Encoding, Type } from "../../store/memory/entry.ts";
import { ListBuilder } from "../../store/list/list_builder.ts";
import { DEFAULT_LIST_LIMITS } from "../../store/list/list_limits.ts";
import { ListReader } from "../../store/list/list_reader.ts";
import { numbersBelow, orderByScore } from "../../store/sorted_set/score_order.ts";
import { SetValue } from "../../store/hash/set_value.ts";
import { enlarged, openSortedSet } from "../../store/sorted_set/sorted_set_editor.ts";
import { NO_BYTES, Slice } from "../../sys/bytes.ts";

import { SortPattern } from "./sort_pattern.ts";
import { SortVector } from "./sort_vector.ts";

const notNumbers = new ReplyError("ERR One or more scores can't be converted into double");

/** Numbers closer to zero than this cannot be told exactly, which the reference refuses here. */
const NORMAL_MIN = 2.2250738585072014e-308;

const reader = new ListReader();
const empty = new Slice(NO_BYTES);

interface Options {
  /** The pattern that gives what to compare; undefined: the elements themselves. */
  by: SortPattern | undefined;
  /** Leaves the elements as they come: a BY without a place for the element. */
  unsorted: boolean;
  readonly get: SortPattern[];
  offset: number;
  /** Negative: all. */
  count: number;
  descending: boolean;
  alpha: boolean;
  store: Slice | undefined;
}

function readOptions(args: Args, stores: boolean): Options {
  const options: Options = {
    by: undefined,
    unsorted: false,
    get: [],
    offset: 0,
    count: -1,
    descending: false,
    alpha: false,
    store: undefined,
  };
  for (let i = 2; i < args.count; i++) {
    const left = args.count - 1 - i;
    if (args.is(i, "asc")) {
      options.descending = false;
    } else if (args.is(i, "desc")) {
      options.descending = true;
    } else if (args.is(i, "alpha")) {
      options.alpha = true;
    } else if (args.is(i, "limit") && left >= 2) {
      options.offset = args.integer(++i);
      options.count = args.integer(++i);
    } else if (stores && args.is(i, "store") && left >= 1) {
      options.store = args.at(++i);
    } else if (args.is(i, "by") && left >= 1) {
      const by = new SortPattern(args.at(++i));
      // Once it was said that nothing is to be sorted, nothing takes that back.
      if (by.hasPlace) options.by = by;
      else options.unsorted = true;
    } else if (args.is(i, "get") && left >= 1) {
      options.get.push(new SortPattern(args.at(++i)));
    } else {
      throw syntaxError;
    }
  }
  return options;
}

/** The elements to choose from, and which of them, in their order, are asked for. */
interface Chosen {
  readonly vector: SortVector;
  start: number;
  /** Behind the last. */
  end: number;
}

/** Where LIMIT begins and ends among `length` elements. */
function rangeOf({ offset, count }: Options, length: number): { start: number; end: number } {
  const start = Math.min(Math.max(offset, 0), length);
  const end = count < 0 ? length : Math.min(start + count, length);
  return { start, end };
}

/** Copies the elements out. Of a list or sorted set that is not to be sorted only those asked for. */
function load(db: Database, name: Slice, ref: Ref, options: Options): Chosen {
  const vector = new SortVector();
  if (ref === 0) return { vector, start: 0, end: 0 };
  switch (db.typeOf(ref)) {
    case Type.list:
      loadList(db, ref, options, vector);
      break;
    case Type.zset:
      loadSortedSet(db, name, ref, options, vector);
      break;
    default:
      new SetValue().at(db, name, ref).forEach((member) => vector.add(member));
      return { vector, ...rangeOf(options, vector.length) };
  }
  if (options.unsorted) return { vector, start: 0, end: vector.length };
  return { vector, ...rangeOf(options, vector.length) };
}

function loadList(db: Database, ref: Ref, options: Options, vector: SortVector): void {
  reader.open(db, ref);
  const all = { start: 0, end: reader.length };
  const { start, end } = options.unsorted ? rangeOf(options, reader.length) : all;
  const reverse = options.unsorted && options.descending;
  if (start < end) {
    if (reverse) reader.seekBehind(reader.length - 1 - start);
    else reader.seek(start);
  }
  for (let i = start; i < end; i++) vector.add(reverse ? reader.previous() : reader.next());
  reader.close();
}

function loadSortedSet(db: Database, name: Slice, ref: Ref, options: Options, vector: SortVector): void {
  const set = openSortedSet(db, ref);
  if (db.encodingOf(ref) !== Encoding.skiplist) {
    // The reference gives a sorted set its large encoding here, for good, which OBJECT ENCODING shows.
    db.setObject(name, Type.zset, Encoding.skiplist, enlarged(db.keyspace, set), true, true);
    ref = db.find(name);
  }
  const sorted = openSortedSet(db, ref);
  const { start, end } = options.unsorted ? rangeOf(options, sorted.size) : { start: 0, end: sorted.size };
  if (start === end) return;
  const reverse = options.unsorted && options.descending;
  sorted.walk(
    reverse ? sorted.size - 1 - start : start,
    end - start,
    reverse,
    (member) => vector.add(member),
  );
}

/** A number as the C library reads it from a whole text. @throws ReplyError when it is none, or out of range */
function scoreOf({ bytes, start, end }: Slice): number {
  let stop = start;
  while (stop < end && bytes[stop] !== 0) stop++;
  if (start === stop) return 0;
  let at = start;
  while (at < stop && (bytes[at] === 32 || (bytes[at]! >= 9 && bytes[at]! <= 13))) at++;
  const score = parseDouble(bytes, at, stop);
  if (score === undefined || (score !== 0 && Math.abs(score) < NORMAL_MIN)) throw notNumbers;
  return score;
}

/** The numbers to sort by; 0 where a pattern leads to nothing. */
function scoresOf(db: Database, vector: SortVector, by: SortPattern | undefined): Float64Array {
  const scores = new Float64Array(vector.length);
  let failed = false;
  for (let i = 0; i < vector.length; i++) {
    const element = vector.at(i);
    const value = by === undefined ? element : by.follow(db, element);
    if (value === undefined) continue;
    try {
      scores[i] = scoreOf(value);
    } catch {
      // The others are looked at all the same: looking at keys is counted.
      failed = true;
    }
  }
  if (failed) throw notNumbers;
  return scores;
}

/** The numbers of the elements in the order of their texts, or of those that a pattern leads to. */
function orderByText(db: Database, vector: SortVector, { by, descending, store }: Options): Uint32Array {
  const texts = by === undefined ? vector : new SortVector();
  const present = new Uint8Array(vector.length).fill(1);
  if (by !== undefined) {
    for (let i = 0; i < vector.length; i++) {
      const value = by.follow(db, vector.at(i));
      if (value === undefined) present[i] = 0;
      texts.add(value ?? empty);
    }
  }
  const compare = (a: number, b: number) => {
    if (present[a] !== present[b]) return present[a]! - present[b]!;
    return store === undefined ? texts.compareTexts(a, b) : texts.compare(a, b);
  };
  return numbersBelow(vector.length).sort(descending ? (a, b) => -compare(a, b) : compare);
}

/** The numbers of the elements in the order in which they come out. */
function orderOf(db: Database, vector: SortVector, options: Options): Uint32Array {
  if (options.unsorted) return numbersBelow(vector.length);
  if (options.alpha) return orderByText(db, vector, options);
  const order = orderByScore(scoresOf(db, vector, options.by), (a, b) => vector.compare(a, b));
  return options.descending ? order.reverse() : order;
}

/** Gives every element, or what the patterns of GET make of it, to `visit`. */
function forEachResult(
  db: Database,
  { vector, start, end }: Chosen,
  order: Uint32Array,
  get: readonly SortPattern[],
  visit: (value: Slice | undefined) => void,
): void {
  for (let i = start; i < end; i++) {
    if (get.length === 0) visit(vector.at(order[i]!));
    for (const pattern of get) visit(pattern.follow(db, vector.at(order[i]!)));
  }
}

function storeResult({ db, keyspace }: Context, name: Slice, results: ListBuilder, reply: Reply): void {
  const { size } = results;
  if (size === 0) {
    results.discard();
    if (db.deleteDeadOrAlive(name)) db.event("g", "del", name);
  } else {
    db.setValue(name, results.value());
    keyspace.dirty += size - 1;
    db.event("l", "sortstore", name);
  }
  reply.integer(size);
}

function sortElements(context: Context, args: Args, reply: Reply, stores: boolean): void {
  const { db, keyspace } = context;
  const name = args.at(1);
  const options = readOptions(args, stores);
  const ref = db.read(name);
  const type = ref === 0 ? Type.list : db.typeOf(ref);
  if (type !== Type.list && type !== Type.set && type !== Type.zset) throw wrongType;
  if (options.unsorted && type === Type.set && options.store !== undefined) {
    // What is stored must not depend on the order inside a set.
    options.unsorted = false;
    options.alpha = true;
    options.by = undefined;
  }
  const chosen = load(db, name, ref, options);
  const order = orderOf(db, chosen.vector, options);
  const { get, store } = options;
  if (store === undefined) {
    reply.array((chosen.end - chosen.start) * Math.max(1, get.length));
    forEachResult(db, chosen, order, get, (value) => value === undefined ? reply.nil() : reply.bulk(value));
    return;
  }
  // Nodes of the default size, whatever the settings say, as in the reference.
  const results = new ListBuilder(keyspace, DEFAULT_LIST_LIMITS);
  forEachResult(db, chosen, order, get, (value) => results.element(value ?? empty));
  storeResult(context, store, results, reply);
}

/** Keys named by what the sorted key holds: nobody can tell them from the arguments. */
const patternKeys: KeySpec = {
  flags: ["RO", "access"],
  begin: { unknown: () => [] },
  find: { unknown: true },
  notes: "The keys that the patterns of BY and GET lead to depend on the elements sorted",
};

const storeKey: KeySpec = {
  flags: ["OW", "update"],
  begin: { unknown: lastStore },
  find: { unknown: true },
  notes: "The key after STORE, which may stand anywhere among the options",
};

/** Where the key after the last STORE is. */
function lastStore(args: Args, from: number): readonly number[] {
  let found = -1;
  for (let i = from + 2; i < args.count; i++) {
    if (args.is(i, "limit")) i += 2;
    else if (args.is(i, "get") || args.is(i, "by")) i++;
    else if (args.is(i, "store") && i + 1 < args.count) found = ++i;
  }
  return found < 0 ? [] : [found];
}

export const sort = defineCommand({
  name: "SORT",
  group: "generic",
  since: "1.0.0",
  summary: "Gives, or stores, the elements of a list, set or sorted set in order",
  complexity: "O(N+M*log(M)) with N elements in all and M asked for, and a look-up for each pattern",
  syntax:
    "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]",
  arity: -2,
  flags: ["write", "denyoom", "movablekeys"],
  categories: ["set", "sortedset", "list", "dangerous"],
  keys: [key(1, "RO", "access"), patternKeys, storeKey],
  run: (context, args, reply) => sortElements(context, args, reply, true),
});

export const sortRo = defineCommand({
  ...sort,
  name: "SORT_RO",
  since: "7.0.0",
  summary: "Gives the elements of a list, set or sorted set in order",
  syntax: "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]",
  flags: ["readonly", "movablekeys"],
  keys: [key(1, "RO", "access"), patternKeys],
  run: (context, args, reply) => sortElements(context, args, reply, false),
});
