/** What of the replies of two servers cannot be the same, taken out of them: times, addresses, numbers of clients. */
import type { RespValue } from "../support/resp_value.ts";
import { escapeBytes, fromLatin1, latin1 } from "../support/split_args.ts";

const CLIENT_FIELDS_KEPT = /^(name|db|sub|psub|ssub|multi|flags|cmd|user|redir|resp)=/;

/** @param ids of the clients, by name: they stand in the text instead. */
export function masked(value: RespValue, bytes: Uint8Array, ids: ReadonlyMap<string, string>): string {
  let text = latin1(bytes);
  if (/\+\d+\.\d+ \[/.test(text)) text = text.replace(/\+[\d.]+ \[(\d+) [^\]]*\]/g, "+<time> [$1]");
  else if (/\bid=\d+ addr=/.test(text)) text = maskedClients(text);
  else if (value.kind === "array" && isSlowLog(value)) text = maskedSlowLog(value);
  // Summaries are in each server's own words.
  else if (text.includes("<subcommand> [<arg>")) text = "<help>";
  else if (/^[$=%*].*\r\n(txt:)?# (Commandstats|Errorstats)/i.test(text)) text = maskedStatistics(text);
  else if (/^[*%]\d*\r\n.*histogram_usec/s.test(text)) text = maskedHistograms(text);
  else if ((value.kind === "bulk" || value.kind === "verbatim") && isDoctor(text)) text = "<doctor>";
  else if (
    value.kind === "array" && !/message\r\n/.test(text) && value.items.every(({ kind }) => kind === "bulk")
  ) text = maskedNames(value);
  text = sortedPatterns(text);
  for (const [name, id] of ids) text = text.replaceAll(new RegExp(`\\b${id}\\b`, "g"), `<${name}>`);
  text = text.replace(/(:|id=|\$\d+\r\n)[1-9]\d{3,5}(?=\r\n| )/g, "$1<id>");
  return escapeBytes(fromLatin1(text));
}

/** Those that follow each other and are of one kind, in an order that does not depend on tables of a server. */
export function sortedMessages(replies: readonly string[]): string[] {
  const result = [...replies];
  for (let from = 0; from < result.length; from++) {
    const kind = kindOfMessage(result[from]!);
    let to = from + 1;
    if (kind === undefined) continue;
    while (to < result.length && kindOfMessage(result[to]!) === kind) to++;
    const words = result.slice(from, to).map((text) => text.split("\\r\\n"));
    // How many are left is counted down in whatever order they come.
    const counts = words.map((each) => kind.endsWith("unsubscribe") ? each.splice(-2).join() : "");
    result.splice(from, to - from, ...words.map((each) => each.join("\\r\\n")).sort(), ...counts);
    from = to + counts.length - 1;
  }
  return result;
}

function kindOfMessage(text: string): string | undefined {
  return /^[>*][234]\\r\\n\$\d+\\r\\n(s?p?unsubscribe|p?message|invalidate)/.exec(text)?.[1];
}

function maskedClients(text: string): string {
  return text.slice(text.indexOf("\r\n")).split(/\r?\n/).filter((line) => !line.includes("cmd=ping name"))
    .map((line) =>
      line.split(" ").filter((field) => CLIENT_FIELDS_KEPT.test(field) || /^(txt:)?id=/.test(field)).join(" ")
    )
    .filter((line) => line !== "").sort().join("\n");
}

function isSlowLog(value: RespValue): boolean {
  if (value.kind !== "array") return false;
  return value.items.length > 0 &&
    value.items.every((item) =>
      item.kind === "array" && item.items.length === 6 && item.items[3]!.kind === "array"
    );
}

function maskedSlowLog(value: RespValue): string {
  if (value.kind !== "array") return "";
  return value.items.map((item) => item.kind === "array" ? item.items[3]! : item).map((args) =>
    args.kind === "array"
      ? args.items.map((arg) => arg.kind === "bulk" ? latin1(arg.bytes) : arg.kind).join(" ")
      : ""
  ).filter((line) => !line.startsWith("PING")).join("\n");
}

function maskedStatistics(text: string): string {
  return text.slice(text.indexOf("#")).replace(/usec=[^,]*,usec_per_call=[^,]*,/g, "").split("\r\n").sort()
    .join("\n");
}

function maskedHistograms(text: string): string {
  return text.replace(/histogram_usec\r\n[%*]\d+\r\n(:\d+\r\n)*/g, "histogram_usec").replace(/^[^]*?\$/, "");
}

/** Names, of channels for example, in no order that means anything. */
function maskedNames(value: RespValue): string {
  if (value.kind !== "array") return "";
  return `*${value.items.length} ` +
    value.items.map((item) => item.kind === "bulk" ? latin1(item.bytes) : item.kind).sort();
}

function isDoctor(text: string): boolean {
  return /\bSam\b|too little data|latency|memory/i.test(text) && text.length > 60;
}

/** Messages inside of an answer, such as that of EXEC: patterns are gone through in no order that means anything. */
function sortedPatterns(text: string): string {
  const mark = /(?=[>*]4\r\n\$8\r\npmessage\r\n)/;
  const parts = text.split(mark);
  if (parts.length < 3) return text;
  const messages = parts.slice(1).map((part) => part.split("\r\n"));
  // Behind the last one stands what follows.
  const LINES = 9;
  const rest = messages.map((lines) => lines.splice(LINES).join("\r\n"));
  return parts[0] + messages.map((lines) => lines.join("\r\n")).sort().join("\r\n") + rest.join("\r\n");
}
