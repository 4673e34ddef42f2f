/** `--replica`: prints the commands that a server tells its replicas, as comma-separated values. */
import { SessionError } from "../byte_stream.ts";
import { formatReply } from "../format_reply.ts";
import { encodeRequest, type NetworkSession } from "../network_session.ts";
import { ReplyReader } from "../reply_value.ts";
import type { Terminal } from "../terminal.ts";
import type { ModeContext } from "./modes.ts";
import { bytesText, Progress } from "./progress.ts";
import { sendReplconf, SyncStream } from "./sync_stream.ts";

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
  tell(`SYNC done${length === undefined ? ` after ${bytes} bytes` : ""}. Logging commands from master.`);
  if (length === undefined) {
    tell("sending REPLCONF ACK 0");
    await session.write(encodeRequest(["REPLCONF", "ACK", "0"]));
  }
  const reader = new ReplyReader();
  reader.feed(stream.rest);
  const chunk = new Uint8Array(64 << 10);
  for (;;) {
    for (let command = reader.next(); command !== undefined; command = reader.next()) {
      terminal.print(formatReply(command, { format: "csv" }));
    }
    const count = await session.read(chunk);
    if (count === null) throw new SessionError("Error: Server closed the connection");
    reader.feed(chunk.subarray(0, count));
  }
}
