/**
 * Lines whose traces in the append-only file are compared; how a line is marked is told at `EffectStep` in effects.ts.
 * Lines that change nothing, or fail, are here as well: they leave nothing.
 */
import { evictionCases } from "./eviction_cases.ts";
import { streamEffectsCases } from "./stream_effects_cases.ts";
import { streamGroupEffectsCases } from "./stream_group_effects_cases.ts";

export interface EffectCase {
  readonly title: string;
  readonly lines: readonly string[];
  /** Something is changed that leaves no trace, in the reference as well. */
  readonly isIncomplete?: boolean;
}

/** The string "v", a list of a, b and c: as DUMP gives them. */
const STRING = String.raw`"\x00\x01v\n\x00\x91\b\xce\xb2\x198\x8a\xce"`;

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** A key that is dead, and not met yet. */
const DEAD = ["SET dead v PX 1", "DEBUG SLEEP 0.01"];

/** Not by PEXPIRE: where it is held up for longer than its time to live the reference deletes at once. */
const THREE_DEAD = ["SET a 1 PX 1", "SET b 2 PX 1", "SET c 3 PX 1", "DEBUG SLEEP 0.01"];

const long = "x".repeat(100);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i).join(" ");

const strings: EffectCase[] = [
  {
    title: "SET and its options",
    lines: lines(`
      SET k v
      set k v2
      sEt k v3
      SET k v NX
      SET new v NX
      SET other v XX
      SET k v XX
      SET k v GET
      SET k v NX GET
      SET k v XX GET
      set k v get xx
      SET k v EX 100
      SET k v KEEPTTL
      SET k v PX 100000
      SET k v EX 100 NX
      SET k v EX 100 XX
      SET k v XX EX 100
      SET k v EX 100 GET
      SET k v GET EX 100
      SET k v get PX 100000 XX
      SET n v NX GET EX 100
      SET n2 v EX 100 NX GET
      SET k v EXAT 4102444800
      SET k v exat 4102444800
      SET k v PXAT 4102444800000
      set k v pxat 4102444800000
      SET k v PXAT 4102444800000 GET XX
      SET k v EX 100 EX 200
      SET k v EX 0
      SET k v EX abc
      SET k v EX 9223372036854775807
      SET k v EX 100 PX 100
      SET k v KEEPTTL EX 100
      SET k v NX XX
      SET k v BAD
      SET k
      SET past v EXAT 1
      SET past v PXAT 1000 GET
      SET past v
      SET "" ""
      SET "with space" "\\r\\n\\x00\\xff"
      SET l ${long}
      RPUSH list a
      SET list v NX
      SET list v GET
      SET list v EX 100
    `),
  },
  {
    title: "other ways to set strings",
    lines: lines(`
      SETNX k v
      SETNX k v
      SETEX k 100 v
      setex k 100 v
      SETEX k 0 v
      SETEX k -1 v
      SETEX k 9223372036854775807 v
      PSETEX k 100000 v
      psetex k 0 v
      GETSET k w
      GETSET none w
      GETDEL k
      GETDEL k
      MSET a 1 b 2
      MSET a 1 a 2 a 3
      MSET a 1 b
      MSETNX a 1 c 3
      MSETNX c 3 d 4
      MSETNX e 1 e 2
      RPUSH list a
      GETDEL list
      GETSET list v
      MSET list v k v
    `),
  },
  {
    title: "GETEX",
    lines: lines(`
      GETEX k
      GETEX k EX 100
      SET k v
      GETEX k
      getex k EX 100
      GETEX k PX 100000
      GETEX k EXAT 4102444800
      GETEX k PXAT 4102444800000
      GETEX k PXAT 4102444800000
      GETEX k PERSIST
      GETEX k PERSIST
      GETEX k EX 0
      GETEX k EX 100 PERSIST
      GETEX k EXAT 1
      GETEX k EXAT 1
      SET k v
      GETEX k PXAT 1
      RPUSH list a
      GETEX list EX 100
    `),
  },
  {
    title: "numbers",
    lines: lines(`
      INCR n
      incr n
      DECR n
      INCRBY n 10
      INCRBY n 0
      DECRBY n 3
      INCRBY n abc
      INCR text x
      SET text v
      INCR text
      INCRBY n 9223372036854775807
      INCRBYFLOAT f 1.5
      incrbyfloat f 1e3
      INCRBYFLOAT f 0
      INCRBYFLOAT f -1001.5
      INCRBYFLOAT f abc
      INCRBYFLOAT text 1
      EXPIRE f 100
      INCRBYFLOAT f 0.1
      INCRBYFLOAT f 10000000000000000000000
      INCRBYFLOAT n 1
      INCRBYFLOAT n nan
    `),
  },
  {
    title: "parts of strings",
    lines: lines(`
      APPEND k Hello
      append k World
      APPEND k ""
      APPEND none ""
      SETRANGE k 5 there
      SETRANGE k 0 ""
      SETRANGE new 0 ""
      SETRANGE new 5 x
      SETRANGE new -1 x
      SETRANGE k 600000000 x
      SET n 12
      APPEND n 3
      RPUSH list a
      APPEND list x
      SETRANGE list 0 x
      GETRANGE k 0 1
      STRLEN k
      LCS k new
    `),
  },
  {
    title: "bitmaps",
    lines: lines(`
      SETBIT b 7 1
      SETBIT b 7 1
      setbit b 7 0
      SETBIT b 100 0
      SETBIT b 100 2
      SETBIT z 0 0
      GETBIT b 3
      BITCOUNT b
      BITPOS b 1
      BITFIELD b SET u8 0 255
      BITFIELD b SET u8 0 255
      BITFIELD b SET u8 0 1 SET u8 8 2 GET u8 0
      BITFIELD b GET u8 0
      BITFIELD b INCRBY u8 0 1
      BITFIELD b INCRBY u8 0 0
      BITFIELD b INCRBY u2 100 1 OVERFLOW SAT INCRBY u2 102 1
      BITFIELD b OVERFLOW FAIL INCRBY u2 102 3
      BITFIELD fresh2 SET u8 0 0
      BITFIELD fresh2 SET u8 0 0 SET u8 8 0
      BITFIELD b SET u8 0
      BITFIELD b
      BITFIELD_RO b GET u8 0
      SET a abc
      BITOP NOT dest a
      BITOP AND dest a b
      bitop or dest a none
      BITOP XOR dest a a
      BITOP AND dest none none2
      BITOP AND dest none
      BITOP NOT dest a b
      RPUSH dest a
      BITOP NOT dest a
      EXPIRE dest 100
      BITOP NOT dest a
      RPUSH list a
      BITOP NOT dest list
    `),
  },
];

