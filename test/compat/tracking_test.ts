/**
 * CLIENT TRACKING and its kin. What a client is told is no reply: a later PING of it is told to wait for as many messages as
 * should have come before its own answer, and stands behind a line of somebody else, so that all that is told has been sent.
 */
import type { Plain } from "../support/resp_value.ts";
import { type Both, compat } from "./compat.ts";

/** Everything that has come to this client until now, in its order: so many messages, and a PONG. */
function receives(both: Both, messages: number): void {
  both.same("PING", { replies: messages + 1 });
}

/** Numbers of clients differ between the servers. */
const idsAside = (value: Plain) =>
  JSON.stringify(value instanceof Map ? [...value] : value).replace(/\b[1-9]\d*\b/g, "<id>");

/** What CLIENT TRACKINGINFO says. */
function info(both: Both): void {
  both.sameAfter(idsAside, "CLIENT TRACKINGINFO");
  both.sameAfter(idsAside, "CLIENT GETREDIR");
}

/** Some fields of the line of CLIENT INFO. */
function line(both: Both): void {
  both.sameAfter(
    (value) =>
      String(value).split(/\s+/).filter((field) => /^(flags|redir|resp)=/.test(field))
        .map((field) => field.replace(/^redir=[1-9]\d*$/, "redir=<id>")),
    "CLIENT INFO",
  );
}

/** The lines of INFO about tracking. */
function counts(both: Both): void {
  both.sameAfter(
    (value) => String(value).split("\r\n").filter((each) => each.startsWith("tracking_")),
    "INFO everything",
  );
}

/** A client of version 3 that tracks. */
function tracker(both: Both, options = "", name = "tracker"): Both {
  const client = both.client(name);
  client.resp3();
  client.same(`CLIENT TRACKING ON ${options}`);
  return client;
}

compat("a client is told of what it has read, once", (both) => {
  const client = tracker(both);
  info(client);
  line(client);
  client.same("GET k");
  client.same("MGET a b a");
  counts(both);
  both.same("SET k 1");
  both.same("SET k 2");
  both.same("SET other 2");
  both.same("MSET b 1 a 2 c 3");
  receives(client, 3);
  counts(both);
  client.same("CLIENT TRACKING OFF");
  info(client);
  line(client);
  client.same("GET k");
  both.same("SET k 3");
  receives(client, 0);
});

compat("names of keys are those of all databases", (both) => {
  const client = tracker(both);
  client.same("GET k");
  both.same("SELECT 3");
  both.same("SET k 1");
  receives(client, 1);
  client.same("GET k");
  both.same("SELECT 0");
  both.same("SET k 1");
  receives(client, 1);
  client.same("GET k");
  both.same("MOVE k 5");
  receives(client, 1);
});

