/** The tests that redis-benchmark runs when it is given no command, in its order. */
import { utf8 } from "../../sys/bytes.ts";
import { requestOf } from "./request_batch.ts";

/** One test: a request that is sent again and again. */
export interface BenchmarkTest {
  /** As it is printed. */
  readonly title: string;
  /** Words by which the option -t chooses it, in lower case. */
  readonly words: readonly string[];
  /** @param isRandom whether keys are drawn from a range */
  request(data: Uint8Array, isRandom: boolean): Uint8Array;
}

const KEY = "key:__rand_int__";
const ELEMENT = "element:__rand_int__";
const DATA = "__data__";

function test(title: string, words: string, ...args: string[]): BenchmarkTest {
  return { title, words: words.split(" "), request: (data) => requestOf(args, data) };
}

function range(count: number): BenchmarkTest {
  return test(
    `LRANGE_${count} (first ${count} elements)`,
    `lrange lrange_${count}`,
    ...["LRANGE", "mylist", "0", String(count - 1)],
  );
}

export const STANDARD_TESTS: readonly BenchmarkTest[] = [
  { title: "PING_INLINE", words: ["ping", "ping_inline"], request: () => utf8("PING\r\n") },
  test("PING_MBULK", "ping ping_mbulk", "PING"),
  test("SET", "set", "SET", KEY, DATA),
  test("GET", "get", "GET", KEY),
  test("INCR", "incr", "INCR", "counter:__rand_int__"),
  test("LPUSH", "lpush", "LPUSH", "mylist", DATA),
  test("RPUSH", "rpush", "RPUSH", "mylist", DATA),
  test("LPOP", "lpop", "LPOP", "mylist"),
  test("RPOP", "rpop", "RPOP", "mylist"),
  test("SADD", "sadd", "SADD", "myset", ELEMENT),
  test("HSET", "hset", "HSET", "myhash", ELEMENT, DATA),
  test("SPOP", "spop", "SPOP", "myset"),
  {
    title: "ZADD",
    words: ["zadd"],
    request: (data, isRandom) =>
      requestOf(["ZADD", "myzset", isRandom ? "__rand_int__" : "0", ELEMENT], data),
  },
  test("ZPOPMIN", "zpopmin", "ZPOPMIN", "myzset"),
  test(
    "LPUSH (needed to benchmark LRANGE)",
    "lrange lrange_100 lrange_300 lrange_500 lrange_600",
    ...["LPUSH", "mylist", DATA],
  ),
  ...[100, 300, 500, 600].map(range),
  test("MSET (10 keys)", "mset", "MSET", ...Array.from({ length: 10 }, () => [KEY, DATA]).flat()),
];

/** Every word that chooses a test. */
export const TEST_WORDS: readonly string[] = [...new Set(STANDARD_TESTS.flatMap(({ words }) => words))];