const untold: EffectCase[] = [
  {
    title: "keys that DEBUG POPULATE makes",
    lines: lines(`
      SET key:0 v PX 1
      DEBUG SLEEP 0.01
      DEBUG POPULATE 3
      DEBUG POPULATE 3
      DEBUG POPULATE 2 other 10
    `),
    isIncomplete: true,
  },
  {
    title: "strings that BITFIELD makes longer before it fails",
    lines: lines(`
      SET b v
      BITFIELD b OVERFLOW FAIL INCRBY u2 1024 9
      BITFIELD fresh OVERFLOW FAIL INCRBY u2 0 9
    `),
    isIncomplete: true,
  },
];

const keysAndTimes: EffectCase[] = [
  {
    title: "times to live",
    lines: lines(`
      SET k v
      EXPIRE none 100
      EXPIRE k 100
      expire k 100
      EXPIRE k 200 NX
      EXPIRE k 200 XX
      EXPIRE k 300 GT
      EXPIRE k 300 LT
      EXPIRE k 200 LT
      EXPIRE k 200 xx gt
      EXPIRE k 250 xx gt
      PEXPIRE k 100000
      EXPIREAT k 4102444800
      expireat k 4102444800
      PEXPIREAT k 4102444800000
      PEXPIREAT k 4102444800000 NX
      PEXPIREAT k 4102444800001 GT
      EXPIRE k abc
      EXPIRE k 9223372036854775807
      EXPIRE k 100 NX XX
      EXPIRE k 100 BAD
      PERSIST k
      PERSIST k
      PERSIST none
      EXPIRE k 100 XX
      EXPIRE k 100 GT
      EXPIRE k 100 LT
      EXPIRE k 0
      SET k v
      EXPIRE k -1
      SET k v
      pexpire k -1
      SET k v
      EXPIREAT k 1
      SET k v
      PEXPIREAT k 1
      SET k v
      EXPIREAT k 1 XX
      EXPIREAT k 1 LT
      RPUSH list a b c
      EXPIRE list 100
      TTL list
      PTTL list
      EXPIRETIME list
      PEXPIRETIME list
    `),
  },
  {
    title: "times to live that are past, when expired keys are freed later",
    lines: lines(`
      CONFIG SET lazyfree-lazy-expire yes
      SET k v
      EXPIRE k -1
      SET k v
      GETEX k EXAT 1
      SET k v EXAT 1
      GET k
      RESTORE k 1 ${STRING} ABSTTL
      SET k v
      RESTORE k 1 ${STRING} ABSTTL REPLACE
      SET k v PX 1
      DEBUG SLEEP 0.01
      GET k
      SET k v PX 1
      !cycle
      CONFIG SET lazyfree-lazy-expire no
    `),
  },
  {
    title: "deletion",
    lines: lines(`
      MSET a 1 b 2 c 3 d 4
      DEL a
      DEL a
      del a b c none
      DEL d d
      MSET a 1 b 2 c 3
      UNLINK a b none
      unlink none
      CONFIG SET lazyfree-lazy-user-del yes
      DEL c
      CONFIG SET lazyfree-lazy-user-del no
      RPUSH list a b c
      DEL list
      EXISTS a
      TOUCH a b
      TYPE a
    `),
  },
  {
    title: "names and places",
    lines: lines(`
      SET a 1
      RENAME a b
      rename b b
      RENAME none x
      SET a 2
      RENAME a b
      RENAMENX b a
      SET b 1
      RENAMENX a b
      RENAMENX a a
      RENAMENX none b
      MOVE a 1
      MOVE a 1
      SET a 1
      MOVE a 1
      MOVE a 0
      MOVE a 99
      COPY a c
      COPY a c
      COPY a c REPLACE
      copy a c DB 2
      COPY a c DB 2
      COPY a c REPLACE DB 2
      COPY a a
      COPY none c
      COPY a c DB 99
      EXPIRE a 100
      COPY a d
      RENAME a e
      MOVE e 5
    `),
  },
  {
    title: "databases",
    lines: lines(`
      SELECT 3
      SET a 1
      SELECT 4
      GET a
      SET a 1
      SELECT 3
      SELECT 4
      SET a 2
      SWAPDB 3 4
      swapdb 3 3
      SWAPDB 3 99
      SET b 1
      SELECT 0
      SWAPDB 7 8
      FLUSHDB
      SET a 1
      FLUSHDB
      FLUSHDB
      flushdb async
      FLUSHDB SYNC
      SET a 1
      FLUSHDB ASYNC
      FLUSHDB BAD
      SET a 1
      SELECT 5
      MSET a 1 b 2
      FLUSHALL
      FLUSHALL
      flushall async
      FLUSHALL SYNC
      FLUSHALL BAD
      SET a 1
      DBSIZE
      SELECT 15
      FLUSHALL
    `),
  },
  {
    title: "RESTORE",
    lines: lines(`
      RESTORE k 0 ${STRING}
      RESTORE k 0 ${STRING}
      RESTORE k 0 ${STRING} REPLACE
      restore k 100000 ${STRING} replace
      RESTORE k 100000 ${STRING} REPLACE IDLETIME 100
      RESTORE k 100000 ${STRING} REPLACE FREQ 10
      RESTORE k 0 ${STRING} REPLACE FREQ 10
      RESTORE k 0 ${STRING} REPLACE ABSTTL
      RESTORE k 4102444800000 ${STRING} REPLACE ABSTTL
      RESTORE k 4102444800000 ${STRING} REPLACE absttl idletime 5
      RESTORE k 0 ${STRING} REPLACE IDLETIME 1
      RESTORE k 1 ${STRING} REPLACE ABSTTL
      RESTORE k 1 ${STRING} ABSTTL
      RESTORE n 100000 ${STRING}
      RESTORE n2 -1 ${STRING}
      RESTORE n2 0 bad
      DUMP n
    `),
  },
  {
    title: "SORT",
    lines: lines(`
      RPUSH l 3 1 2
      SORT l
      SORT l STORE s
      sort l desc store s
      SORT l LIMIT 5 1 STORE s
      SORT l LIMIT 5 1 STORE s
      SORT none STORE none2
      SORT l STORE l
      SORT l GET none* STORE s
      SORT_RO l
      RPUSH texts a b
      SORT texts STORE s
      SORT texts ALPHA STORE s
      ZADD z 1 1 2 2
      SORT z
      SORT z STORE s
      SADD set 1 2 3
      SORT set BY nosort STORE s
      EXPIRE s 100
      SORT set STORE s
      SET text v
      SORT text STORE s
    `),
  },
  {
    title: "objects and looking",
    lines: lines(`
      SET k v
      OBJECT ENCODING k
      OBJECT IDLETIME k
      OBJECT FREQ k
      OBJECT REFCOUNT k
      TOUCH k
      KEYS *
      SCAN 0
      RANDOMKEY
      EXISTS k
      DUMP k
      GET k
      MEMORY USAGE k
      TIME
      PING
      ECHO x
      CONFIG SET maxmemory-samples 6
      CONFIG SET maxmemory-samples 5
      DEBUG OBJECT k
      DEBUG DIGEST
      DEBUG CHANGE-REPL-ID
      DEBUG QUICKLIST-PACKED-THRESHOLD 0
      DEBUG SLEEP 0
      WATCH k
      UNWATCH
      CLIENT SETNAME x
      NOSUCH k
      SET
    `),
  },
];

