/**
 * A client of RESP3 that listens to its own keyspace events: whether it hears of an event before its command is answered or
 * behind it differs from command to command, and is the same on both servers.
 */
import { compat } from "./compat.ts";

/** Lines, before which `s`, `n`, `e`, `l`, `one`, `h`, `h1f`, `st`, `st1`, `z` and `z1` are there, and how many events each causes. */
const OWN_EVENTS: readonly (readonly [line: string, events: number])[] = [
  ["SET k v", 1],
  ["SET k v EX 100", 2],
  ["SET k v GET", 1],
  ["SET k v NX", 1],
  ["SETEX k 100 v", 2],
  ["PSETEX k 100000 v", 2],
  ["SETNX k v", 1],
  ["GETSET s v", 1],
  ["GETEX s EX 100", 1],
  ["GETDEL s", 1],
  ["SETRANGE s 1 x", 1],
  ["APPEND s x", 1],
  ["INCR n", 1],
  ["INCRBYFLOAT n 1", 1],
  ["DECR n", 1],
  ["MSET a 1 b 2", 2],
  ["MSETNX k1 1 k2 2", 2],
  ["BITFIELD s SET u8 0 1", 1],
  ["BITOP NOT k s", 1],
  ["DEL s n", 2],
  ["UNLINK s n", 2],
  ["EXPIRE s 100", 1],
  ["EXPIRE s -1", 1],
  ["PERSIST e", 1],
  ["RENAME s s2", 2],
  ["RENAMENX s s2", 2],
  ["MOVE s 3", 2],
  ["COPY s s3", 1],
  ["SORT l STORE k", 1],
  ["SORT nosuch STORE s", 1],
  ["LPUSH l x", 1],
  ["RPUSH l x", 1],
  ["LPUSHX l x", 1],
  ["LPOP l", 1],
  ["LPOP l 2", 1],
  ["RPOP l", 1],
  ["LPOP one", 2],
  ["LPOP one 1", 2],
  ["LINSERT l BEFORE 1 x", 1],
  ["LSET l 0 x", 1],
  ["LREM l 1 1", 1],
  ["LREM one 1 1", 2],
  ["LTRIM l 1 0", 2],
  ["LTRIM l 0 0", 1],
  ["LMOVE l l2 LEFT RIGHT", 2],
  ["LMOVE one l2 LEFT RIGHT", 3],
  ["RPOPLPUSH l l2", 2],
  ["LMPOP 1 l LEFT", 1],
  ["LMPOP 1 one LEFT", 2],
  ["BLPOP l 0", 1],
  ["BLPOP one 0", 2],
  ["BRPOP l 0", 1],
  ["BLMOVE l l2 LEFT RIGHT 0", 2],
  ["BRPOPLPUSH l l2 0", 2],
  ["BLMPOP 0 1 l LEFT", 1],
  ["HSET h f v", 1],
  ["HMSET h f v", 1],
  ["HSETNX h f2 v", 1],
  ["HINCRBY h i 1", 1],
  ["HINCRBYFLOAT h i 1", 1],
  ["HDEL h f", 1],
  ["HDEL h1f f", 2],
  ["SADD st x", 1],
  ["SREM st a", 1],
  ["SREM st1 a", 2],
  ["SPOP st1", 2],
  ["SMOVE st st2 a", 2],
  ["SMOVE st1 st2 a", 3],
  ["SINTERSTORE k st", 1],
  ["SINTERSTORE st nosuch", 1],
  ["SUNIONSTORE k st", 1],
  ["SDIFFSTORE k st", 1],
  ["ZADD z 5 x", 1],
  ["ZADD z INCR 5 x", 1],
  ["ZINCRBY z 1 x", 1],
  ["ZREM z a", 1],
  ["ZREM z1 a", 2],
  ["ZREMRANGEBYSCORE z 0 1", 1],
  ["ZREMRANGEBYRANK z 0 0", 1],
  ["ZREMRANGEBYLEX z - +", 2],
  ["ZRANGESTORE k z 0 -1", 1],
  ["ZRANGESTORE z nosuch 0 -1", 1],
  ["ZUNIONSTORE k 1 z", 1],
  ["ZUNIONSTORE z 1 nosuch", 1],
];

compat("a client hears of its own events before its answer, or behind it, as the command has it", (both) => {
  const client = both.client("client");
  client.resp3();
  both.same("CONFIG SET notify-keyspace-events KEA");
  for (const [line, events] of OWN_EVENTS) {
    both.same("FLUSHALL");
    both.same("MSET s abc n 5");
    both.same("SET e 1 EX 100");
    both.same("RPUSH l 1 2 3");
    both.same("RPUSH one 1");
    both.same("HSET h f v g w");
    both.same("HSET h1f f v");
    both.same("SADD st a b c");
    both.same("SADD st1 a");
    both.same("ZADD z 1 a 2 b 3 c");
    both.same("ZADD z1 1 a");
    client.same("PSUBSCRIBE __keyevent@*");
    client.same(line, { replies: events + 1 });
    client.same("PUNSUBSCRIBE");
  }
  client.same("PSUBSCRIBE __keyevent@*");
  for (const line of ["MULTI", "SET k v", "LPUSH l x", "PING"]) client.same(line);
  // One of the elements is an event: the reference does not keep them out of the answer.
  client.same("EXEC", { replies: 3 });
  both.same("CONFIG SET notify-keyspace-events ''");
});
