/**
 * Scripts whose replies show how values pass between scripts, commands and clients, and with which words it fails. Data
 * only: each is a whole script, run by EVAL without keys with the arguments `one` and `2`. None depends on another.
 */

/** What scripts return, as expressions. */
// deno-fmt-ignore
const VALUES = [
  "1", "-1", "0", "-0", "1.5", "-1.9", "1e15", "2^53", "2^53 + 2", "-2^53", "2^62", "2^63", "-2^63", "1e30", "-1e30", "1/0", "-1/0", "0/0",
  "-(0/0)", "1e-300", "0.1", "'text'", "''", "'a\\0b'", "'a\\r\\nb'", "string.rep('x', 1000)", "true", "false", "nil", "{}", "{1}", "{1, 2, 3}",
  "{1, nil, 3}", "{nil, 2}", "{false, true, 1}", "{1, {2, {3, {4}}}}", "{{}, {}}", "{a = 1}", "{1, 2, a = 3}", "{[2] = 1}", "{[1] = 1, [2] = 2, [4] = 4}",
  "{'a', 1.7, true, {ok = 'fine'}, {err = 'E bad'}}", "{ok = 'fine'}", "{ok = ''}", "{ok = 'two words'}", "{ok = 'a\\nb'}", "{ok = 'a\\r\\nb\\r\\n'}", "{ok = 'a\\0b'}",
  "{ok = 1}", "{ok = true}", "{ok = {}}", "{ok = 'a', err = 'b'}", "{err = 'fine'}", "{err = ''}", "{err = 'MINE two words'}", "{err = '-MINE x'}", "{err = 'a\\nb'}",
  "{err = 'a\\r\\nb\\r\\n'}", "{err = 'x\\n'}", "{err = 'a\\0b'}", "{err = 1}", "{err = 1, ok = 'x'}", "{err = {}}", "{err = '%s %d'}", "{ok = '%s %d'}", "{1, err = 'x'}", "{1, 2, ok = 'x'}",
  "{double = 1.5}", "{double = 3}", "{double = -0}", "{double = 1e100}", "{double = 0.1}", "{double = 1/0}", "{double = -1/0}", "{double = 0/0}", "{double = -(0/0)}", "{double = '1.5'}",
  "{double = 123456789012345678}", "{double = 1e16}", "{double = 1e17}", "{double = true}", "{double = 1, ok = 'x'}", "{double = 2, big_number = '1'}", "{map = {a = 1}, big_number = '1'}", "{set = {a = 1}, verbatim_string = {format = 'txt', string = 'x'}}", "{big_number = '1', verbatim_string = {format = 'txt', string = 'x'}}", "{big_number = '12345678901234567890'}", "{big_number = 'no number'}",
  "{big_number = '1\\r\\n2'}", "{big_number = 12}", "{big_number = {}}", "{verbatim_string = {format = 'txt', string = 'some text'}}", "{verbatim_string = {format = 'markdown', string = 'x'}}",
  "{verbatim_string = {format = 'm', string = 'x'}}", "{verbatim_string = {format = '', string = ''}}", "{verbatim_string = {format = 'txt', string = 'a\\0b\\r\\n'}}", "{verbatim_string = {string = 'x'}}",
  "{verbatim_string = {format = 'txt'}}", "{verbatim_string = {format = 1, string = 'x'}}", "{verbatim_string = {format = 'txt', string = 1}}", "{verbatim_string = 'x'}", "{verbatim_string = {}, 7}",
  "{map = {}}", "{map = {a = 1}}", "{map = {[1] = 'x'}}", "{map = {[true] = false}}", "{map = {[1.5] = 1.5}}", "{map = {a = {map = {b = {set = {c = true}}}}}}", "{map = {a = {1, 2, {3}}}}", "{map = {{}, {1}}}",
  "{map = 1}", "{map = 'x', 1}", "{map = {a = {err = 'E x'}}}", "{map = {a = {ok = 'x'}}}", "{map = {a = {double = 1.5}}}", "{set = {}}", "{set = {a = true}}", "{set = {a = 1}}", "{set = {[1] = false}}",
  "{set = {'x', 'y', 'z'}}", "{set = {[true] = true}}", "{set = 1}", "{set = 'x', 1}", "{set = {[1.5] = true}}", "{map = {a = 1}, set = {b = true}, 1}", "{set = {b = true}, big_number = '1'}", "{1, {map = {a = 1}}, {set = {b = 1}}, {double = 2.5}}",
  "function() end", "{function() end, 1}", "coroutine.create(function() end)", "{coroutine.create(function() end), 1}", "cjson.null", "{cjson.null, 1}", "cjson.empty_array", "setmetatable({1}, {__index = function() return 2 end})", "setmetatable({}, {__tostring = function() return 'x' end})",
  "KEYS", "ARGV", "ARGV[1], ARGV[2]", "#ARGV", "ARGV[3]", "KEYS[1]", "{ARGV, KEYS}", "type(KEYS)", "redis.status_reply('FINE')", "redis.status_reply('two words')", "redis.status_reply('')", "redis.status_reply('a\\r\\nb')", "redis.status_reply()", "redis.status_reply(1)",
  "redis.status_reply(nil)", "redis.status_reply({})", "redis.status_reply('a', 'b')", "redis.error_reply('word')", "redis.error_reply('MINE two words')", "redis.error_reply('-MINE two words')", "redis.error_reply('-word')", "redis.error_reply('--a b')",
  "redis.error_reply('')", "redis.error_reply('-')", "redis.error_reply(' ')", "redis.error_reply(' a')", "redis.error_reply('a ')", "redis.error_reply('a\\nb c')", "redis.error_reply('a b\\r\\n')", "redis.error_reply('a\\r\\n')", "redis.error_reply('a\\0b c')", "redis.error_reply()",
  "redis.error_reply(1)", "redis.error_reply({})", "redis.error_reply('a', 'b')", "cjson.encode(redis.error_reply('MINE x'))", "cjson.encode(redis.error_reply('x'))", "cjson.encode(redis.status_reply('x'))", "cjson.encode(redis.error_reply())", "pcall(redis.error_reply)",
  "redis.sha1hex('')", "redis.sha1hex('text')", "redis.sha1hex(12)", "redis.sha1hex(1.5)", "redis.sha1hex(nil)", "redis.sha1hex(true)", "redis.sha1hex({})", "redis.sha1hex()", "redis.sha1hex('a', 'b')", "redis.sha1hex('a\\0b')", "redis.sha1hex(string.rep('x', 119))",
  "{redis.log(redis.LOG_DEBUG, 'x')}", "redis.log()", "redis.log(1)", "redis.log('x', 'y')", "redis.log({}, 'y')", "redis.log(-1, 'y')", "redis.log(4, 'y')", "redis.log(0/0, 'y')", "redis.log('0', 'y')", "redis.log(0.9, {}, nil, 'y')",
  "redis.setresp()", "redis.setresp(2, 3)", "redis.setresp(1)", "redis.setresp(4)", "redis.setresp('x')", "redis.setresp(nil)", "redis.setresp({})", "{redis.setresp(2)}", "{redis.setresp('3')}", "{redis.setresp(2.9)}", "{redis.setresp(3.1)}",
  "redis.set_repl()", "redis.set_repl(1, 2)", "redis.set_repl(4)", "redis.set_repl(-1)", "redis.set_repl('x')", "redis.set_repl(2.9)", "{redis.set_repl(redis.REPL_ALL)}", "{redis.set_repl('1')}", "{redis.REPL_NONE, redis.REPL_AOF, redis.REPL_SLAVE, redis.REPL_REPLICA, redis.REPL_ALL}",
  "{redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE, redis.LOG_WARNING}", "{redis.REDIS_VERSION, redis.REDIS_VERSION_NUM}", "redis.replicate_commands()", "redis.replicate_commands(1)", "{redis.breakpoint()}", "{redis.breakpoint(1)}", "{redis.debug()}", "{redis.debug('x', {})}",
  "redis.acl_check_cmd('get', 'x')", "redis.acl_check_cmd('GET')", "redis.acl_check_cmd('config', 'get')", "redis.acl_check_cmd('config', 'nosuch')", "redis.acl_check_cmd('nosuch')", "redis.acl_check_cmd()", "redis.acl_check_cmd({})", "redis.acl_check_cmd('set', nil)", "redis.acl_check_cmd(1)",
  "redis.nosuch", "redis.nosuch()", "redis.register_function", "type(redis)", "getmetatable(redis) == nil", "tostring(redis.call):sub(1, 9)", "pcall(function() redis.x = 1 end)", "pcall(function() redis.call = 1 end)", "pcall(rawset, redis, 'x', 1)",
];

