import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeCommand } from "../../test/support/resp_client.ts";
import { fromLatin1, joinArgs, latin1 } from "../../test/support/split_args.ts";
import { Args } from "../args.ts";
import { Random } from "../sys/random.ts";
import { type ArgumentSink, LINE_BYTES_MAX, ProtocolError, RequestParser } from "./parser.ts";

// What is sent back for each kind of malformed request is compared with the reference in test/compat.

interface Parsed {
  readonly requests: string[][];
  /** The text of the protocol error, after which nothing is read. */
  readonly error?: string;
  /** What was not consumed yet. */
  readonly rest: string;
}

interface ParseOptions {
  readonly parser?: RequestParser;
  /** Asked after each chunk: whether to move what is left to a new buffer (or to the start of the old one). */
  readonly moves?: () => "stay" | "within" | "away";
}

/** Feeds bytes in chunks, as a connection does, and copies the arguments of every request. */
function parseChunks(chunks: Iterable<Uint8Array>, options: ParseOptions = {}): Parsed {
  const parser = options.parser ?? new RequestParser();
  const args = new Args();
  const requests: string[][] = [];
  let buffer = new Uint8Array(64);
  let end = 0;
  const move = (target: Uint8Array<ArrayBuffer>) => {
    const by = parser.requestStart;
    if (target === buffer) buffer.copyWithin(0, by, end);
    else target.set(buffer.subarray(by, end));
    args.rebase(buffer, target, by);
    parser.rebase(by);
    buffer = target;
    end -= by;
  };
  for (const chunk of chunks) {
    if (end + chunk.length > buffer.length) move(new Uint8Array(2 * (end + chunk.length)));
    buffer.set(chunk, end);
    end += chunk.length;
    // What lies behind the end must not matter, least of all line ends.
    for (let i = end; i < Math.min(buffer.length, end + 100); i++) buffer[i] = i & 1 ? 10 : 13;
    try {
      while (parser.next(buffer, end, args)) {
        requests.push(Array.from({ length: args.count }, (_, i) => args.text(i)));
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { requests, error: error.message, rest: "" };
    }
    const how = options.moves?.() ?? "stay";
    if (how === "within") move(buffer);
    else if (how === "away") move(new Uint8Array(buffer.length));
  }
  return { requests, rest: latin1(buffer.subarray(parser.requestStart, end)) };
}

function parse(text: string, options: ParseOptions = {}): Parsed {
  return parseChunks([fromLatin1(text)], options);
}

function bytesOf(text: string): Uint8Array[] {
  return [...fromLatin1(text)].map((byte) => Uint8Array.of(byte));
}

const SET = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n";
const wanted = (requests: string[][], rest = ""): Parsed => ({ requests, rest });
const fails = (error: string, requests: string[][] = []): Parsed => ({ requests, error, rest: "" });

const CASES: readonly [what: string, bytes: string, parsed: Parsed][] = [
  ["a command", SET, wanted([["SET", "k", "v"]])],
  ["two commands", SET + SET, wanted([["SET", "k", "v"], ["SET", "k", "v"]])],
  ["empty arguments", "*2\r\n$0\r\n\r\n$0\r\n\r\n", wanted([["", ""]])],
  ["any bytes", "*1\r\n$6\r\n\0\r\n\xff*$\r\n", wanted([["\0\r\n\xff*$"]])],
  ["a length of two digits", "*1\r\n$12\r\nabcdefghijkl\r\n", wanted([["abcdefghijkl"]])],
  ["twelve arguments", "*12\r\n" + "$1\r\na\r\n".repeat(12), wanted([Array(12).fill("a")])],
  ["an empty request before a command", "*0\r\n" + SET, wanted([["SET", "k", "v"]])],
  ["a negative number of arguments", "*-1\r\n" + SET, wanted([["SET", "k", "v"]])],
  ["a very negative number of arguments", "*-2147483648\r\nPING\r\n", wanted([["PING"]])],
  [
    "other bytes in place of CR LF after an argument",
    "*1\r\n$4\r\nPINGxy" + SET,
    wanted([["PING"], ["SET", "k", "v"]]),
  ],
  ["inline", "PING\r\n", wanted([["PING"]])],
  ["inline that ends with LF alone", "GET k\n", wanted([["GET", "k"]])],
  ["inline with white space of all kinds", " \t GET\t\v k \f\r\n", wanted([["GET", "k"]])],
  ["empty lines", "\r\n\n\r\n  \r\nPING\r\n", wanted([["PING"]])],
  ["a CR in the midst of a line", "\rPING\ra\r\n", wanted([["PING", "a"]])],
  ["inline and array by turns", `PING\r\n${SET}GET k\n`, wanted([["PING"], ["SET", "k", "v"], ["GET", "k"]])],
  ["double quotes", 'ECHO "a b" ""\r\n', wanted([["ECHO", "a b", ""]])],
  [
    "escapes in double quotes",
    '"\\n\\r\\t\\b\\a\\\\\\"\\q\\x41\\xfF\\x4\\xg0"\n',
    wanted([['\n\r\t\b\x07\\"qA\xffx4xg0']]),
  ],
  ["single quotes", "ECHO 'a \"b\\n\\'' ''\r\n", wanted([["ECHO", "a \"b\\n'", ""]])],
  ["a quote that opens in a word", "ab\"c d\" e'f'\n", wanted([["abc d", "ef"]])],
  ["bytes inline", "ECHO \xff\x01\r\n", wanted([["ECHO", "\xff\x01"]])],
  ["a line with a zero byte, which never ends", "ECHO a\0b\r\n", wanted([], "ECHO a\0b\r\n")],
  ["half a count", "*1", wanted([], "*1")],
  ["half a line end after a count", "*1\r", wanted([], "*1\r")],
  ["half a length", "*1\r\n$", wanted([], "*1\r\n$")],
  ["half an argument", SET + "*1\r\n$4\r\nPI", wanted([["SET", "k", "v"]], "*1\r\n$4\r\nPI")],
  ["an argument without its line end", "*1\r\n$4\r\nPING\r", wanted([], "*1\r\n$4\r\nPING\r")],
  ["half an inline command", "PING\r\nPIN", wanted([["PING"]], "PIN")],
  ["a count that is no number", "*a\r\n", fails("invalid multibulk length")],
  ["an empty count", "*\r\n", fails("invalid multibulk length")],
  ["a count with a leading zero", "*02\r\n", fails("invalid multibulk length")],
  ["a count with a plus", "*+2\r\n", fails("invalid multibulk length")],
  ["a count with a blank", "* 2\r\n", fails("invalid multibulk length")],
  ["minus zero", "*-0\r\n", fails("invalid multibulk length")],
  ["a minus alone", "*-\r\n", fails("invalid multibulk length")],
  ["a count of 2^31", "*2147483648\r\n", fails("invalid multibulk length")],
  ["a count over 64 bits", "*99999999999999999999\r\n", fails("invalid multibulk length")],
  ["a negative count over 64 bits", "*-99999999999999999999\r\n", fails("invalid multibulk length")],
  ["no dollar", "*1\r\nPING\r\n", fails("expected '$', got 'P'")],
  ["a nested array", "*1\r\n*1\r\n", fails("expected '$', got '*'")],
  ["a negative length", "*1\r\n$-1\r\n", fails("invalid bulk length")],
  ["a length that is no number", "*1\r\n$4x\r\n", fails("invalid bulk length")],
  ["an empty length", "*1\r\n$\r\n", fails("invalid bulk length")],
  ["a length over the limit", "*1\r\n$536870913\r\n", fails("invalid bulk length")],
  ["a length over 64 bits", "*1\r\n$99999999999999999999\r\n", fails("invalid bulk length")],
  [
    "a command before an error",
    SET + "*1\r\n$-1\r\n" + SET,
    fails("invalid bulk length", [["SET", "k", "v"]]),
  ],
  ["an open double quote", 'PING\n"abc\n', fails("unbalanced quotes in request", [["PING"]])],
  ["an open single quote", "'abc\\'\n", fails("unbalanced quotes in request")],
  ["an escape at the end of the line", '"abc\\\n', fails("unbalanced quotes in request")],
  ["text after a closing quote", '"a"b\n', fails("unbalanced quotes in request")],
];

for (const [what, text, parsed] of CASES) {
  Deno.test(`the parser reads ${what}: whole, byte by byte, and cut in two anywhere`, () => {
    assertEquals(parse(text), parsed, "whole");
    assertEquals(parseChunks(bytesOf(text)), parsed, "byte by byte");
    assertEquals(parseChunks(bytesOf(text), { moves: () => "away" }), parsed, "moved after every byte");
    const bytes = fromLatin1(text);
    for (let cut = 1; cut < bytes.length; cut++) {
      const chunks = [bytes.slice(0, cut), bytes.slice(cut)];
      assertEquals(parseChunks(chunks, { moves: () => "within" }), parsed, `cut at ${cut}`);
    }
  });
}

/** Requests of random sizes, as arrays and inline; what is to be read from them. */
function randomRequests(random: Random, count: number): { bytes: Uint8Array; requests: string[][] } {
  const requests: string[][] = [];
  const parts: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const args = Array.from({ length: 1 + random.below(random.below(20) === 0 ? 60 : 5) }, () => {
      const length = random.below(random.below(30) === 0 ? 2000 : 12);
      const bytes = random.bytes(length);
      // Half of the arguments are made of what the protocol itself is made of.
      if (random.below(2) === 0) {
        for (let j = 0; j < length; j++) bytes[j] = "\r\n*$-0123 '\"\\x".charCodeAt(random.below(15));
      }
      return bytes;
    });
    requests.push(args.map(latin1));
    if (random.below(4) > 0) parts.push(encodeCommand(args));
    else {
      // The blank keeps a star at the start of the line from announcing an array.
      parts.push(fromLatin1(" " + joinArgs(args) + (random.below(2) === 0 ? "\r\n" : "\n")));
    }
    if (random.below(50) === 0) {
      parts.push(fromLatin1(["\r\n", "*0\r\n", "*-1\r\n", " \n"][random.below(4)]!));
    }
  }
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, requests };
}

