/** What scripts see of the `cmsgpack` library; the expected texts are redis-server 7.0.15's. */
import { assertEquals } from "@std/assert";
import { showing } from "../../../../test/compat/lua_libraries.ts";
import { LuaRunner } from "./testing.ts";

const lua = new LuaRunner();

function shows(expression: string, expected: string, before = ""): void {
  assertEquals(lua.run(showing(expression, before)), expected, expression);
}

Deno.test("cmsgpack has the names of lua-cmsgpack 0.4.0", () => {
  shows(
    "cmsgpack",
    'true, {"_COPYRIGHT"="Copyright (C) 2012, Salvatore Sanfilippo" "_DESCRIPTION"="MessagePack C implementation for Lua" "_NAME"="cmsgpack" "_VERSION"="lua-cmsgpack 0.4.0" "pack"=function "unpack"=function "unpack_limit"=function "unpack_one"=function}',
  );
});

Deno.test("pack takes the shortest format of a whole number", () => {
  shows(
    "cmsgpack.pack(0,127,128,255,256,65535,65536,4294967295,4294967296,2^53)",
    'true, "\\0;\\127;\\204;\\128;\\204;\\255;\\205;\\1;\\0;\\205;\\255;\\255;\\206;\\0;\\1;\\0;\\0;\\206;\\255;\\255;\\255;\\255;\\207;\\0;\\0;\\0;\\1;\\0;\\0;\\0;\\0;\\207;\\0; \\0;\\0;\\0;\\0;\\0;\\0;"',
  );
  shows(
    "cmsgpack.pack(-1,-32,-33,-128,-129,-32768,-32769,-2147483648,-2147483649,-2^63)",
    'true, "\\255;\\224;\\208;\\223;\\208;\\128;\\209;\\255;\\127;\\209;\\128;\\0;\\210;\\255;\\255;\\127;\\255;\\210;\\128;\\0;\\0;\\0;\\211;\\255;\\255;\\255;\\255;\\127;\\255;\\255;\\255;\\211;\\128;\\0;\\0;\\0;\\0;\\0;\\0;\\0;"',
  );
});

Deno.test("pack takes a float where it is exact and a double where not", () => {
  shows(
    "cmsgpack.pack(0.5, 0.1, 2^63, 1e300, 1/0, -1/0, 0/0)",
    'true, "\\202;?\\0;\\0;\\0;\\203;?\\185;\\153;\\153;\\153;\\153;\\153;\\154;\\202;_\\0;\\0;\\0;\\203;~7\\228;<\\136;\\0;u\\156;\\202;\\127;\\128;\\0;\\0;\\202;\\255;\\128;\\0;\\0;\\203;\\255;\\248;\\0;\\0;\\0;\\0;\\0;\\0;"',
  );
});

Deno.test("pack takes the shortest format of a string", () => {
  shows("p:byte(1, 3)", "true, 191, 120, 120", "local p = cmsgpack.pack(('x'):rep(31))");
  shows("p:byte(1, 3)", "true, 217, 32, 120", "local p = cmsgpack.pack(('x'):rep(32))");
  shows("p:byte(1, 4)", "true, 218, 1, 0, 120", "local p = cmsgpack.pack(('x'):rep(256))");
  shows("p:byte(1, 6)", "true, 219, 0, 1, 0, 0, 120", "local p = cmsgpack.pack(('x'):rep(65536))");
});

Deno.test("pack writes keys 1 to n as an array and anything else as a map", () => {
  shows(
    "cmsgpack.pack({}, {1,2}, {[2]=1}, {a=true}, {[1.5]=1}, {[0]=1})",
    'true, "\\144;\\146;\\1;\\2;\\129;\\2;\\1;\\129;\\161;a\\195;\\129;\\202;?\\192;\\0;\\0;\\1;\\129;\\0;\\1;"',
  );
  shows(
    "p:byte(1, 4)",
    "true, 220, 0, 16, 1",
    "local t = {} for i = 1, 16 do t[i] = i end local p = cmsgpack.pack(t)",
  );
  shows(
    "p:byte(1, 5)",
    "true, 221, 0, 1, 0, 0",
    "local t = {} for i = 1, 65536 do t[i] = i end local p = cmsgpack.pack(t)",
  );
});

Deno.test("pack writes nil for what has no format and for tables inside sixteen others", () => {
  shows("cmsgpack.pack(nil, tostring, cjson.null, true, false)", 'true, "\\192;\\192;\\192;\\195;\\194;"');
  shows(
    "cmsgpack.pack(t)",
    'true, "\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\145;\\192;"',
    "local t = {} t[1] = t",
  );
});

Deno.test("pack wants at least one argument and at most 4000", () => {
  shows(
    "cmsgpack.pack()",
    "false, \"user_script:1: bad argument #0 to 'pack' (MessagePack pack needs input.)\"",
  );
  shows("#cmsgpack.pack(unpack(t))", "true, 4000", "local t = {} for i = 1, 4000 do t[i] = 1 end");
  shows(
    "#cmsgpack.pack(unpack(t))",
    "false, \"user_script:1: bad argument #0 to 'pack' (Too many arguments for MessagePack pack.)\"",
    "local t = {} for i = 1, 4001 do t[i] = 1 end",
  );
});