/** Arguments that commands are called with. */
// deno-fmt-ignore
const ARGUMENTS = [
  "1", "-1", "0", "-0", "10", "1024", "123456789", "-2147483648", "4294967296", "1e15", "1e16", "1e17", "1e20", "2^53", "2^53 + 2", "2^63", "-2^63", "123456789012345678", "0.1", "1.5", "-2.25", "1/3", "1e-5", "1e-7", "1e300", "5e-324", "1/0", "-1/0", "0/0", "-(0/0)",
  "3.0", "100 * 1.1", "'text'", "''", "'a\\0b'", "'a\\r\\nb'", "tostring(7)", "tonumber('0x10')", "nil", "true", "false", "{}", "function() end", "redis", "cjson.null", "#ARGV", "ARGV[1]", "ARGV[2] + 1", "ARGV[3]",
];

/** Commands whose replies have every type there is, with what they need before. */
// deno-fmt-ignore
const REPLIES = [
  "'ping'", "'ping', 'text'", "'echo', ''", "'echo', 'a\\0b\\r\\n'", "'get', 'string'", "'get', 'none'", "'get', 'number'", "'incr', 'number'", "'incrby', 'number', '9007199254740993'", "'decrby', 'number', '9223372036854775000'", "'incrbyfloat', 'number', '0.5'", "'strlen', 'string'",
  "'set', 'x', 'y'", "'set', 'string', 'y', 'nx'", "'set', 'string', 'y', 'get'", "'mget', 'string', 'none', 'list'", "'mget', 'none'", "'del', 'none'", "'exists', 'string'", "'type', 'zset'", "'ttl', 'string'", "'ttl', 'none'", "'lrange', 'list', '0', '-1'",
  "'lrange', 'none', '0', '-1'", "'lpop', 'none'", "'lpop', 'none', '2'", "'lpop', 'list', '2'", "'lindex', 'list', '0'", "'lpos', 'list', 'b'", "'lpos', 'list', 'none'", "'lpos', 'list', 'b', 'count', '0'", "'smembers', 'set'", "'smismember', 'set', 'm', 'n'", "'sismember', 'set', 'm'",
  "'spop', 'none'", "'spop', 'none', '2'", "'hgetall', 'hash'", "'hgetall', 'none'", "'hget', 'hash', 'f'", "'hmget', 'hash', 'f', 'g'", "'hkeys', 'hash'", "'hrandfield', 'hash', '1', 'withvalues'", "'hset', 'hash', 'a', '1', 'b', '2'", "'zscore', 'zset', 'a'", "'zscore', 'zset', 'none'", "'zscore', 'zset', 'inf'",
  "'zmscore', 'zset', 'a', 'none'", "'zincrby', 'zset', '1.5', 'a'", "'zadd', 'zset', 'incr', '2', 'a'", "'zadd', 'zset', 'nx', 'incr', '2', 'a'", "'zrange', 'zset', '0', '-1', 'withscores'", "'zrange', 'zset', '0', '-1'", "'zrank', 'zset', 'b'", "'zrank', 'zset', 'none'", "'zpopmin', 'zset'", "'zpopmin', 'zset', '2'",
  "'zmpop', '1', 'zset', 'min'", "'zmpop', '1', 'none', 'min'", "'zrandmember', 'none', '2'", "'object', 'encoding', 'string'", "'object', 'encoding', 'none'", "'config', 'get', 'maxmemory'", "'select', '1'", "'select', '99'", "'dbsize'", "'flushall'", "'command', 'count', 'x'", "'command', 'getkeys', 'get', 'x'",
  "'memory', 'usage', 'none'", "'scan', '0', 'match', 'str*', 'count', '100'", "'sort', 'list', 'alpha'", "'dump', 'none'", "'restore', 'r', '0', 'x'", "'getex', 'string', 'px', '5000'", "'copy', 'string', 'copied'", "'rename', 'none', 'x'", "'incr', 'string'", "'incr', 'list'", "'lpush', 'string', 'x'", "'set', 'x'", "'set', 'x', 'y', 'foo'",
  "'setrange', 'x', '-1', 'y'", "'nosuch'", "'NOSUCH', 'x'", "''", "'get\\0'", "'get'", "'get', 'a', 'b'", "'multi'", "'exec'", "'watch', 'x'", "'eval', 'return 1', '0'", "'evalsha', 'x', '0'", "'script', 'load', 'x'", "'script', 'nosuch'", "'script'", "'blpop', 'list', '0'", "'client', 'id'", "'client', 'nosuch'", "'client'", "'auth', 'x'", "'hello', '3'",
  "'shutdown'", "'debug', 'sleep', '0'", "'save'", "'bgsave'", "'quit'", "'reset'", "'object', 'nosuch', 'x'", "'object'", "'config'", "'lcs', 'string', 'number', 'idx', 'withmatchlen'", "'bitfield', 'x', 'get', 'u8', '0', 'overflow', 'fail', 'incrby', 'u2', '0', '7'", "1", "1.5, 2", "'PING'", "'pInG'", "'expire', 'string', 100", "'setex', 'x', 10, 'y'",
  "'getrange', 'string', 0, -1", "'lrange', 'list', 0.5, 1", "'lset', 'list', 0, 1e3", "'hincrby', 'hash', 'n', 5", "'hincrby', 'hash', 'n', 5.5", "'zadd', 'zset', 1.5, 'x'", "'zadd', 'zset', 0.1, 'x'", "'zrangebyscore', 'zset', '-inf', 1/0", "'append', 'string', 12345678901234567890",
];