const collections: EffectCase[] = [
  {
    title: "lists",
    lines: lines(`
      LPUSH l a
      LPUSH l a b c
      lpush l d
      RPUSH l x y z
      LPUSHX l a
      LPUSHX none a
      RPUSHX l a b
      RPUSHX none a
      LPOP l
      LPOP l 2
      LPOP l 0
      LPOP none
      RPOP l
      RPOP l 1
      RPOP l 100
      RPOP none 2
      RPUSH l a b c d e
      LSET l 0 A
      LSET l 99 A
      LSET none 0 A
      LSET l 0 A
      LINSERT l BEFORE b x
      linsert l after b x
      LINSERT l BEFORE nosuch x
      LINSERT none BEFORE b x
      LREM l 0 x
      LREM l 0 x
      LREM none 0 x
      LTRIM l 1 -1
      LTRIM l 0 -1
      ltrim l 0 0
      LTRIM none 0 1
      LTRIM l 5 10
      RPUSH l a a a
      LREM l 0 a
      RPUSH l a b c
      LMOVE l m LEFT RIGHT
      lmove l l left right
      LMOVE none m LEFT RIGHT
      RPOPLPUSH l m
      RPOPLPUSH l l
      rpoplpush none l
      LMOVE l m LEFT LEFT
      LMPOP 1 m LEFT
      lmpop 2 none m RIGHT
      LMPOP 2 none m RIGHT COUNT 5
      LMPOP 1 none LEFT
      RPUSH l a b c d e f
      LMPOP 2 none l RIGHT COUNT 2
      LMPOP 1 l LEFT COUNT 100
      RPUSH one a
      LMOVE one one LEFT RIGHT
      LPOP one
      SET text v
      LPUSH text a
      LMOVE text l LEFT LEFT
      RPUSH l a
      LMOVE l text LEFT LEFT
      LRANGE l 0 -1
      LPOS l a
    `),
  },
  {
    title: "blocking commands on lists that need not wait",
    lines: lines(`
      RPUSH l a b c d e f g h i j k l m
      BLPOP l 0
      blpop none l 0
      BRPOP l 1
      BLMOVE l m LEFT RIGHT 0
      blmove l l left right 0
      BRPOPLPUSH l m 0
      BRPOPLPUSH l l 0
      BLMPOP 0 2 none l LEFT
      BLMPOP 0 1 l RIGHT COUNT 2
      BLMPOP 0 1 l RIGHT COUNT 100
      BLPOP none 0.001
      BLMOVE none l LEFT LEFT 0.001
      BLPOP l m abc
      RPUSH one a
      BLPOP one 0
      SET text v
      BLPOP text 0
    `),
  },
  {
    title: "hashes",
    lines: lines(`
      HSET h a 1
      HSET h a 1
      hset h a 1 b 2 c 3
      HSET h a 1 b
      HMSET h d 4 e 5
      HSETNX h a 2
      HSETNX h f 2
      HSETNX new f 2
      HINCRBY h a 5
      hincrby h a 0
      HINCRBY h a abc
      HINCRBY h x 9223372036854775807
      HINCRBY h x 1
      HINCRBYFLOAT h a 1.5
      hincrbyfloat h a 0
      HINCRBYFLOAT h new 3e2
      HINCRBYFLOAT h a abc
      HINCRBYFLOAT h a nan
      EXPIRE h 100
      HINCRBYFLOAT h a 0.1
      HDEL h a
      HDEL h a
      hdel h b c none
      HDEL none a
      HDEL new f
      HSET h t text
      HINCRBY h t 1
      HINCRBYFLOAT h t 1
      HGET h t
      HGETALL h
      HRANDFIELD h
      HSET h long ${long}
      SET text v
      HSET text a 1
      HDEL h t d e f x new long
    `),
  },
  {
    title: "sets",
    lines: lines(`
      SADD s a b c
      SADD s a b c
      sadd s a d
      SADD s d e f
      SREM s a
      SREM s a
      srem s b c none
      SREM none a
      SMOVE s t d
      SMOVE s t none
      SMOVE none t d
      SMOVE s s e
      SADD t e
      smove s t e
      SMOVE s t f
      SREM t d e f
      SADD s 1 2 3 4 5 6 7 8 9 10
      ? SPOP s
      ? spop s
      ? SPOP s 3
      SPOP s 0
      SPOP none
      SPOP none 3
      SPOP s abc
      SPOP s 100
      SADD s a
      SPOP s
      SADD s a b
      SPOP s 2
      SADD s a b
      SPOP s 3
      SADD a 1 2 3
      SADD b 2 3 4
      SINTERSTORE d a b
      sinterstore d a none
      SINTERSTORE d a none
      SUNIONSTORE d a b
      SUNIONSTORE d none
      SUNIONSTORE d none
      SDIFFSTORE d a b
      SDIFFSTORE d a a
      SDIFFSTORE d a a
      SUNIONSTORE a a b
      EXPIRE a 100
      SUNIONSTORE a a b
      SET text v
      SADD text a
      SINTERSTORE d a text
      SMOVE a text 1
      SINTERSTORE text a b
      SADD big ${numbers(600)}
      SMEMBERS a
      SRANDMEMBER a
      SINTER a b
      SINTERCARD 2 a b
    `),
  },
  {
    title: "SPOP of most of a large set, and lazy freeing",
    lines: lines(`
      SADD big ${numbers(300)}
      ? SPOP big 295
      ? SPOP big 4
      ? SPOP big 1
      CONFIG SET lazyfree-lazy-server-del yes
      SADD s a
      SPOP s
      SADD s a b
      SPOP s 2
      SADD s a b
      SPOP s 5
      SADD s a
      SREM s a
      SADD s a
      RENAME s t
      SADD s b
      RENAME s t
      SUNIONSTORE t none
      RPUSH l a b
      LTRIM l 5 6
      SET k v
      GETDEL k
      CONFIG SET lazyfree-lazy-server-del no
    `),
  },
  {
    title: "sorted sets",
    lines: lines(`
      ZADD z 1 a
      ZADD z 1 a
      ZADD z 2 a
      zadd z 1 a 2 b 3 c
      ZADD z NX 5 a 5 new
      ZADD z XX 5 a 5 none
      ZADD z XX 5 none
      ZADD z GT 1 a
      ZADD z GT 9 a
      ZADD z LT 10 a
      ZADD z LT CH 1 a 1 b
      ZADD z CH 1 a 1 b
      ZADD z INCR 5 a
      zadd z incr 0 a
      ZADD z NX INCR 5 a
      ZADD z XX INCR 5 none
      ZADD z GT INCR -5 a
      ZADD z INCR inf a
      ZADD z INCR -inf a
      ZADD z 1 x 2
      ZADD z abc x
      ZADD none XX 1 a
      ZINCRBY z 2 b
      zincrby z 0 b
      ZINCRBY z 1.5 fresh
      ZINCRBY z abc b
      ZREM z a
      ZREM z a
      zrem z b c none
      ZREM none a
      ZADD z 1 a 2 b 3 c 4 d 5 e
      ZREMRANGEBYRANK z 0 0
      ZREMRANGEBYRANK z 50 60
      zremrangebyscore z 2 2
      ZREMRANGEBYSCORE z 100 200
      ZREMRANGEBYLEX z [c [c
      ZREMRANGEBYLEX z [zz [zzz
      ZREMRANGEBYRANK none 0 1
      ZREMRANGEBYRANK z 0 -1
      ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h
      ZPOPMIN z
      zpopmin z 2
      ZPOPMAX z
      ZPOPMAX z 2
      ZPOPMIN z 0
      ZPOPMIN none
      ZMPOP 1 z MIN
      zmpop 2 none z MAX
      ZMPOP 2 none z MAX COUNT 10
      ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h
      ZMPOP 1 z MIN COUNT 3
      ZPOPMAX z 100
      ZMPOP 1 none MIN
      SET text v
      ZADD text 1 a
      ZADD z 1 ${long}
      ZRANGE z 0 -1
    `),
  },
  {
    title: "sorted sets that are stored",
    lines: lines(`
      ZADD a 1 x 2 y
      ZADD b 2 y 3 z
      ZUNIONSTORE d 2 a b
      zunionstore d 1 none
      ZUNIONSTORE d 1 none
      ZINTERSTORE d 2 a b WEIGHTS 1 2
      ZINTERSTORE d 2 a none
      ZINTERSTORE d 2 a none
      ZDIFFSTORE d 2 a b
      ZDIFFSTORE d 2 a a
      ZDIFFSTORE d 2 a a
      ZRANGESTORE d a 0 -1
      zrangestore d a 5 6
      ZRANGESTORE d a 5 6
      ZRANGESTORE d none 0 1
      ZUNIONSTORE a 2 a b
      EXPIRE a 100
      ZUNIONSTORE a 2 a b
      SET text v
      ZUNIONSTORE d 1 text
      ZRANGESTORE text a 0 -1
      SET text v
      ZUNIONSTORE text 1 a
    `),
  },
  {
    title: "blocking commands on sorted sets that need not wait",
    lines: lines(`
      ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h
      BZPOPMIN z 0
      bzpopmax none z 0
      BZMPOP 0 1 z MIN
      BZMPOP 0 2 none z MAX COUNT 2
      BZMPOP 0 2 none z MAX COUNT 20
      BZPOPMIN none 0.001
      ZADD z 1 a
      BZPOPMIN z 0
    `),
  },
];