function* randomChunks(random: Random, bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below([3, 40, 700, 20_000][random.below(4)]!);
    yield bytes.slice(at, at + size);
    at += size;
  }
}

Deno.test("10,000 random requests come out of random chunks as they went in, wherever the buffer is moved", () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`SEED=${seed}`);
  const random = new Random(seed);
  for (let round = 0; round < 20; round++) {
    const { bytes, requests } = randomRequests(random, 500);
    const parsed = parseChunks(randomChunks(random, bytes), {
      moves: () => (["stay", "within", "away"] as const)[random.below(3)]!,
    });
    assertEquals(parsed.error, undefined);
    assertEquals(parsed.rest, "");
    assertEquals(parsed.requests.length, requests.length);
    for (const [i, request] of requests.entries()) assertEquals(parsed.requests[i], request, `request ${i}`);
  }
});

Deno.test("random bytes never make the parser throw anything but a protocol error, and cuts change nothing", () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`SEED=${seed}`);
  const random = new Random(seed);
  for (let round = 0; round < 2000; round++) {
    let text = "";
    for (let i = random.below(40); i >= 0; i--) {
      text +=
        ["*", "$", "\r\n", "\n", "1", "2", "0", "-", "a", " ", '"', "'", "\\", "\0", "*1\r\n", "$1\r\n"][
          random.below(16)
        ];
    }
    const whole = parse(text);
    const cut = parseChunks(bytesOf(text), { moves: () => random.below(2) === 0 ? "stay" : "away" });
    assertEquals(cut, whole, JSON.stringify(text));
  }
});

