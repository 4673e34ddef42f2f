/**
 * What the key browser shows of a stream: a page of entries, one row for each pair of field and value, and its consumer groups with
 * what is pending at whom.
 */
import type { ReplyValue } from "../cli/reply_value.ts";
import { latin1 } from "../sys/bytes.ts";
import { type Clipped, clipped, itemsAPage, type Page } from "./value_page.ts";
import type { Input } from "./input.ts";
import { itemsOf, type PageClient, textOf } from "./page_client.ts";

const ROWS_A_PAGE = 500;
/** Of an entry with more, the rest is one row that tells how many bytes there are. */
const FIELDS_AN_ENTRY = 100;
const GROUPS_MAX = 20;
const CONSUMERS_MAX = 100;

export interface ConsumerLine {
  readonly name: Clipped;
  /** Entries that it was given and has not acknowledged. */
  readonly pending: number;
  /** Ms since it last asked for something. */
  readonly idle: number;
}

export interface GroupLine {
  readonly name: Clipped;
  readonly pending: number;
  /** The id of the entry that was given out last. */
  readonly lastId: string;
  /** Entries that were not given out yet; null when the server does not know. */
  readonly lag: number | null;
  /** The first hundred of them. */
  readonly consumers: readonly ConsumerLine[];
  readonly consumersInAll: number;
}

export interface StreamPage extends Page {
  /** The first twenty of them; left out on further pages. */
  readonly groups?: readonly GroupLine[];
  readonly groupsInAll?: number;
}

/** @param bytes that the stream takes */
export async function streamPage(
  client: PageClient,
  key: Uint8Array,
  input: Input,
  bytes: number,
): Promise<StreamPage> {
  const length = await client.number("XLEN", key);
  const after = lastIdOf(input);
  const wanted = itemsAPage(bytes, length);
  const from = after === "" ? undefined : `(${after}`;
  const entries = input.text("order", "") === "descending"
    ? await client.items("XREVRANGE", key, from ?? "+", "-", "COUNT", wanted + 1)
    : await client.items("XRANGE", key, from ?? "-", "+", "COUNT", wanted + 1);
  const page = { length, ...rowsOf(entries, wanted) };
  return after === "" ? { ...page, ...await groupsOf(client, key) } : page;
}

/** The rows of as many entries as go on the page: id, field and value, one after the other. */
function rowsOf(entries: readonly ReplyValue[], wanted: number): { items: Clipped[]; next: string } {
  const items: Clipped[] = [];
  let shown = 0;
  let id = "";
  for (const entry of entries) {
    if (shown === wanted || items.length >= 3 * ROWS_A_PAGE) break;
    const [name, fields] = itemsOf(entry);
    id = textOf(name);
    addEntry(items, id, itemsOf(fields));
    shown++;
  }
  return { items, next: shown < entries.length ? id : "" };
}

function addEntry(items: Clipped[], id: string, fields: readonly ReplyValue[]): void {
  const end = Math.min(fields.length, 2 * FIELDS_AN_ENTRY);
  for (let i = 0; i < end; i += 2) items.push(id, clipped(fields[i]!), clipped(fields[i + 1]!));
  if (end === fields.length) return;
  const bytes = fields.slice(end).reduce((sum, reply) => sum + textOf(reply).length, 0);
  items.push(id, { head: "", bytes }, "");
}

async function groupsOf(
  client: PageClient,
  key: Uint8Array,
): Promise<{ groups: GroupLine[]; groupsInAll: number }> {
  const all = await client.items("XINFO", "GROUPS", key);
  const groups: GroupLine[] = [];
  for (const reply of all.slice(0, GROUPS_MAX)) {
    const group = factsOf(reply);
    const name = textOf(group.get("name"));
    const consumers = await client.items("XINFO", "CONSUMERS", key, latin1(name));
    const lag = textOf(group.get("lag"));
    groups.push({
      name: clipped(group.get("name")),
      pending: numberOf(group, "pending"),
      lastId: textOf(group.get("last-delivered-id")),
      lag: lag === "" ? null : Number(lag),
      consumers: consumers.slice(0, CONSUMERS_MAX).map(consumerLine),
      consumersInAll: consumers.length,
    });
  }
  return { groups, groupsInAll: all.length };
}

function consumerLine(reply: ReplyValue): ConsumerLine {
  const consumer = factsOf(reply);
  return {
    name: clipped(consumer.get("name")),
    pending: numberOf(consumer, "pending"),
    idle: numberOf(consumer, "idle"),
  };
}

/** A reply of names and values in turn. */
function factsOf(reply: ReplyValue): Map<string, ReplyValue> {
  const items = itemsOf(reply);
  const facts = new Map<string, ReplyValue>();
  for (let i = 0; i + 1 < items.length; i += 2) facts.set(textOf(items[i]), items[i + 1]!);
  return facts;
}

function numberOf(facts: ReadonlyMap<string, ReplyValue>, name: string): number {
  return Number(textOf(facts.get(name)));
}

function lastIdOf(input: Input): string {
  const id = input.text("next", "");
  return /^\d{1,20}-\d{1,20}$/.test(id) ? id : "";
}