const waiting: EffectCase[] = [
  {
    title: "clients that are served later, by lists",
    lines: lines(`
      a~ BLPOP k 0
      RPUSH k 1
      a~ BRPOP none k 0
      RPUSH k 1 2 3
      LTRIM k 5 6
      a~ BLMOVE k m LEFT RIGHT 0
      RPUSH k 1
      a~ BRPOPLPUSH k m 0
      LPUSH k 1 2
      DEL k
      a~ BLMPOP 0 2 none k LEFT COUNT 2
      RPUSH k 1
      a~ BLMPOP 0 1 k RIGHT COUNT 2
      RPUSH k 1 2 3
      DEL k
      a~ BLPOP k 0
      b~ BLPOP k 0
      RPUSH k 1 2 3
      DEL k
      a~ BLPOP k 0
      b~ BLMOVE k k2 LEFT LEFT 0
      c~ BRPOP k2 0
      RPUSH k 1 2
      EXISTS k k2
      a~ BLMOVE k k LEFT RIGHT 0
      RPUSH k 1
      DEL k
      a~ BLPOP k 0
      SELECT 3
      RPUSH k 1
      SELECT 0
      SET text v
      b~ BLMOVE q text LEFT LEFT 0
      RPUSH q 1
      RPUSH k 1
    `),
  },
  {
    title: "clients that are served later, by sorted sets",
    lines: lines(`
      a~ BZPOPMIN z 0
      ZADD z 1 a
      a~ BZPOPMAX none z 0
      ZADD z 1 a 2 b
      DEL z
      a~ BZMPOP 0 2 none z MIN COUNT 2
      ZADD z 1 a
      a~ BZMPOP 0 1 z MAX
      ZADD z 1 a 2 b
      DEL z
      a~ BZPOPMIN z 0
      b~ BZPOPMIN z 0
      ZADD z 1 a 2 b 3 c
    `),
  },
  {
    title: "clients that are served by other commands than those that push",
    lines: lines(`
      a~ BLPOP k 0
      RPUSH from a
      RENAME from k
      a~ BLPOP k 0
      RPUSH from a
      COPY from k
      a~ BLPOP k 0
      SELECT 1
      RPUSH k a
      MOVE k 0
      a~ BLPOP k 0
      RPUSH k a
      SWAPDB 0 1
      SELECT 0
      a~ BLPOP k 0
      RPUSH s a
      SORT s ALPHA STORE k
      a~ BLPOP k 0
      RPUSH s a b
      LMOVE s k LEFT LEFT
      a~ BZPOPMIN k 0
      ZADD z 1 a
      ZUNIONSTORE k 1 z
      a~ BLPOP k 0
      MULTI
      RPUSH k 1 2
      LPOP k
      EXEC
      a~ BLPOP k 0
      MULTI
      RPUSH k 1
      EXEC
      a~ BLPOP k 0
      MULTI
      RPUSH k 1
      DEL k
      SET x 1
      EXEC
      b: SELECT 2
      b~ BLPOP k 0
      SELECT 2
      MULTI
      RPUSH k 1 2 3
      SELECT 0
      RPUSH k 1 2
      SET x 1
      EXEC
    `),
  },
  {
    title: "waiting that comes to an end without anything",
    lines: lines(`
      a~ BLPOP k 0
      CLIENT UNBLOCK 1000000
      SET k v
      DEL k
      b: BLPOP none 0.01
      b: BZPOPMIN none 0.01
      RPUSH k a
    `),
  },
];

