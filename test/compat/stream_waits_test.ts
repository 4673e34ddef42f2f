/** What those who wait for streams are told when nothing was added: groups that are set back, or go; keys that move or are gone. */
import { compat } from "./compat.ts";

type Both = Parameters<Parameters<typeof compat>[1]>[0];

/** A client whose number is known before it waits. */
function waiting(both: Both, name: string): Both {
  both.same(`CLIENT UNBLOCK @id:${name}`);
  return both.client(name);
}

compat("a group that was set back serves who waits when the key is told of", (both) => {
  const a = waiting(both, "a");
  const told: readonly (readonly string[])[] = [
    ["XGROUP CREATE k other 0", "XGROUP DESTROY k other"],
    ["RENAME k j", "RENAME j k"],
    ["MULTI", "RENAME k j", "RENAME j k", "EXEC"],
    ["COPY k j", "COPY j k REPLACE"],
    ["SWAPDB 0 1", "SWAPDB 0 1"],
    ["EXPIRE k 1000", "PERSIST k", "XTRIM k MAXLEN 9", "XACK k g 1-1", "XGROUP CREATECONSUMER k g new"],
    ["XDEL k 1-1", "XGROUP CREATE k other 0", "XGROUP DESTROY k other"],
    ["XSETID k 9-9"],
    ["XADD k 2-2 f w"],
  ];
  for (const lines of told) {
    both.same("FLUSHALL");
    for (const line of ["XADD k 1-1 f v", "XGROUP CREATE k g $"]) both.same(line);
    a.same("XREADGROUP GROUP g one BLOCK 0 STREAMS k >", { blocks: true });
    both.same("XGROUP SETID k g 0");
    for (const line of lines) both.same(line);
    both.same("CLIENT UNBLOCK @id:a");
    a.same("PING");
  }
});

compat("who reads behind entries that are all gone is told so when the key is told of", (both) => {
  const a = waiting(both, "a");
  const told = [["XGROUP DESTROY k g"], ["RENAME k j", "RENAME j k"], ["EXPIRE k 1000"], ["XSETID k 6"]];
  for (const lines of told) {
    both.same("FLUSHALL");
    for (const line of ["XADD k 5-5 f v", "XGROUP CREATE k g 0", "XDEL k 5-5"]) both.same(line);
    a.same("XREAD BLOCK 0 STREAMS k 0", { blocks: true });
    for (const line of lines) both.same(line);
    both.same("CLIENT UNBLOCK @id:a");
    a.same("PING");
  }
});

compat("who waits for both names of a key is asked about the new one first", (both) => {
  const [a, b] = [waiting(both, "a"), waiting(both, "b")];
  const moves = [["RENAME t s"], ["MULTI", "RENAME t s", "XADD s 9-9 f v", "XGROUP SETID s g 0", "EXEC"]];
  for (const lines of moves) {
    both.same("FLUSHALL");
    for (const key of ["s", "t"]) both.same(`XGROUP CREATE ${key} g $ MKSTREAM`);
    a.same("XREADGROUP GROUP g one BLOCK 0 STREAMS t s > >", { blocks: true });
    b.same("XREADGROUP GROUP g two BLOCK 0 STREAMS s t > >", { blocks: true });
    for (const line of lines) both.same(line);
    for (const name of ["a", "b"]) both.same(`CLIENT UNBLOCK @id:${name}`);
    for (const client of [a, b]) client.same("PING");
  }
});
