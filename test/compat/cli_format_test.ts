/**
 * Replies as the clients print them: the same bytes to redis-cli and to our own, in every format. A listener that
 * answers what it is told to stands for the server, so that replies of every type occur in every place. Without a
 * redis-cli of the reference's version there is nobody to compare with.
 */
import { assertEquals } from "@std/assert";
import { formatReply, type ReplyFormat } from "../../src/cli/format_reply.ts";
import { parseReply } from "../../src/cli/reply_value.ts";
import { fromLatin1, latin1 } from "../support/split_args.ts";
import { Random } from "../../src/sys/random.ts";
import { redisCli, whyNoRedisCli } from "../support/redis_cli.ts";

const RANDOM_REPLIES = 300;

const FORMATS: readonly (readonly [option: string, format: ReplyFormat])[] = [
  ["--no-raw", "standard"],
  ["--raw", "raw"],
  ["--csv", "csv"],
  ["--json", "json"],
  ["--quoted-json", "quoted-json"],
];

const ALL_BYTES = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** One of each, and what they look like inside of each other. */
const REPLIES: readonly string[] = [
  ...[
    "+OK\r\n",
    "+\r\n",
    "+\x80\xff\x1b\r\n",
    "-ERR some \x01\xff\r\n",
    ":-12\r\n",
    ":9223372036854775807\r\n",
  ],
  ...[bulk(ALL_BYTES), bulk(""), "$-1\r\n", "*-1\r\n", "_\r\n", "#t\r\n", "#f\r\n"],
  ...[",3.1400\r\n", ",inf\r\n", ",-inf\r\n", ",1e300\r\n", ",-0\r\n", ",10\r\n"],
  ...[`=${ALL_BYTES.length + 4}\r\ntxt:${ALL_BYTES}\r\n`, "=4\r\nmkd:\r\n"],
  ...["*0\r\n", "~0\r\n", "%0\r\n", "*1\r\n*0\r\n", "*1\r\n$-1\r\n", "*2\r\n-ERR inner\r\n+OK\r\n"],
  "*3\r\n*2\r\n:1\r\n*0\r\n*1\r\n*1\r\n$1\r\na\r\n_\r\n",
  "*11\r\n" + ":1\r\n".repeat(5) + "*11\r\n" + bulk("x").repeat(11) + ":1\r\n".repeat(5),
  "*101\r\n" + ":7\r\n".repeat(100) + "%2\r\n:1\r\n*2\r\n:1\r\n~1\r\n:8\r\n:2\r\n_\r\n",
  "%5\r\n" + (bulk("k") + ":1\r\n").repeat(5),
  "%10\r\n" + (bulk("k") + ":1\r\n").repeat(10),
  "%4\r\n" + (bulk("k") + "*2\r\n:1\r\n:2\r\n").repeat(4),
  "%1\r\n*2\r\n:1\r\n:2\r\n%1\r\n+a\r\n~1\r\n,1.5\r\n",
  `%6\r\n-ERR k\r\n:1\r\n#t\r\n:1\r\n_\r\n:1\r\n,1.5\r\n:2\r\n=8\r\ntxt:a"\\b\r\n:1\r\n*1\r\n${
    bulk('q"')
  }:3\r\n`,
  "%3\r\n+a\r\n*0\r\n*2\r\n:1\r\n:2\r\n%0\r\n%0\r\n%1\r\n*1\r\n:1\r\n*1\r\n:2\r\n",
  "%2\r\n=7\r\ntxt:a\nb\r\n=7\r\ntxt:a\nb\r\n+k\r\n*1\r\n=6\r\ntxt:a\n\r\n",
  "%1\r\n+k\r\n%1\r\n+a\r\n*1\r\n*2\r\n:1\r\n:2\r\n",
  "%1\r\n+k\r\n%1\r\n*2\r\n:1\r\n:2\r\n%1\r\n:1\r\n:2\r\n",
  "%2\r\n+k\r\n-ERR v\r\n+l\r\n$-1\r\n",
  "~2\r\n~1\r\n:1\r\n%1\r\n:1\r\n:2\r\n",
];

