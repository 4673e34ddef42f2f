/**
 * Virtual memory is invisible: a server whose values are nearly all in the swap file answers random commands of all types as
 * one without it does, holds the same data, saves it, and finds it again.
 */
import { assert, assertEquals } from "@std/assert";
import { Attention } from "../../src/dispatch.ts";
import { RdbType } from "../../src/store/rdb/collection_rdb.ts";
import { RDB_VERSION } from "../../src/store/rdb/rdb_value.ts";
import { Slice } from "../../src/sys/bytes.ts";
import { ManualClock } from "../../src/sys/clock.ts";
import { MemoryDisk } from "../../src/sys/memory_disk.ts";
import { type FakeClient, type InProcess, serverInProcess, settle } from "../support/in_process.ts";
import { parseReplies } from "../support/resp_value.ts";
import { encodeCommands } from "../support/resp_client.ts";
import { escapeBytes, fromLatin1, joinArgs, latin1 } from "../support/split_args.ts";
import type { Answer } from "../compat/comparisons.ts";
import { groups } from "./grammar.ts";
import { QueuedComparisons } from "./queued.ts";
import { freshSeed, Random } from "./random.ts";
import { type RandomCommand, randomSequence } from "./sequence.ts";

const GROUPS = ["string", "hash", "list", "set", "sorted-set", "stream", "bitmap", "generic", "sorting"];
const TYPED = ["string", "hash", "list", "set", "sorted-set", "stream"];
const FAMILIES = 2;
/** Turns of the event loop after which nobody answers any more. */
const TURNS_MAX = 3000;
const ROUNDS = Deno.env.get("ACCURATE") === "1" ? 20 : 3;
const BATCHES = 30;
const BATCH_COMMANDS = 24;
const SETTINGS =
  'save ""\nenable-debug-command yes\nhash-max-listpack-entries 6\nlist-max-listpack-size 4\nset-max-intset-entries 6\n' +
  "zset-max-listpack-entries 6\nlist-compress-depth 1\nstream-node-max-entries 4\nappendonly yes\nappendfsync no\n";

function vmSettings(random: Random): string {
  return "vm-enabled yes\nvm-max-memory 0\nvm-swap-file /swap\n" +
    `vm-page-size ${random.pick(["8", "32", "100"])}\nvm-pages ${random.pick(["0", "600"])}\n` +
    `vm-max-threads ${random.pick(["0", "1", "4"])}\n`;
}

let markers = 0;

/** Sends commands at once, and waits for the answers to all of them. */
async function answers(client: FakeClient, commands: readonly (readonly Uint8Array[])[]): Promise<Answer[]> {
  const marker = `the end ${++markers}`;
  client.socket.send(encodeCommands([...commands, [fromLatin1("ECHO"), fromLatin1(marker)]]));
  const end = `$${marker.length}\r\n${marker}\r\n`;
  for (let turns = 0; !client.socket.received.endsWith(end); turns++) {
    if (turns === TURNS_MAX) throw new Error(`no answer behind ${client.socket.received.slice(-500)}`);
    await settle();
  }
  const replies = parseReplies(fromLatin1(client.socket.take().slice(0, -end.length)));
  return replies.map(({ bytes, value }) => ({ bytes, values: [value], closed: false }));
}

/** Keys of some families of each type, so that commands meet values of theirs. */
function commands(random: Random, payloads: readonly Uint8Array[]): RandomCommand[] {
  const all = GROUPS.flatMap((name) =>
    randomSequence(random.uint32(), BATCH_COMMANDS / 8, groups[name]!, payloads).map((command) => {
      const family = `${TYPED.includes(name) ? name : random.pick(TYPED)}.${random.between(1, FAMILIES)}`;
      const args = command.args.map((word, i) =>
        i > 0 && /^(k[0-5]|lex2?)$/.test(latin1(word)) ? fromLatin1(`${latin1(word)}.${family}`) : word
      );
      return { ...command, args };
    })
  );
  return random.shuffled(all);
}

async function text(client: FakeClient, line: string): Promise<string> {
  return (await answers(client, [line.split(" ").map(fromLatin1)])).map(({ bytes }) => latin1(bytes)).join();
}

/** Lets values grow old and go, in part or all of them. */
async function swapOut({ server, clock }: InProcess, plain: InProcess, random: Random): Promise<void> {
  const ms = random.pick([0, 10, 1000, 3000]);
  for (const each of [clock, plain.clock]) each.advance(ms);
  server.keyspace.tick(clock.now());
  plain.server.keyspace.tick(plain.clock.now());
  server.tickVirtualMemory();
  for (let i = random.between(0, 3); i > 0; i--) await settle();
  if (random.oneIn(3)) server.keyspace.freeSome(() => true);
  // Most values are too small to be worth it; DEBUG SWAPOUT takes them all the same.
  if (random.oneIn(3)) return;
  for (const db of server.keyspace.databases) {
    const keys: Slice[] = [];
    db.forEach((ref) => void (random.oneIn(4) || keys.push(new Slice(db.keyOf(ref).copy()))));
    for (const key of keys) server.virtualMemory!.swapOut(db, db.findDeadOrAlive(key));
  }
  const { virtualMemory, dispatcher } = server;
  if (virtualMemory!.swapped > 0) assert((dispatcher.attention & Attention.swapped) !== 0);
}

