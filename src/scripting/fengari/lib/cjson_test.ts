/** What scripts see of the `cjson` library; the expected texts are redis-server 7.0.15's. */
import { assertEquals } from "@std/assert";
import { showing } from "../../../../test/compat/lua_libraries.ts";
import { LuaRunner } from "./testing.ts";

const lua = new LuaRunner();

function shows(expression: string, expected: string, before = ""): void {
  assertEquals(lua.run(showing(expression, before)), expected, expression);
}

Deno.test("cjson has the names of lua-cjson 2.1.0", () => {
  shows(
    "cjson",
    'true, {"_NAME"="cjson" "_VERSION"="2.1.0" "decode"=function "decode_invalid_numbers"=function "decode_max_depth"=function "encode"=function "encode_invalid_numbers"=function "encode_keep_buffer"=function "encode_max_depth"=function "encode_number_precision"=function "encode_sparse_array"=function "new"=function "null"=null}',
  );
});

Deno.test("encode writes tables with keys from 1 on as arrays and others as objects", () => {
  shows("cjson.encode({1,'a',true,cjson.null})", 'true, "[1,\\34;a\\34;,true,null\\93;"');
  shows("cjson.encode({})", 'true, "{}"');
  shows("cjson.encode({{},{a={1}}})", 'true, "[{},{\\34;a\\34;:[1\\93;}\\93;"');
  shows("cjson.encode({[0]=1})", 'true, "{\\34;0\\34;:1}"');
  shows("cjson.encode({[1.5]='x'})", 'true, "{\\34;1.5\\34;:\\34;x\\34;}"');
  shows("cjson.encode({[10]=1})", 'true, "[null,null,null,null,null,null,null,null,null,1\\93;"');
});

Deno.test("encode refuses an array that is too sparse unless it may convert it", () => {
  shows("cjson.encode({[11]=1})", 'false, "user_script:1: Cannot serialise table: excessively sparse array"');
  shows("cjson.encode({[11]=1})", 'true, "{\\34;11\\34;:1}"', "cjson.encode_sparse_array(true)");
  shows(
    "cjson.encode({[11]=1})",
    'true, "[null,null,null,null,null,null,null,null,null,null,1\\93;"',
    "cjson.encode_sparse_array(false, 0)",
  );
  shows(
    "cjson.encode({[4]=1})",
    'false, "user_script:1: Cannot serialise table: excessively sparse array"',
    "cjson.encode_sparse_array(false, 3, 2)",
  );
});

Deno.test("encode prints numbers with 14 digits or as many as it was told", () => {
  shows(
    "cjson.encode({1/3, 1e14, 99999999999999, 12345678901234.5, 12345678901235.5, 2^53, 1e-5, -0.5})",
    'true, "[0.33333333333333,1e+14,99999999999999,12345678901234,12345678901236,9.007199254741e+15,1e-05,-0.5\\93;"',
  );
  shows(
    "cjson.encode({1/3, 2.5, 3.5, 1234})",
    'true, "[0.3,2,4,1e+03\\93;"',
    "cjson.encode_number_precision(1)",
  );
});

Deno.test("encode escapes quotes, backslashes, slashes and control characters, and nothing else", () => {
  shows(
    "cjson.encode('\"\\\\/\\b\\f\\n\\r\\t\\0\\1\\31\\127\\128\\255 \\'')",
    'true, "\\34;\\92;\\34;\\92;\\92;\\92;/\\92;b\\92;f\\92;n\\92;r\\92;t\\92;u0000\\92;u0001\\92;u001f\\92;u007f\\128;\\255; \'\\34;"',
  );
});

Deno.test("encode writes NaN and infinities as it was told", () => {
  shows("cjson.encode(0/0)", 'false, "user_script:1: Cannot serialise number: must not be NaN or Inf"');
  shows("cjson.encode({a=1/0})", 'false, "user_script:1: Cannot serialise number: must not be NaN or Inf"');
  shows("cjson.encode({0/0, 1/0, -1/0})", 'true, "[nan,inf,-inf\\93;"', "cjson.encode_invalid_numbers(true)");
  shows(
    "cjson.encode({0/0, 1/0, -1/0})",
    'true, "[null,null,null\\93;"',
    "cjson.encode_invalid_numbers('null')",
  );
});