const transactions: EffectCase[] = [
  {
    title: "transactions",
    lines: lines(`
      MULTI
      EXEC
      MULTI
      GET a
      EXEC
      MULTI
      SET a 1
      EXEC
      MULTI
      GET a
      SET a 1
      EXEC
      multi
      SET a 1
      SET b 2
      exec
      MULTI
      SET a 1
      INCR text x
      SET b 2
      EXEC
      MULTI
      SET a 1
      DISCARD
      MULTI
      SET a 1
      LPUSH a x
      DEL none
      EXPIRE a 100
      INCRBYFLOAT f 1.5
      EXEC
      MULTI
      LPUSH a x
      EXEC
      WATCH a
      SET a 5
      MULTI
      SET a 6
      EXEC
      MULTI
      SELECT 4
      SET a 1
      SELECT 5
      SET a 1
      EXEC
      SET b 1
      SELECT 0
      MULTI
      SELECT 6
      SET a 1
      EXEC
      SELECT 0
      MULTI
      SPOP none
      SADD s a
      SPOP s
      EXEC
      MULTI
      SADD s a b
      SPOP s 2
      EXEC
      MULTI
      BLPOP none 0
      RPUSH k a b
      BLPOP k 0
      BRPOPLPUSH k l 0
      EXEC
      MULTI
      FLUSHALL
      EXEC
      MULTI
      FLUSHDB
      SET a 1
      SWAPDB 1 2
      EXEC
      MULTI
      SET a 1 EX 100
      EXEC
      MULTI
      DEL a
      EXEC
      MULTI
      EXPIRE none 100
      PERSIST none
      EXEC
    `),
  },
];

