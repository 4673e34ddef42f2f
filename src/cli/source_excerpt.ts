/**
 * Shows the line of a script at which an error was raised, with a caret under what the message speaks of. Messages tell
 * the line, but not the column; that is looked for by the names in the message.
 */

/** Longer lines are shown from near the caret on. */
const SHOWN_CHARS_MAX = 160;
const SHOWN_BEFORE = 60;

/** Where an error was raised: line and column count from 1, in characters. */
export interface ErrorPlace {
  readonly line: number;
  readonly column: number;
  /** Characters that are marked. */
  readonly length: number;
}

/**
 * The lines to be printed below an error, or "" when it does not say where it was raised.
 * @param message the text of the error reply
 * @param name what the file is called
 */
export function sourceExcerpt(source: string, message: string, name: string): string {
  const lines = source.split(/\r?\n/);
  const place = errorPlace(lines, message);
  if (place === undefined) return "";
  const text = lines[place.line - 1]!;
  const from = text.length <= SHOWN_CHARS_MAX ? 0 : Math.max(0, place.column - 1 - SHOWN_BEFORE);
  const part = text.slice(from, from + SHOWN_CHARS_MAX);
  // Tabs stay, so that the caret stands where it should however wide they are.
  const indent = part.slice(0, place.column - 1 - from).replace(/[^\t]/g, " ");
  const tail = "~".repeat(Math.max(0, Math.min(place.length, part.length - indent.length) - 1));
  return `${name}:${place.line}:${place.column}\n    ${part}\n    ${indent}^${tail}\n`;
}

/** Where in these lines an error was raised; undefined when the message does not tell. */
export function errorPlace(lines: readonly string[], message: string): ErrorPlace | undefined {
  const found = /\buser_script:(\d+): ([^]*)$/.exec(message) ?? /@user_script:\s*(\d+)\b/.exec(message);
  const line = Number(found?.[1]);
  const text = lines[line - 1];
  if (text === undefined) return undefined;
  const what = found![2] ?? message;
  const [column, length] = marked(text, what) ?? [text.length - text.trimStart().length, 1];
  return { line, column: column + 1, length };
}

/** Start and length of what a message speaks of. */
function marked(text: string, what: string): readonly [start: number, length: number] | undefined {
  if (/near '<eof>'/.test(what)) return [text.trimEnd().length, 1];
  const near = /near '(.+?)'(?: script:|$)/.exec(what)?.[1];
  if (near !== undefined) {
    // What comes before is right, so that the same symbol may well stand there.
    const start = text.lastIndexOf(near);
    return start < 0 ? undefined : [start, near.length];
  }
  const name = /(?:local|global|field|upvalue|method|variable) '([A-Za-z_]\w*)'/.exec(what)?.[1];
  if (name !== undefined) {
    const start = text.search(new RegExp(`\\b${name}\\b`));
    return start < 0 ? undefined : [start, name.length];
  }
  const call = /\bredis\s*\.\s*p?call\b/.exec(text);
  return call === null ? undefined : [call.index, call[0].length];
}
