/** The commands of group generic that need no other type than strings: names, iteration, databases. */
import { compat } from "./compat.ts";

compat("DEL, UNLINK, EXISTS and TOUCH count keys", (both) => {
  both.same("MSET a 1 b 2 c 3 d 4");
  for (const command of ["EXISTS", "TOUCH", "DEL", "UNLINK"]) {
    both.same(`${command} a b nosuch a`);
    both.same(command);
    both.same(`${command} c`);
    both.same("MSET a 1 b 2 c 3 d 4");
  }
  both.same("DBSIZE");
});

compat("TYPE", (both) => {
  both.same("SET s v");
  both.same("SET i 1");
  for (const line of ["TYPE s", "TYPE i", "TYPE nosuch", "TYPE", "TYPE a b", "type S"]) both.same(line);
});

compat("KEYS with every form of pattern", (both) => {
  both.same(
    "MSET hello 1 hallo 2 hxllo 3 h*llo 4 h?llo 5 [a] 6 a-b 7 '' 8 '\\\\x' 9 HELLO 10 'a b' 11 h^llo 12",
  );
  for (
    const pattern of [
      "*",
      "h?llo",
      "h*llo",
      "h[ae]llo",
      "h[^e]llo",
      "h[a-e]llo",
      "h[e-a]llo",
      "h\\*llo",
      "h\\?llo",
      "[",
      "[]",
      "[^]",
      "[a",
      "[a-",
      "\\[a\\]",
      "",
      "?",
      "??",
      "***",
      "*l*o",
      "h[\\a]llo",
      "h[^a-b]llo",
      "\\\\x",
      "\\",
      "*\\",
      "a\\-b",
      "a[-]b",
      "[[]a]",
      "h[a^]llo",
      "h[^^]llo",
      "HELLO",
      "h[A-Z]llo",
      "?*",
      "*?*?*",
      "nosuch*",
      "a b",
    ]
  ) both.sameSet(["KEYS", pattern]);
  both.same("KEYS");
  both.same("KEYS a b");
});

compat("SCAN in one step", (both) => {
  both.same("SCAN 0");
  both.same("SCAN 12345");
  both.same("MSET key:1 a key:2 b other c");
  for (
    const options of [
      "",
      "COUNT 100",
      "MATCH key:*",
      "MATCH nosuch",
      "TYPE string",
      "TYPE list",
      "TYPE nosuch",
      "TYPE STRING",
      "MATCH key:? COUNT 100 TYPE string",
      "match key:1 count 1000 type string",
      "COUNT 50 COUNT 100",
      "MATCH x* MATCH key*",
    ]
  ) {
    both.sameSet(
      `SCAN 0 ${options || "COUNT 100"}${options.toUpperCase().includes("COUNT") ? "" : " COUNT 100"}`,
    );
  }
  for (
    const line of [
      "SCAN",
      "SCAN abc",
      "SCAN -1x",
      "SCAN 1.5",
      "SCAN 99999999999999999999",
      "SCAN 0 COUNT",
      "SCAN 0 COUNT 0",
      "SCAN 0 COUNT -1",
      "SCAN 0 COUNT abc",
      "SCAN 0 MATCH",
      "SCAN 0 TYPE",
      "SCAN 0 FOO",
      "SCAN 0 FOO bar",
      "SCAN 0 COUNT 99999999999999999999",
      "SCAN ' 0'",
      "SCAN '0 '",
    ]
  ) both.same(line);
  both.sameSet("SCAN '' COUNT 100");
});

compat("RANDOMKEY", (both) => {
  both.same("RANDOMKEY");
  both.same("SET only v");
  both.same("RANDOMKEY");
  both.same("RANDOMKEY x");
  both.same("SET k v PX 100000");
  both.sameShape("RANDOMKEY");
});

compat("RENAME and RENAMENX", (both) => {
  for (const command of ["RENAME", "RENAMENX"]) {
    both.reset();
    both.same(`${command} nosuch x`);
    both.same(`${command} nosuch nosuch`);
    both.same("SET a 1 EX 1000");
    both.same(`${command} a b`);
    both.near(20, "TTL b");
    both.same("EXISTS a");
    both.same(`${command} b b`);
    both.same("SET c 2");
    both.same(`${command} c b`);
    both.same("MGET b c");
    both.near(20, "TTL b");
    both.same(`${command} a`);
    both.same(`${command} a b c`);
  }
});

compat("COPY with every option", (both) => {
  both.same("SET a 1 EX 1000");
  for (
    const line of [
      "COPY a b",
      "COPY a b",
      "COPY a b REPLACE",
      "COPY nosuch c",
      "COPY a a",
      "COPY a a REPLACE",
      "COPY a a DB 0",
      "COPY a a DB 1",
      "COPY a a DB 1",
      "COPY a a DB 1 REPLACE",
      "COPY a c DB 16",
      "COPY a c DB -1",
      "COPY a c DB abc",
      "COPY a c DB",
      "COPY a c FOO",
      "COPY a c REPLACE REPLACE",
      "COPY a c DB 1 DB 2",
      "COPY a",
      "COPY a c DB 9223372036854775808",
      "COPY a '' REPLACE DB 0",
      "copy a e replace db 3",
    ]
  ) both.same(line);
  both.near(20, "TTL b");
  both.sameSet("KEYS *");
  for (const database of [1, 2, 3]) {
    both.same(`SELECT ${database}`);
    both.sameSet("KEYS *");
  }
});

compat("MOVE, SELECT and SWAPDB", (both) => {
  both.same("SET a 1 EX 1000");
  for (
    const line of [
      "MOVE a 1",
      "MOVE a 1",
      "MOVE nosuch 1",
      "SET a 2",
      "MOVE a 1",
      "MOVE a 0",
      "MOVE a 16",
      "MOVE a -1",
      "MOVE a abc",
      "MOVE a",
      "MOVE a 9223372036854775808",
      "SELECT 1",
      "GET a",
      "MOVE a 2",
      "SELECT 2",
      "GET a",
      "SWAPDB 0 2",
      "GET a",
      "SWAPDB 2 2",
      "GET a",
      "SELECT 16",
      "SELECT -1",
      "SELECT abc",
      "SELECT ''",
      "SELECT",
      "SELECT 1 2",
      "SELECT 9223372036854775808",
      "SELECT 15",
      "DBSIZE",
      "SWAPDB 0",
      "SWAPDB a 1",
      "SWAPDB 0 a",
      "SWAPDB 0 16",
      "SWAPDB -1 0",
      "SWAPDB 99999999999 0",
      "SWAPDB 0 15",
      "GET a",
      "DBSIZE",
    ]
  ) both.same(line);
  both.near(20, "TTL a");
  both.same("FLUSHDB");
  both.same("SELECT 0");
  both.sameSet("KEYS *");
});
