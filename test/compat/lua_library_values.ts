/**
 * Random snippets for the libraries cjson, cmsgpack, struct and bit: values that go there and back, and input with
 * mistakes. They are of the same kind as those of lua_libraries.ts; the same seed gives the same snippets.
 */
import type { Random } from "../fuzz/random.ts";
import { luaString, showing } from "./lua_libraries.ts";

const MAX_DEPTH = 4;

/** A Lua expression for a value without NaN and infinities; a table is an array or has one key. */
export function randomValue(random: Random, depth = 0): string {
  switch (random.between(0, depth < MAX_DEPTH ? 8 : 4)) {
    case 0:
      return random.pick(["true", "false", "cjson.null"]);
    case 1:
      return String(random.between(-200, 70000));
    case 2:
      return randomNumber(random);
    case 3:
      return luaString(randomText(random, random.between(0, 40)));
    case 4:
      return luaString(randomText(random, random.pick([0, 1, 31, 32, 33, 255, 256])));
    case 5:
      return `{[${luaString(randomText(random, random.between(0, 5)))}]=${randomValue(random, depth + 1)}}`;
    case 6:
      return `{[${random.pick(["0", "-1", "1.5", "1e10", "-0.25", "3"])}]=${randomValue(random, depth + 1)}}`;
    default: {
      const length = random.pick([0, 1, 2, 3, 15, 16, 17]);
      return `{${Array.from({ length }, () => randomValue(random, depth + 1)).join(",")}}`;
    }
  }
}

/** A number of few enough digits to be the same after `%.14g`, as a Lua expression. */
function randomNumber(random: Random): string {
  const digits = random.between(-99999999, 99999999);
  return random.oneIn(3) ? `${digits / 64}` : `${digits}e${random.between(-30, 30)}`;
}

function randomText(random: Random, length: number): string {
  const plain = random.oneIn(2);
  return Array.from(
    { length },
    () => String.fromCharCode(plain ? random.between(32, 126) : random.between(0, 255)),
  )
    .join("");
}

/** JSON with white space and escapes that no encoder writes. */
function randomJson(random: Random, depth = 0): string {
  const space = () => random.pick(["", "", "", " ", "\n", "\t\r"]);
  switch (random.between(0, depth < MAX_DEPTH ? 6 : 3)) {
    case 0:
      return random.pick(["null", "true", "false", "nan", "-inf", "0x1f", "Infinity"]);
    case 1:
      return random.pick([
        "0",
        "-1",
        "1.5",
        "1e5",
        "2E-3",
        "-0.0",
        "123456789012345678",
        "1.",
        "01",
        "+1",
        ".5",
      ]);
    case 2:
    case 3:
      return randomJsonString(random);
    case 4: {
      const key = randomJsonString(random);
      return `{${space()}${key}${space()}:${space()}${randomJson(random, depth + 1)}${space()}}`;
    }
    default: {
      const items = Array.from({ length: random.between(0, 4) }, () => randomJson(random, depth + 1));
      return `[${space()}${items.join(`${space()},${space()}`)}${space()}]`;
    }
  }
}

function randomJsonString(random: Random): string {
  const parts = [
    "a",
    "Z9",
    "é",
    "\\n",
    '\\"',
    "\\\\",
    "\\/",
    "\\u00e9",
    "\\u20AC",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\u0000",
  ];
  return `"${Array.from({ length: random.between(0, 5) }, () => random.pick(parts)).join("")}"`;
}

