/**
 * Raw bytes in, raw bytes out: how both servers take requests that are unusual, cut or wrong.
 *
 * Each case is sent over a connection of its own. What comes back is read up to the end of the connection: a
 * protocol error or a closing QUIT makes the server end it; where it has to wait for more, the end of our stream.
 */
import { assertEquals } from "@std/assert";
import { isDisconnect, openConnection } from "../support/resp_client.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { escapeBytes, fromLatin1, latin1 } from "../support/split_args.ts";

/** What happens after the bytes: the server goes on serving, closes, or waits for the rest of the request. */
type End = "answers" | "closes" | "waits";

// Answered with +OK and the end of the connection, also before AUTH: so a farewell that was read is seen.
const FAREWELL = "*1\r\n$4\r\nQUIT\r\n";
const CLOSE_MS_MAX = 60_000;
const SET = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n";
const MEGABYTE = "x".repeat(1 << 20);

const CASES: readonly [what: string, end: End, bytes: string][] = [
  ["a command", "answers", SET],
  ["many commands at once", "answers", SET.repeat(1000) + "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"],
  ["an empty request", "answers", "*0\r\n"],
  ["a negative number of arguments", "answers", "*-1\r\n"],
  ["a very negative number of arguments", "answers", "*-2147483648\r\n"],
  ["empty arguments", "answers", "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$0\r\n\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n"],
  ["an empty command name", "answers", "*1\r\n$0\r\n\r\n"],
  ["a command name of bytes", "answers", "*1\r\n$3\r\n\0\xff\r\r\n"],
  ["a command name with CR LF", "answers", "*1\r\n$4\r\nA\r\nB\r\n"],
  ["a long command name", "answers", `*1\r\n$300\r\n${"A".repeat(300)}\r\n`],
  ["an unknown command with arguments", "answers", "*4\r\n$3\r\nFOO\r\n$1\r\na\r\n$2\r\nb'\r\n$1\r\n\n\r\n"],
  [
    "an unknown command with long arguments",
    "answers",
    `*3\r\n$3\r\nFOO\r\n$200\r\n${"a".repeat(200)}\r\n$1\r\nb\r\n`,
  ],
  ["an unknown command with many arguments", "answers", "*60\r\n$3\r\nFOO\r\n" + "$4\r\nargs\r\n".repeat(59)],
  ["an unknown subcommand", "answers", "*2\r\n$6\r\nCLIENT\r\n$5\r\nN\r\nON\r\n"],
  ["a megabyte", "answers", `*2\r\n$4\r\nECHO\r\n$${MEGABYTE.length}\r\n${MEGABYTE}\r\n`],
  ["a length with leading zeros", "closes", "*2\r\n$04\r\nECHO\r\n$1\r\na\r\n"],
  ["a count with leading zeros", "closes", "*02\r\n$4\r\nECHO\r\n$1\r\na\r\n"],
  ["a count with a plus sign", "closes", "*+1\r\n$4\r\nPING\r\n"],
  ["a count with a space", "closes", "* 1\r\n$4\r\nPING\r\n"],
  ["a count that is no number", "closes", "*abc\r\n"],
  ["an empty count", "closes", "*\r\n"],
  ["a count of a million and more", "waits", "*1048577\r\n"],
  ["a count of 2^31 - 1", "waits", "*2147483647\r\n"],
  ["a count of 2^31", "closes", "*2147483648\r\n"],
  ["a count over 64 bits", "closes", "*99999999999999999999\r\n"],
  ["a count with a fraction", "closes", "*1.5\r\n"],
  ["a missing dollar", "closes", "*1\r\nPING\r\n"],
  ["a colon in place of the dollar", "closes", "*1\r\n:4\r\nPING\r\n"],
  ["a nested array", "closes", "*1\r\n*1\r\n$4\r\nPING\r\n"],
  ["a zero byte in place of the dollar", "waits", "*1\r\n\0\r\nPING\r\n"],
  ["a line feed in place of the dollar", "closes", "*1\r\n\nPING\r\n"],
  ["a high byte in place of the dollar", "closes", "*1\r\n\xff4\r\nPING\r\n"],
  ["a CR in place of the dollar", "closes", "*1\r\n\r\n$4\r\nPING\r\n"],
  ["a negative length", "closes", "*1\r\n$-1\r\n"],
  ["a very negative length", "closes", "*1\r\n$-100\r\n"],
  ["a length that is no number", "closes", "*1\r\n$abc\r\n"],
  ["an empty length", "closes", "*1\r\n$\r\n"],
  ["a length over the limit", "closes", "*1\r\n$536870913\r\n"],
  ["a length over 64 bits", "closes", "*1\r\n$99999999999999999999\r\n"],
  ["a command before the error", "closes", SET + "*1\r\n$-1\r\n"],
  ["a command after the error", "closes", "*1\r\n$-1\r\n" + SET],
  ["an error in the second argument", "closes", "*2\r\n$3\r\nGET\r\nk\r\n"],
  ["a count line of 64 KB without its end", "closes", "*" + "1".repeat(70_000)],
  ["a length line of 64 KB without its end", "closes", "*1\r\n$" + "1".repeat(70_000)],
  ["an inline line of 64 KB without its end", "closes", "a".repeat(70_000)],
  ["a long inline line within the limit", "answers", "ECHO " + "a".repeat(16_000) + "\r\n"],
  ["inline", "answers", "PING\r\n"],
  ["inline in small letters with a line feed", "answers", "ping\n"],
  ["inline with arguments", "answers", "SET k v\r\nGET k\r\n"],
  ["inline with spaces around", "answers", "   ECHO    a   \r\n"],
  ["inline with tabs", "answers", "ECHO\ta\r\n"],
  ["inline with double quotes", "answers", 'ECHO "a b\\n\\x41\\q\\""\r\n'],
  ["inline with single quotes", "answers", "ECHO 'a b\\n\\''\r\n"],
  ["inline with an empty argument", "answers", 'ECHO ""\r\n'],
  ["inline with quotes inside a word", "answers", 'ECHO a"b"\r\n'],
  ["inline with an open double quote", "closes", 'ECHO "abc\r\n'],
  ["inline with an open single quote", "closes", "ECHO 'abc\r\n"],
  ["inline with text after a closing quote", "closes", 'ECHO "a"b\r\n'],
  ["inline with an open quote after a command", "closes", 'PING\r\nECHO "abc\r\nPING\r\n'],
  ["inline with a zero byte", "waits", "ECHO a\0b\r\n"],
  ["inline with bytes", "answers", "ECHO \xff\xfe\r\n"],
  ["inline, unknown", "answers", "FOO bar\r\n"],
  ["empty lines", "answers", "\r\n\r\n\n\nPING\r\n"],
  ["lines of spaces", "answers", "   \r\nPING\r\n"],
  ["a CR alone", "answers", "\rPING\r\n"],
  ["inline and arrays by turns", "answers", "PING\r\n" + SET + "GET k\r\n" + SET],
  ["HTTP GET", "answers", "GET / HTTP/1.1\r\n"],
  ["HTTP POST", "closes", "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["the Host line of HTTP", "closes", "Host: localhost\r\n"],
  ["POST as an array", "closes", "*2\r\n$4\r\nPOST\r\n$1\r\n/\r\n"],
  ["QUIT", "closes", "*1\r\n$4\r\nQUIT\r\n"],
  ["QUIT between commands", "closes", SET + "QUIT\r\n" + SET],
  ["QUIT with arguments", "closes", "QUIT now\r\n"],
  ["nothing", "waits", ""],
  ["half a count", "waits", "*1"],
  ["a count without LF", "waits", "*1\r"],
  ["a count alone", "waits", "*2\r\n"],
  ["a command and a half", "waits", SET + "*2\r\n$3\r\nGET\r\n$1\r\n"],
  ["an argument without its CR LF", "waits", "*1\r\n$4\r\nPING"],
  ["an argument with other bytes for its CR LF", "answers", "*1\r\n$4\r\nPINGxx"],
  ["half an inline command", "waits", "PIN"],
  ["the largest count", "waits", "*1048576\r\n"],
  ["the largest length", "waits", "*1\r\n$536870912\r\nabc"],
  ["RESP3 replies", "answers", "*2\r\n$5\r\nHELLO\r\n$1\r\n4\r\n"],
];

/** The cases of a server with a password: before AUTH, requests have smaller limits. */
const LOCKED_CASES: readonly [what: string, end: End, bytes: string][] = [
  ["a command", "answers", SET],
  ["10 arguments", "answers", "*10\r\n" + "$1\r\na\r\n".repeat(10)],
  ["11 arguments", "closes", "*11\r\n" + "$1\r\na\r\n".repeat(11)],
  ["an argument of 16384 bytes", "answers", `*2\r\n$4\r\nECHO\r\n$16384\r\n${"x".repeat(16384)}\r\n`],
  ["an argument of 16385 bytes", "closes", `*2\r\n$4\r\nECHO\r\n$16385\r\n${"x".repeat(16385)}\r\n`],
  ["HELLO without AUTH", "answers", "HELLO 3\r\n"],
  ["PING", "answers", "PING\r\n"],
  ["RESET", "answers", "RESET\r\n"],
  ["QUIT", "closes", "QUIT\r\n"],
  ["an unknown command", "answers", "FOO\r\n"],
  ["a wrong number of arguments", "answers", "GET\r\n"],
  ["AUTH with a wrong password", "answers", "AUTH wrong\r\n"],
  ["AUTH with a wrong user", "answers", "AUTH nobody secret\r\n"],
  ["AUTH with too many arguments", "answers", "AUTH a b c\r\n"],
  ["AUTH", "answers", "AUTH secret\r\n" + SET],
  ["AUTH with the default user", "answers", "AUTH default secret\r\n" + SET],
];

/** All bytes that the server sends back until it closes. */
async function exchange(server: ServerProcess, end: End, bytes: string): Promise<string> {
  const connection = await openConnection(server.address);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.close();
  }, CLOSE_MS_MAX);
  const reading = readAll(connection);
  try {
    const request = fromLatin1(end === "answers" ? bytes + FAREWELL : bytes);
    for (let sent = 0; sent < request.length;) sent += await connection.write(request.subarray(sent));
    if (end === "waits") await connection.closeWrite();
  } catch (error) {
    if (!isDisconnect(error)) throw error;
  }
  const text = await reading;
  clearTimeout(timer);
  if (!late) connection.close();
  return late ? `${text}<${server.name} left the connection open>` : text;
}

