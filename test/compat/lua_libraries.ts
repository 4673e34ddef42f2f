/**
 * Lua snippets that use every function of the libraries cjson, cmsgpack, struct and bit: options, formats, limits and
 * errors. Data only, for comparing two servers: each is a whole script without keys and arguments that returns a
 * string, and none depends on another or on the order of a table with several keys.
 */

/**
 * Shows values as text: numbers with 17 digits, strings with `\n;` for what is not plain, tables with sorted keys.
 * `cjson` is a table of the snippet's own, so that it may change options.
 */
const PRELUDE = `local cjson = cjson.new() \
local function show(v) \
local t = type(v) \
if t == 'number' then if v ~= v then return 'nan' end return string.format('%.17g', v) end \
if t == 'string' then return '"' .. string.gsub(v, '[^ !#-[^-~]', function(c) return '\\\\' .. string.byte(c) .. ';' end) .. '"' end \
if t == 'table' then local o = {} for k, w in pairs(v) do o[#o + 1] = show(k) .. '=' .. show(w) end table.sort(o) return '{' .. table.concat(o, ' ') .. '}' end \
if v == cjson.null then return 'null' end \
if t == 'boolean' or t == 'nil' then return tostring(v) end \
return t end \
local function all(...) local o = {} for i = 1, select('#', ...) do o[i] = show((select(i, ...))) end return table.concat(o, ', ') end `;

/** A Lua string literal of text whose characters are bytes. */
export function luaString(text: string): string {
  const escaped = text.replace(/[^ !#-&(-[\]-~]/g, (character) => {
    return "\\" + String(character.charCodeAt(0)).padStart(3, "0");
  });
  return `'${escaped}'`;
}

/** A script that shows what an expression gives, or its error; `before` are statements that come first. */
export function showing(expression: string, before = ""): string {
  return `${PRELUDE}return all(pcall(function() ${before} return ${expression} end))`;
}

// deno-fmt-ignore
const NOT_VALUES = [
  "", "nil", "{}", "true", "'x'", "12", "'12'", "12.5", "0/0", "1e15", "tostring", "cjson.null",
];

// deno-fmt-ignore
const CJSON_OPTIONS = [
  "encode_sparse_array", "encode_max_depth", "decode_max_depth", "encode_number_precision",
  "encode_keep_buffer", "encode_invalid_numbers", "decode_invalid_numbers",
];

const OPTION_ARGUMENTS = [
  ...NOT_VALUES,
  "false",
  "'on'",
  "'off'",
  "'null'",
  "'ON'",
  "'on\\0x'",
  "0",
  "1",
  "2.9",
  "-1",
  "14",
  "15",
  "'0x10'",
  "' 7 '",
  "2147483647",
  "2147483648",
  "4294967297",
  "1e30",
  "-1e30",
  "1/0",
  "nil, nil",
  "nil, 2",
  "1, 2",
  "true, 0, 0",
  "'on', 3, 4",
  "nil, -1",
  "nil, 'x'",
  "nil, nil, -1",
  "nil, nil, {}",
  "nil, nil, nil, nil",
  "1, 2, 3, 4",
];

const cjsonOptions = CJSON_OPTIONS.flatMap((name) => [
  ...OPTION_ARGUMENTS.map((text) => showing(`cjson.${name}(${text})`)),
  showing(`cjson.${name}()`, `pcall(cjson.${name}, 3) pcall(cjson.${name}, true)`),
]);

// deno-fmt-ignore
const NUMBERS = [
  "0", "-0.0", "1", "-1", "1.5", "0.1", "1/3", "2/3", "100", "1e14", "99999999999999", "123456789012345",
  "1e15", "1e16", "2^53", "2^53+1", "2^63", "-2^63", "2^64", "1e20", "1e100", "1e-4", "1e-5",
  "0.00012345678901234567", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308",
  "12345678901234.5", "12345678901235.5", "0.5", "-12345678901234.5", "1234567890123.25",
  "3.0000000000000004", "9.99999999999995", "999999999999999", "1e21", "1e22", "16777217", "16777216.5",
  "2147483648", "-2147483649", "4294967295", "4294967296", "9007199254740993",
];

