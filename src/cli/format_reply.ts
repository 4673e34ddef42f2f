/**
 * Replies as redis-cli prints them, to the byte: for people, raw for pipes, CSV, and JSON in two ways. Texts have one
 * character a byte; what is made here ends in a line end wherever redis-cli's does.
 *
 * One type goes further: redis-cli ends with "Unknown reply type" at a big number, here it is printed.
 */
import { latin1, latin1Text } from "../sys/bytes.ts";
import type { ReplyValue } from "./reply_value.ts";

export type ReplyFormat = "standard" | "raw" | "csv" | "json" | "quoted-json";

export interface FormatOptions {
  readonly format: ReplyFormat;
  /** Between the items of a collection, raw. Default: a line end. */
  readonly itemDelimiter?: string;
  /** Behind a raw reply. Default: a line end. */
  readonly replyDelimiter?: string;
}

/** All of what is printed for a reply. O(bytes). */
export function formatReply(value: ReplyValue, options: FormatOptions): string {
  switch (options.format) {
    case "standard":
      return standard(value, "");
    case "raw":
      return raw(value, options.itemDelimiter ?? "\n") + (options.replyDelimiter ?? "\n");
    case "csv":
      return csv(value) + "\n";
    default:
      return json(value, options.format === "json" ? jsonString : quotedJsonString) + "\n";
  }
}

const QUOTE = 34;

/** A text of one character a byte in quotes, what is not printable escaped: as redis-cli quotes. O(length). */
export function quoteText(text: string): string {
  let length = 2;
  for (let i = 0; i < text.length; i++) length += ESCAPED[text.charCodeAt(i)]!.length;
  // Bytes, since a string that grows by millions of pieces takes minutes.
  const quoted = new Uint8Array(length);
  let at = 0;
  quoted[at++] = QUOTE;
  for (let i = 0; i < text.length; i++) {
    for (const byte of ESCAPED[text.charCodeAt(i)]!) quoted[at++] = byte;
  }
  quoted[at] = QUOTE;
  return latin1Text(quoted);
}

const ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

/** The bytes that stand for each byte. */
const ESCAPED: readonly (readonly number[])[] = Array.from({ length: 256 }, (_, byte) => {
  const isPrintable = byte >= 32 && byte < 127;
  if (isPrintable && ESCAPES[byte] === undefined) return [byte];
  return [...latin1(ESCAPES[byte] ?? "\\x" + byte.toString(16).padStart(2, "0"))];
});

/** Where redis-cli prints a text as C knows texts: it ends at a zero byte. */
function upToZero(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

// ---- for people ---------------------------------------------------------------------------------------------

const EMPTY = { array: "(empty array)", set: "(empty set)", push: "(empty push)", map: "(empty hash)" };
const SEPARATORS = { array: ")", set: "~", push: ")", map: "#" };

/** @param prefix what stands before the second and every further item: the width of the numbers around it */
function standard(value: ReplyValue, prefix: string): string {
  switch (value.kind) {
    case "status":
      return upToZero(value.text) + "\n";
    case "verbatim":
      return value.text + "\n";
    case "error":
      return `(error) ${upToZero(value.text)}\n`;
    case "integer":
    case "double":
    case "big number":
      return `(${value.kind}) ${value.text}\n`;
    case "bulk":
      return quoteText(value.text) + "\n";
    case "nil":
      return "(nil)\n";
    case "boolean":
      return value.value ? "(true)\n" : "(false)\n";
    default:
      return standardItems(value.kind, value.items, prefix);
  }
}

function standardItems(
  kind: "array" | "set" | "push" | "map",
  items: readonly ReplyValue[],
  prefix: string,
): string {
  if (items.length === 0) return EMPTY[kind] + "\n";
  const step = kind === "map" ? 2 : 1;
  const width = String(items.length / step).length;
  const inner = prefix + " ".repeat(width + 2);
  const parts: string[] = [];
  for (let i = 0; i < items.length; i += step) {
    const number = String(i / step + 1).padStart(width);
    parts.push(`${i === 0 ? "" : prefix}${number}${SEPARATORS[kind]} `);
    const item = standard(items[i]!, inner);
    if (kind !== "map") {
      parts.push(item);
      continue;
    }
    const entry = items[i + 1]!;
    const begins = hasSeveral(entry) ? `\n${inner}` : "";
    parts.push(item.slice(0, -1), " => ", begins, standard(entry, inner));
  }
  return parts.join("");
}

/** Whether a value begins on a line of its own: a collection of several, or of one that is such a collection. */
function hasSeveral(value: ReplyValue): boolean {
  if (!("items" in value) || value.items.length === 0) return false;
  if (value.items.length > (value.kind === "map" ? 2 : 1)) return true;
  return hasSeveral(value.items.at(-1)!);
}

// ---- raw ----------------------------------------------------------------------------------------------------

function raw(value: ReplyValue, delimiter: string): string {
  switch (value.kind) {
    case "nil":
      return "";
    case "error":
      return value.text + "\n";
    case "boolean":
      return value.value ? "(true)" : "(false)";
    case "map": {
      const pairs: string[] = [];
      for (let i = 0; i < value.items.length; i += 2) {
        pairs.push(`${raw(value.items[i]!, delimiter)} ${raw(value.items[i + 1]!, delimiter)}`);
      }
      return pairs.join(delimiter);
    }
    case "array":
    case "set":
    case "push":
      return value.items.map((item) => raw(item, delimiter)).join(delimiter);
    default:
      return value.text;
  }
}

// ---- CSV ----------------------------------------------------------------------------------------------------

function csv(value: ReplyValue): string {
  switch (value.kind) {
    case "error":
      return `ERROR,${quoteText(upToZero(value.text))}`;
    case "status":
    case "bulk":
    case "verbatim":
      return quoteText(value.text);
    case "integer":
    case "double":
    case "big number":
      return value.text;
    case "nil":
      return "NULL";
    case "boolean":
      return String(value.value);
    default:
      return value.items.map(csv).join(",");
  }
}

// ---- JSON ---------------------------------------------------------------------------------------------------

const JSON_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
};

function jsonString(text: string): string {
  // deno-lint-ignore no-control-regex
  const escapedText = text.replace(/[\\"\x00-\x1f]/g, (char) => {
    return JSON_ESCAPES[char] ?? "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0");
  });
  return `"${escapedText}"`;
}

/** Quoted as for people, and once more: ASCII whatever is in it. */
function quotedJsonString(text: string): string {
  return quoteText(text).replaceAll("\\", "\\\\");
}

function json(value: ReplyValue, string: (text: string) => string): string {
  switch (value.kind) {
    case "error":
      return `error:${string(upToZero(value.text))}`;
    case "status":
    case "bulk":
    case "verbatim":
      return string(value.text);
    case "integer":
    case "double":
    case "big number":
      return value.text;
    case "nil":
      return "null";
    case "boolean":
      return String(value.value);
    case "map": {
      const pairs: string[] = [];
      for (let i = 0; i < value.items.length; i += 2) {
        pairs.push(`${jsonKey(value.items[i]!, string)}:${json(value.items[i + 1]!, string)}`);
      }
      return `{${pairs.join(",")}}`;
    }
    default:
      return `[${value.items.map((item) => json(item, string)).join(",")}]`;
  }
}

/** Keys are strings in JSON: a key of another type is put in quotes, which makes no JSON of a collection. */
function jsonKey(key: ReplyValue, string: (text: string) => string): string {
  const text = json(key, string);
  return key.kind === "error" || text.startsWith('"') ? text : `"${text}"`;
}
