import { assert, assertEquals } from "@std/assert";
import { crc64 } from "./crc64.ts";
import { dumpString, restoreString, verifyDump } from "./rdb_value.ts";

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** A payload around `body` with the checksum it should have. */
function sealed(body: number[], version = 10): Uint8Array {
  const payload = Uint8Array.from([...body, version & 0xff, version >> 8, 0, 0, 0, 0, 0, 0, 0, 0]);
  const end = payload.length - 8;
  new DataView(payload.buffer).setBigUint64(end, crc64(payload, 0, end), true);
  return payload;
}

/** Value, and what DUMP of redis-server 7.0.15 (with compression) gives for it. */
const DUMPS: [string, string][] = [
  ["", "00000a005d9b5c400f7fa2da"],
  ["a", "0001610a00bffeef9b8f367db4"],
  ["0", "00c0000a009840a778f8500308"],
  ["1", "00c0010a002678e7b6d10111fc"],
  ["-1", "00c0ff0a000c937e2485089dc5"],
  ["-0", "00022d300a00d5411fd9d6d050cc"],
  ["127", "00c07f0a000db5eb315254c514"],
  ["128", "00c180000a00eb7ab3b510cf4b65"],
  ["-128", "00c0800a009966326d2f0c5bd9"],
  ["-129", "00c17fff0a001760822854808480"],
  ["255", "00c1ff000a00dcaf7b93bdf01337"],
  ["32767", "00c1ff7f0a00495a37da17f4d52b"],
  ["32768", "00c2008000000a0045d82eedd5bda910"],
  ["-32768", "00c100800a00b540064753bb1ace"],
  ["-32769", "00c2ff7fffff0a00aee34c4d06c68536"],
  ["65536", "00c2000001000a00c00a6ba7876138da"],
  ["2147483647", "00c2ffffff7f0a002c74e59ee02eada1"],
  ["2147483648", "000a323134373438333634380a00e7b129a34c1d76ee"],
  ["-2147483648", "00c2000000800a00c74f873e33558187"],
  ["-2147483649", "000b2d323134373438333634390a00c261377908f2028c"],
  ["9223372036854775807", "0013393232333337323033363835343737353830370a003a657e9481e85f22"],
  ["-9223372036854775808", "00142d393232333337323033363835343737353830380a00ede2b956eb709e81"],
  ["01", "000230310a006cddc441144c7da4"],
  ["+1", "00022b310a00c286f0d7439aee6f"],
  ["1.5", "0003312e350a001df5d4bedb5b860d"],
  ["\u0000ÿ\r\n", "000400ff0d0a0a008d10d19e4216ec65"],
  ["hello world", "000b68656c6c6f20776f726c640a000bfc49b9a6c7a034"],
  ["a".repeat(20), "001461616161616161616161616161616161616161610a0083b46b5e1b11acf1"],
  ["a".repeat(21), "00c30615016161e00a000a00fd0cb36807413f68"],
  ["abcdefghijklmnopqrstu", "00156162636465666768696a6b6c6d6e6f7071727374750a00ad1c23029a10e306"],
  ["a".repeat(63), "00c3093f016161e032000161610a00c7b454c16b8866cb"],
  ["ab".repeat(32), "00c30a404002616261e032010161620a004cc1547abe320d13"],
  [
    "abc".repeat(6000),
    "00c340d780000046500361626361e0ff02e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e1ff07e121070162630a00a460e3385a574d1a",
  ],
  [
    "x".repeat(300) + "y".repeat(300),
    "00c3144258017878e0ff00e019000079e0ff00e018000179790a00ba487af2efb98dec",
  ],
  [
    "the quick brown fox jumps over the quick brown dog and the quick brown cat",
    "00c333404a1f74686520717569636b2062726f776e20666f78206a756d7073206f7665722074e0061e06646f6720616e64e00817026361740a000abfa9630085ab02",
  ],
  [
    "\x00\x01\x02".repeat(40) + "\xff".repeat(7),
    "00c30f407f0300010200e06b0200ff400001ffff0a003a54e7804c8453f5",
  ],
  [
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/",
    "004040303132333435363738396162636465666768696a6b6c6d6e6f707172737475767778797a4142434445464748494a4b4c4d4e4f505152535455565758595a2b2f0a002360fb5a45b129b3",
  ],
  [
    "abcdefghijklmnopqrstuvwxyz0123456789".repeat(3),
    "00c32d406c1f6162636465666768696a6b6c6d6e6f707172737475767778797a303132333435043637383961e03c230138390a00fac4120156eef708",
  ],
  [
    "aaaabaaaacaaaadaaaaeaaaafaaaa",
    "001d61616161626161616163616161616461616161656161616166616161610a00e26cb94b4c607cb4",
  ],
  ["1234567890".repeat(7) + "12345678", "00c312404e0a3132333435363738393031e038090137380a0027fabb6b832ed424"],
];

