// That all of this is what redis-cli prints is tested in test/compat/cli_format_test.ts.
import { assertEquals } from "@std/assert";
import { latin1 } from "../sys/bytes.ts";
import { formatReply, quoteText, type ReplyFormat } from "./format_reply.ts";
import { parseReply } from "./reply_value.ts";

function printed(reply: string, format: ReplyFormat): string {
  return formatReply(parseReply(latin1(reply)), { format });
}

Deno.test("nested collections are numbered and indented", () => {
  assertEquals(
    printed("*2\r\n*2\r\n:1\r\n$-1\r\n%1\r\n+k\r\n~2\r\n,1.5\r\n#t\r\n", "standard"),
    "1) 1) (integer) 1\n   2) (nil)\n2) 1# k => \n      1~ (double) 1.5\n      2~ (true)\n",
  );
});

Deno.test("raw replies have the delimiters that are asked for", () => {
  const reply = parseReply(latin1("*3\r\n+a\r\n*2\r\n:1\r\n$-1\r\n+b\r\n"));
  assertEquals(formatReply(reply, { format: "raw" }), "a\n1\n\nb\n");
  const delimited = formatReply(reply, { format: "raw", itemDelimiter: "|", replyDelimiter: "!" });
  assertEquals(delimited, "a|1||b!");
});

Deno.test("a reply is printed as CSV and as JSON", () => {
  const reply = '%2\r\n$2\r\na"\r\n$1\r\n\x01\r\n:1\r\n*2\r\n_\r\n#f\r\n';
  assertEquals(printed(reply, "csv"), '"a\\"","\\x01",1,NULL,false\n');
  assertEquals(printed(reply, "json"), '{"a\\"":"\\u0001","1":[null,false]}\n');
  assertEquals(printed(reply, "quoted-json"), '{"a\\\\"":"\\\\x01","1":[null,false]}\n');
});

Deno.test("a big number is printed, though redis-cli ends there", () => {
  const reply = "(12345678901234567890\r\n";
  assertEquals(printed(reply, "standard"), "(big number) 12345678901234567890\n");
  assertEquals(printed(reply, "raw"), "12345678901234567890\n");
  assertEquals(printed(reply, "json"), "12345678901234567890\n");
});

Deno.test("what is not printable is escaped in quotes", () => {
  assertEquals(quoteText('a"\\\n\r\t\x07\b\x00\x7f\xff'), '"a\\"\\\\\\n\\r\\t\\a\\b\\x00\\x7f\\xff"');
});

Deno.test("a long text is quoted as its parts are", () => {
  const text = '0123456789\x00"abc'.repeat(1000);
  assertEquals(quoteText(text), `"${'0123456789\\x00\\"abc'.repeat(1000)}"`);
  assertEquals(quoteText(""), '""');
});