Deno.test("a line may be 64 KB long without its end, and not a byte longer", () => {
  const cases: [beginning: string, error: string][] = [
    ["*", "too big mbulk count string"],
    ["*1\r\n$", "too big bulk count string"],
    ["a", "too big inline request"],
  ];
  for (const [beginning, error] of cases) {
    const lineStart = beginning.lastIndexOf("\n") + 1;
    const longest = beginning + "1".repeat(LINE_BYTES_MAX - (beginning.length - lineStart));
    assertEquals(parse(longest), wanted([], longest), beginning);
    assertEquals(parse(longest + "1"), fails(error), beginning);
  }
});

Deno.test("a zero byte in place of the dollar makes the line endless", () => {
  assertEquals(parse("*1\r\n\0\r\n"), wanted([], "*1\r\n\0\r\n"));
  assertEquals(parse("*1\r\n" + "\0".repeat(LINE_BYTES_MAX + 1)), fails("too big bulk count string"));
});

Deno.test("before authentication a request has at most 10 arguments of at most 16384 bytes", () => {
  const locked = () => {
    const parser = new RequestParser();
    parser.authenticated = false;
    return parser;
  };
  const bulk = (length: number) => `*1\r\n$${length}\r\n${"x".repeat(length)}\r\n`;
  assertEquals(parse("*10\r\n" + "$1\r\na\r\n".repeat(10), { parser: locked() }).requests.length, 1);
  assertEquals(parse("*11\r\n", { parser: locked() }), fails("unauthenticated multibulk length"));
  assertEquals(parse(bulk(16384), { parser: locked() }).requests.length, 1);
  assertEquals(parse(bulk(16385), { parser: locked() }), fails("unauthenticated bulk length"));
});

