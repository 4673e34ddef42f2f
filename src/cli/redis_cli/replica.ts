/** `--replica`: prints the commands that a server tells its replicas, as comma-separated values. */
import { SessionError } from "../byte_stream.ts";
import { formatReply } from "../format_reply.ts";
import { encodeRequest, type NetworkSession } from "../network_session.ts";
import { ReplyReader } from "../reply_value.ts";
import type { Terminal } from "../terminal.ts";
import type { ModeContext } from "./modes.ts";
import { bytesText, Progress } from "../progress.ts";
import { MARK_BYTES, sendReplconf, SyncStream } from "./sync_stream.ts";

const CHUNK_BYTES = 64 << 10;
const ACKNOWLEDGE_MS = 250;

/** Runs the mode, which ends with the connection. */
export async function showReplication({ world, open }: ModeContext): Promise<number> {
  using session = await open();
  const tell = (line: string) => world.terminal.printError(`${line}\n`);
  await sendReplconf(session, "capa", "eof", tell);
  // No data is wanted, if the server can leave it out.
  await sendReplconf(session, "rdb-filter-only", "", tell);
  return await followCommands(session, world.terminal, world.showsProgress);
}

/** Asks for everything and prints the commands; does not end but by an error. @throws SessionError */
export async function followCommands(
  session: NetworkSession,
  terminal: Terminal,
  showsProgress: boolean,
): Promise<never> {
  const tell = (line: string) => terminal.printError(`${line}\n`);
  const stream = new SyncStream(session);
  const { length } = await stream.begin();
  const what = length === undefined
    ? "bytes of bulk transfer until EOF marker"
    : `${length} bytes of bulk transfer`;
  tell(`SYNC with master, discarding ${what}...`);
  let bytes = 0;
  {
    using progress = new Progress(terminal, showsProgress, {
      label: "Discarded",
      unit: bytesText,
      ...length === undefined ? {} : { total: length },
    });
    for await (const piece of stream.snapshot()) progress.show(bytes += piece.length);
  }
  if (length !== undefined) {
    tell("SYNC done. Logging commands from master.");
    return await printCommands(session, stream.rest, terminal);
  }
  // The mark counts.
  tell(`SYNC done after ${bytes + MARK_BYTES} bytes. Logging commands from master.`);
  tell("sending REPLCONF ACK 0");
  using acknowledging = new Acknowledging(session);
  return await printCommands(session, stream.rest, terminal, () => acknowledging[Symbol.dispose]());
}

/** Tells the server that its snapshot has come, again and again: it does not hear it until its own process has ended. */
class Acknowledging implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(session: NetworkSession) {
    const send = () => {
      // That the connection is lost is noticed by whoever reads.
      session.write(encodeRequest(["REPLCONF", "ACK", "0"])).catch(() => {});
    };
    send();
    this.#timer = setInterval(send, ACKNOWLEDGE_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Prints what comes. @param onFirst is told when something does @throws SessionError at the end */
async function printCommands(
  session: NetworkSession,
  begun: Uint8Array,
  terminal: Terminal,
  onFirst: () => void = () => {},
): Promise<never> {
  const reader = new ReplyReader();
  reader.feed(begun);
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    for (let command = reader.next(); command !== undefined; command = reader.next()) {
      terminal.print(formatReply(command, { format: "csv" }));
    }
    const count = await session.read(chunk);
    if (count === null) throw new SessionError("Error: Server closed the connection");
    onFirst();
    reader.feed(chunk.subarray(0, count));
  }
}