Deno.test("DUMP of a string is the payload of the reference", () => {
  for (const [text, hex] of DUMPS) {
    const value = latin1(`<${text}>`);
    const label = JSON.stringify(text.slice(0, 40));
    assertEquals(dumpString(value, 1, value.length - 1), fromHex(hex), label);
  }
});

Deno.test("payloads of the reference are verified and read back", () => {
  for (const [text, hex] of DUMPS) {
    const payload = fromHex(`00${hex}00`);
    const end = payload.length - 1;
    assert(verifyDump(payload, 1, end));
    assertEquals(restoreString(payload, 1, end), latin1(text), JSON.stringify(text.slice(0, 40)));
  }
});

Deno.test("without compression a long string is stored as it is", () => {
  const value = latin1("a".repeat(100));
  const payload = dumpString(value, 0, value.length, false);
  assertEquals(payload.length, 1 + 2 + 100 + 10);
  assertEquals(restoreString(payload), value);
});

Deno.test("every flipped bit of a payload is noticed", () => {
  const payload = dumpString(latin1("some value"));
  for (let bit = 0; bit < payload.length * 8; bit++) {
    payload[bit >> 3]! ^= 1 << (bit & 7);
    assert(!verifyDump(payload), `bit ${bit}`);
    payload[bit >> 3]! ^= 1 << (bit & 7);
  }
  assert(verifyDump(payload));
});

Deno.test("versions up to 10 are read, newer ones and short payloads refused", () => {
  for (const version of [0, 1, 9, 10]) assert(verifyDump(sealed([0, 1, 97], version)), String(version));
  for (const version of [11, 256, 65535]) assert(!verifyDump(sealed([0, 1, 97], version)), String(version));
  assert(!verifyDump(new Uint8Array(0)));
  assert(!verifyDump(new Uint8Array(9)));
  const withoutChecksum = sealed([0, 1, 97]).fill(0, 5);
  assert(!verifyDump(withoutChecksum));
});

/** Bodies after the type byte, and the value RESTORE of the reference makes of them; null for "Bad data format". */
const BODIES: [number[], string | null][] = [
  [[1, 97], "a"],
  [[1, 97, 98, 99], "a"],
  [[0x80, 0, 0, 0, 1, 97], "a"],
  [[0x81, 0, 0, 0, 0, 0, 0, 0, 1, 97], "a"],
  [[0x82, 1, 97], null],
  [[0x81, 255, 255, 255, 255, 255, 255, 255, 255, 97], null],
  [[12, 97], null],
  [[0x7f, 255, 97], null],
  [[0xc0], "10"],
  [[0xc4, 1, 97], null],
  [[0xc3, 2, 1, 0, 97], "a"],
  [[0xc3, 0xc2, 1, 0, 97], "a"],
  [[0xc3, 0, 0], ""],
  [[0xc3, 2, 0, 0, 97], ""],
  [[0xc3, 2, 2, 0, 97], null],
  [[0xc3, 2, 1, 1, 97], null],
  [[0xc3, 3, 4, 0x20, 0, 0], null],
  [[0xc3, 5, 5, 0, 97, 0x40, 0, 0], null],
  [[0xc3, 4, 5, 0, 97, 0x40, 0], "aaaaa"],
  [[0xc3, 4, 5, 0, 97, 0x40, 1], null],
  [[0xc3, 4, 0x80, 255, 255, 255, 255, 0, 97, 0x40, 0], null],
];

Deno.test("damaged strings are refused and unusual spellings understood, as in the reference", () => {
  for (const [body, expected] of BODIES) {
    const value = restoreString(sealed([0, ...body]));
    assertEquals(value, expected === null ? undefined : latin1(expected), body.join());
  }
});

Deno.test("a value that is no string is not read as one", () => {
  assertEquals(restoreString(sealed([1, 1, 97])), undefined);
  assertEquals(restoreString(new Uint8Array(0)), undefined);
});
