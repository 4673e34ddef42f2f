/** LPUSH, RPUSH, LPUSHX, RPUSHX: elements are added at an end of a list. */
import { defineCommand, type Handler, key } from "../../command.ts";
import { Type } from "../../store/memory/entry.ts";
import { pushElements } from "../../store/list/list.ts";

/** @param creates whether a key that is not there is made */
function pushHandler(atHead: boolean, creates: boolean): Handler {
  const event = atHead ? "lpush" : "rpush";
  return ({ db, keyspace }, args, reply) => {
    const name = args.at(1);
    const ref = db.writeTyped(name, Type.list);
    if (ref === 0 && !creates) return reply.integer(0);
    const length = pushElements(db, name, ref, args, 2, args.count, atHead, keyspace.limits.list);
    reply.integer(length);
    db.event("l", event, name);
  };
}

export const lpush = defineCommand({
  name: "LPUSH",
  group: "list",
  since: "1.0.0",
  summary: "Adds elements to the head of a list, which is created if there is none",
  complexity: "O(N) with N elements added",
  syntax: "key element [element ...]",
  arity: -3,
  flags: ["write", "denyoom", "fast"],
  categories: ["list"],
  keys: [key(1, "RW", "insert")],
  run: pushHandler(true, true),
});

export const rpush = defineCommand({
  ...lpush,
  name: "RPUSH",
  summary: "Adds elements to the tail of a list, which is created if there is none",
  run: pushHandler(false, true),
});

export const lpushx = defineCommand({
  ...lpush,
  name: "LPUSHX",
  since: "2.2.0",
  summary: "Adds elements to the head of a list if there is one",
  run: pushHandler(true, false),
});

export const rpushx = defineCommand({
  ...lpush,
  name: "RPUSHX",
  since: "2.2.0",
  summary: "Adds elements to the tail of a list if there is one",
  run: pushHandler(false, false),
});
