/**
 * SAVE, BGREWRITEAOF, the sizes of their files and the time to load them, with hashes and with strings.
 *
 * A load is timed from the start of the process to the first PONG, which is what a restart costs. The files come from
 * the system's cache then, for both servers.
 */
import type { ServerProcess } from "../../test/support/server_process.ts";
import { ask, infoFields, PATIENCE_MS, untilZero } from "./asking.ts";
import { comparison, type Figure, type PersistenceOptions } from "./comparison.ts";
import { bulk, keyName, loadCommands } from "./loader.ts";
import { inTurns, portOf, type Rival } from "./rivals.ts";
import { megabytes, short } from "./table.ts";

interface Data {
  readonly what: string;
  /** Bytes of each reply to a command. */
  readonly replyBytes: number;
  readonly command: (index: number) => string;
}

/** Seconds and bytes. */
interface Aof {
  readonly rewrite: number;
  readonly bytes: number;
  readonly load: number;
}

interface Sample {
  readonly save: number;
  readonly bytes: number;
  readonly load: number;
  /** By the value of aof-use-rdb-preamble. */
  readonly aof: Readonly<Record<Preamble, Aof>>;
}

type Preamble = "yes" | "no";

const FIELDS = 16;
const FIELD_NAMES = Array.from({ length: FIELDS }, (_, i) => bulk(`field:${String(i).padStart(2, "0")}`));
const TEXT_BYTES = 64;
const POLL_MS = 5;
/** The end of a child process is seen at the next tick; at the usual 10 a second that would be 50 ms of noise. */
const TICKS = ["--hz", "100"];
const encoder = new TextEncoder();