Deno.test("encode refuses what JSON has no form for", () => {
  shows("cjson.encode(tostring)", 'false, "user_script:1: Cannot serialise function: type not supported"');
  shows(
    "cjson.encode({[true]=1})",
    'false, "user_script:1: Cannot serialise boolean: table key must be a number or string"',
  );
  shows("cjson.encode()", "false, \"user_script:1: bad argument #1 to 'encode' (expected 1 argument)\"");
  shows("cjson.encode(1, 2)", "false, \"user_script:1: bad argument #1 to 'encode' (expected 1 argument)\"");
  shows("cjson:encode(1)", "false, \"user_script:1: calling 'encode' on bad self (expected 1 argument)\"");
  shows("pcall(cjson.encode)", "true, false, \"bad argument #1 to '?' (expected 1 argument)\"");
});

Deno.test("encode refuses tables that are nested too deep", () => {
  shows(
    "cjson.encode(t)",
    'false, "user_script:1: Cannot serialise, excessive nesting (1001)"',
    "local t = {} t[1] = t",
  );
  shows("#cjson.encode(t)", "true, 2001", "local t = 1 for i = 1, 1000 do t = {t} end");
  shows(
    "cjson.encode(t)",
    'false, "user_script:1: Cannot serialise, excessive nesting (7998)"',
    "cjson.encode_max_depth(100000) local t = 1 for i = 1, 9000 do t = {t} end",
  );
  shows(
    "cjson.encode({{1}})",
    'false, "user_script:1: Cannot serialise, excessive nesting (2)"',
    "cjson.encode_max_depth(1)",
  );
});

Deno.test("decode gives tables, numbers, strings, booleans and cjson.null", () => {
  shows('cjson.decode(\'{"a":[1,-2.5e3,true,null,"x"]}\')', 'true, {"a"={1=1 2=-2500 3=true 4=null 5="x"}}');
  shows("cjson.decode(' [ ] ')", "true, {}");
  shows("cjson.decode('\"\"')", 'true, ""');
  shows("cjson.decode(12.5)", "true, 12.5");
  shows('cjson.decode(\'{"a":1,"a":null}\')', 'true, {"a"=null}');
});

Deno.test("decode reads every escape and both halves of a pair", () => {
  shows(
    'cjson.decode(\'"\\\\"\\\\\\\\\\\\/\\\\b\\\\f\\\\n\\\\r\\\\t\\\\u0041\\\\u00e9\\\\u20ac\\\\ud83d\\\\ude00\\\\u0000"\')',
    'true, "\\34;\\92;/\\8;\\12;\\10;\\13;\\9;A\\195;\\169;\\226;\\130;\\172;\\240;\\159;\\152;\\128;\\0;"',
  );
  shows(
    "cjson.decode('\"\\\\ud83d\"')",
    'false, "user_script:1: Expected value but found invalid unicode escape code at character 2"',
  );
  shows(
    "cjson.decode('\"\\\\ude00\"')",
    'false, "user_script:1: Expected value but found invalid unicode escape code at character 2"',
  );
  shows(
    "cjson.decode('\"\\\\ud83d\\\\u0041\"')",
    'false, "user_script:1: Expected value but found invalid unicode escape code at character 2"',
  );
  shows(
    "cjson.decode('\"\\\\u00g0\"')",
    'false, "user_script:1: Expected value but found invalid unicode escape code at character 2"',
  );
  shows(
    "cjson.decode('\"\\\\x\"')",
    'false, "user_script:1: Expected value but found invalid escape code at character 2"',
  );
});

Deno.test("decode says what it expected, what it found and where", () => {
  shows("cjson.decode('')", 'false, "user_script:1: Expected value but found T_END at character 1"');
  shows("cjson.decode('x')", 'false, "user_script:1: Expected value but found invalid token at character 1"');
  shows("cjson.decode('[1,]')", 'false, "user_script:1: Expected value but found T_ARR_END at character 4"');
  shows(
    "cjson.decode('[1 2]')",
    'false, "user_script:1: Expected comma or array end but found T_NUMBER at character 4"',
  );
  shows(
    "cjson.decode('{1:2}')",
    'false, "user_script:1: Expected object key string but found T_NUMBER at character 2"',
  );
  shows(
    "cjson.decode('{\"a\" 1}')",
    'false, "user_script:1: Expected colon but found T_NUMBER at character 6"',
  );
  shows(
    "cjson.decode('{\"a\":1,}')",
    'false, "user_script:1: Expected object key string but found T_OBJ_END at character 8"',
  );
  shows(
    'cjson.decode(\'{"a":1 "b"}\')',
    'false, "user_script:1: Expected comma or object end but found T_STRING at character 8"',
  );
  shows(
    "cjson.decode('\"abc')",
    'false, "user_script:1: Expected value but found unexpected end of string at character 5"',
  );
  shows(
    "cjson.decode('[1] x')",
    'false, "user_script:1: Expected the end but found invalid token at character 5"',
  );
  shows(
    "cjson.decode('[-]')",
    'false, "user_script:1: Expected value but found invalid number at character 2"',
  );
});

