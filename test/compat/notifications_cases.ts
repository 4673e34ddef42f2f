/** Lines for the comparison of keyspace events that leave no trace in the append-only file, or a rare one. */
import type { EffectCase } from "./effects_cases.ts";

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

export const moreEventCases: readonly EffectCase[] = [
  {
    title: "keys that are missed",
    lines: lines(`
      GET none
      STRLEN none
      GETRANGE none 0 1
      MGET none a none
      EXISTS none none2
      TYPE none
      TTL none
      PTTL none
      EXPIRETIME none
      OBJECT ENCODING none
      OBJECT IDLETIME none
      TOUCH none
      DUMP none
      RANDOMKEY
      KEYS *
      SCAN 0
      LCS none a
      GETBIT none 1
      BITCOUNT none
      BITPOS none 1
      BITFIELD none GET u8 0
      BITFIELD_RO none GET u8 0
      BITOP AND d none none2
      LLEN none
      LRANGE none 0 -1
      LINDEX none 0
      LPOS none a
      LPOP none
      RPOP none
      LREM none 0 a
      LSET none 0 a
      LTRIM none 0 1
      LINSERT none BEFORE a b
      LMOVE none l LEFT LEFT
      RPOPLPUSH none l
      LMPOP 2 none none2 LEFT
      HGET none f
      HMGET none f
      HGETALL none
      HKEYS none
      HLEN none
      HEXISTS none f
      HSTRLEN none f
      HDEL none f
      HRANDFIELD none
      HSCAN none 0
      SMEMBERS none
      SISMEMBER none a
      SMISMEMBER none a
      SCARD none
      SRANDMEMBER none
      SRANDMEMBER none 2
      SPOP none
      SPOP none 2
      SREM none a
      SMOVE none d a
      SINTER none none2
      SUNION none none2
      SDIFF none none2
      SINTERCARD 2 none none2
      SINTERSTORE d none none2
      SUNIONSTORE d none none2
      SDIFFSTORE d none none2
      SSCAN none 0
      ZSCORE none a
      ZMSCORE none a
      ZCARD none
      ZCOUNT none 0 1
      ZLEXCOUNT none - +
      ZRANK none a
      ZREVRANK none a
      ZRANGE none 0 -1
      ZRANGEBYSCORE none 0 1
      ZRANGEBYLEX none - +
      ZREVRANGE none 0 -1
      ZRANDMEMBER none
      ZREM none a
      ZPOPMIN none
      ZPOPMAX none
      ZMPOP 2 none none2 MIN
      ZREMRANGEBYRANK none 0 1
      ZREMRANGEBYSCORE none 0 1
      ZUNION 2 none none2
      ZINTER 2 none none2
      ZDIFF 2 none none2
      ZINTERCARD 2 none none2
      ZUNIONSTORE d 2 none none2
      ZRANGESTORE d none 0 -1
      ZSCAN none 0
      SORT none
      SORT_RO none
      SORT none STORE d
      GETDEL none
      GETEX none
      GETEX none EX 100
      GETSET none v
      DEL none
      APPEND none2 v
      EXPIRE none3 100
      PERSIST none3
      RENAME none3 x
      COPY none3 x
      MOVE none3 1
      UNLINK none3
      MEMORY USAGE none3
      DEBUG OBJECT none3
      WATCH none3
    `),
  },
  {
    title: "keys that are missed by commands of the wrong type, and found",
    lines: lines(`
      SET k v
      GET k
      LRANGE k 0 -1
      RPUSH l a b
      GET l
      LRANGE l 0 -1
      SORT l BY w_* GET v_* GET #
      MGET k l none
      EXISTS k none
      OBJECT ENCODING k
      SETRANGE none 0 ''
      SETRANGE none 1 x
      GETRANGE k 0 0
    `),
  },
  {
    title: "dead keys that are met",
    lines: lines(`
      SET a v PX 1
      SET b v PX 1
      SET c v PX 1
      RPUSH d v
      PEXPIRE d 150
      DEBUG SLEEP 0.2
      GET a
      SET b w
      DEL c
      RPUSH d w
      SET e v PX 1
      SET f v PX 1
      DEBUG SLEEP 0.01
      EXISTS e
      MGET f e
      SET g v PX 1
      DEBUG SLEEP 0.01
      RENAME g h
      SET g v PX 1
      DEBUG SLEEP 0.01
      KEYS *
      SET g v PX 1
      DEBUG SLEEP 0.01
      SCAN 0
      SET g v PX 1
      SET i v
      DEBUG SLEEP 0.01
      RENAME i g
      SET j v PX 1
      DEBUG SLEEP 0.01
      COPY g j
      SET m v PX 1
      DEBUG SLEEP 0.01
      MSETNX m 1 n 2
      SET p v PX 1
      DEBUG SLEEP 0.01
      INCR p
      SET q v PX 1
      DEBUG SLEEP 0.01
      !cycle
    `),
  },
  {
    title: "waiting clients that are served",
    lines: lines(`
      a~ BLPOP l 0
      RPUSH l x
      a~ BRPOP l2 0
      RPUSH l2 x y
      a~ BLMOVE l3 m LEFT RIGHT 0
      LPUSH l3 z
      a~ BLMPOP 0 1 k LEFT COUNT 2
      RPUSH k 1 2 3
      a~ BZPOPMIN z 0
      ZADD z 1 a
      a~ BZMPOP 0 1 y MAX COUNT 2
      ZADD y 1 a 2 b 3 c
      a: PING
    `),
  },
  {
    title: "transactions and scripts",
    lines: lines(`
      MULTI
      SET k v
      INCR n
      DEL k none
      RPUSH l a
      SELECT 3
      SET k v
      EXEC
      SELECT 0
      EVAL "redis.call('set', 'a', '1') redis.call('incr', 'a') return redis.call('del', 'a')" 0
    `),
  },
  {
    title: "several databases",
    lines: lines(`
      SET k v
      SELECT 3
      SET k v
      MOVE k 5
      SWAPDB 5 6
      SELECT 6
      GET k
      COPY k l DB 7
      FLUSHDB
      FLUSHALL
    `),
  },
];

