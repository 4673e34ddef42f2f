/** The colours of a script: splits Lua 5.1 into pieces, each with its kind. */

const KEYWORDS = new Set([
  ...["and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil"],
  ...["not", "or", "repeat", "return", "then", "true", "until", "while"],
]);
const GLOBALS = new Set([
  ...["KEYS", "ARGV", "redis", "server", "cjson", "cmsgpack", "struct", "bit", "string", "table", "math"],
  ...[
    "pairs",
    "ipairs",
    "tonumber",
    "tostring",
    "type",
    "unpack",
    "error",
    "pcall",
    "select",
    "assert",
    "next",
  ],
]);

const PIECE = new RegExp(
  [
    /(?<comment>--\[(?<level>=*)\[[^]*?(?:\]\k<level>\]|$)|--[^\n]*|^#![^\n]*)/.source,
    /(?<string>\[(?<depth>=*)\[[^]*?(?:\]\k<depth>\]|$)|"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?)/
      .source,
    /(?<number>\b(?:0x[\da-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?))/.source,
    /(?<word>[A-Za-z_]\w*)/.source,
  ].join("|"),
  "g",
);

/** Pairs of a kind ("" for none) and a text, which together are the source. */
export function pieces(source) {
  const found = [];
  let at = 0;
  for (const match of source.matchAll(PIECE)) {
    if (match.index > at) found.push(["", source.slice(at, match.index)]);
    found.push([kindOf(match.groups), match[0]]);
    at = match.index + match[0].length;
  }
  if (at < source.length) found.push(["", source.slice(at)]);
  return found;
}

function kindOf({ comment, string, number, word }) {
  if (comment !== undefined) return "comment";
  if (string !== undefined) return "string";
  if (number !== undefined) return "number";
  return KEYWORDS.has(word) ? "keyword" : GLOBALS.has(word) ? "global" : "";
}
