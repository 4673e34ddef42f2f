/**
 * The first line of a script: `#!lua flags=no-writes,allow-oom` declares what the script may do. A script without such
 * a line may do anything, and what it does is checked when it does it.
 */
import { Args } from "../args.ts";
import { ReplyError } from "../errors.ts";
import { ProtocolError, RequestParser } from "../resp/parser.ts";

/** What a script declares, as bits. */
export const ScriptFlag = {
  noWrites: 1,
  allowOom: 2,
  allowStale: 4,
  noCluster: 8,
  allowCrossSlotKeys: 16,
} as const;

const FLAGS: Readonly<Record<string, number>> = {
  "no-writes": ScriptFlag.noWrites,
  "allow-oom": ScriptFlag.allowOom,
  "allow-stale": ScriptFlag.allowStale,
  "no-cluster": ScriptFlag.noCluster,
  "allow-cross-slot-keys": ScriptFlag.allowCrossSlotKeys,
};

const HASH = 0x23;
const BANG = 0x21;
const LF = 0x0a;
const FLAGS_OPTION = "flags=";

export interface ScriptHeader {
  /** Whether there is such a line. */
  readonly isDeclared: boolean;
  /** {@link ScriptFlag} bits. */
  readonly flags: number;
  /** Where the program begins: at the end of the line, so that lines are counted from the script's first. */
  readonly bodyStart: number;
}

const NO_HEADER: ScriptHeader = { isDeclared: false, flags: 0, bodyStart: 0 };

/** @throws ReplyError when there is such a line and it is wrong */
export function readHeader(source: Uint8Array): ScriptHeader {
  if (source[0] !== HASH || source[1] !== BANG) return NO_HEADER;
  const end = source.indexOf(LF);
  if (end < 0) throw new ReplyError("ERR Invalid script shebang");
  const [engine, ...options] = splitLine(source.subarray(0, end + 1));
  if (engine !== "#!lua") throw new ReplyError(`ERR Unexpected engine in script shebang: ${engine}`);
  let flags = 0;
  for (const option of options) {
    if (!option.startsWith(FLAGS_OPTION)) throw new ReplyError(`ERR Unknown lua shebang option: ${option}`);
    const names = option.slice(FLAGS_OPTION.length);
    if (names === "") continue;
    for (const name of names.split(",")) {
      if (!Object.hasOwn(FLAGS, name)) throw new ReplyError(`ERR Unexpected flag in script shebang: ${name}`);
      flags |= FLAGS[name]!;
    }
  }
  return { isDeclared: true, flags, bodyStart: end };
}

/** The words of a line, quotes as in inline requests. */
function splitLine(line: Uint8Array): string[] {
  const args = new Args();
  try {
    new RequestParser().next(line, line.length, args);
  } catch (error) {
    if (error instanceof ProtocolError) throw new ReplyError("ERR Invalid engine in script shebang");
    throw error;
  }
  return Array.from({ length: args.count }, (_, i) => args.shown(i));
}
