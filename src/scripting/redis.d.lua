---@meta redis

-- What a script of EVAL can call, for editors that know LuaLS annotations. Scripts are Lua 5.1 without `io`, `os`, `package`,
-- `debug` and `require`; a global that does not exist must not be read, and none can be made: use `local`.
-- All strings are bytes. All numbers are doubles.

---The keys that the script was called with. Every key a script touches should be one of them.
---@type string[]
KEYS = {}

---The further arguments that the script was called with.
---@type string[]
ARGV = {}

---What a command is answered with. RESP2: integers are numbers, strings are strings, arrays are tables, a null is `false`.
---After `redis.setresp(3)` also: a null is `nil`, booleans are booleans, and there are the tables below.
---@alias redis.Reply string|number|boolean|nil|redis.Status|redis.Error|redis.Reply[]|redis.Map|redis.Set|redis.Double|redis.BigNumber|redis.Verbatim

---A status such as `OK`. A script that returns such a table answers with a status.
---@class redis.Status
---@field ok string

---An error. A script that returns such a table answers with an error; the first word is its code.
---@class redis.Error
---@field err string
---@field source? string Where it was raised: the name of the script.
---@field line? string
---@field ignore_error_stats_update? boolean

---RESP3: keys and values.
---@class redis.Map
---@field map table<redis.Reply, redis.Reply>

---RESP3: the members are the keys of the table, the values are `true`.
---@class redis.Set
---@field set table<redis.Reply, true>

---RESP3: a number that is no integer. To answer with one return such a table: a plain number loses its fraction.
---@class redis.Double
---@field double number

---RESP3: digits.
---@class redis.BigNumber
---@field big_number string

---RESP3: a text with its format, `txt` or `mkd`.
---@class redis.Verbatim
---@field verbatim_string { format: string, string: string }

---@class redislib
---@field LOG_DEBUG 0
---@field LOG_VERBOSE 1
---@field LOG_NOTICE 2
---@field LOG_WARNING 3
---@field REPL_NONE 0 What follows is neither replicated nor kept in the append-only file.
---@field REPL_AOF 1 What follows is kept in the append-only file only.
---@field REPL_REPLICA 2 What follows is replicated only.
---@field REPL_SLAVE 2 The same as REPL_REPLICA.
---@field REPL_ALL 3 Both; so it is when a script begins.
---@field REDIS_VERSION string The version of Redis that the server is compatible with, such as `"7.0.15"`.
---@field REDIS_VERSION_NUM integer The same as a number, a byte a part: `0x0007000f`.
redis = {}

---Carries out a command. An error of the command ends the script, and is its reply.
---
---```lua
---local left = redis.call("DECRBY", KEYS[1], ARGV[1])
---```
---@param command string
---@param ... string|number Numbers are sent as `%.17g` prints them.
---@return any reply See redis.Reply.
function redis.call(command, ...) end

---Carries out a command. An error of the command is returned as a table with the field `err`.
---
---```lua
---local reply = redis.pcall("INCR", KEYS[1])
---if type(reply) == "table" and reply.err then return 0 end
---```
---@param command string
---@param ... string|number
---@return any reply See redis.Reply.
function redis.pcall(command, ...) end

---Makes an error to be returned. Without a code of its own in the first word it begins with `ERR`.
---@param message string Such as `"MYCODE something went wrong"`.
---@return redis.Error
function redis.error_reply(message) end

---Makes a status to be returned.
---@param status string Such as `"OK"`.
---@return redis.Status
function redis.status_reply(status) end

---Writes a line to the log of the server; on `redeno --eval` without a server it is shown on standard error.
---@param level 0|1|2|3 redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE or redis.LOG_WARNING.
---@param ... string|number The parts of the line, put together with blanks.
function redis.log(level, ...) end

---The SHA1 of a string, as 40 small hexadecimal digits.
---@param data string
---@return string
function redis.sha1hex(data) end

---Chooses the protocol in which `redis.call` answers from here on; 2 when a script begins.
---@param version 2|3
function redis.setresp(version) end

---Chooses where the writes that follow are told: append-only file, replicas, both or neither.
---Data that is not the same everywhere is the script's responsibility.
---@param what integer redis.REPL_ALL, redis.REPL_AOF, redis.REPL_REPLICA or redis.REPL_NONE.
function redis.set_repl(what) end

---Does nothing: writes have always been told by their effects since 7.0.
---@deprecated
---@return true
function redis.replicate_commands() end

---Whether the user who runs the script may carry out a command with these arguments. An error when there is no such command.
---@param command string
---@param ... string|number
---@return boolean
function redis.acl_check_cmd(command, ...) end

---In the debugger: stops behind this line. Otherwise it does nothing.
---@return boolean stopped Whether the debugger is there.
function redis.breakpoint() end

---In the debugger: shows values. Otherwise it does nothing.
---@param ... any
function redis.debug(...) end

---JSON.
---@class cjsonlib
---@field null userdata What a null in JSON is decoded to, and what is encoded as null.
---@field _NAME "cjson"
---@field _VERSION string
cjson = {}

---The JSON of a value. A table whose keys are positive integers is an array; an empty table is `{}`.
---Numbers have 14 significant digits.
---
---```lua
---redis.call("SET", KEYS[1], cjson.encode({ name = "ada", tags = { "a", "b" } }))
---```
---@param value any
---@return string
function cjson.encode(value) end