/** How scripts fail, as whole scripts; `\n` are line ends. */
// deno-fmt-ignore
const FAILURES = [
  "error('text')", "error('text', 0)", "error('text', 1)", "error('text', 2)", "error('')", "error()", "error(nil)", "error(12)", "error(12, 0)", "error(true)", "error({err = 'text'})", "error({err = 'MINE text'})", "error({err = ''})", "error({err = 7})", "error({err = 'a\\nb'})",
  "error({err = 'x', source = 'mine', line = 7})", "error({err = 'MINE x', ignore_error_stats_update = true})", "error(redis.error_reply('MINE x'))", "error(redis.pcall('nosuch'))", "\n\nerror('text')", "local function f() error('text') end\nf()", "local function f() error('text', 2) end\n\nf()",
  "local function f() error({err = 'text'}) end\n\nf()", "local function f() redis.call('nosuch') end\n\nf()", "local function f()\n return redis.call('nosuch') end\nreturn f()", "return redis.call('nosuch')", "local a = redis.call('nosuch')", "\nredis.call('nosuch')", "pcall(redis.call, 'nosuch') return 1",
  "local ok, e = pcall(redis.call, 'nosuch') return {ok, e}", "local ok, e = pcall(redis.call, 'nosuch') error(e)", "local ok, e = pcall(redis.call, 'nosuch') error(e, 0)", "local ok, e = pcall(error, {err = 'x'}) return {type(e), e}", "local ok, e = pcall(error, {x = 'x'}) return {type(e), e.x}",
  "local ok, e = pcall(error, 'x') return {type(e), e}", "local ok, e = pcall(error) return {type(e), e}", "local ok, e = xpcall(function() redis.call('nosuch') end, function(e) return e end) return {type(e), e}", "local ok, e = xpcall(function() redis.call('nosuch') end, function(e) return e.err end) return e",
  "return x", "x = 1", "local t = {} t.x.y = 1", "return nil .. 'x'", "return {} + 1", "return #5", "return 1 < 'x'", "return ('x')()", "string.rep()", "return ('x'):nosuch()", "KEYS = 1", "ARGV = nil", "KEYS.x = 1 return KEYS.x", "KEYS[1] = 'x' return KEYS", "_G.x = 1", "setmetatable(_G, nil)", "return 1 +", "return return", "local = 5",
  "for", "if x", "x", "return 'open", "return [[open", "goto x", "\n\nreturn )", "return 0x", "return 1..2", "\\x", "@", "--", "-- only this", "", "\n", ";", "return;", "local function r() return 1 + r() end return r()",
  "return string.rep('x', -1)", "return tostring(nil)", "return tonumber('x')", "return unpack({1, 2, 3})", "return select('#', 1, nil, nil)", "return table.concat({1, 2, 'x'}, ',')", "return loadstring('return 7')()", "return loadstring('x =')", "assert(false)", "assert(false, 'text')", "assert(nil, {err = 'MINE x'})", "assert(1) return 1",
  "return redis.call()", "return redis.pcall()", "redis.call({})", "redis.call(nil)", "redis.call('get', {})", "redis.pcall('get', {}) return 1", "return redis.pcall('get', {})", "return redis.pcall('get', {}).err", "redis.call('set', 'x', nil)", "redis.call('set', 'x', true)", "redis.call(unpack({'set', 'x', 'y'})) return redis.call('get', 'x')",
  "return {redis.pcall('nosuch'), redis.pcall('get'), redis.pcall('incr', 'string')}", "return cjson.encode(redis.pcall('nosuch'))", "return cjson.encode(redis.pcall('incr', 'string'))", "return cjson.encode(redis.pcall('get', {}))", "return redis.pcall('incr', 'string').ignore_error_stats_update", "local e = redis.pcall('incr', 'string') e.err = 'OTHER x' return e",
  "redis.call('set', 'done', '1') error('late')", "redis.call('set', 'x', '1') redis.call('incr', 'list') redis.call('set', 'x', '2')", "local c = coroutine.wrap(function() redis.call('nosuch') end) c()", "local c = coroutine.create(function() return redis.call('incr', 'string') end) return {coroutine.resume(c)}", "local c = coroutine.wrap(function() coroutine.yield(redis.call('get', 'string')) end) return c()",
  "coroutine.yield(1)", "return redis.call('set', 'x', string.rep('x', 100000))", "return #redis.call('get', 'string')", "local r = redis.call for i = 1, 10 do r('incr', 'count') end return r('get', 'count')", "for i, v in ipairs(redis.call('lrange', 'list', 0, -1)) do redis.call('rpush', 'copy', i .. v) end return redis.call('lrange', 'copy', 0, -1)",
  "local t = {} for i = 1, 200 do t[i] = i end return redis.call('rpush', 'many', unpack(t))", "return redis.call('echo', ARGV[1] .. ARGV[2])", "return {KEYS[1], ARGV[1], ARGV[2], ARGV[3]}", "redis.call('select', 3) redis.call('set', 'there', 1) return redis.call('dbsize')", "return os.time()", "return os.clock() >= 0", "return math.random(1, 10)", "math.randomseed(7) return math.random(1000)",
  "return io", "return require('x')", "return dofile('x')", "return print", "return debug", "return loadfile", "return newproxy", "return collectgarbage('count') > 0", "return getfenv() == _G", "setfenv(1, {}) return 1", "return string.dump(function() end):sub(1, 4)",
];