// deno-fmt-ignore
const PLAIN_VALUES = [
  "nil", "true", "false", "''", "'a'", "'a\\0b'", "'\\195\\169'", "{}", "{{}}", "{1}", "{'a', true, {2}}",
  "cjson.null",
];

// deno-fmt-ignore
const STRANGE_TABLES = [
  "{[1]=1,[3]=3}", "{[3]=3}", "{[10]=1}", "{[11]=1}", "{[0]=1}", "{[-1]=1}", "{[1.5]=1}",
  "{[2147483647]=1}", "{[2147483648]=1}", "{[4294967297]=1}", "{[1e10]=1}", "{[1e300]=1}", "{[1/0]=1}",
  "{['1']=1}", "{['']=1}", "{['a\"b']=1}", "{[true]=1}", "{[tostring]=1}", "{[{}]=1}", "{[cjson.null]=1}",
  "{tostring}", "{a=tostring}", "{a={b={c=1}}}", "{a={1,2},}", "{0/0}", "{-1/0}", "{[-1/0]=1}",
  "setmetatable({}, {__index={1,2,3}})", "setmetatable({1}, {__index=function() error('x') end})",
];

const cjsonEncode = [
  ...NOT_VALUES.map((text) => showing(`cjson.encode(${text})`)),
  ...NUMBERS.map((text) => showing(`cjson.encode({${text}})`)),
  ...PLAIN_VALUES.map((text) => showing(`cjson.encode(${text})`)),
  ...STRANGE_TABLES.map((text) => showing(`cjson.encode(${text})`)),
  ...STRANGE_TABLES.map((text) => showing(`cjson.encode(${text})`, "cjson.encode_sparse_array(true, 2, 3)")),
  ...["1", "0"].flatMap((safe) =>
    ["{[2]=1}", "{[1]=1,[3]=1}", "{1,[4]=1}", "{[7]=1}"].map((text) =>
      showing(`cjson.encode(${text})`, `cjson.encode_sparse_array(false, 2, ${safe})`)
    )
  ),
  showing("cjson.encode({[2000]=1}):len()", "cjson.encode_sparse_array(false, 0)"),
  ...["'on'", "'null'", "'off'"].flatMap((option) =>
    ["{0/0}", "{1/0}", "{-1/0}", "{-(0/0)}", "{[1/0]=0/0}"].map((text) =>
      showing(`cjson.encode(${text})`, `cjson.encode_invalid_numbers(${option})`)
    )
  ),
  ...[1, 2, 3, 5, 10].flatMap((precision) =>
    ["0.5", "2.5", "3.5", "1/3", "12345.678", "99.99", "0.00001", "1e10", "25", "35", "0.25", "-1250"].map((
      text,
    ) => showing(`cjson.encode(${text})`, `cjson.encode_number_precision(${precision})`))
  ),
  showing("cjson.encode(s)", "local s = '' for i = 0, 255 do s = s .. string.char(i) end"),
  showing("cjson.encode({[s]=1})", "local s = '' for i = 0, 255 do s = s .. string.char(i) end"),
  showing("cjson.encode(t)", "local t = {} for i = 1, 300 do t[i] = i * 1.25 end"),
  showing("cjson.encode(1, 2)"),
  showing("cjson:encode(1)"),
  showing("cjson:encode()"),
  showing("e(tostring)", "local e = cjson.encode"),
  showing("pcall(cjson.encode)"),
  showing("pcall(cjson.encode, tostring)"),
  ...[999, 1000, 1001].map((depth) =>
    showing("cjson.encode(t):len()", `local t = 1 for i = 1, ${depth} do t = {t} end`)
  ),
  ...[1000, 1001].map((depth) =>
    showing("cjson.encode(t):len()", `local t = 1 for i = 1, ${depth} do t = {a=t} end`)
  ),
  ...["{}", "{{}}", "{{{}}}", "{a={b=1}}"].map((text) =>
    showing(`cjson.encode(${text})`, "cjson.encode_max_depth(2)")
  ),
  showing("cjson.encode(t)", "cjson.encode_max_depth(100000) local t = 1 for i = 1, 9000 do t = {t} end"),
  showing("cjson.encode(t)", "cjson.encode_max_depth(100000) local t = 1 for i = 1, 9000 do t = {a=t} end"),
  showing("cjson.encode(t)", "local t = {} t[1] = t"),
  showing(
    "cjson.encode(1) .. cjson.encode('x')",
    "cjson.encode_keep_buffer(false) pcall(cjson.encode, {1, tostring})",
  ),
  showing(
    "cjson._NAME, cjson._VERSION, type(cjson.null), cjson.null == cjson.new().null, cjson.new(1).encode({1})",
  ),
  showing(
    "cjson.encode(0.125), other.encode(0.125)",
    "local other = cjson.new() other.encode_number_precision(1)",
  ),
];

