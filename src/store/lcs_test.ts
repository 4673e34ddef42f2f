import { assertEquals } from "@std/assert";
import { lcs, lcsLength, lcsTableBytes } from "./lcs.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Two strings, and what redis-server 7.0.15 answered to LCS and (first last first last, ...) to LCS IDX. */
const VECTORS: [string, string, string, string][] = [
  ["ohmytext", "mynewtext", "mytext", "4 7 5 8, 2 3 0 1"],
  ["", "", "", ""],
  ["", "abc", "", ""],
  ["abc", "", "", ""],
  ["abc", "abc", "abc", "0 2 0 2"],
  ["abc", "xyz", "", ""],
  ["abcbdab", "bdcaba", "bdab", "5 6 3 4, 3 4 0 1"],
  ["a", "aaa", "a", "0 0 2 2"],
  ["aaa", "a", "a", "2 2 0 0"],
  ["ab", "ba", "b", "1 1 0 0"],
  ["abab", "baba", "bab", "1 3 0 2"],
  ["xaxbxc", "abc", "abc", "5 5 2 2, 3 3 1 1, 1 1 0 0"],
  ["AGGTAB", "GXTXAYB", "GTAB", "5 5 6 6, 4 4 4 4, 3 3 2 2, 2 2 0 0"],
  ["bbabbaa", "abbbbbaaaa", "bbbbaa", "5 6 8 9, 3 4 4 5, 0 1 1 2"],
  ["bbb", "ccccabaa", "b", "2 2 5 5"],
  ["abbaa", "aabaababbb", "abaa", "4 4 6 6, 3 3 4 4, 2 2 2 2, 0 0 0 0"],
  ["abaabaababa", "aab", "aab", "8 9 1 2, 6 6 0 0"],
  ["aaaababbaab", "aaaabbbaaba", "aaaabbbaab", "6 10 5 9, 0 4 0 4"],
  ["ccabbaccbacc", "bbabbbcac", "bbabcc", "11 11 8 8, 10 10 6 6, 8 8 3 3, 3 5 0 2"],
  ["", "cbcaab", "", ""],
  ["", "", "", ""],
  ["ddadcddacbbb", "c", "c", "8 8 0 0"],
  ["bb", "cbaccaca", "b", "1 1 1 1"],
  ["abba", "bbaabbbbaab", "abba", "3 3 9 9, 1 2 6 7, 0 0 3 3"],
  ["ddcacdbdcbd", "ccbc", "ccbc", "8 8 3 3, 6 6 2 2, 4 4 1 1, 2 2 0 0"],
  ["abaabbaabba", "baaab", "baaab", "9 9 4 4, 6 7 2 3, 3 3 1 1, 1 1 0 0"],
  ["babbbbaababb", "abbbbbaaaaa", "abbbbaaa", "9 9 8 8, 2 7 2 7, 1 1 0 0"],
  ["bab", "b", "b", "2 2 0 0"],
  ["aaabb", "bbbbbbaabab", "aabb", "4 4 10 10, 1 3 6 8"],
  ["aabbbbabbb", "aabbaa", "aabba", "4 6 2 4, 0 1 0 1"],
  ["cabacc", "bcbaaacc", "cbacc", "3 5 5 7, 2 2 2 2, 0 0 1 1"],
  ["aaccbbba", "da", "a", "7 7 1 1"],
  ["aaabacc", "baacbabcaacb", "aabacc", "6 6 10 10, 5 5 7 7, 3 4 4 5, 1 2 1 2"],
  ["acd", "d", "d", "2 2 0 0"],
  [
    "baccbbcaaacaa",
    "cccaabacaaccbbabbaccbbabbbacaacacaac",
    "baccbbcaaacaa",
    "9 12 31 34, 6 8 27 29, 4 5 24 25, 0 3 16 19",
  ],
  [
    "bbaaabaaaaaabbbbbaababbaaabaabbbbaa",
    "bababaabbbbaaa",
    "bababaabbbbaaa",
    "33 34 12 13, 28 28 11 11, 26 26 10 10, 21 22 8 9, 16 19 4 7, 11 11 3 3, 4 5 1 2, 1 1 0 0",
  ],
  [
    "aabbabbaabbabaabaaababaa",
    "baaaababb",
    "baaaababb",
    "21 21 8 8, 18 19 6 7, 13 15 3 5, 11 11 2 2, 8 8 1 1, 6 6 0 0",
  ],
  ["dcbdddbcddcacbcbbbcdaaccbadbaabbabc", "", "", ""],
];

function rangesText(ranges: Uint32Array): string {
  const groups: string[] = [];
  for (let i = 0; i < ranges.length; i += 4) groups.push(ranges.subarray(i, i + 4).join(" "));
  return groups.join(", ");
}

Deno.test("the subsequence and its ranges are those of the reference", () => {
  for (const [first, second, text, ranges] of VECTORS) {
    const a = encoder.encode(`<<${first}>`);
    const b = encoder.encode(`<${second}>`);
    const found = lcs(a, 2, a.length - 1, b, 1, b.length - 1);
    const label = `${first} / ${second}`;
    assertEquals(decoder.decode(found.text), text, label);
    assertEquals(rangesText(found.ranges), ranges, label);
    assertEquals(found.length, text.length, label);
    assertEquals(lcsLength(a, 2, a.length - 1, b, 1, b.length - 1), text.length, label);
  }
});

Deno.test("the reference's table grows with the product of the lengths", () => {
  // With proto-max-bulk-len at 1048576 it computes 511 x 511 and refuses 512 x 511.
  assertEquals(lcsTableBytes(511, 511), 1048576);
  assertEquals(lcsTableBytes(512, 511), 1050624);
  assertEquals(lcsTableBytes(0, 0), 4);
});
