/** `--stat`: what the server is busy with, a line each second. */
import { SessionError } from "../byte_stream.ts";
import { LastingSession } from "./lasting_session.ts";
import type { ModeContext } from "./modes.ts";
import { pause } from "./pausing.ts";

/** Lines between two headings. */
const LINES_BETWEEN_HEADINGS = 20;
const INTERVAL_MS = 1000;

const HEADING = "------- data ------ --------------------- load -------------------- - child -\n" +
  "keys       mem      clients blocked requests            connections          \n";

/** Runs the mode, which does not end. */
export async function showStatistics(context: ModeContext): Promise<number> {
  const { settings, world } = context;
  using session = await LastingSession.open(context);
  let requests: number | undefined;
  for (let line = 0;; line++) {
    const reply = await session.send(["INFO"]);
    if (reply.kind === "error") throw new SessionError(`ERROR: ${reply.text}`);
    const info = new Info("text" in reply ? reply.text : "");
    if (line % LINES_BETWEEN_HEADINGS === 0) world.terminal.print(HEADING);
    const now = info.number("total_commands_processed");
    world.terminal.print(`${statisticsLine(info, now - (requests ?? now))}\n`);
    requests = now;
    await pause(settings.intervalMs || INTERVAL_MS);
  }
}

/** What INFO answers, by the names of its fields. */
export class Info {
  readonly #fields: ReadonlyMap<string, string>;

  constructor(text: string) {
    this.#fields = new Map(
      text.split("\r\n").filter((line) => line.includes(":")).map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1)];
      }),
    );
  }

  /** 0 for a field that is missing. */
  number(name: string): number {
    return Number(this.#fields.get(name) ?? 0) || 0;
  }

  /** The keys of all databases together. */
  get keys(): number {
    let keys = 0;
    for (const [name, value] of this.#fields) {
      if (/^db\d+$/.test(name)) keys += Number(/keys=(\d+)/.exec(value)?.[1] ?? 0);
    }
    return keys;
  }

  /** What the server does beside serving. */
  get child(): string {
    const saves = this.number("rdb_bgsave_in_progress") || this.number("bgsave_in_progress");
    const rewrites = this.number("aof_rewrite_in_progress");
    if (this.number("loading") !== 0) return "LOAD";
    return saves && rewrites ? "SAVE+AOF" : saves ? "SAVE" : rewrites ? "AOF" : "";
  }
}

/** @param more requests since the last line, this one included */
export function statisticsLine(info: Info, more: number): string {
  const columns: readonly (readonly [text: string, width: number])[] = [
    [String(info.keys), 11],
    [memoryText(info.number("used_memory")), 9],
    [String(info.number("connected_clients")), 8],
    [String(info.number("blocked_clients")), 8],
    [`${info.number("total_commands_processed")} (+${more})`, 19],
    [` ${info.number("total_connections_received")}`, 13],
  ];
  return columns.map(([text, width]) => text.padEnd(width)).join("") + info.child;
}

/** Bytes with a unit of two to the tenth, as `3.02M`. */
export function memoryText(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  const units = ["K", "M", "G", "T", "P"];
  let amount = bytes / 1024;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return amount.toFixed(2) + units[unit];
}
