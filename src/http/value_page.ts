/** A page of what a key holds: bounded in items and in bytes, and large items clipped. */
import type { ReplyValue } from "../cli/reply_value.ts";
import { textOf } from "./page_client.ts";

const ITEMS_A_PAGE = 100;
const ITEM_BYTES_MAX = 512;
/** Of the items of a page, before they are clipped; where items are large there are fewer on a page. */
const PAGE_BYTES_MAX = 4 << 20;

/** A text, or its beginning and how many bytes there are. */
export type Clipped = string | { readonly head: string; readonly bytes: number };

export interface Page {
  readonly length: number;
  readonly items: readonly Clipped[];
  /** What to ask for the next page with; "" when there is none. */
  readonly next: string;
}

/** How many items of a value of this many bytes and items go on a page. */
export function itemsAPage(bytes: number, length: number): number {
  return Math.max(1, Math.min(ITEMS_A_PAGE, Math.floor(PAGE_BYTES_MAX * length / Math.max(1, bytes))));
}

export function clipped(reply: ReplyValue | undefined): Clipped {
  const text = textOf(reply);
  return text.length <= ITEM_BYTES_MAX ? text : { head: text.slice(0, ITEM_BYTES_MAX), bytes: text.length };
}