Deno.test("decode ends at a zero byte and refuses UTF-16", () => {
  shows("cjson.decode('[1]\\0x')", "true, {1=1}");
  shows("cjson.decode('\\0[')", 'false, "user_script:1: JSON parser does not support UTF-16 or UTF-32"');
  shows(
    "cjson.decode('\"a\\0\"')",
    'false, "user_script:1: Expected value but found unexpected end of string at character 3"',
  );
});

Deno.test("decode reads numbers that JSON does not know unless it may not", () => {
  shows(
    "cjson.decode('[0x1F,01,nan,-inf,Infinity,+5,0x1.8p1,1.]')",
    "true, {1=31 2=1 3=nan 4=-inf 5=inf 6=5 7=3 8=1}",
  );
  shows(
    "cjson.decode('0x1F')",
    'false, "user_script:1: Expected value but found invalid number at character 1"',
    "cjson.decode_invalid_numbers(false)",
  );
  shows(
    "cjson.decode('nan')",
    'false, "user_script:1: Expected value but found invalid token at character 1"',
    "cjson.decode_invalid_numbers(false)",
  );
  shows(
    "cjson.decode('01')",
    'false, "user_script:1: Expected value but found invalid number at character 1"',
    "cjson.decode_invalid_numbers(false)",
  );
  shows(
    "cjson.decode('+1')",
    'false, "user_script:1: Expected value but found invalid token at character 1"',
    "cjson.decode_invalid_numbers(false)",
  );
});

Deno.test("decode refuses what is nested too deep", () => {
  shows(
    "cjson.decode(('['):rep(1001))",
    'false, "user_script:1: Found too many nested data structures (1001) at character 1001"',
  );
  shows(
    "cjson.decode(('['):rep(9000))",
    'false, "user_script:1: Found too many nested data structures (7999) at character 7999"',
    "cjson.decode_max_depth(100000)",
  );
  shows(
    "cjson.decode(('{\"a\":'):rep(9000))",
    'false, "user_script:1: Found too many nested data structures (4000) at character 19996"',
    "cjson.decode_max_depth(100000)",
  );
  shows(
    "cjson.decode('[[1]]')",
    'false, "user_script:1: Found too many nested data structures (2) at character 2"',
    "cjson.decode_max_depth(1)",
  );
});

Deno.test("an option returns what holds and refuses what is out of range", () => {
  shows("cjson.encode_sparse_array()", "true, false, 2, 10");
  shows("cjson.encode_max_depth(2.9)", "true, 2");
  shows(
    "cjson.encode_max_depth(0)",
    "false, \"user_script:1: bad argument #1 to 'encode_max_depth' (expected integer between 1 and 2147483647)\"",
  );
  shows(
    "cjson.encode_number_precision(15)",
    "false, \"user_script:1: bad argument #1 to 'encode_number_precision' (expected integer between 1 and 14)\"",
  );
  shows(
    "cjson.encode_invalid_numbers('x')",
    "false, \"user_script:1: bad argument #1 to 'encode_invalid_numbers' (invalid option 'x')\"",
  );
  shows("cjson.encode_invalid_numbers('null')", 'true, "null"');
  shows("cjson.encode_keep_buffer('off')", "true, false");
  shows(
    "cjson.decode_invalid_numbers(1)",
    "false, \"user_script:1: bad argument #1 to 'decode_invalid_numbers' (invalid option '1')\"",
  );
  shows(
    "cjson.decode_max_depth(1, 2)",
    "false, \"user_script:1: bad argument #2 to 'decode_max_depth' (found too many arguments)\"",
  );
  shows(
    "cjson.encode_sparse_array(nil, -1)",
    "false, \"user_script:1: bad argument #1 to 'encode_sparse_array' (expected integer between 0 and 2147483647)\"",
  );
});

Deno.test("tables made by new have options of their own", () => {
  shows(
    "cjson.encode(0.25), other.encode(0.25)",
    'true, "0.25", "0.2"',
    "local other = cjson.new() other.encode_number_precision(1)",
  );
});