/** Lines that read, before which `a`, `l`, `h`, `s` and `z` are there, and what changes what they read. */
const READS: readonly (readonly [reads: string, changes: string])[] = [
  ["GET a", "SET a 2"],
  ["GET a", "APPEND a x"],
  ["GET a", "SETRANGE a 0 x"],
  ["GET a", "INCR a"],
  ["GET a", "SETEX a 100 1"],
  ["GET a", "GETSET a 1"],
  ["GET a", "GETDEL a"],
  ["GET a", "GETEX a EX 100"],
  ["GET a", "GETEX a"],
  ["GET a", "EXPIRE a 100"],
  ["GET a", "EXPIRE a -1"],
  ["GET a", "EXPIRE a 100 XX"],
  ["GET a", "PERSIST a"],
  ["GET a", "DEL a a"],
  ["GET a", "UNLINK a"],
  ["GET a", "SET a 1 NX"],
  ["GET a", "SET a 1 XX"],
  ["GET a", "TOUCH a"],
  ["GET a", "RENAME a b"],
  ["GET a", "RENAME l a"],
  ["GET a", "COPY l a REPLACE"],
  ["GET a", "COPY a none"],
  ["GET a", "SETBIT a 1 1"],
  ["GET a", "BITOP NOT a a"],
  ["GET a", "PUBLISH a x"],
  ["GET none", "SET none 1"],
  ["MGET a l none", "DEL l a none"],
  ["STRLEN a", "SET a 2"],
  ["EXISTS a none", "MSET none 1 a 2"],
  ["TTL none", "SET none 1"],
  ["TYPE a", "SET a 2"],
  ["OBJECT ENCODING a", "SET a 2"],
  ["MEMORY USAGE a", "SET a 2"],
  ["DUMP a", "SET a 2"],
  ["TOUCH a", "SET a 2"],
  ["LLEN a", "SET a 2"],
  ["GET", "SET a 2"],
  ["GETEX a", "SET a 2"],
  ["WATCH a", "SET a 2"],
  ["KEYS *", "SET a 2"],
  ["SCAN 0", "SET a 2"],
  ["DBSIZE", "SET a 2"],
  ["EXISTS", "SET a 2"],
  ["SORT l", "RPUSH l 1"],
  ["SORT_RO l BY none", "RPUSH l 1"],
  ["LCS a a", "SET a 2"],
  ["LRANGE l 0 -1", "LPOP l 5"],
  ["LINDEX l 0", "LSET l 0 x"],
  ["LRANGE l 0 -1", "LTRIM l 0 0"],
  ["LRANGE l 0 -1", "LREM l 1 none"],
  ["LRANGE l2 0 -1", "LMOVE l l2 LEFT LEFT"],
  ["HGET h f", "HSET h g 1"],
  ["HGETALL h", "HDEL h f"],
  ["HGETALL h", "HDEL h none"],
  ["HGETALL h", "HINCRBYFLOAT h n 1"],
  ["SMEMBERS s", "SADD s a"],
  ["SMEMBERS s", "SADD s new"],
  ["SMEMBERS s", "SPOP s 100"],
  ["SINTER s s2", "SADD s2 a"],
  ["SINTERCARD 2 s s2", "SMOVE s s2 a"],
  ["SUNION s s2", "SUNIONSTORE s2 s"],
  ["ZRANGE z 0 -1", "ZADD z 1 a"],
  ["ZRANGE z 0 -1", "ZADD z 2 a"],
  ["ZUNION 2 z z2", "ZADD z2 1 a"],
  ["ZRANGE z 0 -1", "ZPOPMIN z 10"],
  ["ZRANGE z2 0 -1", "ZRANGESTORE z2 z 0 -1"],
  ["ZRANGE z2 0 -1", "ZUNIONSTORE z2 1 none"],
];

compat("which commands read, and which change", (both) => {
  for (const [i, [reads, changes]] of READS.entries()) {
    both.same("FLUSHALL");
    // A client of its own for each, since how many messages come is asked, not said.
    const client = tracker(both, "", `tracker ${i}`);
    both.same("MSET a 1");
    both.same("RPUSH l 1 2 3");
    both.same("HSET h f v");
    both.same("SADD s a b");
    both.same("ZADD z 1 a 2 b");
    client.sameShape(reads);
    counts(both);
    both.sameShape(changes);
    counts(both);
  }
});

compat("a client is told of its own changes behind its reply", (both) => {
  const client = tracker(both);
  client.same("GET k");
  client.same("SET k 1", { replies: 2 });
  client.same("SET k 1");
  client.same("MGET k k2");
  client.same("MSET k 1 k2 2 k3 3", { replies: 3 });
  client.same("MGET k k2");
  client.same("MULTI");
  client.same("SET k2 1");
  client.same("GET none");
  client.same("SET none 1");
  client.same("SET k 1");
  client.same("PING");
  client.same("EXEC", { replies: 4 });
  client.same("MGET k k2");
  client.same("RENAME k k2", { replies: 3 });
  client.same("GET k");
  client.same("FLUSHALL", { replies: 2 });
  client.same("SET k 1");
  receives(client, 0);
});

compat("a client is told of expired keys", (both) => {
  const client = tracker(both);
  both.same("DEBUG SET-ACTIVE-EXPIRE 0");
  // By one client, at once: from one connection to the next a busy machine may take longer than they live.
  client.same("SET own v PX 300");
  client.same("SET others v PX 300");
  client.same("GET own");
  client.same("GET others");
  both.same("DEBUG SLEEP 0.35");
  client.same("GET own", { replies: 2 });
  both.same("GET others");
  receives(client, 1);
  both.same("SET own v");
  receives(client, 1);
  both.same("DEBUG SET-ACTIVE-EXPIRE 1");
  client.same("SET cycle v PX 200");
  client.same("TYPE cycle");
  // It is answered by nothing but the message, whenever that comes.
  client.same("CLIENT REPLY OFF", { replies: 1 });
  client.same("CLIENT REPLY ON");
  receives(client, 0);
}, { args: ["--enable-debug-command", "yes"] });

