/** Going through all keys of a database with SCAN, page by page. */
import { latin1 } from "../../sys/bytes.ts";
import { SessionError } from "../byte_stream.ts";
import { encodeRequest, type NetworkSession } from "../network_session.ts";
import type { ReplyValue } from "../reply_value.ts";
import { pause } from "./pausing.ts";
import type { CliSettings } from "./settings.ts";

/** After so many pages there is a pause, if one is wished. */
const PAGES_BETWEEN_PAUSES = 100;

/**
 * The keys, page by page, one character a byte; a page may be empty, and a key come twice.
 * @throws SessionError at an error, in redis-cli's words
 */
export async function* pagesOfKeys(
  session: NetworkSession,
  settings: CliSettings,
  pausesOften = false,
): AsyncGenerator<readonly string[]> {
  const { pattern, scanType, scanCount, intervalMs } = settings;
  const options = [
    ...pattern === undefined ? [] : ["MATCH", latin1(pattern)],
    ...scanCount === undefined ? [] : ["COUNT", String(scanCount)],
    ...scanType === undefined ? [] : ["TYPE", scanType],
  ];
  let cursor = "0";
  for (let page = 1;; page++) {
    const reply = await session.send(["SCAN", cursor, ...options]);
    if (reply.kind === "error") throw new SessionError(`SCAN error: ${reply.text}`);
    if (reply.kind !== "array" || reply.items.length !== 2) {
      throw new SessionError("SCAN error: it was answered with something else than two items");
    }
    cursor = textOf(reply.items[0]);
    yield itemsOf(reply.items[1]).map(textOf);
    if (cursor === "0") return;
    if (pausesOften || page % PAGES_BETWEEN_PAUSES === 0) await pause(intervalMs);
  }
}

/** How many keys there are. @throws SessionError at an error, in redis-cli's words */
export async function keyCount(session: NetworkSession): Promise<number> {
  const reply = await session.send(["DBSIZE"]);
  if (reply.kind === "error") throw new SessionError(`Couldn't determine DBSIZE: ${reply.text}`);
  if (reply.kind !== "integer") throw new SessionError("Non INTEGER response from DBSIZE!");
  return Number(reply.text);
}

/** Sends commands at once; their replies in order. @throws SessionError */
export async function askAll(
  session: NetworkSession,
  commands: readonly (readonly string[])[],
): Promise<ReplyValue[]> {
  const requests = commands.map((words) => encodeRequest(words.map(latin1)));
  const bytes = new Uint8Array(requests.reduce((sum, request) => sum + request.length, 0));
  let at = 0;
  for (const request of requests) {
    bytes.set(request, at);
    at += request.length;
  }
  await session.write(bytes);
  const replies: ReplyValue[] = [];
  while (replies.length < commands.length) replies.push(await session.receive());
  return replies;
}

export function textOf(value: ReplyValue | undefined): string {
  return value !== undefined && "text" in value ? value.text : "";
}

export function itemsOf(value: ReplyValue | undefined): readonly ReplyValue[] {
  return value !== undefined && "items" in value ? value.items : [];
}