/** Waits until nothing is saved in the background. */
async function rewritten(client: FakeClient): Promise<void> {
  while (/_in_progress:1/.test(await text(client, "INFO persistence"))) await settle();
}

/** A server that has loaded what is on the disk. */
async function started(settings: string, disk: MemoryDisk, clock: ManualClock): Promise<InProcess> {
  const made = serverInProcess(settings, { disk, clock });
  await made.server.load();
  return made;
}

/** The process dies; another one finds what it left behind, a swap file too. */
async function restarted({ server, disk, clock }: InProcess, settings: string): Promise<InProcess> {
  const left = disk.kill();
  server.shutdown({ save: "no", force: true });
  return await started(settings, left, clock);
}

/** A payload of DUMP whose fields are in an order of the server's own: they were in a dict before they were loaded. */
function isPackedHash({ values: [value] }: Answer): boolean {
  return value?.kind === "bulk" && value.bytes[0] === RdbType.hashListpack &&
    value.bytes.at(-10) === RDB_VERSION;
}

/** Both hold the same, and the books are right. */
async function compareStates(
  vm: InProcess,
  client: FakeClient,
  plain: FakeClient,
  about: string,
): Promise<void> {
  assertEquals(await text(client, "DEBUG DIGEST"), await text(plain, "DEBUG DIGEST"), about);
  const { virtualMemory, keyspace } = vm.server;
  let swapped = 0;
  for (const db of keyspace.databases) db.forEach((ref) => swapped += db.isSwapped(ref) ? 1 : 0);
  // Dead keys that nobody has met are not walked over.
  assert(swapped <= virtualMemory!.swapped, about);
}

Deno.test("a server with nearly all values in the swap file answers as one without it", async () => {
  const seed = Number(Deno.env.get("SEED") ?? freshSeed());
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const seen = { swappedIn: 0, readsAtOnce: 0, cancelled: 0 };
  const count = ({ server }: InProcess) => {
    const { swappedIn, readsAtOnce, cancelled } = server.virtualMemory!.statistics;
    seen.swappedIn += swappedIn;
    seen.readsAtOnce += readsAtOnce;
    seen.cancelled += cancelled;
  };
  for (let round = 0; round < ROUNDS; round++) {
    const settings = `${SETTINGS}aof-use-rdb-preamble ${random.pick(["yes", "no"])}\n`;
    const vmLines = vmSettings(random);
    let vm = await started(settings + vmLines, new MemoryDisk(), new ManualClock());
    let plain = await started(settings, new MemoryDisk(), new ManualClock());
    let [client, plainClient] = [vm.connect(), plain.connect()];
    const ran: string[] = [];
    for (let batch = 0; batch < BATCHES; batch++) {
      const all = commands(random, [fromLatin1("no payload")]);
      const ours = await answers(client, all.map(({ args }) => args));
      const theirs = await answers(plainClient, all.map(({ args }) => args));
      const queue = new QueuedComparisons();
      for (const [i, { args, comparison }] of all.entries()) {
        ran.push(joinArgs(args));
        const fair = queue.next(comparison, theirs[i]!);
        const [a, b] = [ours[i]!, theirs[i]!];
        if (isPackedHash(a) && isPackedHash(b)) continue;
        if (latin1(a.bytes) === latin1(b.bytes) || fair.agree(fair.reduce(b), fair.reduce(a))) continue;
        const about = `seed ${seed}, round ${round}: ${joinArgs(args)}\n${vmLines}`;
        assertEquals(escapeBytes(a.bytes), escapeBytes(b.bytes), about);
      }
      await swapOut(vm, plain, random);
      const about = `seed ${seed}, round ${round}, batch ${batch}\n${vmLines}\n${ran.slice(-100).join("\n")}`;
      if (random.oneIn(3)) {
        const line = random.pick(["SAVE", "BGREWRITEAOF", "DEBUG RELOAD", "DEBUG LOADAOF"]);
        // An earlier rewrite may be under way still, in one of them, which would be refused another one.
        for (const each of [client, plainClient]) await rewritten(each);
        assertEquals(await text(client, line), await text(plainClient, line), line);
      }
      await compareStates(vm, client, plainClient, about);
      if (!random.oneIn(5)) continue;
      count(vm);
      vm = await restarted(vm, settings + vmLines);
      plain = await restarted(plain, settings);
      [client, plainClient] = [vm.connect(), plain.connect()];
      await compareStates(vm, client, plainClient, `after a restart: ${about}`);
    }
    count(vm);
    await text(client, "FLUSHALL");
    vm.server.keyspace.freeSome(() => true);
    for (let i = 0; i < 5; i++) await settle();
    assertEquals(vm.server.virtualMemory!.swapped, 0);
    assertEquals(vm.server.virtualMemory!.map.used, 0, "no page is lost");
    vm.server.shutdown({ save: "no", force: true });
    plain.server.shutdown({ save: "no", force: true });
  }
  console.log(seen);
  assert(seen.swappedIn > 150, `only ${seen.swappedIn} values came in`);
});