// deno-fmt-ignore
const NUMBER_TEXTS = [
  "0", "-0", "00", "01", "-01", "0.", "0.0", "1.", ".5", "-.5", "-", "--1", "- 1", "+1", "+", "1e5", "1E+5",
  "1e-5", "1e", "1e+", "1.e1", "1.5e3x", "1e400", "-1e400", "4.9e-325", "1e-400", "0x10", "0X1F", "-0x10",
  "0x", "0x1.8p3", "0x1p", "0xg", "0x.8", "0x1.fffffffffffff8p0", "0x1p-1074", "0x1p-1075", "0x3p-1075",
  "0x1p1024", "nan", "NaN", "-nan", "nan(1a_)", "nan(", "nan(*)", "inf", "-inf", "Infinity", "INF",
  "infinite", "in", "-i", "i", "I", "n", "N", "9007199254740993", "123456789012345678",
  "12345678901234567890", "0.1", "3.14159265358979323846", "1e22", "1e23", "5e-324",
  "2.4703282292062328e-324", "2.2250738585072014e-308", "179769313486231580793e289", "1_0", "1 2", "1,2",
];

// deno-fmt-ignore
const JSON_TEXTS = [
  "", " ", "\0", "1\0", "1\0x", "x\0", "\0x", "\x0b1", "\xa01", "\t\n\r 1 \t\n\r", "1 x", "12\0\0",
  "[1]\0x", " \0", "null", "true", "false", "nul", "tru", "fals", "nulll", "truefalse", "TRUE", "Null",
  "None", "undefined", "'a'", "[]", "[ ]", "[1]", "[1,2]", "[1,]", "[,1]", "[1 2]", "[1", "[", "]", "[[]",
  "[]]", "[}", "[1}", "[1:2]", "[null]", "[null,null,1]", "[true,false,null]", "[[],{},[{}]]",
  "[[1,[2,[3]]]]", '["a","b"]', "[nan]", "[1e]", "[-]", "[.5]", "{}", "{ }", '{"a":1}', '{"a":1,}', '{"a"}',
  '{"a" 1}', '{"a":}', '{"a":1', '{"a":', '{"a"', "{", "}", "{]", "{1:2}", "{a:1}", '{"a":1 "b":2}',
  '{"a":1,"a":2}', '{"a":null,"a":1}', '{"":1}', '{"1":1}', "{null:1}", "{,}", '{"a":1}}',
  '{"a":{"b":{"c":[]}}}', '{"a":[1,{"b":2}],"c":null}', '{"\\u0041":1}', '{"a\\u0000b":1}', '{"a":1;}',
  '{"a":1]', '"', '"a', '"a\\', '"a\\"', '"\\"', '""', '"a"', '"a"b', '"a\0b"', '"a\tb"', '"a\nb"',
  '"\x7f\x01\xff"', '"\xc3\xa9"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\a"', '"\\x41"', '"\\U0041"', '"\\\'"',
  '"\\0"', '"\\u"', '"\\u0"', '"\\u004"', '"\\u0041"', '"\\u00e9"', '"\\u00E9x"', '"\\u20ac"', '"\\uFFFF"',
  '"\\u0000"', '"\\u007f\\u0080\\u07ff\\u0800"', '"\\u00g1"', '"\\u 041"', '"\\u+041"', '"\\u0x41"',
  '"\\ud83d\\ude00"', '"\\uD800\\uDC00\\uDBFF\\uDFFF"', '"\\ud83d"', '"\\ud83dx"', '"\\ud83d\\"',
  '"\\ud83d\\n"', '"\\ud83d\\u0041"', '"\\ud83d\\ud83d"', '"\\ud83d\\ude0"', '"\\ude00"', "\xef\xbb\xbf1",
  "// c\n1", "/* */1", "#1", "1;", "@", "\xff", "$", "*", "(1)", "=", "<", "1\x7f",
];

