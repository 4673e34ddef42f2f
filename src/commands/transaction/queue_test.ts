import { assertEquals } from "@std/assert";
import { testServer } from "../../../test/support/test_server.ts";
import { Args } from "../../args.ts";
import { latin1 } from "../../sys/bytes.ts";
import { RequestQueue } from "./queue.ts";

function texts(queue: RequestQueue): string[] {
  const all: string[] = [];
  queue.replay((command, args) => {
    all.push([command.name, ...Array.from({ length: args.count }, (_, i) => args.text(i))].join(" "));
    return true;
  });
  return all;
}

Deno.test("requests come back as they were, in order, whatever became of the buffer they came in", () => {
  using server = testServer();
  const [set, get] = [server.commands.get("set")!, server.commands.get("get")!];
  const queue = new RequestQueue();
  const buffer = latin1("SET key value");
  const args = new Args();
  args.push(buffer, 0, 3);
  args.push(buffer, 4, 7);
  args.push(buffer, 8, 13);
  queue.add(set, args);
  buffer.fill(0);
  queue.add(get, Args.of("get", ""));
  queue.add(set, Args.of("set", "large", "x".repeat(200_000)));
  queue.add(get, Args.of("get", "\0\xff"));
  const expected = [
    "set SET key value",
    "get get ",
    `set set large ${"x".repeat(200_000)}`,
    "get get \0\xc3\xbf",
  ];
  assertEquals(texts(queue), expected);
  assertEquals(texts(queue), expected, "and once more");
  assertEquals(queue.commands, [set, get, set, get]);
});

Deno.test("a thousand small requests lie in few buffers", () => {
  using server = testServer();
  const queue = new RequestQueue();
  const incr = server.commands.get("incr")!;
  for (let i = 0; i < 1000; i++) queue.add(incr, Args.of("INCR", `key:${i}`));
  assertEquals(texts(queue).length, 1000);
  assertEquals(texts(queue).at(-1), "incr INCR key:999");
  // 11 bytes of arguments and 5 numbers a request.
  assertEquals(queue.bytes < 1000 * (11 + 5 * 8) * 1.5, true, `${queue.bytes} bytes`);
});

Deno.test("a replay that stops goes on behind the request at which it stopped", () => {
  using server = testServer();
  const queue = new RequestQueue();
  const set = server.commands.get("set")!;
  for (let i = 0; i < 500; i++) queue.add(set, Args.of("SET", `key:${i}`, "v".repeat(i)));
  const seen: string[] = [];
  const visit = (_: unknown, args: Args) => seen.push(args.text(1)) % 7 !== 0;
  let place = queue.replay(visit);
  while (place !== undefined) place = queue.replay(visit, place);
  assertEquals(seen, Array.from({ length: 500 }, (_, i) => `key:${i}`));
});