/** Values look random and are the same in each run. */
function mix(index: number): number {
  let mixed = Math.imul(index ^ (index >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

const WORDS = Array.from({ length: 4096 }, (_, i) => mix(i + 1).toString(36));

function hashCommand(index: number): string {
  let text = `*${2 + 2 * FIELDS}\r\n$4\r\nHSET\r\n$16\r\n${keyName(index)}\r\n`;
  for (let field = 0; field < FIELDS; field++) {
    const chance = mix(index * FIELDS + field);
    text += FIELD_NAMES[field]! + bulk(field % 2 === 0 ? String(chance % 1_000_000) : WORDS[chance % 4096]!);
  }
  return text;
}

function stringCommand(index: number): string {
  let value = "";
  for (let part = 0; value.length < TEXT_BYTES; part++) value += WORDS[mix(index * 16 + part) % 4096] + " ";
  return `*3\r\n$3\r\nSET\r\n$16\r\n${keyName(index)}\r\n${bulk(value.slice(0, TEXT_BYTES))}`;
}

const DATA: readonly Data[] = [
  {
    what: `hashes of ${FIELDS} fields (numbers and words)`,
    replyBytes: ":16\r\n".length,
    command: hashCommand,
  },
  { what: `strings of ${TEXT_BYTES} bytes (words)`, replyBytes: "+OK\r\n".length, command: stringCommand },
];

/** Measures, and gives the report as Markdown. */
export async function files({ rounds, keys, rivals }: PersistenceOptions): Promise<string> {
  const reports: string[] = [];
  for (const data of DATA) {
    const results = await inTurns(rounds, (rival) => {
      console.error(`${rival.name}: files of ${short(keys)} ${data.what}`);
      return withFolder((folder) => filesOf(rival, data, keys, folder));
    }, rivals);
    const title = `${short(keys)} ${data.what}, medians of ${rounds} round${rounds === 1 ? "" : "s"}:`;
    reports.push(`${title}\n\n${comparison(results, FIGURES)}`);
  }
  return reports.join("\n\n");
}

function seconds(value: number): string {
  return `${value.toFixed(3)} s`;
}

function aofFigures(preamble: Preamble): Figure<Sample>[] {
  const kind = preamble === "yes" ? "AOF with RDB preamble" : "AOF of commands";
  return [
    { what: `BGREWRITEAOF, ${kind}`, of: ({ aof }) => aof[preamble].rewrite, show: seconds },
    { what: `size of the ${kind}`, of: ({ aof }) => aof[preamble].bytes, show: megabytes },
    { what: `start with the ${kind}`, of: ({ aof }) => aof[preamble].load, show: seconds },
  ];
}

const FIGURES: readonly Figure<Sample>[] = [
  { what: "SAVE", of: ({ save }) => save, show: seconds },
  { what: "size of the RDB", of: ({ bytes }) => bytes, show: megabytes },
  { what: "start with the RDB", of: ({ load }) => load, show: seconds },
  ...aofFigures("yes"),
  ...aofFigures("no"),
];

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "redeno-bench-" });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function filesOf(rival: Rival, data: Data, keys: number, folder: string): Promise<Sample> {
  const written = await writeFiles(rival, data, keys, folder);
  return {
    ...written,
    load: await timeToLoad(rival, ["--dir", folder], keys),
    aof: {
      yes: { ...written.aof.yes, load: await timeToLoad(rival, appendOnlyArgs(`${folder}/yes`), keys) },
      no: { ...written.aof.no, load: await timeToLoad(rival, appendOnlyArgs(`${folder}/no`), keys) },
    },
  };
}

function appendOnlyArgs(folder: string): string[] {
  return ["--dir", folder, "--appendonly", "yes"];
}

/** Leaves `dump.rdb` in the folder, and an append-only file of each kind in the folders `yes` and `no` in it. */
async function writeFiles(rival: Rival, data: Data, keys: number, folder: string) {
  await using server = await rival.start(["--dir", folder, ...TICKS]);
  const commands = (from: number, count: number) => {
    let text = "";
    for (let i = from; i < from + count; i++) text += data.command(i);
    return encoder.encode(text);
  };
  await loadCommands({ port: portOf(server), keys, pipeline: 500, ahead: 1 }, data.replyBytes, commands);
  using client = await server.connect();
  const started = performance.now();
  await ask(client, "SAVE");
  const save = (performance.now() - started) / 1000;
  const { size: bytes } = await Deno.stat(`${folder}/dump.rdb`);
  return {
    save,
    bytes,
    aof: { yes: await rewrite(server, folder, "yes"), no: await rewrite(server, folder, "no") },
  };
}

async function rewrite(
  server: ServerProcess,
  folder: string,
  preamble: Preamble,
): Promise<Omit<Aof, "load">> {
  using client = await server.connect();
  await ask(client, "CONFIG", "SET", "aof-use-rdb-preamble", preamble);
  // Switching it on is a rewrite too; what is timed is the one after it.
  await ask(client, "CONFIG", "SET", "appendonly", "yes");
  await untilRewritten(server);
  const started = performance.now();
  await ask(client, "BGREWRITEAOF");
  await untilRewritten(server);
  const taken = (performance.now() - started) / 1000;
  await Deno.mkdir(`${folder}/${preamble}/appendonlydir`, { recursive: true });
  let bytes = 0;
  for await (const { name } of Deno.readDir(`${folder}/appendonlydir`)) {
    const copy = `${folder}/${preamble}/appendonlydir/${name}`;
    await Deno.copyFile(`${folder}/appendonlydir/${name}`, copy);
    bytes += (await Deno.stat(copy)).size;
  }
  return { rewrite: taken, bytes };
}

async function untilRewritten(server: ServerProcess): Promise<void> {
  using client = await server.connect();
  const names = ["aof_rewrite_in_progress", "aof_rewrite_scheduled"];
  const fields = await untilZero(client, "persistence", names, POLL_MS);
  const status = fields.get("aof_last_bgrewrite_status");
  if (status !== "ok") throw new Error(`${server.name}: the rewrite ended with ${status}\n${server.log()}`);
}

async function timeToLoad(rival: Rival, args: readonly string[], keys: number): Promise<number> {
  await using server = await rival.start([...args, ...TICKS], PATIENCE_MS);
  using client = await server.connect();
  const loading = (await infoFields(client, "persistence")).get("loading");
  const size = Number(await ask(client, "DBSIZE"));
  if (loading !== "0" || size !== keys) {
    throw new Error(`${server.name} has loaded ${size} keys of ${keys}\n${server.log()}`);
  }
  return server.startedInMs / 1000;
}