Deno.test("the longest argument is what proto-max-bulk-len says", () => {
  const limited = () => {
    const parser = new RequestParser();
    parser.bulkBytesMax = 3;
    return parser;
  };
  assertEquals(parse("*1\r\n$3\r\nabc\r\n", { parser: limited() }).requests, [["abc"]]);
  assertEquals(parse("*1\r\n$4\r\nabcd\r\n", { parser: limited() }), fails("invalid bulk length"));
});

Deno.test("the largest announced lengths are waited for, and cost nothing", () => {
  assertEquals(parse("*2147483647\r\n"), wanted([], "*2147483647\r\n"));
  const parser = new RequestParser();
  const args = new Args();
  const bytes = fromLatin1("*1\r\n$536870912\r\nabc");
  assertEquals(parser.next(bytes, bytes.length, args), false);
  assertEquals(parser.bytesMissing, 536870914);
  assertEquals(args.count, 0);
});

Deno.test("an announced million of arguments does not throw before they come", () => {
  const parser = new RequestParser();
  const args = new Args();
  const bytes = fromLatin1("*1048576\r\n$1\r\na\r\n");
  assertEquals(parser.next(bytes, bytes.length, args), false);
  assertEquals(args.count, 1);
});

Deno.test("a request that was begun says where it began, until it is complete", () => {
  const parser = new RequestParser();
  const args = new Args();
  const bytes = fromLatin1("PING\r\n*2\r\n$4\r\nECHO\r\n$2\r\nab\r\n");
  assert(parser.next(bytes, bytes.length - 1, args));
  assertEquals(parser.requestStart, 0);
  assertEquals(parser.next(bytes, bytes.length - 1, args), false);
  assertEquals(parser.requestStart, 6);
  assertEquals(parser.bytesMissing, 4);
  assert(parser.next(bytes, bytes.length, args));
  assertEquals(args.text(1), "ab");
  assertEquals(parser.next(bytes, bytes.length, args), false);
  assertEquals(parser.requestStart, bytes.length);
});

/** Counts how many bytes are looked at one by one. */
function countReads(bytes: Uint8Array): { bytes: Uint8Array; reads(): number } {
  let reads = 0;
  const proxy = new Proxy(bytes, {
    get(target, name) {
      if (typeof name === "string" && /^\d+$/.test(name)) reads++;
      const value: unknown = Reflect.get(target, name, target);
      if (name === "indexOf") {
        return (byte: number, from: number) => {
          const found = target.indexOf(byte, from);
          reads += (found < 0 ? target.length : found) - from;
          return found;
        };
      }
      if (name === "subarray") {
        return (from: number, to: number) => {
          reads += to - from;
          return target.subarray(from, to);
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { bytes: proxy, reads: () => reads };
}

class CountingSink implements ArgumentSink {
  count = 0;
  pushes = 0;
  clear(): void {
    this.count = 0;
  }
  push(): void {
    this.count++;
    this.pushes++;
  }
}

Deno.test("a request of 100,000 arguments in pieces of 16 KB costs work in proportion to its bytes", () => {
  const count = 100_000;
  const text = `*${count}\r\n` + "$5\r\nabcde\r\n".repeat(count);
  const counted = countReads(fromLatin1(text));
  const parser = new RequestParser();
  const sink = new CountingSink();
  let calls = 0;
  for (let end = 16384;; end += 16384) {
    calls++;
    if (parser.next(counted.bytes, Math.min(end, text.length), sink)) break;
    assert(end < text.length);
  }
  assertEquals(sink.count, count);
  assertEquals(sink.pushes, count);
  assertEquals(calls, Math.ceil(text.length / 16384));
  assert(counted.reads() < 2 * text.length, `${counted.reads()} reads of ${text.length} bytes`);
});

Deno.test("many inline requests in one buffer cost work in proportion to their bytes", () => {
  const text = "PING\r\n".repeat(3000);
  const counted = countReads(fromLatin1(text));
  const parser = new RequestParser();
  const sink = new CountingSink();
  let requests = 0;
  while (parser.next(counted.bytes, text.length, sink)) requests++;
  assertEquals(requests, 3000);
  assert(counted.reads() < 6 * text.length, `${counted.reads()} reads of ${text.length} bytes`);
});

Deno.test("a protocol error is an error of its own kind", () => {
  const bytes = fromLatin1("*x\r\n");
  const error = assertThrows(() => new RequestParser().next(bytes, bytes.length, new Args()), ProtocolError);
  assertEquals((error as ProtocolError).name, "ProtocolError");
});
