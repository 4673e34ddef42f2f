/** BZPOPMIN, BZPOPMAX, BZMPOP: as without the B, but a client waits when there is nothing. */
import { defineCommand, type Handler } from "../../command.ts";
import { Type } from "../../store/memory/entry.ts";
import { popOrWait, readTimeout } from "../blocking.ts";
import { readMultiPop } from "../multi_pop.ts";
import { type PopEnd, popMembers, readPopEnd, recordPop, takeMember } from "./zpop.ts";

function popHandler(end: PopEnd): Handler {
  return (context, args) => {
    const { reply } = context.client;
    const timeout = readTimeout(args, args.count - 1);
    popOrWait(context, args, 1, args.count - 2, timeout, Type.zset, (name, ref) => {
      reply.array(3);
      reply.bulk(name);
      takeMember(context, name, ref, end, reply);
      recordPop(context, name, end);
    });
  };
}

export const bzpopmin = defineCommand({
  name: "BZPOPMIN",
  group: "sorted-set",
  since: "5.0.0",
  summary:
    "Takes the lowest member of the first of several sorted sets that has any, and waits for one if none has",
  complexity: "O(log(N)) with N members in the sorted set",
  syntax: "key [key ...] timeout",
  arity: -3,
  flags: ["write", "noscript", "blocking", "fast"],
  categories: ["sortedset"],
  keys: [{
    flags: ["RW", "access", "delete"],
    begin: { index: 1 },
    find: { lastKey: -2, step: 1, limit: 0 },
  }],
  run: popHandler("min"),
});

export const bzpopmax = defineCommand({
  ...bzpopmin,
  name: "BZPOPMAX",
  summary:
    "Takes the highest member of the first of several sorted sets that has any, and waits for one if none has",
  run: popHandler("max"),
});

export const bzmpop = defineCommand({
  name: "BZMPOP",
  group: "sorted-set",
  since: "7.0.0",
  summary:
    "Takes the lowest or highest members of the first sorted set that has any, and waits for one if none has",
  complexity: "O(K) + O(M*log(N)) with K keys, N members in the sorted set and M removed",
  syntax: "timeout numkeys key [key ...] MIN | MAX [COUNT count]",
  arity: -5,
  flags: ["write", "blocking", "movablekeys"],
  categories: ["sortedset"],
  keys: [{
    flags: ["RW", "access", "delete"],
    begin: { index: 2 },
    find: { keynum: 0, firstKey: 1, step: 1 },
  }],
  run(context, args) {
    const { reply } = context.client;
    const timeout = readTimeout(args, 1);
    const { firstKey, keys, end, count } = readMultiPop(args, 2, readPopEnd);
    popOrWait(context, args, firstKey, keys, timeout, Type.zset, (name, ref) => {
      reply.array(2);
      reply.bulk(name);
      recordPop(context, name, end, popMembers(context, name, ref, end, count, true, reply));
    });
  },
});
