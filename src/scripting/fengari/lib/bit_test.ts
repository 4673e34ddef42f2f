/** What scripts see of the `bit` library; the expected texts are redis-server 7.0.15's. */
import { assertEquals } from "@std/assert";
import { showing } from "../../../../test/compat/lua_libraries.ts";
import { LuaRunner } from "./testing.ts";

const lua = new LuaRunner();

function shows(expression: string, expected: string, before = ""): void {
  assertEquals(lua.run(showing(expression, before)), expected, expression);
}

Deno.test("numbers are rounded and taken modulo 2^32", () => {
  shows(
    "bit.tobit(0xffffffff), bit.tobit(2^31), bit.tobit(2^40+7), bit.tobit(-2^40-3), bit.tobit(0.5), bit.tobit(1.5), bit.tobit(2.5), bit.tobit(-1.5)",
    "true, -1, -2147483648, 7, -3, 0, 2, 2, -2",
  );
  shows(
    "bit.tobit(2^51+7), bit.tobit(2^53+2), bit.tobit(1e300), bit.tobit(0/0), bit.tobit(1/0)",
    "true, 4, 1, -2013235812, 0, 0",
  );
});

Deno.test("strings that are numbers are taken", () => {
  shows(
    "bit.tobit('0xff'), bit.tobit(' 12 '), bit.tobit('1e3'), bit.tobit('-0x10'), bit.tobit('0x1p4'), bit.tobit('12\\0x')",
    "true, 255, 12, 1000, -16, 16, 12",
  );
  shows(
    "bit.tobit('')",
    "false, \"user_script:1: bad argument #1 to 'tobit' (number expected, got string)\"",
  );
  shows(
    "bit.tobit('12x')",
    "false, \"user_script:1: bad argument #1 to 'tobit' (number expected, got string)\"",
  );
  shows(
    "bit.tobit('0x')",
    "false, \"user_script:1: bad argument #1 to 'tobit' (number expected, got string)\"",
  );
});

Deno.test("the logical functions fold their arguments", () => {
  shows(
    "bit.band(7, 3, '2'), bit.bor(1, 2, 4), bit.bxor(1, 3, 7), bit.bnot(0), bit.band(-1)",
    "true, 2, 7, 5, -1, -1",
  );
});

Deno.test("shifts and rotations use the low five bits of the count", () => {
  shows(
    "bit.lshift(1, 31), bit.lshift(1, 33), bit.lshift(1, -1), bit.rshift(-1, 1), bit.rshift(-1, 32), bit.arshift(-256, 4)",
    "true, -2147483648, 2, -2147483648, 2147483647, -1, -16",
  );
  shows(
    "bit.rol(0x12345678, 4), bit.rol(0x12345678, 0), bit.ror(0x12345678, 36), bit.bswap(0x12345678)",
    "true, 591751041, 305419896, -2128394905, 2018915346",
  );
});

Deno.test("tohex shows so many of the lowest digits", () => {
  shows(
    "bit.tohex(-1), bit.tohex(0xbeef, 4), bit.tohex(0xbeef, -3), bit.tohex(255, 0), bit.tohex(255, 9)",
    'true, "ffffffff", "beef", "EEF", "", "000000ff"',
  );
  shows(
    "bit.tohex(255, nil)",
    "false, \"user_script:1: bad argument #2 to 'tohex' (number expected, got nil)\"",
  );
});

Deno.test("an argument that is no number is refused", () => {
  shows("bit.band()", "false, \"user_script:1: bad argument #1 to 'band' (number expected, got no value)\"");
  shows(
    "bit.band(1, {}, true)",
    "false, \"user_script:1: bad argument #3 to 'band' (number expected, got boolean)\"",
  );
  shows(
    "bit.lshift(1)",
    "false, \"user_script:1: bad argument #2 to 'lshift' (number expected, got no value)\"",
  );
  shows(
    "bit.lshift('x', 1)",
    "false, \"user_script:1: bad argument #1 to 'lshift' (number expected, got string)\"",
  );
  shows("pcall(bit.bnot)", "true, false, \"bad argument #1 to '?' (number expected, got no value)\"");
});
