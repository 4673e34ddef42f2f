/**
 * Scripts as they are used: what the first posts about scripting showed, and what a chapter of a book builds with them,
 * retold here as lines for two servers. Times and identifiers are fixed, so that both answer the same.
 */
import type { Line } from "../support/split_args.ts";

/** The tail of the queue goes to its head, marked with the time; what is marked already stays as it is. */
const TAKE = `
local item = redis.call('lrange', KEYS[1], -1, -1)[1]
if not item then return false end
redis.call('rpop', KEYS[1])
if string.find(item, '*', 1, true) then
  redis.call('lpush', KEYS[1], item)
else
  redis.call('lpush', KEYS[1], item .. '*' .. ARGV[1])
end
return item`;

const DECREMENT_ABOVE = `
local n = tonumber(redis.call('get', KEYS[1]) or '0')
if n > tonumber(ARGV[1]) then return redis.call('decr', KEYS[1]) end
return n`;

const INCREMENT_EXISTING = `
if redis.call('exists', KEYS[1]) == 1 then return redis.call('incr', KEYS[1]) else return nil end`;

const SHUFFLE = `
local items = redis.call('lrange', KEYS[1], 0, -1)
math.randomseed(tonumber(ARGV[1]))
for i = #items, 2, -1 do
  local j = math.random(i)
  items[i], items[j] = items[j], items[i]
end
redis.call('del', KEYS[1])
for _, item in ipairs(items) do redis.call('rpush', KEYS[1], item) end
return items`;

const AVERAGE = `
local sum, count = 0, 0
for _, value in ipairs(redis.call('lrange', KEYS[1], ARGV[1], ARGV[2])) do
  sum = sum + value
  count = count + 1
end
if count == 0 then return {0, false} end
return {count, tostring(sum / count)}`;

function evaluate(script: string, keys: readonly string[], ...args: readonly (string | number)[]): string[] {
  return ["EVAL", script, String(keys.length), ...keys, ...args.map(String)];
}

function repeated(times: number, make: (i: number) => Line): Line[] {
  return Array.from({ length: times }, (_, i) => make(i));
}

export const RELIABLE_QUEUE: readonly Line[] = [
  evaluate(TAKE, ["queue"], 1000),
  "LPUSH queue a b c",
  ...repeated(5, (i) => evaluate(TAKE, ["queue"], 1000 + i)),
  "LRANGE queue 0 -1",
  "LREM queue 1 a*1000",
  evaluate(TAKE, ["queue"], 2000),
  "LRANGE queue 0 -1",
  "SET n 3",
  ...repeated(4, () => evaluate(DECREMENT_ABOVE, ["n"], 1)),
  evaluate(DECREMENT_ABOVE, ["none"], 1),
  evaluate(INCREMENT_EXISTING, ["n"]),
  evaluate(INCREMENT_EXISTING, ["none"]),
  "RPUSH l 1 2 3 4 5 6 7 8",
  evaluate(AVERAGE, ["l"], 0, -1),
  evaluate(AVERAGE, ["l"], 0, 2),
  evaluate(AVERAGE, ["none"], 0, 2),
  evaluate(SHUFFLE, ["l"], 7),
  evaluate(SHUFFLE, ["l"], 8),
  "LRANGE l 0 -1",
  "RPUSH l x",
  evaluate(AVERAGE, ["l"], 0, -1),
];

const CREATE_STATUS = `
local login = redis.call('hget', KEYS[1], 'login')
if not login then return false end
local id = redis.call('incr', KEYS[2])
local key = string.format('status:%s', id)
redis.call('hmset', key, 'login', login, 'id', id, unpack(ARGV))
redis.call('hincrby', KEYS[1], 'posts', 1)
return id`;

const ACQUIRE_LOCK = `
if redis.call('exists', KEYS[1]) == 0 then return redis.call('setex', KEYS[1], unpack(ARGV)) end`;

const RELEASE_LOCK = `
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) or true end`;

const ACQUIRE_SEMAPHORE = `
redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[1])
if redis.call('zcard', KEYS[1]) < tonumber(ARGV[2]) then
  redis.call('zadd', KEYS[1], ARGV[3], ARGV[4])
  return ARGV[4]
end`;

const REFRESH_SEMAPHORE = `
if redis.call('zscore', KEYS[1], ARGV[1]) then return redis.call('zadd', KEYS[1], ARGV[2], ARGV[1]) or true end`;

const AUTOCOMPLETE = `
redis.call('zadd', KEYS[1], 0, ARGV[1], 0, ARGV[2])
local first = redis.call('zrank', KEYS[1], ARGV[1])
local last = redis.call('zrank', KEYS[1], ARGV[2])
last = math.min(first + 9, last - 2)
redis.call('zrem', KEYS[1], unpack(ARGV))
return redis.call('zrange', KEYS[1], first, last)`;

const PURCHASE = `
local price = tonumber(redis.call('zscore', KEYS[1], ARGV[1]))
local funds = tonumber(redis.call('hget', KEYS[2], 'funds'))
if price and funds and funds >= price then
  redis.call('hincrby', KEYS[3], 'funds', price)
  redis.call('hincrby', KEYS[2], 'funds', -price)
  redis.call('sadd', KEYS[4], ARGV[2])
  redis.call('zrem', KEYS[1], ARGV[1])
  return true
end`;

const LIST_ITEM = `
if redis.call('sismember', KEYS[1], ARGV[1]) ~= 0 then
  redis.call('zadd', KEYS[2], ARGV[3], ARGV[2])
  redis.call('srem', KEYS[1], ARGV[1])
  return true
end`;