/** A reply that may contain others, at most so deep. */
function randomReply(random: Random, depth: number): string {
  const text = Array.from({ length: random.below(6) }, () => String.fromCharCode(random.below(256))).join("");
  const line = text.replace(/[\r\n]/g, ".");
  const plain = [
    () => `+${line}\r\n`,
    () => `-${line}\r\n`,
    () => `:${random.below(2000) - 1000}\r\n`,
    () => bulk(text),
    () => "$-1\r\n",
    () => "_\r\n",
    () => (random.below(2) === 0 ? "#t\r\n" : "#f\r\n"),
    () => `,${(random.below(1000) - 500) / 8}\r\n`,
    () => `=${text.length + 4}\r\ntxt:${text}\r\n`,
  ];
  if (depth === 0 || random.below(2) === 0) return plain[random.below(plain.length)]!();
  const count = random.below(8) === 0 ? 9 + random.below(4) : random.below(4);
  const items = (each: number) =>
    Array.from({ length: count * each }, () => randomReply(random, depth - 1)).join("");
  const kind = random.below(3);
  return kind === 0
    ? `*${count}\r\n${items(1)}`
    : kind === 1
    ? `~${count}\r\n${items(1)}`
    : `%${count}\r\n${items(2)}`;
}

/** What redis-cli prints for these replies, one after the other. */
async function printedByRedisCli(replies: readonly string[], option: string): Promise<string[]> {
  const directory = await Deno.makeTempDir({ prefix: "redeno-test-" });
  const path = `${directory}/s.sock`;
  using listener = Deno.listen({ transport: "unix", path });
  // Before each reply comes one that is easily found.
  const MARK = "----8<----";
  const answers = replies.flatMap((reply) => [`+${MARK}\r\n`, reply]);
  const serving = serve(listener, answers);
  const child = new Deno.Command(redisCli, {
    args: ["-s", path, "-3", option],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("x\n".repeat(answers.length)));
  await writer.close();
  const { stdout, stderr } = await child.output();
  await serving;
  await Deno.remove(directory, { recursive: true });
  assertEquals(latin1(stderr), "");
  return latin1(stdout).split(new RegExp(`"?${MARK}"?\n`)).slice(1);
}

/** Serves one client; its commands are answered with the next of these. */
async function serve(listener: Deno.Listener, answers: readonly string[]): Promise<void> {
  using connection = await listener.accept();
  const rest = [...answers];
  const chunk = new Uint8Array(4096);
  for (let count = await connection.read(chunk); count !== null; count = await connection.read(chunk)) {
    const request = latin1(chunk.subarray(0, count));
    // What redis-cli asks by itself: the protocol, and what there is to tell about commands.
    const answer = request.includes("HELLO")
      ? "%1\r\n+proto\r\n:3\r\n"
      : request.includes("COMMAND")
      ? "-ERR unknown command\r\n"
      : rest.shift();
    const bytes = fromLatin1(answer ?? "-ERR no more\r\n");
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  }
}

const why = whyNoRedisCli();
if (why) console.log(`${why}: how replies are printed is not compared`);

for (const [option, format] of FORMATS) {
  Deno.test({
    name: `replies are printed as redis-cli ${option} prints them`,
    ignore: why !== undefined,
    async fn() {
      const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
      const random = new Random(seed);
      const replies = [...REPLIES, ...Array.from({ length: RANDOM_REPLIES }, () => randomReply(random, 3))];
      const printed = await printedByRedisCli(replies, option);
      assertEquals(printed.length, replies.length);
      for (const [i, reply] of replies.entries()) {
        const ours = formatReply(parseReply(fromLatin1(reply)), { format });
        assertEquals(ours, printed[i], `SEED=${seed}, reply ${JSON.stringify(reply)}`);
      }
    },
  });
}
