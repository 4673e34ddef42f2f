/** What scripts see of the `struct` library; the expected texts are redis-server 7.0.15's. */
import { assertEquals } from "@std/assert";
import { showing } from "../../../../test/compat/lua_libraries.ts";
import { LuaRunner } from "./testing.ts";

const lua = new LuaRunner();

function shows(expression: string, expected: string, before = ""): void {
  assertEquals(lua.run(showing(expression, before)), expected, expression);
}

Deno.test("integers take their size and byte order from the format", () => {
  shows(
    "struct.pack('bBhHlLTiI', 1, 2, 3, 4, 5, 6, 7, 8, 9)",
    'true, "\\1;\\2;\\3;\\0;\\4;\\0;\\5;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\6;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\7;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\8;\\0;\\0;\\0;\\9;\\0;\\0;\\0;"',
  );
  shows(
    "struct.pack('>bHi3l', -1, 258, -2, 3)",
    'true, "\\255;\\1;\\2;\\255;\\255;\\254;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\3;"',
  );
  shows(
    "struct.pack('<i16', -10)",
    'true, "\\246;\\255;\\255;\\255;\\255;\\255;\\255;\\255;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;"',
  );
  shows(
    "struct.pack('>i16', -10)",
    'true, "\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\255;\\255;\\255;\\255;\\255;\\255;\\255;\\246;"',
  );
  shows("struct.pack('i0', 1)", 'true, ""');
});

Deno.test("doubles beyond 64 bits become what x86-64 makes of them", () => {
  shows(
    "struct.pack('lL', 2^63, 2^63)",
    'true, "\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\128;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\128;"',
  );
  shows(
    "struct.pack('lL', 2^64, 1e30)",
    'true, "\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;"',
  );
  shows(
    "struct.pack('lL', -2^64, 0/0)",
    'true, "\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\128;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\128;"',
  );
  shows(
    "struct.pack('lL', 1/0, -1/0)",
    'true, "\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\128;"',
  );
  shows("struct.pack('bhi', 300, -1.9, 2^32+1)", 'true, ",\\255;\\255;\\1;\\0;\\0;\\0;"');
});

Deno.test("unpack gives signed and unsigned integers and the place after them", () => {
  shows("struct.unpack('bBhH', '\\255\\255\\254\\255\\254\\255')", "true, -1, 255, -2, 65534, 7");
  shows(
    "struct.unpack('>i3I3lL', '\\255\\255\\254\\255\\255\\254' .. ('\\255'):rep(16))",
    "true, -2, 16777214, -1, 1.8446744073709552e+19, 23",
  );
  shows("struct.unpack('<i9', '3\\0abcdef\\0')", "true, -77, 10");
  shows("struct.unpack('i16', struct.pack('i16', -5))", "true, -5, 17");
});

Deno.test("floats and doubles go there and back", () => {
  shows(
    "struct.pack('fd', 1.1, 1.1)",
    'true, "\\205;\\204;\\140;?\\154;\\153;\\153;\\153;\\153;\\153;\\241;?"',
  );
  shows(
    "struct.unpack('>fd', struct.pack('>fd', 1.1, 1.1))",
    "true, 1.1000000238418579, 1.1000000000000001, 13",
  );
  shows("struct.pack('fd', 0/0, 0/0)", 'true, "\\0;\\0;\\192;\\255;\\0;\\0;\\0;\\0;\\0;\\0;\\248;\\255;"');
  shows("struct.pack('f', 1e300)", 'true, "\\0;\\0;\\128;\\127;"');
});

Deno.test("strings are fixed, counted or end with a zero byte", () => {
  shows("struct.pack('sc2c0c', 'abc', 'def', 'gh', 'ij')", 'true, "abc\\0;deghi"');
  shows("struct.unpack('sc2c', 'abc\\0defg')", 'true, "abc", "de", "f", 8');
  shows("struct.unpack('bc0', '\\3abcdef')", 'true, "abc", 5');
  shows("struct.unpack('c0', 'abc')", "false, \"user_script:1: format 'c0' needs a previous size\"");
  shows("struct.unpack('s', 'abc')", 'false, "user_script:1: unfinished string in data"');
  shows("struct.pack('c4', 'abc')", "false, \"user_script:1: bad argument #3 to 'pack' (string too short)\"");
  shows(
    "struct.unpack('bc0', '\\9abc')",
    "false, \"user_script:1: bad argument #2 to 'unpack' (data string too short)\"",
  );
});

