/** ZADD and ZINCRBY: members and their scores. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { formatDouble } from "../../store/numbers/double.ts";
import { Type } from "../../store/memory/entry.ts";
import { MEMBER_BYTES_MAX } from "../../store/sorted_set/sorted_set.ts";
import { SortedSetEditor } from "../../store/sorted_set/sorted_set_editor.ts";
import { elementTooLong } from "../../store/memory/store_error.ts";

const bothExistences = new ReplyError("ERR XX and NX options at the same time are not compatible");
const bothComparisons = new ReplyError(
  "ERR GT, LT, and/or NX options at the same time are not compatible",
);
const severalIncrements = new ReplyError("ERR INCR option supports a single increment-element pair");
const notANumber = new ReplyError("ERR resulting score is not a number (NaN)");

/** What the options of one call ask for; one object for all, since handlers run one after the other. */
const options = { nx: false, xx: false, gt: false, lt: false, ch: false, incr: false };
/** The scores of one call. */
let scores = new Float64Array(16);
const editor = new SortedSetEditor();

/** Reads the options; the argument of the first score. */
function readOptions(args: Args): number {
  options.nx = options.xx = false;
  options.gt = options.lt = false;
  options.ch = options.incr = false;
  let i = 2;
  for (; i < args.count; i++) {
    if (args.is(i, "nx")) options.nx = true;
    else if (args.is(i, "xx")) options.xx = true;
    else if (args.is(i, "ch")) options.ch = true;
    else if (args.is(i, "incr")) options.incr = true;
    else if (args.is(i, "gt")) options.gt = true;
    else if (args.is(i, "lt")) options.lt = true;
    else break;
  }
  return i;
}

function checkOptions(elements: number): void {
  const { nx, xx, gt, lt, incr } = options;
  if (nx && xx) throw bothExistences;
  if ((gt && nx) || (lt && nx) || (gt && lt)) throw bothComparisons;
  if (incr && elements > 1) throw severalIncrements;
}

/** Reads the scores and looks at the members, so that nothing is wrong once the first has been added. */
function readScores(args: Args, first: number, count: number): void {
  if (count > scores.length) scores = new Float64Array(Math.max(count, scores.length * 2));
  for (let i = 0; i < count; i++) scores[i] = args.double(first + 2 * i);
  for (let i = 0; i < count; i++) {
    if (args.at(first + 2 * i + 1).length > MEMBER_BYTES_MAX) throw elementTooLong;
  }
}

/** The score that a member gets, or NaN when it stays as it is. @throws ReplyError when the sum is no number */
function updatedScore(score: number): number {
  if (options.nx) return NaN;
  const before = editor.score;
  if (options.incr) {
    score += before;
    if (score !== score) throw notANumber;
  }
  if ((options.lt && score >= before) || (options.gt && score <= before)) return NaN;
  return score;
}

function addScores({ db }: Context, args: Args, reply: Reply, first: number): void {
  const count = (args.count - first) >> 1;
  readScores(args, first, count);
  const name = args.at(1);
  const ref = db.writeTyped(name, Type.zset);
  if (ref === 0 && options.xx) return options.incr ? reply.nil() : reply.integer(0);
  editor.open(db, name, ref, count > 1);
  let added = 0;
  let result = NaN;
  for (let i = 0; i < count; i++) {
    const member = args.at(first + 2 * i + 1);
    if (!editor.find(member)) {
      if (options.xx) continue;
      result = scores[i]!;
      editor.insert(member, result);
      added++;
      continue;
    }
    const score = updatedScore(scores[i]!);
    if (score !== score) continue;
    result = score;
    if (score !== editor.score) editor.setScore(member, score);
  }
  const { changes } = editor;
  editor.close();
  if (!options.incr) reply.integer(options.ch ? changes : added);
  else if (result !== result) reply.nil();
  else reply.double(formatDouble(result));
  if (changes > 0) db.event("z", options.incr ? "zincr" : "zadd", name);
}

export const zadd = defineCommand({
  name: "ZADD",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Adds members with their scores to a sorted set, or changes the scores of those that are there",
  complexity: "O(log(N)) for every member, with N members in the sorted set",
  syntax: "key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]",
  arity: -4,
  flags: ["write", "denyoom", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RW", "update")],
  run(context, args, reply) {
    const first = readOptions(args);
    const left = args.count - first;
    if (left === 0 || left % 2 !== 0) throw syntaxError;
    checkOptions(left / 2);
    addScores(context, args, reply, first);
  },
});

export const zincrby = defineCommand({
  name: "ZINCRBY",
  group: "sorted-set",
  since: "1.2.0",
  summary: "Adds to the score of a member, which is 0 if it is not there",
  complexity: "O(log(N)) with N members in the sorted set",
  syntax: "key increment member",
  arity: 4,
  flags: ["write", "denyoom", "fast"],
  categories: ["sortedset"],
  keys: [key(1, "RW", "access", "update")],
  run(context, args, reply) {
    // The reference reads options here, too, and then misses an argument.
    if (readOptions(args) > 2) throw syntaxError;
    options.incr = true;
    addScores(context, args, reply, 2);
  },
});