const cjsonDecode = [
  ...NOT_VALUES.map((text) => showing(`cjson.decode(${text})`)),
  ...[...NUMBER_TEXTS, ...JSON_TEXTS].map((text) => showing(`cjson.decode(${luaString(text)})`)),
  ...NUMBER_TEXTS.map((text) =>
    showing(`cjson.decode(${luaString(`[${text}]`)})`, "cjson.decode_invalid_numbers(false)")
  ),
  showing("cjson.decode('1', '2')"),
  showing("cjson:decode('1')"),
  showing("pcall(cjson.decode)"),
  showing("pcall(cjson.decode, 'x')"),
  showing("d('x')", "local d = cjson.decode"),
  ...["'['", "'{\"a\":'", "'[{\"a\":'"].flatMap((open) =>
    [999, 1000, 1001, 9000].flatMap((depth) => [
      showing(`cjson.decode((${open}):rep(${depth}))`),
      showing(`cjson.decode((${open}):rep(${depth}))`, "cjson.decode_max_depth(100000)"),
    ])
  ),
  ...["[]", "[[]]", "[[[]]]", '{"a":{"b":1}}', '{"a":{"b":{}}}', "[{}]"].map((text) =>
    showing(`cjson.decode(${luaString(text)})`, "cjson.decode_max_depth(2)")
  ),
  showing("#cjson.decode('[' .. ('1,'):rep(3000) .. '1]')"),
  showing("#cjson.decode('\"' .. ('\\\\n'):rep(3000) .. '\"')"),
  showing("cjson.decode(cjson.encode({a={1,2,{b='x'}}}))"),
];

// deno-fmt-ignore
const MSGPACK_NUMBERS = [
  "127", "128", "255", "256", "65535", "65536", "4294967295", "4294967296", "-32", "-33", "-128", "-129",
  "-32768", "-32769", "-2147483648", "-2147483649", "-2^53", "0/0", "1/0", "-1/0", "1e38", "3.5e38",
  "1e-45", "1e-46", "0.25",
];

/** The bodies that each first byte is tried with. */
const MSGPACK_TAILS = [
  "",
  "\0",
  "\x01\x02",
  "\0\x01a\x01",
  "\xff\xc0\0\0\0\0\0\0\0",
  "\0\0\0\0\0\0\0\x02\x01\x01",
];

function eachFirstByte(): string[] {
  const snippets: string[] = [];
  for (const tail of MSGPACK_TAILS) {
    for (
      const first of [0, 1, 0x7f, 0x80, 0x81, 0x82, 0x8f, 0x90, 0x91, 0x92, 0x9f, 0xa0, 0xa1, 0xa2, 0xbf]
    ) {
      snippets.push(showing(`cmsgpack.unpack(${luaString(String.fromCharCode(first) + tail)})`));
    }
    for (let first = 0xc0; first <= 0xe1; first++) {
      snippets.push(showing(`cmsgpack.unpack(${luaString(String.fromCharCode(first) + tail)})`));
    }
  }
  return snippets;
}