/** The size of a shard is an argument here: CONFIG is none of the commands that scripts of 7.0 may call. */
const SHARDED_PUSH = `
local size = tonumber(ARGV[2])
if #ARGV < 3 then return 0 end
local end_key = KEYS[ARGV[1] == 'lpush' and 2 or 3]
local shard = redis.call('get', end_key) or '0'
local pushed = 0
while 1 do
  local key = KEYS[1] .. shard
  local room = math.min(size - redis.call('llen', key), #ARGV - 2 - pushed)
  if room > 0 then
    redis.call(ARGV[1], key, unpack(ARGV, 3 + pushed, 2 + pushed + room))
    pushed = pushed + room
  end
  if pushed >= #ARGV - 2 then return pushed end
  shard = redis.call(ARGV[1] == 'lpush' and 'decr' or 'incr', end_key)
end`;

const SHARDED_POP = `
local from = KEYS[ARGV[1] == 'lpop' and 2 or 3]
local to = KEYS[ARGV[1] == 'lpop' and 3 or 2]
local shard = redis.call('get', from) or '0'
local item = redis.call(ARGV[1], KEYS[1] .. shard)
if not item or redis.call('llen', KEYS[1] .. shard) == 0 then
  if shard == (redis.call('get', to) or '0') then return item end
  shard = redis.call(ARGV[1] == 'lpop' and 'incr' or 'decr', from)
  if not item then item = redis.call(ARGV[1], KEYS[1] .. shard) end
end
return item`;

const SHARDED_LENGTH = `
local first = tonumber(redis.call('get', KEYS[2]) or '0')
local last = tonumber(redis.call('get', KEYS[3]) or '0')
local ends = redis.call('llen', KEYS[1] .. first)
if first ~= last then ends = ends + redis.call('llen', KEYS[1] .. last) end
return ends + math.max(0, last - first - 1) * tonumber(ARGV[1])`;

const SHARDS = ["k:", "k:first", "k:last"];

function sharded(command: string, count: number): string[] {
  return evaluate(
    SHARDED_PUSH,
    SHARDS,
    command,
    4,
    ...Array.from({ length: count }, (_, i) => `${command}:${i}`),
  );
}

export const BOOK_SCRIPTS: readonly Line[] = [
  evaluate(
    CREATE_STATUS,
    ["user:1", "status:id:"],
    "message",
    "hello",
    "posted",
    "1342915440.123456",
    "uid",
    1,
  ),
  "HSET user:1 login joe posts 0",
  ...repeated(2, (i) => evaluate(CREATE_STATUS, ["user:1", "status:id:"], "message", `m${i}`, "uid", 1)),
  "HGETALL status:1",
  "HGETALL user:1",
  ...repeated(2, (i) => evaluate(ACQUIRE_LOCK, ["lock:a"], 10, `owner${i}`)),
  evaluate(RELEASE_LOCK, ["lock:a"], "owner1"),
  evaluate(RELEASE_LOCK, ["lock:a"], "owner0"),
  evaluate(RELEASE_LOCK, ["lock:a"], "owner0"),
  evaluate(ACQUIRE_LOCK, ["lock:a"], "no number", "owner"),
  ...repeated(6, (i) => evaluate(ACQUIRE_SEMAPHORE, ["semaphore"], 100 + i - 10, 5, 100 + i, `holder${i}`)),
  evaluate(REFRESH_SEMAPHORE, ["semaphore"], "holder3", 200),
  evaluate(REFRESH_SEMAPHORE, ["semaphore"], "nobody", 200),
  evaluate(ACQUIRE_SEMAPHORE, ["semaphore"], 150, 5, 210, "holder9"),
  "ZRANGE semaphore 0 -1 WITHSCORES",
  "ZADD members:g 0 autocompleting 0 that 0 these 0 we 0 will 0 words",
  ...["th`\x7f", "w`\x7f", "autocompletin`\x7f", "z`\x7f"].map((text) => {
    const prefix = text.slice(0, -2);
    return evaluate(AUTOCOMPLETE, ["members:g"], `${prefix}\x60{x`, `${prefix}{x`);
  }),
  "ZCARD members:g",
  "SADD inventory:seller item",
  evaluate(LIST_ITEM, ["inventory:seller", "market:"], "item", "item.seller", 10),
  evaluate(LIST_ITEM, ["inventory:seller", "market:"], "item", "item.seller", 10),
  "HSET users:buyer funds 5",
  "HSET users:seller funds 0",
  evaluate(PURCHASE, ["market:", "users:buyer", "users:seller", "inventory:buyer"], "item.seller", "item"),
  "ZADD market: 4 item.seller",
  evaluate(PURCHASE, ["market:", "users:buyer", "users:seller", "inventory:buyer"], "item.seller", "item"),
  "HGETALL users:buyer",
  "ZADD market: 0.5 item.seller",
  evaluate(PURCHASE, ["market:", "users:buyer", "users:seller", "inventory:buyer"], "item.seller", "item"),
  sharded("rpush", 10),
  sharded("lpush", 10),
  evaluate(SHARDED_LENGTH, SHARDS, 4),
  "MGET k:first k:last",
  ...repeated(12, () => evaluate(SHARDED_POP, SHARDS, "lpop")),
  ...repeated(10, () => evaluate(SHARDED_POP, SHARDS, "rpop")),
  evaluate(SHARDED_LENGTH, SHARDS, 4),
  "KEYS k:*",
];
