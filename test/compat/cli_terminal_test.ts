/**
 * `redeno cli` beside redis-cli with somebody at the terminal: the same keys pressed, the same server; at each step both
 * screens must show the same, in the same colours, with the cursor at the same place.
 */
import { assertEquals } from "@std/assert";
import { type AtTerminal, atTerminal, whyNoPty } from "../support/pty.ts";
import type { Screen } from "../support/screen.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { redisCli, whyNoRedisCli } from "../support/redis_cli.ts";
import type { ServerProcess } from "../support/server_process.ts";

const root = new URL("../../", import.meta.url).pathname;
const OURS: readonly [string, ...string[]] = [
  ...[
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-check",
    "--no-prompt",
    "--allow-all",
    "--config",
    `${root}deno.json`,
  ],
  ...[`${root}main.ts`, "cli"],
] as [string, ...string[]];

const LEFT = "\x1b[D";
const UP = "\x1b[A";
const DOWN = "\x1b[B";
const A = "\x01";
const B = "\x02";
const C = "\x03";
const D = "\x04";
const E = "\x05";
const F = "\x06";
const K = "\x0b";
const L = "\x0c";
const N = "\x0e";
const P = "\x10";
const T = "\x14";
const U = "\x15";
const W = "\x17";
const ENTER = "\r";

/**
 * Keys, and what they lead to and do not pass through: what stands before the cursor when they have been dealt with: `$` is the prompt, and what follows it the line; ""
 * an empty row, with something printed above; `~` an empty row below what follows it; anything else the end of what stands
 * there.
 */
type Step = readonly [keys: string, before: string];

const why = whyNoRealServer() ?? whyNoRedisCli() ?? whyNoPty();
if (why) console.log(`${why}: redeno cli at a terminal is compared with nothing`);

interface Session {
  readonly name: string;
  readonly args?: readonly string[];
  readonly steps: readonly Step[];
  /** Keys that end the program. */
  readonly last?: string;
}

const SESSIONS: readonly Session[] = [
  {
    name: "lines are edited, and Ctrl-C ends",
    steps: [
      [`ping${ENTER}`, "$"],
      ["get  foo", "$get  foo"],
      [LEFT + LEFT + "X", "$get  fX"],
      [A + "Y", "$Y"],
      [E + "Z", "$Yget  fXooZ"],
      [LEFT + T, "$Yget  fXoZ"],
      [B + B + F, "$Yget  fXo"],
      [K + "!", "$Yget  fXo!"],
      [W, "$Yget  "],
      ["\x7f\x7f", "$Yget"],
      [A, "$"],
      [D + E + " bytes", "$get bytes"],
      [U, "$"],
      [`set k${ENTER}`, "$"],
      [UP, "$set k"],
      [UP, "$ping"],
      [UP, "$ping"],
      [DOWN + " v", "$set k v"],
      [P + N, "$set k v"],
      [ENTER, "$"],
      ["get k", "$get k"],
      [L + "!", "$get k!"],
      ["\x1b[H\x1b[3~s\x1b[F", "$set k!"],
      [U + ENTER, "$"],
      ["get" + "x".repeat(100) + "y", "xy"],
      [A + "z", "$z"],
      [E + LEFT + "w", "xw"],
      [U + "q", "$q"],
    ],
    last: C,
  },
  {
    name: "replies are laid out, and quit ends",
    steps: [
      [`ping${ENTER}`, "$"],
      [`nosuch "a b"${ENTER}`, "$"],
      [`set "open${ENTER}`, "$"],
      [ENTER, "$"],
      [`rpush l a b c${ENTER}`, "$"],
      [`lrange l 0 -1${ENTER}`, "$"],
      [`3 llen l${ENTER}`, "$"],
      [`0 llen l${ENTER}`, "$"],
      [`:set nohints${ENTER}`, "$"],
      [`get`, "$get"],
      [`${U}:set hints${ENTER}`, "$"],
      [`get`, "$get"],
      [`${U}:what${ENTER}`, "$"],
      [`restart${ENTER}`, "$"],
      [`info modules${ENTER}`, "$"],
      [`clear${ENTER}`, "$"],
      [`help nosuch${ENTER}`, "$"],
    ],
    last: `quit${ENTER}`,
  },
  {
    name: "hints tell what may follow, and Ctrl-D ends",
    steps: [
      [`ping${ENTER}`, "$"],
      ["get", "$get"],
      [" ", "$get "],
      ["k", "$get k"],
      [`${U}expire k`, "$expire k"],
      [`${U}lrange `, "$lrange "],
      ["l 0 ", "$lrange l 0 "],
      [`${U}config get`, "$config get"],
      [`${U}mset a`, "$mset a"],
      [`${U}PSETE\t`, "$PSETEX"],
      [`${U}psetex k 1 v`, "$psetex k 1 v"],
      [A, "$"],
      [K + "x", "$x"],
      [U, "$"],
    ],
    last: D,
  },
  {
    name: "the prompt tells of databases and transactions, and Ctrl-C ends a command with the program",
    steps: [
      [`select 3${ENTER}`, "$"],
      [`multi${ENTER}`, "$"],
      [`select 2${ENTER}`, "$"],
      [`nosuch${ENTER}`, "$"],
      [`exec${ENTER}`, "$"],
      [`multi${ENTER}`, "$"],
      [`set k v${ENTER}`, "$"],
      [`discard${ENTER}`, "$"],
      [`reset${ENTER}`, "$"],
      [`select 5${ENTER}`, "$"],
      [`client kill type normal skipme no${ENTER}`, "$"],
      [`ping${ENTER}`, "$"],
      [`ping${ENTER}`, "$"],
      [`blpop q 0${ENTER}`, ""],
    ],
    last: C,
  },
  {
    name: "messages are shown until Ctrl-C",
    steps: [
      [`subscribe a b${ENTER}`, "~(integer) 2"],
      [C, "$"],
      [`monitor${ENTER}`, "~OK"],
      [C, "$"],
      [`psubscribe${ENTER}`, "$"],
      [`hello 3 nonsense${ENTER}`, "$"],
      [`ping${ENTER}`, "$"],
    ],
  },
  {
    name: "RESP3 tells of keys that changed",
    args: ["-3"],
    steps: [
      [`client tracking on${ENTER}`, "$"],
      [`mget k l${ENTER}`, "$"],
      [`mset k 1 l 2${ENTER}`, "$"],
      [`ping${ENTER}`, "$"],
      [`get k${ENTER}`, "$"],
      [`flushall${ENTER}`, "$"],
      [`hgetall nosuch${ENTER}`, "$"],
      [`subscribe a${ENTER}`, "~(integer) 1"],
      [C, "$"],
    ],
  },
];