async function readAll(connection: Deno.Conn): Promise<string> {
  const chunk = new Uint8Array(64 * 1024);
  let text = "";
  try {
    for (let size = await connection.read(chunk); size !== null; size = await connection.read(chunk)) {
      text += latin1(chunk.subarray(0, size));
    }
  } catch (error) {
    if (!isDisconnect(error)) throw error;
  }
  return text;
}

/** Both servers' answers to all cases, as lists that are easy to compare and to read. */
async function compareCases(
  cases: typeof CASES,
  real: ServerProcess,
  redeno: ServerProcess,
): Promise<void> {
  const answers = async (server: ServerProcess) => {
    const texts = [];
    for (const [what, end, bytes] of cases) {
      const text = await exchange(server, end, bytes);
      texts.push(`${what}: ${shorten(escapeBytes(fromLatin1(text)))}`);
    }
    return texts;
  };
  const [wanted, got] = await Promise.all([answers(real), answers(redeno)]);
  assertEquals(
    wanted.filter((text) => text.includes("left the connection open")),
    [],
    "cases with a wrong end",
  );
  assertEquals(got, wanted);
}

function shorten(text: string): string {
  return text.length <= 2000
    ? text
    : `${text.slice(0, 1900)}...${text.slice(-100)} (${text.length} characters)`;
}