compat("a client is told that everything is gone", (both) => {
  const client = tracker(both);
  client.same("MGET a b");
  both.same("FLUSHALL");
  counts(both);
  both.same("FLUSHDB");
  both.same("FLUSHALL ASYNC");
  both.same("SELECT 4");
  both.same("FLUSHDB SYNC");
  receives(client, 4);
  both.same("SET a 1");
  receives(client, 0);
  client.same("GET a");
  both.same("SWAPDB 0 4");
  receives(client, 0);
  both.same("SELECT 0");
  both.same("SET a 1");
  receives(client, 1);
});

compat("DEBUG RELOAD tells that everything is gone", (both) => {
  const client = tracker(both);
  client.same("GET a");
  both.same("DEBUG RELOAD");
  receives(client, 1);
}, { args: ["--enable-debug-command", "yes"] });

compat("what scripts read and change", (both) => {
  const client = tracker(both);
  client.same(["EVAL", "redis.call('get', KEYS[1]) return redis.call('mget', 'x', 'y')", "1", "k"]);
  both.same("MSET k 1 x 2 y 3");
  receives(client, 1);
  client.same(["EVAL_RO", "return redis.call('get', 'x')", "2", "k", "k2"]);
  both.same("MSET k 1 x 2 k2 3");
  receives(client, 2);
  client.same(["EVAL_RO", "return 1", "1", "k"]);
  client.same(["EVAL", "return redis.call('set', 'x', '1')", "1", "k"]);
  both.same("MSET k 1 x 2");
  receives(client, 0);
  client.same("MGET k x");
  both.same(["EVAL", "redis.call('set', 'x', '1') redis.call('set', 'k', '1') return 1", "0"]);
  receives(client, 2);
  client.same(["EVAL", "redis.call('get', 'k') redis.call('set', 'k', '1') return {1, {2}}", "1", "k"]);
  both.same("SET k 1");
  receives(client, 1);
  client.same("GET k");
  client.same(["EVAL", "redis.call('set', 'k', '1') return {1, {2}}", "0"], { replies: 2 });
  client.same("MULTI");
  client.same(["EVAL", "return redis.call('get', 'x')", "1", "k"]);
  client.same("GET x");
  client.same("EXEC");
  both.same("MSET k 1 x 1");
  receives(client, 2);
});

compat("BCAST tells of all keys, once before the server sleeps", (both) => {
  const client = tracker(both, "BCAST");
  info(client);
  line(client);
  counts(both);
  for (const key of ["z", "a", "m", "a", "aa", "''", '"\\xff\\x00"']) both.same(`SET ${key} 1`);
  receives(client, 1);
  client.same("SET z 1");
  client.same("SET b 1");
  both.same("PING");
  receives(client, 1);
  client.same("GET a");
  counts(both);
  both.same("DEL none");
  both.same("FLUSHALL");
  receives(client, 1);
  both.same("SET a 1");
  both.same("FLUSHALL");
  receives(client, 2);
  client.same("CLIENT TRACKING OFF");
  counts(both);
  both.same("SET a 1");
  receives(client, 0);
});

compat("BCAST with prefixes", (both) => {
  const client = tracker(both, "BCAST PREFIX foo PREFIX bar");
  const other = tracker(both, "BCAST PREFIX foobar PREFIX ba", "other");
  info(client);
  counts(both);
  for (const key of ["z", "foo", "fo", "bara", "fooz", "fooa", "foobar", "ba"]) both.same(`SET ${key} 1`);
  receives(client, 2);
  receives(other, 2);
  client.same("CLIENT TRACKING ON BCAST PREFIX foo");
  client.same("CLIENT TRACKING ON BCAST PREFIX foox");
  client.same("CLIENT TRACKING ON BCAST PREFIX fo");
  client.same("CLIENT TRACKING ON BCAST PREFIX ''");
  client.same("CLIENT TRACKING ON BCAST PREFIX x PREFIX xx");
  client.same("CLIENT TRACKING ON BCAST PREFIX xx PREFIX x");
  client.same("CLIENT TRACKING ON BCAST PREFIX y PREFIX y");
  client.same("CLIENT TRACKING ON BCAST PREFIX y PREFIX yy PREFIX foo");
  client.same("CLIENT TRACKING ON BCAST PREFIX y PREFIX foo PREFIX yy");
  client.same("CLIENT TRACKING ON BCAST PREFIX z PREFIX foo PREFIX baa PREFIX bar");
  client.same('CLIENT TRACKING ON BCAST PREFIX "f\\xffx" PREFIX "f\\xff"');
  info(client);
  client.same("CLIENT TRACKING ON BCAST PREFIX baz NOLOOP");
  info(client);
  client.same("CLIENT TRACKING ON BCAST");
  info(client);
  counts(both);
  both.same("SET foo 1");
  receives(client, 2);
  other.same("CLIENT TRACKING OFF");
  counts(both);
});