/**
 * How long an answer took, which is told where that is half a second or more; and the echo of Ctrl-C, which is then not in the
 * line of the prompt and stays.
 */
const TAKEN = /^\(\d+\.\d\ds\)\n|^\^C(\(\d+\.\d\ds\)\n)?/gm;
const PROMPT = /^(\^C)?(\(\d+\.\d\ds\))?(not connected|redis \S+?(\[\d+\])?(\(TX\))?)> $/;

/** Whether the cursor is where a step leaves it. @param fed lines that were begun before */
function isDone(screen: Screen, [keys, before]: Step, fed: number): boolean {
  const line = screen.beforeCursor;
  if (keys.endsWith(ENTER) && screen.lineFeeds === fed) return false;
  if (before === "") return screen.lineFeeds > fed && screen.column === 0;
  if (before.startsWith("~")) return screen.text().endsWith(before.slice(1));
  // The line is drawn before the hint.
  if (before !== "$" && !screen.isPlaced) return false;
  if (!before.startsWith("$")) return line.endsWith(before);
  const at = line.indexOf("> ") + 2;
  return at > 1 && PROMPT.test(line.slice(0, at)) && line.slice(at) === before.slice(1);
}

/** What the screen shows after each step. */
async function screensOf(program: AtTerminal, { steps, last }: Session): Promise<string[]> {
  const screens: string[] = [];
  const { screen } = program;
  await program.until("a prompt", ({ beforeCursor }) => PROMPT.test(beforeCursor));
  for (const step of steps) {
    const fed = screen.lineFeeds;
    await program.press(step[0]);
    await program.until(JSON.stringify(step), () => isDone(screen, step, fed));
    screens.push(`${JSON.stringify(step[0])}\n${screen.styledText("\u258f").replace(TAKEN, "")}`);
  }
  if (last === undefined) return screens;
  await program.press(last);
  return [...screens, `ended with ${await program.code}`];
}

for (const session of SESSIONS) {
  Deno.test({
    name: `at a terminal, ${session.name} as in redis-cli`,
    ignore: why !== undefined,
    async fn() {
      await using server = await startRealServer();
      const screens: string[][] = [];
      for (const command of [OURS, [redisCli] as const]) {
        {
          using client = await server.connect();
          await client.flushAll();
        }
        const all = [...command, "-s", socketOf(server), ...session.args ?? []] as [string, ...string[]];
        await using program = atTerminal(all, {
          REDISCLI_HISTFILE: `${server.directory}/history${screens.length}`,
          REDISCLI_RCFILE: "/dev/null",
        });
        screens.push(await screensOf(program, session));
      }
      assertEquals(screens[0], screens[1]);
    },
  });
}

function socketOf(server: ServerProcess): string {
  if (!("path" in server.address)) throw new Error("the server has no socket");
  return server.address.path;
}