const why = whyNoRealServer();
if (why && Deno.env.get("CI") === "true") throw new Error(`${why}: nothing to compare with`);
if (why) console.log(`${why}: protocol errors are not compared`);

Deno.test({
  name: "unusual and malformed requests get the same bytes back",
  ignore: why !== undefined,
  fn: async () => {
    await using real = await startRealServer();
    await using redeno = await startRedeno();
    await compareCases(CASES, real, redeno);
  },
});

Deno.test({
  name: "before AUTH requests have the same limits and errors",
  ignore: why !== undefined,
  fn: async () => {
    const args = ["--requirepass", "secret"];
    await using real = await startRealServer({ args });
    await using redeno = await startRedeno({ args });
    await compareCases(LOCKED_CASES, real, redeno);
  },
});

Deno.test({
  name: "the limits of the protocol can be set",
  ignore: why !== undefined,
  fn: async () => {
    const args = ["--proto-max-bulk-len", "1mb", "--client-query-buffer-limit", "1mb"];
    await using real = await startRealServer({ args });
    await using redeno = await startRedeno({ args });
    await compareCases(
      [
        ["a length over the limit", "closes", "*2\r\n$4\r\nECHO\r\n$1048577\r\n"],
        ["the largest length", "waits", "*2\r\n$4\r\nECHO\r\n$1048576\r\nabc"],
        ["SETRANGE over the limit", "answers", "SETRANGE k 1048576 x\r\nSETRANGE k 1048575 x\r\n"],
        ["APPEND over the limit", "answers", "SETRANGE k 1048575 x\r\nAPPEND k x\r\nSTRLEN k\r\n"],
      ],
      real,
      redeno,
    );
  },
});
