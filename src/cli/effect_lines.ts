/**
 * What commands wrote, for people: from the bytes that an append-only file is given to a command a line, quoted as
 * redis-cli quotes. The frame that makes several of them one (MULTI and EXEC) is left out.
 */
import { RequestParser } from "../resp/parser.ts";
import { latin1Text } from "../sys/bytes.ts";
import { quoteText } from "./format_reply.ts";

/**
 * The lines of these effects. O(bytes).
 * @param database that the reader takes for granted: a SELECT of it at the beginning is left out
 */
export function effectLines(bytes: Uint8Array, database: number): string[] {
  const lines: string[] = [];
  let selected = String(database);
  for (const words of requestsIn(bytes)) {
    const name = words[0]!.toUpperCase();
    if (words.length === 1 && (name === "MULTI" || name === "EXEC")) continue;
    if (name === "SELECT") {
      if (words[1] === selected) continue;
      selected = words[1]!;
    }
    lines.push(words.map(quoteText).join(" "));
  }
  return lines;
}

/** The words of the commands in these bytes, one character a byte. */
function* requestsIn(bytes: Uint8Array): Generator<string[]> {
  const parser = new RequestParser();
  let words: string[] = [];
  const sink = {
    get count() {
      return words.length;
    },
    clear: () => void (words = []),
    push: (from: Uint8Array, start = 0, end = from.length) => void words.push(latin1Text(from, start, end)),
  };
  while (parser.next(bytes, bytes.length, sink)) yield words;
}