const cmsgpack = [
  ...NOT_VALUES.map((text) => showing(`cmsgpack.pack(${text})`)),
  ...NOT_VALUES.map((text) => showing(`cmsgpack.unpack(${text})`)),
  ...NOT_VALUES.map((text) => showing(`cmsgpack.unpack_one(${text})`)),
  ...NOT_VALUES.map((text) => showing(`cmsgpack.unpack_one('\\1\\2', ${text || "nil, nil"})`)),
  ...NOT_VALUES.map((text) => showing(`cmsgpack.unpack_limit(${text || "nil, nil"}, 1)`)),
  ...NOT_VALUES.map((text) => showing(`cmsgpack.unpack_limit('\\1\\2', ${text || "nil, nil"})`)),
  ...[...NUMBERS, ...MSGPACK_NUMBERS].map((text) => showing(`cmsgpack.pack(${text})`)),
  ...NUMBERS.map((text) => showing(`cmsgpack.unpack(cmsgpack.pack(${text}, {${text}}))`)),
  ...PLAIN_VALUES.map((text) => showing(`cmsgpack.pack(${text})`)),
  ...STRANGE_TABLES.filter((text) => !text.startsWith("{[1]=1")).map((text) =>
    showing(`cmsgpack.pack(${text})`)
  ),
  ...[0, 31, 32, 255, 256, 65535, 65536].flatMap((length) => [
    showing("p:byte(1, 6)", `local p = cmsgpack.pack(('x'):rep(${length}))`),
    showing("#cmsgpack.unpack(p)", `local p = cmsgpack.pack(('x'):rep(${length}))`),
  ]),
  ...[0, 15, 16, 65535, 65536].flatMap((count) => [
    showing("p:byte(1, 7)", `local t = {} for i = 1, ${count} do t[i] = 1 end local p = cmsgpack.pack(t)`),
    showing(
      `p:byte(1, ${count < 16 ? 1 : count < 65536 ? 3 : 5})`,
      `local t = {} for i = 1, ${count} do t['x' .. i] = 1 end local p = cmsgpack.pack(t)`,
    ),
  ]),
  ...["{t}", "{a=t}"].map((text) =>
    showing("cmsgpack.pack(t)", `local t = {} for i = 1, 20 do t = ${text} end`)
  ),
  showing("cmsgpack.pack(t)", "local t = {} t[1] = t"),
  ...[3999, 4000, 4001].map((count) =>
    showing("#cmsgpack.pack(unpack(t))", `local t = {} for i = 1, ${count} do t[i] = 1 end`)
  ),
  ...eachFirstByte(),
  ...["\x91", "\x81\x01", "\x81", "\x81\x91", "\x91\x81"].flatMap((open) =>
    ["", "\x01"].flatMap((before) =>
      [3998, 3999, 4000, 9000].map((depth) =>
        showing(`cmsgpack.unpack(${luaString(before)} .. (${luaString(open)}):rep(${depth}))`)
      )
    )
  ),
  ...[7998, 7999, 8000].flatMap((count) => [
    showing(`select('#', cmsgpack.unpack(('\\1'):rep(${count})))`),
    showing(`select('#', cmsgpack.unpack_limit(('\\1'):rep(9000), ${count}))`),
  ]),
  ...[
    "1, 0",
    "1, 1",
    "2, 1",
    "9, 1",
    "0",
    "0, 1",
    "0, 3",
    "1, 3",
    "1, 4",
    "-1",
    "-1, 1",
    "1, -1",
    "1.9, 1.9",
    "1, 0, 4",
  ].map(
    (text) => showing(`cmsgpack.unpack_limit('\\1\\2\\3', ${text})`),
  ),
  ...["4294967297", "2147483648, 1", "1e30", "-1e30", "0/0", "1, 4294967296", "1, 2147483648", "1, 1e30"].map(
    (text) => showing(`cmsgpack.unpack_limit('\\1\\2\\3', ${text})`),
  ),
  ...["1", "2", "3", "4", "-1", "1.9", "nil, 5"].map((text) =>
    showing(`cmsgpack.unpack_one('\\1\\2\\3', ${text})`)
  ),
  ...[
    "'\\129\\192\\1'",
    "'\\129\\192\\192'",
    "'\\129\\203\\127\\248\\0\\0\\0\\0\\0\\0\\1'",
    "'\\129\\1\\192'",
    "'\\147\\1\\192\\3'",
  ]
    .map((text) => showing(`cmsgpack.unpack(${text})`)),
  showing(
    "cmsgpack.unpack('\\202\\127\\192\\0\\0'), cmsgpack.pack((cmsgpack.unpack('\\202\\127\\192\\0\\0')))",
  ),
  showing("cmsgpack.pack((cmsgpack.unpack('\\203\\255\\248\\0\\0\\0\\0\\0\\0')), -(0/0))"),
  showing("cmsgpack._NAME, cmsgpack._VERSION, cmsgpack._COPYRIGHT, cmsgpack._DESCRIPTION"),
  showing("pcall(cmsgpack.pack)"),
  showing("pcall(cmsgpack.unpack, '\\193')"),
  showing(
    "cmsgpack.pack(setmetatable({}, {__index=function() return 1 end, __len=function() return 3 end}))",
  ),
];

