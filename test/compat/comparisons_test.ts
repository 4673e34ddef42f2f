import { assert, assertEquals } from "@std/assert";
import { parseReplies } from "../support/resp_value.ts";
import { fromLatin1 } from "../support/split_args.ts";
import {
  type Comparison,
  sameAfter,
  sameBytes,
  sameElements,
  sameError,
  samePairs,
  sameShape,
  sameWithin,
} from "./comparisons.ts";

function agree(comparison: Comparison, real: string, ours: string): boolean {
  const reduce = (bytes: string) => {
    const values = parseReplies(fromLatin1(bytes)).map(({ value }) => value);
    return comparison.reduce({ bytes: fromLatin1(bytes), values, closed: false });
  };
  return comparison.agree(reduce(real), reduce(ours));
}

Deno.test("each comparison sees what it should and overlooks what it may", () => {
  const cases: [string, Comparison, string, string, boolean][] = [
    ["bytes", sameBytes, "+OK\r\n", "+OK\r\n", true],
    ["bytes", sameBytes, "+OK\r\n", "$2\r\nOK\r\n", false],
    ["order", sameElements, "*2\r\n+a\r\n+b\r\n", "*2\r\n+b\r\n+a\r\n", true],
    ["elements", sameElements, "*2\r\n+a\r\n+b\r\n", "*2\r\n+a\r\n+a\r\n", false],
    ["types", sameElements, "*1\r\n+1\r\n", "*1\r\n:1\r\n", false],
    ["pairs in order", samePairs, "*4\r\n+a\r\n+1\r\n+b\r\n+2\r\n", "*4\r\n+b\r\n+2\r\n+a\r\n+1\r\n", true],
    ["pairs", samePairs, "*4\r\n+a\r\n+1\r\n+b\r\n+2\r\n", "*4\r\n+a\r\n+2\r\n+b\r\n+1\r\n", false],
    ["shape", sameShape, "*2\r\n+a\r\n:1\r\n", "*2\r\n+b\r\n:2\r\n", true],
    ["length", sameShape, "*1\r\n+a\r\n", "*2\r\n+a\r\n+b\r\n", false],
    ["near", sameWithin(1), ":100\r\n", ":99\r\n", true],
    ["near in strings", sameWithin(0.1), "$3\r\n1.5\r\n", "$4\r\n1.55\r\n", true],
    ["near beyond 2^53", sameWithin(1), ":9223370241689031\r\n", ":9223370241689030\r\n", true],
    ["not near", sameWithin(1), ":100\r\n", ":98\r\n", false],
    ["codes are not near", sameWithin(1), ":-1\r\n", ":-2\r\n", false],
    ["text is not near", sameWithin(1), "$1\r\na\r\n", "$1\r\nb\r\n", false],
    ["error", sameError("syntax"), "-ERR syntax error\r\n", "-ERR syntax error\r\n", true],
    ["another error", sameError("syntax"), "-ERR no\r\n", "-ERR no\r\n", false],
    ["no error", sameError("syntax"), "+syntax\r\n", "+syntax\r\n", false],
    ["after", sameAfter((value) => typeof value), "$1\r\na\r\n", "$1\r\nb\r\n", true],
    ["after", sameAfter((value) => value), "$1\r\na\r\n", "$1\r\nb\r\n", false],
  ];
  for (const [what, comparison, real, ours, want] of cases) {
    assertEquals(agree(comparison, real, ours), want, `${what}: ${JSON.stringify([real, ours])}`);
  }
});

Deno.test("a closed connection is never the same as an answer", () => {
  const open = { bytes: fromLatin1("+OK\r\n"), values: [], closed: false };
  for (
    const comparison of [
      sameBytes,
      sameElements,
      samePairs,
      sameShape,
      sameWithin(1),
      sameAfter(() => 1),
    ]
  ) {
    assert(!comparison.agree(comparison.reduce(open), comparison.reduce({ ...open, closed: true })));
  }
});
