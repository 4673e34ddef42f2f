/** What the operations on several sets share: opening the sets, and storing what came out. */
import type { Args } from "../../args.ts";
import type { Context } from "../../context.ts";
import type { Reply } from "../../resp/reply.ts";
import type { SetBuilder } from "../../store/rdb/collection_builders.ts";
import { SetValue } from "../../store/hash/set_value.ts";
import type { Slice } from "../../sys/bytes.ts";

/** The sets at the keys `from` to `to - 1`; one that is not there is empty. @throws ReplyError when one is no set */
export function readSets({ db }: Context, args: Args, from: number, to: number): SetValue[] {
  const sets: SetValue[] = [];
  for (let i = from; i < to; i++) {
    const set = new SetValue();
    set.read(db, args.at(i));
    sets.push(set);
  }
  return sets;
}

/** Makes the result the value of a key, or removes the key when nothing is in it, and replies its size. */
export function store({ db }: Context, name: Slice, result: SetBuilder, event: string, reply: Reply): void {
  const { size } = result;
  if (size > 0) {
    db.setValue(name, result.value());
    reply.integer(size);
    db.event("s", event, name);
  } else {
    result.discard();
    if (db.deleteDeadOrAlive(name)) db.event("g", "del", name);
    reply.integer(0);
  }
}

/** Replies a result that is not kept. */
export function give(result: SetBuilder, reply: Reply): void {
  reply.set(result.size);
  result.forEach((member) => reply.bulk(member));
  result.discard();
}