// deno-fmt-ignore
const STRUCT_FORMATS = [
  "", "b", "B", "h", "H", "i", "I", "l", "L", "T", "f", "d", "s", "c", "c0", "c3", "c10", "x", " ", ">",
  "<", "!", "z", "@", "=", "A", "2", "b2", "x3", "\xc8", "b\0b", "i0", "i1", "i3", "i5", "i8", "i9", "i16",
  "i32", "i33", "I0", "I3", "I16", ">i3", ">I7", ">i16", "i2147483647", "i2147483648", "i99999999999",
  "c2147483647", "c2147483648", "!0", "!1", "!2", "!3", "!4", "!8", "!16", "!2147483647", "!1073741824",
  "!b i", "!bi", "!bd", "!4bd", "!bi3", "!bbi6", "!16bi16", "!64bi32", "!xi", "!c1i", "!si", "> h < h",
  "!2bi4", "!bhild", "!8c3l", "bbb", "ss", "bc0", "sc0", "fd", ">f", ">d", "sb",
];

const STRUCT_ARGUMENTS = [
  "",
  "1, 2, 3",
  "-1, -2, -3",
  "'abc', 'def', 'ghi'",
  "'12', '0x10', ' 1e2 '",
  "1.9, -1.9, 300",
];

// deno-fmt-ignore
const STRUCT_INTEGERS = [
  "2^31", "2^32+1", "2^53", "2^63", "2^63+2048", "2^64", "1e30", "-2^31", "-2^63", "-2^64", "0/0", "1/0",
  "-1/0", "-0.5",
];

const STRUCT_DATA = [
  "",
  "a",
  "\x03abcdefg",
  "abc\0def\0",
  "\xff\xff\xff\xff\xff\xff\xff\xff",
  "3\0abcdef\0",
  ("\x01\x80" + "\0\x02").repeat(20),
];

const struct = [
  ...STRUCT_FORMATS.map((text) => showing(`struct.size(${luaString(text)})`)),
  ...STRUCT_FORMATS.flatMap((text) =>
    STRUCT_ARGUMENTS.map((list) =>
      showing(`struct.pack(${[luaString(text), list].filter(Boolean).join(", ")})`)
    )
  ),
  ...STRUCT_FORMATS.flatMap((text) =>
    STRUCT_DATA.map((data) => showing(`struct.unpack(${luaString(text)}, ${luaString(data)})`))
  ),
  ...["b", "i3", "i", "l", "L", "i16", ">i16"].flatMap((text) =>
    STRUCT_INTEGERS.flatMap((value) => [
      showing(`struct.pack('${text}', ${value})`),
      showing(`struct.unpack('${text}', struct.pack('${text}', ${value}))`),
    ])
  ),
  ...["f", "d", ">f"].flatMap((text) =>
    [...NUMBERS, "0/0", "-(0/0)", "1/0", "'nan'", "'-nan'", "1e300"].map((value) =>
      showing(`struct.pack('${text}', ${value})`)
    )
  ),
  ...["0", "1", "2", "3", "4", "5", "-1", "-2", "1.9", "'2'", "'x'", "nil", "{}", "4294967297", "1e30", "0/0"]
    .flatMap((at) => [
      showing(`struct.unpack('b', 'abc', ${at})`),
      showing(`struct.unpack('', 'abc', ${at})`),
      showing(`struct.unpack('s', 'abc\\0', ${at})`),
      showing(`struct.unpack('!h', 'abcdef', ${at})`),
    ]),
  ...["-1", "0.5", "1e30", "0/0", "2^63", "2^64", "3"].map((size) =>
    showing(`struct.unpack('dc0', struct.pack('d', ${size}) .. 'abcd')`)
  ),
  ...["-1\\0ab", "1.7\\0ab", "x\\0ab", "0x1\\0ab", " 1 \\0ab"].map((data) =>
    showing(`struct.unpack('sc0', '${data}')`)
  ),
  ...[7997, 7998, 7999].map((count) =>
    showing(`select('#', struct.unpack(('b'):rep(${count}), ('a'):rep(${count})))`)
  ),
  ...NOT_VALUES.flatMap((text) => [
    showing(`struct.pack(${text})`),
    showing(`struct.size(${text})`),
    showing(`struct.unpack(${text})`),
    showing(`struct.unpack('b', ${text || "nil, nil"})`),
    showing(`struct.pack('bs', 1, ${text || "nil, nil"})`),
  ]),
  showing("struct.pack('s', 0/0), struct.pack('s', -(0/0)), struct.pack('s', 1e15)"),
  showing("pcall(struct.pack)"),
  showing("pcall(struct.pack, 'i33')"),
  showing("pcall(struct.unpack, '=')"),
];