Deno.test("unpack reads every format the original knows", () => {
  shows(
    "cmsgpack.unpack('\\204\\200\\205\\1\\2\\206\\255\\255\\255\\255\\207\\0\\0\\0\\1\\0\\0\\0\\0\\207\\255\\255\\255\\255\\255\\255\\255\\255')",
    "true, 200, 258, 4294967295, 4294967296, -1",
  );
  shows(
    "cmsgpack.unpack('\\208\\200\\209\\200\\2\\210\\200\\255\\255\\255\\211\\255\\255\\255\\255\\255\\255\\255\\254\\224\\127')",
    "true, -56, -14334, -922746881, -2, -32, 127",
  );
  shows(
    "cmsgpack.unpack('\\202\\63\\128\\0\\0\\203\\63\\248\\0\\0\\0\\0\\0\\0\\192\\194\\195')",
    "true, 1, 1.5, nil, false, true",
  );
  shows("cmsgpack.unpack('\\161a\\217\\2ab\\218\\0\\2cd\\219\\0\\0\\0\\1e')", 'true, "a", "ab", "cd", "e"');
  shows(
    "cmsgpack.unpack('\\146\\1\\144\\220\\0\\1\\2\\221\\0\\0\\0\\1\\3')",
    "true, {1=1 2={}}, {1=2}, {1=3}",
  );
  shows(
    "cmsgpack.unpack('\\129\\1\\128\\222\\0\\1\\161k\\2\\223\\0\\0\\0\\1\\3\\4')",
    'true, {1={}}, {"k"=2}, {3=4}',
  );
});

Deno.test("unpack refuses what it does not know and what is cut off", () => {
  shows("cmsgpack.unpack('\\193')", 'false, "user_script:1: Bad data format in input."');
  shows("cmsgpack.unpack('\\196\\1a')", 'false, "user_script:1: Bad data format in input."');
  shows("cmsgpack.unpack('\\212\\1a')", 'false, "user_script:1: Bad data format in input."');
  shows("cmsgpack.unpack('\\205\\1')", 'false, "user_script:1: Missing bytes in input."');
  shows("cmsgpack.unpack('\\219\\255\\255\\255\\255a')", 'false, "user_script:1: Missing bytes in input."');
  shows("cmsgpack.unpack('\\221\\255\\255\\255\\255')", 'false, "user_script:1: Missing bytes in input."');
  shows("cmsgpack.unpack('\\129\\192\\1')", 'false, "table index is nil"');
  shows("cmsgpack.unpack('\\129\\203\\127\\248\\0\\0\\0\\0\\0\\0\\1')", 'false, "table index is NaN"');
});

Deno.test("unpack has no more room than a function of Lua 5.1", () => {
  shows("cmsgpack.unpack(('\\145'):rep(3999))", 'false, "user_script:1: Missing bytes in input."');
  shows(
    "cmsgpack.unpack(('\\145'):rep(4000))",
    'false, "user_script:1: stack overflow (in function mp_decode_to_lua_array)"',
  );
  shows(
    "cmsgpack.unpack('\\1' .. ('\\145'):rep(4000))",
    'false, "user_script:1: stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)"',
  );
  shows(
    "cmsgpack.unpack(('\\129'):rep(9000))",
    'false, "user_script:1: stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)"',
  );
  shows("select('#', cmsgpack.unpack(('\\1'):rep(7999)))", "true, 7999");
  shows(
    "select('#', cmsgpack.unpack(('\\1'):rep(8000)))",
    'false, "user_script:1: stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)"',
  );
  shows(
    "select('#', cmsgpack.unpack_limit(('\\1'):rep(8000), 7999))",
    'false, "user_script:1: stack overflow (in function mp_unpack_full)"',
  );
});

Deno.test("unpack_one and unpack_limit say where to go on", () => {
  shows("cmsgpack.unpack_one('\\1\\2\\3')", "true, 1, 1");
  shows("cmsgpack.unpack_one('\\1\\2\\3', 2)", "true, -1, 3");
  shows("cmsgpack.unpack_one('\\1\\2\\3', 3)", "true, -1");
  shows("cmsgpack.unpack_limit('\\1\\2\\3', 2)", "true, 2, 1, 2");
  shows("cmsgpack.unpack_limit('\\1\\2\\3', 2, 1)", "true, -1, 2, 3");
  shows("cmsgpack.unpack_limit('\\1\\2\\3', 0)", "true, 1, 2, 3");
  shows("cmsgpack.unpack_limit('\\1\\2\\3', 0, 1)", "true, 1");
});

Deno.test("unpack_one and unpack_limit refuse an offset or limit outside", () => {
  shows(
    "cmsgpack.unpack_one('\\1\\2\\3', 4)",
    'false, "user_script:1: Start offset 4 greater than input length 3."',
  );
  shows(
    "cmsgpack.unpack_one('\\1\\2\\3', -1)",
    'false, "user_script:1: Invalid request to unpack with offset of -1 and limit of 3."',
  );
  shows(
    "cmsgpack.unpack_limit('\\1\\2\\3', -1, 1)",
    'false, "user_script:1: Invalid request to unpack with offset of 1 and limit of 3."',
  );
  shows(
    "cmsgpack.unpack_one('\\1', 4294967296)",
    'false, "user_script:1: Start offset 0 greater than input length 1."',
  );
  shows(
    "cmsgpack.unpack_limit('\\1')",
    "false, \"user_script:1: bad argument #2 to 'unpack_limit' (number expected, got no value)\"",
  );
  shows(
    "cmsgpack.unpack_one()",
    "false, \"user_script:1: bad argument #1 to 'unpack_one' (string expected, got no value)\"",
  );
});
