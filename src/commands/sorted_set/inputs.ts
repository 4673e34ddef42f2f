/**
 * What unions, intersections and differences are made of: sorted sets, and sets, whose members have the score 1.
 */
import type { Args } from "../../args.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Database } from "../../store/database.ts";
import { Type } from "../../store/memory/entry.ts";
import { INT64_MAX } from "../../store/numbers/int64.ts";
import { SetValue } from "../../store/hash/set_value.ts";
import { openSortedSet } from "../../store/sorted_set/sorted_set_editor.ts";
import type { MemberVisitor, SortedSetReader } from "../../store/sorted_set/sorted_set_range.ts";
import { wrongType } from "../../store/memory/store_error.ts";
import type { Slice } from "../../sys/bytes.ts";

const notAWeight = new ReplyError("ERR weight value is not a float");
const negativeLimit = new ReplyError("ERR LIMIT can't be negative");
const LONG_MAX = Number(INT64_MAX);

/** One of the sets that go in. */
export interface Input {
  readonly size: number;
  readonly weight: number;
  /** The score of a member, or NaN when it is not there. */
  scoreOf(member: Slice): number;
  /** Gives every member to `visit`, which may end that by returning false. */
  forEach(visit: MemberVisitor): void;
}

class NoInput implements Input {
  readonly size = 0;
  readonly weight = 1;
  scoreOf(): number {
    return NaN;
  }
  forEach(): void {}
}

class SortedInput implements Input {
  readonly size: number;
  readonly weight: number;
  readonly #set: SortedSetReader;
  constructor(set: SortedSetReader, weight: number) {
    this.#set = set;
    this.size = set.size;
    this.weight = weight;
  }
  scoreOf(member: Slice): number {
    return this.#set.scoreOf(member);
  }
  forEach(visit: MemberVisitor): void {
    this.#set.walk(0, this.size, false, visit);
  }
}

class SetInput implements Input {
  readonly size: number;
  readonly weight: number;
  readonly #set: SetValue;
  constructor(set: SetValue, weight: number) {
    this.#set = set;
    this.size = set.size;
    this.weight = weight;
  }
  scoreOf(member: Slice): number {
    return this.#set.has(member) ? 1 : NaN;
  }
  forEach(visit: MemberVisitor): void {
    this.#set.some((member) => visit(member, 1) === false);
  }
}

export type Operation = "union" | "inter" | "diff";
export type Aggregate = "sum" | "min" | "max";

/** What one call asks for. */
export interface Request {
  readonly inputs: Input[];
  aggregate: Aggregate;
  withScores: boolean;
  /** Of an intersection that is only counted: when to stop; 0: never. */
  limit: number;
}

/** What a command of this family may be told. */
export interface RequestOptions {
  readonly command: string;
  readonly operation: Operation;
  readonly stores?: boolean;
  readonly counts?: boolean;
}

/** Reads `numkeys key [key ...]` from argument `first` on, and the options. */
export function readRequest(db: Database, args: Args, first: number, options: RequestOptions): Request {
  const count = args.integer(first);
  if (count < 1) {
    throw new ReplyError(`ERR at least 1 input key is needed for '${options.command}' command`);
  }
  if (count > args.count - first - 1) throw syntaxError;
  const refs: number[] = [];
  for (let i = 0; i < count; i++) {
    const ref = db.read(args.at(first + 1 + i));
    if (ref !== 0 && db.typeOf(ref) !== Type.zset && db.typeOf(ref) !== Type.set) throw wrongType;
    refs.push(ref);
  }
  const request: Request = { inputs: [], aggregate: "sum", withScores: false, limit: 0 };
  const weights: number[] = new Array(count).fill(1);
  readOptions(args, first + 1 + count, weights, request, options);
  refs.forEach((ref, i) => request.inputs.push(openInput(db, args.at(first + 1 + i), ref, weights[i]!)));
  return request;
}

function readOptions(
  args: Args,
  from: number,
  weights: number[],
  request: Request,
  { operation, stores = false, counts = false }: RequestOptions,
): void {
  const aggregates = operation !== "diff" && !counts;
  for (let i = from; i < args.count; i++) {
    if (aggregates && i + weights.length < args.count && args.is(i, "weights")) {
      for (let j = 0; j < weights.length; j++) weights[j] = args.double(++i, notAWeight);
    } else if (aggregates && i + 1 < args.count && args.is(i, "aggregate")) {
      i++;
      if (args.is(i, "sum")) request.aggregate = "sum";
      else if (args.is(i, "min")) request.aggregate = "min";
      else if (args.is(i, "max")) request.aggregate = "max";
      else throw syntaxError;
    } else if (!stores && !counts && args.is(i, "withscores")) {
      request.withScores = true;
    } else if (counts && i + 1 < args.count && args.is(i, "limit")) {
      request.limit = args.integer(++i, negativeLimit);
      if (request.limit < 0 || request.limit > LONG_MAX) throw negativeLimit;
    } else {
      throw syntaxError;
    }
  }
}

function openInput(db: Database, name: Slice, ref: number, weight: number): Input {
  if (ref === 0) return new NoInput();
  if (db.typeOf(ref) === Type.zset) return new SortedInput(openSortedSet(db, ref), weight);
  return new SetInput(new SetValue().at(db, name, ref), weight);
}
