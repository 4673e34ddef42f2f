/** The commands on sorted sets. */
import type { CommandSpec } from "../../command.ts";
import { bzmpop, bzpopmax, bzpopmin } from "./blocking.ts";
import { zadd, zincrby } from "./zadd.ts";
import { zcount, zlexcount } from "./zcount.ts";
import { zmpop, zpopmax, zpopmin } from "./zpop.ts";
import { zrandmember } from "./zrandmember.ts";
import {
  zrange,
  zrangebylex,
  zrangebyscore,
  zrangestore,
  zrevrange,
  zrevrangebylex,
  zrevrangebyscore,
} from "./zrange.ts";
import { zrem, zremrangebylex, zremrangebyrank, zremrangebyscore } from "./zrem.ts";
import { zscan } from "./zscan.ts";
import { zcard, zmscore, zrank, zrevrank, zscore } from "./zscore.ts";
import { zdiff, zdiffstore, zinter, zintercard, zinterstore, zunion, zunionstore } from "./zunion.ts";

export const sortedSetCommands: readonly CommandSpec[] = [
  bzmpop,
  bzpopmax,
  bzpopmin,
  zadd,
  zcard,
  zcount,
  zdiff,
  zdiffstore,
  zincrby,
  zinter,
  zintercard,
  zinterstore,
  zlexcount,
  zmpop,
  zmscore,
  zpopmax,
  zpopmin,
  zrandmember,
  zrange,
  zrangebylex,
  zrangebyscore,
  zrangestore,
  zrank,
  zrem,
  zremrangebylex,
  zremrangebyrank,
  zremrangebyscore,
  zrevrange,
  zrevrangebylex,
  zrevrangebyscore,
  zrevrank,
  zscan,
  zscore,
  zunion,
  zunionstore,
];