const dead = (line: string): string[] => [...DEAD, line];

const death: EffectCase[] = [
  {
    title: "keys that are dead when a command reads them",
    lines: [
      "GET dead",
      "EXISTS dead",
      "TTL dead",
      "TYPE dead",
      "STRLEN dead",
      "TOUCH dead",
      "DUMP dead",
      "KEYS *",
      "SCAN 0",
      "SCAN 0 MATCH none",
      "SCAN 0 MATCH de*",
      "RANDOMKEY",
      "DBSIZE",
      "OBJECT ENCODING dead",
      "WATCH dead",
      "UNWATCH",
      "DEBUG OBJECT dead",
      "LRANGE dead 0 -1",
      "SINTER dead other",
      "MGET dead dead",
      "SORT dead",
      "MEMORY USAGE dead",
    ].flatMap(dead),
  },
  {
    title: "keys that are dead when a command writes them",
    lines: [
      "SET dead w",
      "SET dead w NX",
      "DEL dead",
      "SET dead w XX",
      "SET dead w GET",
      "DEL dead",
      "SET dead w KEEPTTL",
      "DEL dead",
      "APPEND dead w",
      "DEL dead",
      "INCR dead",
      "DEL dead",
      "DEL dead",
      "UNLINK dead",
      "EXPIRE dead 100",
      "PERSIST dead",
      "GETDEL dead",
      "GETEX dead EX 100",
      "RENAME dead other",
      "LPUSH dead a",
      "DEL dead",
      "LPOP dead",
      "SADD dead a",
      "DEL dead",
      "SPOP dead",
      "ZADD dead 1 a",
      "DEL dead",
      "HSET dead a 1",
      "DEL dead",
      "SETRANGE dead 0 x",
      "DEL dead",
      "SETBIT dead 0 1",
      "DEL dead",
      "MSET dead 1 other 2",
      "DEL dead other",
      "MSETNX dead 1 other 2",
      "DEL dead other",
      "COPY dead x",
      `RESTORE dead 0 ${STRING}`,
      "DEL dead",
      `RESTORE dead 0 ${STRING} REPLACE`,
      "DEL dead",
      "MOVE dead 3",
      "SUNIONSTORE dead none",
      "SADD src a",
      "SUNIONSTORE dead src",
      "DEL dead",
      "SORT src ALPHA STORE dead",
      "DEL dead",
      "RENAME src dead",
      "DEL dead",
      "SADD src a b",
      "COPY src dead",
      "DEL dead",
      "SMOVE src dead a",
      "DEL dead",
      "BITOP NOT dead none",
      "RPUSH list a b",
      "LMOVE list dead LEFT LEFT",
      "DEL dead",
      "FLUSHDB",
      "FLUSHALL",
      "SWAPDB 0 1",
      "FLUSHALL",
      "INCR",
      "LPUSH dead",
      "GETSET dead v",
      "DEL dead",
      "INCRBYFLOAT dead 1",
      "DEL dead",
      "SET dead w EX 100",
      "DEL dead",
    ].flatMap(dead),
  },
  {
    title: "keys that are dead in transactions, and found by walking",
    lines: [
      ...DEAD,
      "MULTI",
      "GET dead",
      "EXEC",
      ...DEAD,
      "MULTI",
      "GET dead",
      "SET x 1",
      "EXEC",
      ...DEAD,
      "MULTI",
      "SET dead 1",
      "EXEC",
      "DEL dead",
      ...DEAD,
      "SELECT 1",
      ...DEAD,
      "SELECT 0",
      "GET dead",
      "SELECT 1",
      "GET dead",
      "SELECT 0",
      "SET a 1 PX 1",
      "SET b 2 PX 1",
      "DEBUG SLEEP 0.01",
      "DEL a b",
      "SET a 1 PX 1",
      "SET b 2 PX 1",
      "DEBUG SLEEP 0.01",
      "MGET a",
      "MGET b a",
      "SET a 1 PX 1",
      "!cycle",
      "SELECT 2",
      "SET a 1 PX 1",
      "!cycle",
      "SELECT 0",
      "SADD set a b c",
      "PEXPIRE set 150",
      "DEBUG SLEEP 0.2",
      "SCARD set",
      "a~ BLPOP k 0",
      "SET k v PX 1",
      "DEBUG SLEEP 0.01",
      "RPUSH k a",
      ...DEAD,
      "BLPOP dead 0.001",
      ...DEAD,
      "a~ BLPOP dead 0",
      "RPUSH dead a",
      ...DEAD,
      "a~ BLMOVE src dead LEFT LEFT 0",
      "RPUSH src a",
      ...DEAD,
      "a~ BRPOPLPUSH src dead 0",
      ...DEAD,
      "RPUSH src a",
    ],
  },
  {
    title: "keys that die while clients are paused",
    lines: lines(`
      SET dead v PX 1
      SET b v
      CLIENT PAUSE 100000 WRITE
      DEBUG SLEEP 0.01
      GET dead
      SCAN 0
      EXISTS dead
      a: CLIENT UNPAUSE
      GET dead
    `),
  },
  {
    title: "several dead keys at once",
    lines: [
      ["? SCAN 0 COUNT 1000", "SCAN 0 COUNT 1000", "DBSIZE"],
      ["? RANDOMKEY", "RANDOMKEY", "DBSIZE"],
      ["? KEYS *", "DBSIZE"],
      ["MULTI", "GET a", "SCAN 0 COUNT 1000", "SET x 1", "? EXEC"],
      ["MULTI", "SCAN 0 COUNT 1000", "? EXEC"],
      ["DEL x", "MULTI", "RANDOMKEY", "? EXEC"],
      ["EXISTS a b c"],
      ["? !cycle"],
      ["SINTERSTORE a b c"],
      ["ZUNIONSTORE d 3 a b c"],
      ["SORT a BY b GET c STORE a"],
      ["MSETNX a 1 b 2 c 3"],
      ["DEL a b c"],
      ["COPY a b"],
      ["RENAME a b"],
      ["SMOVE a b c"],
      ["LMOVE a b LEFT LEFT"],
      ["BLPOP a b c 0.001"],
      ["LMPOP 3 a b c LEFT"],
      ["ZMPOP 3 a b c MIN"],
      ["BITOP AND d a b c"],
      ["PFCOUNTX a b c"],
      ["WATCH a b c", "MULTI", "SET a 1", "EXEC"],
      ["LCS a b"],
      ["MOVE a 3"],
    ].flatMap((commands) => [...THREE_DEAD, ...commands, "DEL a b c d"]),
  },
  {
    title: "a destination that is dead, and nothing to store there",
    lines: [
      "SINTERSTORE dead none",
      "SUNIONSTORE dead none",
      "SDIFFSTORE dead none",
      "ZUNIONSTORE dead 1 none",
      "ZINTERSTORE dead 1 none",
      "ZDIFFSTORE dead 1 none",
      "ZRANGESTORE dead none 0 -1",
      "SORT none STORE dead",
      "BITOP AND dead none",
      `RESTORE dead 1 ${STRING} REPLACE ABSTTL`,
      `RESTORE dead 1 ${STRING} ABSTTL`,
      `RESTORE dead 100000 ${STRING} REPLACE`,
      "DEL dead",
      "FLUSHDB",
    ].flatMap(dead),
  },
];