/** First lines of scripts, and what may follow. */
// deno-fmt-ignore
export const HEADERS = [
  "#!lua\nreturn 1", "#!lua", "#!", "#!\nreturn 1", "#!lua\n", "#!lua \nreturn 1", "#! lua\nreturn 1", "#!LUA\nreturn 1", "#!js\nreturn 1", "#!lua5\nreturn 1", "#!lua flags\nreturn 1", "#!lua flags=\nreturn 1", "#!lua flags=no-writes\nreturn 1", "#!lua flags=allow-oom\nreturn 1", "#!lua flags=allow-stale\nreturn 1",
  "#!lua flags=no-cluster\nreturn 1", "#!lua flags=allow-cross-slot-keys\nreturn 1", "#!lua flags=no-writes,allow-oom,allow-stale,no-cluster\nreturn 1", "#!lua flags=no-writes,\nreturn 1", "#!lua flags=,no-writes\nreturn 1", "#!lua flags=no-writes,nosuch\nreturn 1", "#!lua flags=No-Writes\nreturn 1", "#!lua FLAGS=no-writes\nreturn 1",
  "#!lua flags=no-writes flags=allow-oom\nreturn 1", "#!lua name=x\nreturn 1", "#!lua x\nreturn 1", "#!lua \"flags=no-writes\"\nreturn 1", "#!lua 'flags=no-writes'\nreturn 1", "#!lua \"flags=no-writes\nreturn 1", "#!lua\tflags=no-writes\nreturn 1", "#!lua\r\nreturn 1", "#!lua\n\nreturn x", "#!lua\nreturn +", "# \nreturn 1", " #!lua\nreturn 1", "\n#!lua\nreturn 1",
  "#!lua flags=__proto__\nreturn 1", "#!lua flags=constructor\nreturn 1",
  ...["", " flags=no-writes", " flags=allow-oom", " flags=no-writes,allow-stale"].flatMap((flags) => [
    `#!lua${flags}\nreturn redis.call('set', 'x', 'y')`, `#!lua${flags}\nreturn redis.pcall('set', 'x', 'y')`, `#!lua${flags}\nreturn redis.call('get', 'string')`, `#!lua${flags}\nreturn redis.pcall('incr', 'string')`,
  ]),
  "return redis.call('set', 'x', 'y')", "return redis.pcall('set', 'x', 'y')", "return redis.call('get', 'string')", "return redis.call('expire', 'string', 100)", "return redis.call('sort', 'list', 'alpha', 'store', 'x')", "return redis.call('getdel', 'none')", "return redis.call('flushdb')", "return redis.call('touch', 'string')",
];

/** Scripts for either protocol of the client. */
export const SCRIPTS: readonly string[] = [
  ...VALUES.flatMap((value) => [`return ${value}`, `redis.setresp(3) return ${value}`]),
  ...ARGUMENTS.flatMap((value) => [
    `return redis.call('echo', ${value})`,
    `return redis.pcall('rpush', 'l', 1, ${value}, 'x')`,
  ]),
  ...REPLIES.flatMap((call) => [
    `return redis.call(${call})`,
    `return {redis.pcall(${call})}`,
    `redis.setresp(3) return redis.call(${call})`,
    `local r = redis.pcall(${call}) return {type(r), type(r) == 'table' and #r or 0}`,
    `redis.setresp(3) local r = redis.pcall(${call}) local t = {} if type(r) == 'table' then for k in pairs(r) do t[#t + 1] = tostring(k) end table.sort(t) end return {type(r), t}`,
  ]),
  ...FAILURES,
];