---The value of a JSON text; null becomes `cjson.null`. An error when it is no JSON.
---@param json string
---@return any
function cjson.decode(json) end

---What becomes of arrays with holes. Without arguments: what is set.
---@param convert? boolean Whether a table that is too sparse becomes an object; otherwise that is an error. Default: false.
---@param ratio? integer Sparse is a table with more than so many places for each value. 0: never. Default: 2.
---@param safe? integer Up to this index no table is too sparse. Default: 10.
---@return boolean convert, integer ratio, integer safe
function cjson.encode_sparse_array(convert, ratio, safe) end

---How deep tables may be nested when they are encoded. Default: 1000.
---@param depth? integer
---@return integer depth
function cjson.encode_max_depth(depth) end

---How deep JSON may be nested when it is decoded. Default: 1000.
---@param depth? integer
---@return integer depth
function cjson.decode_max_depth(depth) end

---Significant digits of numbers, 1 to 14. Default: 14.
---@param digits? integer
---@return integer digits
function cjson.encode_number_precision(digits) end

---Whether the buffer for encoding is kept from call to call. Default: true.
---@param keep? boolean
---@return boolean keep
function cjson.encode_keep_buffer(keep) end

---What becomes of infinities and NaN: an error (false), numbers that are no JSON (true), or null ("null"). Default: false.
---@param allow? boolean|"null"
---@return boolean|"null" allow
function cjson.encode_invalid_numbers(allow) end

---Whether numbers are accepted that are no JSON: hexadecimal, infinity, NaN. Default: true.
---@param allow? boolean
---@return boolean allow
function cjson.decode_invalid_numbers(allow) end

---A library of its own, with settings of its own.
---@return cjsonlib
function cjson.new() end

---MessagePack.
---@class cmsgpacklib
---@field _NAME "cmsgpack"
---@field _VERSION string
---@field _COPYRIGHT string
---@field _DESCRIPTION string
cmsgpack = {}

---The MessagePack of one or several values, one after the other. Tables with keys from 1 on without holes are arrays, others maps;
---tables within more than 16 others become nil.
---@param ... any
---@return string
function cmsgpack.pack(...) end

---All values of a string.
---@param packed string
---@return any ...
function cmsgpack.unpack(packed) end

---The first value from an offset on, behind the offset of the next one, or -1 when there is none.
---@param packed string
---@param offset? integer From 0.
---@return integer next, any value
function cmsgpack.unpack_one(packed, offset) end

---Up to so many values from an offset on, behind the offset of the next one, or -1 when there is none.
---@param packed string
---@param limit integer
---@param offset? integer From 0.
---@return integer next, any ...
function cmsgpack.unpack_limit(packed, limit, offset) end

---Binary data in the layouts of C.
---
---Formats: `>` big endian, `<` little endian, `!n` alignment, `x` a zero byte, `b/B` char, `h/H` short, `l/L` long, `T` size_t,
---`in/In` an integer of n bytes, `f` float, `d` double, `s` a string that ends in a zero byte, `cn` n bytes (`c0`: as many as the
---number before it says). Capital letters are unsigned.
---@class structlib
struct = {}

---Packs values.
---
---```lua
---local record = struct.pack(">I4Hc0", id, #name, name)
---```
---@param format string
---@param ... number|string
---@return string
function struct.pack(format, ...) end

---Unpacks values; behind them comes the position of what follows.
---@param format string
---@param data string
---@param position? integer From 1.
---@return any ...
function struct.unpack(format, data, position) end

---Bytes that a format takes. Formats with `s` or `c0` are an error.
---@param format string
---@return integer
function struct.size(format) end

---Operations on 32-bit integers. Arguments are taken modulo 2^32, results are signed.
---@class bitlib
bit = {}

---A number as a signed 32-bit integer.
---@param x number
---@return integer
function bit.tobit(x) end

---Hexadecimal digits.
---@param x number
---@param digits? integer How many, default 8; capital letters when it is negative.
---@return string
function bit.tohex(x, digits) end

---@param x number
---@return integer
function bit.bnot(x) end

---@param x number
---@param ... number
---@return integer
function bit.band(x, ...) end

---@param x number
---@param ... number
---@return integer
function bit.bor(x, ...) end

---@param x number
---@param ... number
---@return integer
function bit.bxor(x, ...) end

---Shifts to the left.
---@param x number
---@param n integer The lower 5 bits count.
---@return integer
function bit.lshift(x, n) end

---Shifts to the right and fills up with zeros.
---@param x number
---@param n integer The lower 5 bits count.
---@return integer
function bit.rshift(x, n) end

---Shifts to the right and keeps the sign.
---@param x number
---@param n integer The lower 5 bits count.
---@return integer
function bit.arshift(x, n) end

---Rotates to the left.
---@param x number
---@param n integer The lower 5 bits count.
---@return integer
function bit.rol(x, n) end

---Rotates to the right.
---@param x number
---@param n integer The lower 5 bits count.
---@return integer
function bit.ror(x, n) end

---The bytes in the reverse order.
---@param x number
---@return integer
function bit.bswap(x) end