/** MessagePack of any format, good or bad ones. */
function randomMsgpack(random: Random, depth = 0): string {
  const bytes = (count: number) => String.fromCharCode(...random.bytes(count));
  const format = (first: number, ...rest: string[]) => String.fromCharCode(first) + rest.join("");
  const items = (count: number) =>
    Array.from({ length: count }, () => randomMsgpack(random, depth + 1)).join("");
  switch (random.between(0, depth < MAX_DEPTH ? 9 : 5)) {
    case 0:
      return bytes(1);
    case 1:
      return format(random.pick([0xcc, 0xd0]), bytes(1)) + format(random.pick([0xcd, 0xd1]), bytes(2));
    case 2:
      return format(random.pick([0xca, 0xce, 0xd2]), bytes(4));
    case 3:
      // No NaN: what it carries besides its sign is not kept.
      return format(0xcb, bytes(1).replace("\x7f", "\x01").replace("\xff", "\x81"), bytes(7)) +
        format(random.pick([0xcf, 0xd3]), bytes(8));
    case 4:
      return format(random.pick([0xc0, 0xc2, 0xc3, 0x00, 0x7f, 0xe0, 0xff]));
    case 5:
      return random.pick([
        format(0xa3, "abc"),
        format(0xd9, "\x02ab"),
        format(0xda, "\0\x01a"),
        format(0xdb, "\0\0\0\0"),
      ]);
    case 6:
      return format(0x81, luaKey(random), randomMsgpack(random, depth + 1));
    case 7:
      return format(random.pick([0xde]), "\0\x01", luaKey(random), randomMsgpack(random, depth + 1));
    case 8: {
      const count = random.between(0, 4);
      return format(0x90 | count, items(count));
    }
    default: {
      const count = random.between(0, 3);
      return random.oneIn(2)
        ? format(0xdc, "\0", format(count), items(count))
        : format(0xdd, "\0\0\0", format(count), items(count));
    }
  }
}

function luaKey(random: Random): string {
  return random.pick(["\x01", "\xa1k", "\xc3", "\xc0", "\xe1"]);
}

/** The text with one to three bytes changed, taken out, put in, or cut off behind. */
function damaged(random: Random, text: string): string {
  let result = text;
  for (let changes = random.between(1, 3); changes > 0; changes--) {
    const at = random.between(0, result.length);
    const byte = random.oneIn(2)
      ? String.fromCharCode(random.between(0, 255))
      : random.pick(['"', "\\", "{", "}", "[", "]", ",", ":", "\0", "u", "-", "e", "\x81", "\x91", "\xc1"]);
    switch (random.between(0, 3)) {
      case 0:
        result = result.slice(0, at) + byte + result.slice(at + 1);
        break;
      case 1:
        result = result.slice(0, at) + result.slice(at + 1);
        break;
      case 2:
        result = result.slice(0, at) + byte + result.slice(at);
        break;
      default:
        result = result.slice(0, at);
    }
  }
  return result;
}

function randomStructSnippet(random: Random): string {
  const letters = [
    "b",
    "B",
    "h",
    "H",
    "i",
    "I",
    "l",
    "L",
    "T",
    "i3",
    "i7",
    "I5",
    "i16",
    "x",
    "!",
    "!4",
    ">",
    "<",
    " ",
  ];
  const format = Array.from({ length: random.between(1, 6) }, () => random.pick(letters)).join("");
  const data = random.oneIn(2) ? damaged(random, format) : format;
  const numbers = Array.from({ length: 7 }, () => randomNumber(random)).join(",");
  return random.pick([
    showing(`struct.pack(${luaString(data)}, ${numbers})`),
    showing(`struct.size(${luaString(data)})`),
    showing(`struct.unpack(${luaString(format)}, ${luaString(String.fromCharCode(...random.bytes(90)))})`),
  ]);
}

function randomBitSnippet(random: Random): string {
  const name = random.pick([
    "tobit",
    "tohex",
    "bnot",
    "bswap",
    "band",
    "bor",
    "bxor",
    "lshift",
    "rshift",
    "arshift",
    "rol",
    "ror",
  ]);
  return showing(
    `bit.${name}(${randomNumber(random)}, ${random.pick([randomNumber(random), "3", "-7", "'31'"])})`,
  );
}

/** One random snippet: a script whose reply is one string. */
export function randomLibrarySnippet(random: Random): string {
  switch (random.between(0, 7)) {
    case 0:
      return showing("cjson.encode(v), cjson.decode(cjson.encode({v}))", `local v = ${randomValue(random)}`);
    case 1:
      return showing(
        "cmsgpack.pack(v, v), cmsgpack.unpack(cmsgpack.pack(v, v))",
        `local v = ${randomValue(random)}`,
      );
    case 2:
      return showing(`cjson.decode(${luaString(utf8(randomJson(random)))})`);
    case 3:
      return showing(`cjson.decode(${luaString(damaged(random, utf8(randomJson(random))))})`);
    case 4:
      return showing(`cmsgpack.unpack(${luaString(randomMsgpack(random))})`);
    case 5:
      return showing(`cmsgpack.unpack(${luaString(damaged(random, randomMsgpack(random)))})`);
    case 6:
      return randomStructSnippet(random);
    default:
      return randomBitSnippet(random);
  }
}

/** Text as characters that each stand for one byte. */
function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