Deno.test("an exclamation mark aligns, up to the size it names", () => {
  shows("struct.pack('!bi', 1, 2)", 'true, "\\1;\\0;\\0;\\0;\\2;\\0;\\0;\\0;"');
  shows("struct.pack('!2bi', 1, 2)", 'true, "\\1;\\0;\\2;\\0;\\0;\\0;"');
  shows(
    "struct.pack('!xi3d', 1, 2)",
    'true, "\\0;\\0;\\0;\\1;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;\\0;@"',
  );
  shows("struct.size('!bBhHlLTiIfd')", "true, 56");
  shows("struct.pack('!3b', 1)", 'false, "user_script:1: alignment 3 is not a power of 2"');
  shows("struct.unpack('!bi', '\\1\\0\\0\\0\\2\\0\\0\\0')", "true, 1, 2, 9");
});

Deno.test("size counts formats that have a fixed size", () => {
  shows("struct.size('bBhHlLTiIfdxc10')", "true, 61");
  shows(
    "struct.size('s')",
    "false, \"user_script:1: bad argument #1 to 'size' (option 's' has no fixed size)\"",
  );
  shows(
    "struct.size('c0')",
    "false, \"user_script:1: bad argument #1 to 'size' (option 'c0' has no fixed size)\"",
  );
  shows("struct.size('2z')", "true, 0");
  shows(
    "struct.size('=')",
    "false, \"user_script:1: bad argument #1 to 'size' (invalid format option '=')\"",
  );
  shows("struct.size('b\\0=')", "true, 1");
});

Deno.test("a format that is wrong is refused", () => {
  shows(
    "struct.pack('=b', 1)",
    "false, \"user_script:1: bad argument #1 to 'pack' (invalid format option '=')\"",
  );
  shows(
    "struct.pack('x3')",
    "false, \"user_script:1: bad argument #1 to 'pack' (invalid format option '3')\"",
  );
  shows("struct.pack('i33', 1)", 'false, "user_script:1: integral size 33 is larger than limit of 32"');
  shows("struct.pack('i2147483648', 1)", 'false, "user_script:1: integral size overflow"');
  shows(
    "struct.unpack('z', 'a')",
    "false, \"user_script:1: bad argument #1 to 'unpack' (invalid format option 'z')\"",
  );
  shows("struct.pack('b')", "false, \"user_script:1: bad argument #2 to 'pack' (number expected, got nil)\"");
  shows(
    "struct.pack('b', 'x')",
    "false, \"user_script:1: bad argument #2 to 'pack' (number expected, got string)\"",
  );
  shows(
    "struct.pack()",
    "false, \"user_script:1: bad argument #1 to 'pack' (string expected, got no value)\"",
  );
});

Deno.test("unpack starts where it is told and stays inside the data", () => {
  shows("struct.unpack('b', 'abc', 3)", "true, 99, 4");
  shows(
    "struct.unpack('b', 'abc', 4)",
    "false, \"user_script:1: bad argument #2 to 'unpack' (data string too short)\"",
  );
  shows(
    "struct.unpack('b', 'abc', 0)",
    "false, \"user_script:1: bad argument #3 to 'unpack' (offset must be 1 or greater)\"",
  );
  shows(
    "struct.unpack('b', 'abc', -1)",
    "false, \"user_script:1: bad argument #2 to 'unpack' (data string too short)\"",
  );
  shows("struct.unpack('', 'abc', 100)", "true, 100");
  shows(
    "struct.unpack('i', 'abc')",
    "false, \"user_script:1: bad argument #2 to 'unpack' (data string too short)\"",
  );
  shows(
    "select('#', struct.unpack(('b'):rep(7998), ('a'):rep(7998)))",
    'false, "user_script:1: stack overflow (too many results)"',
  );
});