compat("NOLOOP leaves out what the client changes itself", (both) => {
  const client = tracker(both, "NOLOOP");
  info(client);
  client.same("GET k");
  client.same("SET k 1");
  both.same("SET k 2");
  receives(client, 0);
  client.same("GET k");
  both.same("SET k 2");
  receives(client, 1);
  client.same("GET k");
  client.same(["EVAL", "return redis.call('set', 'k', '2')", "0"]);
  client.same("GET k");
  client.same("MULTI");
  client.same("SET k 2");
  client.same("EXEC");
  client.same("FLUSHALL", { replies: 2 });
  receives(client, 0);
  client.same("CLIENT TRACKING OFF");
  client.same("CLIENT TRACKING ON BCAST NOLOOP");
  client.same("SET a 1");
  client.same("SET b 1");
  both.same("SET a 1");
  receives(client, 1);
  client.same(["EVAL", "return redis.call('set', 'k', '2')", "0"]);
  both.same("PING");
  receives(client, 1);
  client.same("MULTI");
  client.same("SET k 2");
  client.same("EXEC");
  both.same("PING");
  receives(client, 0);
});

compat("OPTIN and OPTOUT", (both) => {
  const client = tracker(both, "OPTIN");
  const changed = (messages: number) => {
    both.same("MSET k 1 k2 2 k3 3");
    receives(client, messages);
  };
  client.same("GET k");
  changed(0);
  client.same("CLIENT CACHING yes");
  info(client);
  client.same("GET k");
  client.same("GET k2");
  info(client);
  changed(1);
  for (const between of ["NOSUCH", "GET", "CLIENT NOSUCH", "PING", "SET x y"]) {
    client.same("CLIENT CACHING yes");
    client.same(between);
    client.same("GET k");
    changed(0);
  }
  for (
    const between of ["CLIENT ID x", "CLIENT SETNAME x", "CLIENT CACHING yes", "CLIENT TRACKING ON OPTIN"]
  ) {
    client.same("CLIENT CACHING yes");
    client.same(between);
    client.same("GET k");
    changed(1);
  }
  client.same("CLIENT CACHING yes");
  client.same("MULTI");
  client.same("GET k");
  client.same("GET k2");
  client.same("EXEC");
  client.same("GET k3");
  changed(2);
  client.same("MULTI");
  client.same("GET k");
  client.same("CLIENT CACHING yes");
  client.same("GET k2");
  client.same("EXEC");
  client.same("GET k3");
  changed(1);
  client.same("CLIENT CACHING yes");
  client.same(["EVAL", "return redis.call('get', 'k')", "1", "k2"]);
  client.same("GET k3");
  changed(1);
  client.same("CLIENT TRACKING ON OPTOUT");
  client.same("CLIENT TRACKING OFF");
  client.same("CLIENT TRACKING ON OPTOUT");
  info(client);
  client.same("GET k");
  client.same("CLIENT CACHING no");
  info(client);
  client.same("GET k2");
  client.same("GET k3");
  changed(2);
  client.same("CLIENT CACHING no");
  client.same("MULTI");
  client.same("GET k");
  client.same("EXEC");
  client.same("GET k3");
  changed(1);
  client.same("CLIENT TRACKING ON");
  info(client);
});