const other: EffectCase[] = [
  {
    title: "saving takes the count of changes back",
    lines: lines(`
      MSET a 1 b 2 c 3
      SAVE
      SET a 2
      DEL none
      SAVE
      LASTSAVE
      MULTI
      SET a 3
      SAVE
      SET b 3
      EXEC
      SET a 3
      DEBUG RELOAD
      SET a 4
      DEBUG RELOAD NOSAVE NOFLUSH MERGE
      SET a 5
      DEBUG LOADAOF
      SET a 6
      FLUSHALL
      SAVE
      FLUSHALL
      SHUTDOWN ABORT
    `),
  },
  {
    title: "requests that are sent inline, and the case of names",
    lines: lines(`
      > SET a 1
      > set a "with space"
      > InCr n
      > GET a
      > NOSUCH
      > EXPIRE a 100
      InCr n
      eXpIrE n 100
      SeT n 5 eX 100
      fLuShAlL
    `),
  },
];

const scripts: EffectCase[] = [
  {
    title: "scripts are recorded as what they called",
    lines: lines(`
      EVAL "return 1" 0
      EVAL "return redis.call('get', 'none')" 0
      EVAL "return redis.call('set', KEYS[1], ARGV[1])" 1 a 1
      EVAL "redis.call('incr', 'a') redis.call('incr', 'a') return redis.call('get', 'a')" 0
      EVAL "redis.call('incr', 'a') redis.call('incrbyfloat', 'f', 0.1) redis.call('expire', 'a', 100)" 0
      EVAL "redis.call('sadd', 's', 'x') redis.call('spop', 's') redis.call('spop', 's')" 0
      EVAL "redis.call('set', 'a', 1.5) redis.call('rpush', 'l', 1, 2.25, 1e20, 'x')" 0
      EVAL "redis.call('set', 'b', 'x') error('late')" 0
      EVAL "redis.call('set', 'b', 'y') redis.call('incr', 'b') redis.call('set', 'b', 'z')" 0
      EVAL "redis.pcall('incr', 'b') redis.pcall('nosuch') redis.pcall('set', 'b') return 1" 0
      EVAL "return redis.call('del', 'none')" 0
      EVAL "redis.call('select', 3) redis.call('set', 'c', 1) redis.call('select', 4) redis.call('set', 'd', 1)" 0
      SET e 1
      EVAL "redis.call('select', 3) return redis.call('get', 'c')" 0
      EVAL "redis.call('flushdb')" 0
      EVAL "redis.call('flushall') redis.call('set', 'a', 1)" 0
      EVAL "for i = 1, 3 do redis.call('rpush', 'l', i) end" 0
      EVAL_RO "return redis.call('lrange', 'l', 0, -1)" 0
      SCRIPT LOAD "return redis.call('incr', KEYS[1])"
      EVALSHA 6f5ade10a69975e903c6d07b10ea44c6382381a5 1 n
      SCRIPT LOAD "return redis.call('incr',KEYS[1])"
      EVALSHA 6f5ade10a69975e903c6d07b10ea44c6382381a5 1 n
      SCRIPT FLUSH
    `),
  },
  {
    title: "scripts inside of transactions, and those for whom others wait",
    lines: lines(`
      MULTI
      SET a 1
      EVAL "redis.call('incr', 'a') redis.call('incr', 'a')" 0
      EVAL "return redis.call('get', 'a')" 0
      EXEC
      MULTI
      EVAL "return redis.call('get', 'a')" 0
      EXEC
      MULTI
      EVAL "return redis.call('incr', 'a')" 0
      EXEC
      x~ BLPOP l 0
      EVAL "redis.call('rpush', 'l', 'a', 'b') return redis.call('llen', 'l')" 0
    `),
  },
  {
    title: "what is recorded is what the script lets be recorded",
    lines: lines(`
      EVAL "redis.set_repl(redis.REPL_ALL) redis.call('set', 'a', 1)" 0
      EVAL "redis.set_repl(redis.REPL_AOF) redis.call('set', 'b', 1)" 0
      EVAL "redis.replicate_commands() redis.call('set', 'c', 1) redis.call('set', 'c', 2)" 0
    `),
  },
  {
    title: "what scripts do not let be recorded",
    isIncomplete: true,
    lines: lines(`
      EVAL "redis.set_repl(redis.REPL_NONE) redis.call('set', 'a', 1) redis.call('incrbyfloat', 'a', 1)" 0
      EVAL "redis.set_repl(redis.REPL_REPLICA) redis.call('set', 'a', 1)" 0
      EVAL "redis.call('set', 'b', 1) redis.set_repl(0) redis.call('incr', 'b') redis.set_repl(3) redis.call('get', 'b') redis.call('set', 'c', 1)" 0
      EVAL "redis.set_repl(0) redis.call('incr', 'b') redis.set_repl(3) redis.call('incr', 'c')" 0
      INCR d
    `),
  },
  {
    title: "keys that scripts meet dead",
    lines: lines(`
      SET a 1 PX 1
      SET b 2 PX 1
      DEBUG SLEEP 0.01
      EVAL "return redis.call('get', 'a')" 0
      EVAL "redis.call('set', 'c', 1) return redis.call('get', 'b')" 0
      EVAL "redis.call('set', 'k', 'v', 'px', 1) local i = 0 while i < 100000 do i = i + 1 end return redis.call('get', 'k')" 0
    `),
  },
];