// deno-fmt-ignore
const BIT_NUMBERS = [
  "0", "1", "-1", "255", "0x12345678", "0xdeadbeef", "2^31", "2^31-1", "-2^31", "2^32", "2^32+5", "-2^32-5",
  "2^40+7", "2^51-1", "2^51+7", "-2^51-3", "2^52+7", "2^53+2", "2^60+2^20", "1e15", "1e300", "-1e300",
  "0.5", "1.5", "2.5", "-0.5", "-1.5", "-2.5", "1.4999999", "4294967295.5", "0/0", "1/0", "-1/0", "5e-324",
];

// deno-fmt-ignore
const BIT_STRINGS = [
  "'12'", "' 12 '", "'0xff'", "'-0x10'", "'1e3'", "'0x1p4'", "'inf'", "'nan'", "''", "' '", "'12x'", "'0x'",
  "'12\\0x'", "'.5'", "'5.'", "'.'", "'+5'", "'--5'", "'1 2'", "'\\t7\\n'", "'infinit'", "'nan()'", "'1e'",
  "'x1'", "'1x'",
];

const bit = [
  ...["tobit", "bnot", "bswap", "tohex"].flatMap((name) =>
    [...BIT_NUMBERS, ...BIT_STRINGS, ...NOT_VALUES].map((text) => showing(`bit.${name}(${text})`))
  ),
  ...["band", "bor", "bxor"].flatMap((name) =>
    [
      "",
      "1",
      "7, 3",
      "7, 3, '2'",
      "0xff, -1, 2^40",
      "'x', 'y'",
      "1, 'x'",
      "1, {}, true",
      "nil",
      "1, nil",
      "1, 2.5",
    ].map((text) => showing(`bit.${name}(${text})`))
  ),
  ...["lshift", "rshift", "arshift", "rol", "ror"].flatMap((name) =>
    ["", "1", "'x', 1", "1, 'x'", "1, nil", "1, {}", "-1, '4'"].map((text) => showing(`bit.${name}(${text})`))
      .concat(
        ["1", "-1", "0x12345678", "0x87654321"].flatMap((value) =>
          [0, 1, 4, 31, 32, 33, -1, 2.5].map((count) => showing(`bit.${name}(${value}, ${count})`))
        ),
      )
  ),
  ...["0", "1", "4", "8", "9", "-1", "-4", "-8", "-9", "2.5", "'2'", "'x'", "nil", "2^32+2", "-2^31+1"].map((
    count,
  ) => showing(`bit.tohex(0xdeadbeef, ${count})`)),
  showing("pcall(bit.band)"),
  showing("pcall(bit.lshift, 1)"),
];

/** The snippets: scripts whose reply is one string. */
export const librarySnippets: readonly string[] = [
  ...["cjson", "cmsgpack", "struct", "bit"].map((name) =>
    showing("t", `local t = {} for k, v in pairs(${name}) do t[k] = type(v) end`)
  ),
  ...cjsonOptions,
  ...cjsonEncode,
  ...cjsonDecode,
  ...cmsgpack,
  ...struct,
  ...bit,
];

/** As `librarySnippets`, but the replies show in which order Lua 5.1 walks a table. */
export const tableOrderSnippets: readonly string[] = [
  "{a=1,b=2}",
  "{a=1,b=2,c=3,d=4,e=5}",
  "{1,2,x=3}",
  "{x=1,[1]=2,[2]=3}",
  "{1,nil,3}",
  "{name='n',id=7,tags={'a','b'},nested={k='v',z=0}}",
  "{[1]='a',['1']='b'}",
  "{[1.5]=1,[2.5]=2,[-1]=3}",
  'cjson.decode(\'{"one":1,"two":2,"three":[1,2,{"four":null}]}\')',
].flatMap((text) => [showing(`cjson.encode(${text})`), showing(`cmsgpack.pack(${text})`)]);