/** Each event at least once. */
export const everyEvent: EffectCase = {
  title: "each event",
  lines: lines(`
    SET k 1
    APPEND k 2
    SETRANGE k 0 1
    INCR k
    DECRBY k 2
    INCRBYFLOAT k 1.5
    SETBIT b 1 1
    BITFIELD b SET u8 0 1
    BITOP NOT c b
    BITOP AND c none
    MSET x 1 y 2
    GETSET k v
    SETEX k 100 v
    GETEX k PERSIST
    GETEX k EX 100
    PERSIST k
    EXPIRE k 100
    PEXPIREAT k 1
    SET k v
    RENAME k l
    COPY l k
    MOVE k 1
    DEL l
    GETDEL x
    UNLINK y
    RESTORE r 0 "\\x00\\x01v\\n\\x00\\x91\\b\\xce\\xb2\\x198\\x8a\\xce"
    RPUSH l 1 2 3 4 5 6 7 8 9
    LPUSH l 0
    LPUSHX l 0
    RPUSHX l 0
    LPOP l
    RPOP l
    LSET l 0 x
    LINSERT l AFTER x y
    LREM l 0 y
    LTRIM l 1 5
    LMOVE l m LEFT RIGHT
    RPOPLPUSH l m
    LMPOP 1 m LEFT
    SORT m ALPHA STORE n
    SORT none STORE n
    DEL l m
    SADD s a b c d e
    SREM s a
    SMOVE s t b
    ? SPOP s
    SINTERSTORE d t t
    SUNIONSTORE d t none
    SDIFFSTORE d t none
    SINTERSTORE d none t
    SREM t b
    HSET h f 1
    HSETNX h g 1
    HINCRBY h f 2
    HINCRBYFLOAT h f 1.5
    HDEL h f
    HDEL h g
    ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g
    ZADD z INCR 1 a
    ZINCRBY z 1 b
    ZREM z c
    ZPOPMIN z
    ZPOPMAX z
    ZREMRANGEBYRANK z 0 0
    ZREMRANGEBYSCORE z 5 5
    ZREMRANGEBYLEX z [x [y
    ZUNIONSTORE w 1 z
    ZINTERSTORE w 1 z
    ZDIFFSTORE w 1 z
    ZRANGESTORE w z 0 -1
    ZRANGESTORE w none 0 -1
    ZREMRANGEBYLEX z - +
    XADD stream 1-1 f v
    XADD stream MAXLEN 1 1-2 f v
    XTRIM stream MAXLEN 0
    XSETID stream 2
    XADD stream 3 f v
    XDEL stream 3
    GET none
    SET dead v PX 1
    DEBUG SLEEP 0.01
    GET dead
    SET dead v PX 1
    DEBUG SLEEP 0.01
    !cycle
  `),
};
