/**
 * The keys and what they hold, a page at a time. All of it goes through commands of a {@link PageClient}; a page has bounds in
 * items and in bytes, so that a key of any size can be looked at.
 *
 * Texts are of one character a byte. What is clipped is told with its whole length.
 */
import { latin1 } from "../sys/bytes.ts";
import type { Input } from "./input.ts";
import { itemsOf, type PageClient, textOf } from "./page_client.ts";
import { type StreamPage, streamPage } from "./stream_page.ts";
import { type Clipped, clipped, itemsAPage, type Page } from "./value_page.ts";

const KEYS_A_PAGE = 100;
/** Slots that are looked at for one page, so that a pattern that matches nothing costs little. */
const SCAN_COUNT = 1000;
const SCAN_ROUNDS_MAX = 20;
const STRING_BYTES_A_PAGE = 16 << 10;
/** Keys of longer names are listed by the beginning of it, and cannot be opened. */
export const NAME_BYTES_MAX = 4096;
const LARGEST = Number.MAX_SAFE_INTEGER;

export interface KeyLine {
  readonly key: string;
  /** Whether that is only the beginning of the name. */
  readonly isClipped?: true;
  readonly type: string;
  /** Ms; -1: none. */
  readonly ttl: number;
  readonly bytes: number;
}

export interface ValuePage extends Pick<StreamPage, "groups" | "groupsInAll"> {
  readonly key: string;
  readonly type: string;
  readonly encoding: string;
  readonly ttl: number;
  /** Bytes that key and value take in memory. */
  readonly bytes: number;
  /** Bytes of a string, else items. */
  readonly length: number;
  /**
   * What is shown: of a string one piece; of a hash fields and values in turn, of a sorted set members and scores, of a
   * stream ids, fields and values.
   */
  readonly items: readonly Clipped[];
  /** What to ask for the next page with; "" when there is none. */
  readonly next: string;
}

/** A page of the names of keys, from a cursor of SCAN on. */
export async function listKeys(
  client: PageClient,
  input: Input,
): Promise<{ keys: KeyLine[]; cursor: string }> {
  const match = input.bytes("match", "*");
  const type = input.text("type", "");
  const found: string[] = [];
  let cursor = cursorOf(input);
  for (let round = 0; round < SCAN_ROUNDS_MAX; round++) {
    const filter = type === "" ? [] : ["TYPE", type];
    // As many as are wanted, if all match; many more when few do.
    const count = round === 0 ? KEYS_A_PAGE : SCAN_COUNT;
    const reply = await client.items("SCAN", cursor, "MATCH", match, "COUNT", count, ...filter);
    cursor = textOf(reply[0]);
    for (const key of itemsOf(reply[1])) found.push(textOf(key));
    if (cursor === "0" || found.length >= KEYS_A_PAGE) break;
  }
  const keys = await Promise.all(found.map((key) => describeKey(client, key)));
  return { keys: keys.filter((line) => line.type !== "none"), cursor: cursor === "0" ? "" : cursor };
}

/** Asked for in one turn, so nothing changes between these. */
async function describeKey(client: PageClient, key: string): Promise<KeyLine> {
  const name = latin1(key);
  const [type, ttl, bytes] = await Promise.all([
    client.text("TYPE", name),
    client.number("PTTL", name),
    client.number("MEMORY", "USAGE", name),
  ]);
  const line = { type: type ?? "none", ttl, bytes };
  return key.length <= NAME_BYTES_MAX
    ? { key, ...line }
    : { key: key.slice(0, NAME_BYTES_MAX), isClipped: true, ...line };
}

/** A page of the value of a key; its type is "none" when there is no such key. */
export async function showValue(client: PageClient, input: Input): Promise<ValuePage> {
  const key = input.bytes("key");
  const line = await describeKey(client, input.text("key"));
  const encoding = line.type === "none" ? "" : await client.text("OBJECT", "ENCODING", key) ?? "";
  const page = await PAGES[line.type]?.(client, key, input, line.bytes);
  return { ...line, encoding, ...page ?? { length: 0, items: [], next: "" } };
}

/** @param bytes that the value takes */
type PageReader = (
  client: PageClient,
  key: Uint8Array,
  input: Input,
  bytes: number,
) => Promise<Page | StreamPage>;

const PAGES: Readonly<Record<string, PageReader>> = {
  string: async (client, key, input) => {
    const from = placeOf(input);
    const [length, piece] = await Promise.all([
      client.number("STRLEN", key),
      client.text("GETRANGE", key, from, from + STRING_BYTES_A_PAGE - 1),
    ]);
    return { length, items: [piece ?? ""], next: nextPlace(from + STRING_BYTES_A_PAGE, length) };
  },
  list: async (client, key, input, bytes) => {
    const from = placeOf(input);
    const length = await client.number("LLEN", key);
    const to = from + itemsAPage(bytes, length);
    const items = await client.items("LRANGE", key, from, to - 1);
    return { length, items: items.map(clipped), next: nextPlace(to, length) };
  },
  zset: async (client, key, input, bytes) => {
    const from = placeOf(input);
    const order = input.text("order", "") === "descending" ? ["REV"] : [];
    const length = await client.number("ZCARD", key);
    const to = from + itemsAPage(bytes, length);
    const items = await client.items("ZRANGE", key, from, to - 1, ...order, "WITHSCORES");
    return { length, items: items.map(clipped), next: nextPlace(to, length) };
  },
  hash: (client, key, input, bytes) => scanned(client, ["HLEN", "HSCAN"], key, input, bytes),
  set: (client, key, input, bytes) => scanned(client, ["SCARD", "SSCAN"], key, input, bytes),
  stream: streamPage,
};

/** What is walked with a cursor: the order means nothing, and small values come as a whole. */
async function scanned(
  client: PageClient,
  [count, scan]: readonly [count: string, scan: string],
  key: Uint8Array,
  input: Input,
  bytes: number,
): Promise<Page> {
  const match = input.bytes("match", "*");
  const length = await client.number(count, key);
  const wanted = itemsAPage(bytes, length);
  const items: Clipped[] = [];
  let cursor = cursorOf(input);
  for (let round = 0; round < SCAN_ROUNDS_MAX; round++) {
    const reply = await client.items(scan, key, cursor, "MATCH", match, "COUNT", wanted);
    cursor = textOf(reply[0]);
    items.push(...itemsOf(reply[1]).map(clipped));
    if (cursor === "0" || items.length >= wanted) break;
  }
  return { length, items, next: cursor === "0" ? "" : cursor };
}

function cursorOf(input: Input): string {
  const cursor = input.text("next", "");
  return /^\d{1,20}$/.test(cursor) ? cursor : "0";
}

function placeOf(input: Input): number {
  const place = Number(input.text("next", "") || 0);
  return Number.isInteger(place) && place > 0 && place <= LARGEST ? place : 0;
}

function nextPlace(from: number, length: number): string {
  return from < length ? String(from) : "";
}