compat("what does not fit together", (both) => {
  both.resp3();
  const lines = [
    "CLIENT CACHING yes",
    "CLIENT CACHING x",
    "CLIENT TRACKING ON PREFIX a",
    "CLIENT TRACKING OFF PREFIX a",
    "CLIENT TRACKING ON OPTIN OPTOUT",
    "CLIENT TRACKING ON OPTIN BCAST",
    "CLIENT TRACKING ON OPTOUT BCAST",
    "CLIENT TRACKING OFF OPTIN OPTOUT BCAST",
    "CLIENT TRACKING x",
    "CLIENT TRACKING x PREFIX",
    "CLIENT TRACKING ON PREFIX",
    "CLIENT TRACKING ON REDIRECT",
    "CLIENT TRACKING ON REDIRECT a",
    "CLIENT TRACKING ON REDIRECT 0",
    "CLIENT TRACKING ON REDIRECT -1",
    "CLIENT TRACKING ON REDIRECT 999999999999",
    "CLIENT TRACKING ON REDIRECT 99999999999999999999",
    "CLIENT TRACKING OFF REDIRECT 999999999999",
    "CLIENT TRACKING",
    "CLIENT TRACKING ON x",
    "CLIENT GETREDIR x",
    "CLIENT TRACKINGINFO x",
    "CLIENT CACHING",
  ];
  for (const state of ["OFF", "ON", "ON OPTIN", "ON OPTOUT", "ON BCAST", "ON BCAST PREFIX b"]) {
    both.same("CLIENT TRACKING OFF");
    both.same(`CLIENT TRACKING ${state}`);
    for (const line of lines) {
      if (!line.startsWith("CLIENT TRACKING OFF") || state === "OFF") both.same(line);
    }
    info(both);
    both.same("CLIENT CACHING yes");
    both.same("CLIENT CACHING no");
    both.same("CLIENT TRACKING ON BCAST");
    both.same("CLIENT TRACKING ON OPTIN");
    both.same("CLIENT TRACKING ON OPTOUT");
    both.same("CLIENT TRACKING ON OPTOUT OPTIN BCAST PREFIX x");
    both.same("CLIENT TRACKING ON");
    info(both);
  }
});

for (const protocol of [2, 3] as const) {
  compat(`REDIRECT to a client of RESP${protocol}`, (both) => {
    const listener = both.client("listener");
    const client = both.client("client");
    if (protocol === 3) listener.resp3();
    client.same("CLIENT TRACKING ON");
    info(client);
    client.same("GET k");
    both.same("SET k 1");
    receives(client, 0);
    client.same("CLIENT TRACKING ON REDIRECT @id:listener");
    info(client);
    line(client);
    client.same("GET k");
    both.same("SET k 1");
    receives(listener, protocol === 3 ? 1 : 0);
    listener.same("SUBSCRIBE __redis__:invalidate");
    client.same("GET k");
    both.same("SET k 1");
    client.same("GET k");
    client.same("SET k 2");
    both.same("FLUSHALL");
    client.same("FLUSHALL");
    receives(listener, 4);
    receives(client, 0);
    listener.same("UNSUBSCRIBE");
    for (const kind of ["", "P", "S"]) {
      listener.same(`${kind}SUBSCRIBE other`);
      client.same("GET k");
      both.same("SET k 1");
      receives(listener, 1);
      listener.same(`${kind}UNSUBSCRIBE other`);
    }
    client.resp3();
    client.same("GET k");
    listener.same("SET k 3", { replies: protocol === 3 ? 2 : 1 });
    both.same("FLUSHALL");
    receives(client, 0);
    receives(listener, protocol === 3 ? 1 : 0);
    client.same("CLIENT TRACKING OFF");
    client.same("CLIENT TRACKING ON BCAST PREFIX a PREFIX b REDIRECT @id:listener");
    listener.same("SUBSCRIBE __redis__:invalidate");
    both.same("MSET a 1 b 2 ab 3 c 4");
    client.same("MSET b 2 ab 3 c 4");
    both.same("PING");
    receives(listener, 4);
  });
}

compat("a client that is told writes itself", (both) => {
  const listener = both.client("listener");
  const client = both.client("client");
  listener.resp3();
  client.same("CLIENT TRACKING ON REDIRECT @id:listener");
  client.same("GET k");
  listener.same("SET k 3", { replies: 2 });
  client.same("GET k");
  listener.same("FLUSHALL", { replies: 2 });
  client.same("GET k");
  listener.same(["EVAL", "redis.call('set', 'k', '1') return {1, 2}", "0"], { replies: 2 });
  client.same("CLIENT TRACKING ON REDIRECT @id:client");
  info(client);
  client.resp3();
  client.same("GET k");
  client.same("SET k 1", { replies: 2 });
});