const messages: EffectCase[] = [
  {
    title: "messages leave nothing",
    lines: lines(`
      PUBLISH a x
      SPUBLISH a x
      EVAL "return redis.call('publish', 'a', 'x')" 0
      EVAL "redis.call('publish', 'a', 'x') return redis.call('set', 'k', 'v')" 0
      MULTI
      PUBLISH a x
      EXEC
      MULTI
      PUBLISH a x
      SET k v
      EXEC
    `),
  },
];

export const effectCases: readonly EffectCase[] = [
  ...messages,
  ...strings,
  ...keysAndTimes,
  ...collections,
  ...waiting,
  ...transactions,
  ...untold,
  ...death,
  ...scripts,
  ...other,
  ...evictionCases,
  ...streamEffectsCases,
  ...streamGroupEffectsCases,
];

/** For servers in which DEL is called `remove`, and some others have other names, too. */
export const renamedCases: readonly EffectCase[] = [
  {
    title: "commands with other names",
    lines: lines(`
      SET a 1
      remove a
      Remove a
      SET a 1
      die a 100
      die a -1
      put a 1
      SET a 1 PX 1
      DEBUG SLEEP 0.01
      GET a
      draw s
      SADD s a b
      ? draw s
      draw s 5
    `),
  },
];

export const RENAMED: readonly (readonly [from: string, to: string])[] = [
  ["del", "remove"],
  ["expire", "die"],
  ["getset", "put"],
  ["spop", "draw"],
];