compat("the client that was to be told is gone", (both) => {
  const listener = both.client("listener");
  const client = both.client("client");
  client.same("CLIENT TRACKING ON REDIRECT @id:listener");
  client.same("GET k");
  counts(both);
  listener.same("QUIT");
  line(client);
  both.same("SET k 1");
  info(client);
  line(client);
  client.resp3();
  info(client);
  client.same("GET k");
  both.same("SET k 1");
  client.sameAfter(idsAside, "PING", { replies: 2 });
  client.same("GET k");
  client.sameAfter(idsAside, "SET k 1", { replies: 2 });
  both.same("FLUSHALL");
  client.sameAfter(idsAside, "PING", { replies: 2 });
  client.same("CLIENT TRACKING ON");
  info(client);
  line(client);
  client.same("RESET");
  info(client);
  line(client);
  counts(both);
});

compat("RESET, HELLO and the end of a connection", (both) => {
  const client = tracker(both);
  client.same("GET k");
  client.same("HELLO 4");
  client.resp2();
  info(client);
  both.same("SET k 1");
  client.resp3();
  receives(client, 0);
  client.same("GET k");
  both.same("SET k 1");
  receives(client, 1);
  client.same("GET k");
  counts(both);
  client.same("RESET");
  counts(both);
  client.resp3();
  both.same("SET k 1");
  receives(client, 0);
  client.same("CLIENT TRACKING ON BCAST");
  client.same("RESET");
  counts(both);
  client.resp3();
  client.same("CLIENT TRACKING ON");
  client.same("MGET k k2");
  counts(both);
  client.same("QUIT");
  counts(both);
  both.same("SET k 1");
  counts(both);
  both.same("FLUSHALL");
  counts(both);
});

compat("what was read before stays known, in whichever way the client tracks", (both) => {
  const client = tracker(both);
  client.same("MGET a b c");
  client.same("CLIENT TRACKING OFF");
  both.same("SET a 1");
  receives(client, 0);
  client.same("CLIENT TRACKING ON");
  both.same("SET a 1");
  both.same("SET b 1");
  receives(client, 1);
  client.same("CLIENT TRACKING OFF");
  client.same("CLIENT TRACKING ON BCAST PREFIX x");
  both.same("SET c 1");
  receives(client, 0);
});

compat("CLIENT REPLY does not keep messages back", (both) => {
  const client = tracker(both);
  client.same("GET k");
  client.same("CLIENT REPLY OFF", { replies: 0 });
  client.same("GET k2", { replies: 0 });
  both.same("SET k 1");
  client.same("SET k2 1", { replies: 2 });
  client.same("MULTI", { replies: 0 });
  client.same("GET k", { replies: 0 });
  client.same("SET k 1", { replies: 0 });
  client.same("EXEC", { replies: 1 });
  client.same("CLIENT REPLY ON");
  client.same("GET k");
  client.same("CLIENT REPLY SKIP", { replies: 0 });
  client.same("SET k 1", { replies: 1 });
  client.same("PING");
});

compat("CLIENT REPLY and events of one's own", (both) => {
  const client = both.client("client");
  both.same("CONFIG SET notify-keyspace-events KEA");
  client.resp3();
  client.same("PSUBSCRIBE __keyevent@*");
  client.same("CLIENT REPLY OFF", { replies: 0 });
  client.same("RPUSH l x", { replies: 1 });
  client.same("SET k v", { replies: 1 });
  client.same("HSET h f v", { replies: 1 });
  client.same("CLIENT REPLY ON");
  both.same("CONFIG SET notify-keyspace-events ''");
});

compat("clients that wait", (both) => {
  const client = tracker(both);
  client.same("LRANGE l 0 -1");
  client.same("BLPOP l 0", { blocks: true });
  both.same("RPUSH l x");
  client.same("PING", { replies: 2 });
  client.same("LRANGE l 0 -1");
  client.same("RPUSH l x", { replies: 2 });
  client.same("LRANGE l 0 -1");
  client.same("BLPOP l 0", { replies: 2 });
});

compat("only so many keys are remembered", (both) => {
  const client = tracker(both);
  both.same("CONFIG SET tracking-table-max-keys 3");
  client.same("MGET a b c d e f g");
  // Which ones are forgotten is by chance.
  client.sameAfter(() => "forgotten", "PING", { replies: 5 });
  client.same("PING");
  counts(both);
  both.same("CONFIG SET tracking-table-max-keys 0");
  client.same("MGET a b c d e f g h i j");
  receives(client, 0);
  counts(both);
  both.same("CONFIG SET tracking-table-max-keys -1");
  both.same("CONFIG SET tracking-table-max-keys 1000000");
});
