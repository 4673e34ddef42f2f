/** `--rdb` and `--functions-rdb`: fetches a server's data, or its functions only, as an RDB file, as a replica would. */
import { latin1Text } from "../../sys/bytes.ts";
import { standardStreamOf } from "../../sys/system_files.ts";
import { reasonOf, SessionError } from "../byte_stream.ts";
import { shown } from "../terminal.ts";
import { type ModeContext, shownPath } from "./modes.ts";
import { bytesText, Progress } from "../progress.ts";
import { sendReplconf, SyncStream } from "./sync_stream.ts";

/** Runs the mode; the exit code. @param path `-`: standard output */
export async function fetchRdb(
  { world, open }: ModeContext,
  path: string,
  isOfFunctions: boolean,
): Promise<number> {
  using session = await open();
  const { terminal } = world;
  const tell = (line: string) => terminal.printError(`${line}\n`);
  await sendReplconf(session, "capa", "eof", tell);
  await sendReplconf(session, "rdb-only", "1", tell);
  if (isOfFunctions && !await sendReplconf(session, "rdb-filter-only", "functions", tell)) {
    throw new SessionError("Failed requesting functions only RDB from server, aborting");
  }
  const stream = new SyncStream(session);
  const { length } = await stream.begin();
  const what = length === undefined ? "bytes of bulk transfer until EOF marker" : `${length} bytes`;
  tell(`SYNC sent to master, writing ${what} to '${shownPath(path)}'`);
  using progress = new Progress(terminal, world.showsProgress, {
    label: "Received",
    unit: bytesText,
    ...length === undefined ? {} : { total: length },
  });
  let bytes = 0;
  using target = path === "-" || standardStreamOf(path) === "stdout"
    ? standardOutput(terminal)
    : new TargetFile(path);
  for await (const piece of stream.snapshot()) {
    target.write(piece);
    bytes += piece.length;
    progress.show(bytes);
  }
  target.complete();
  progress.hide();
  tell(`Transfer finished with success${length === undefined ? ` after ${bytes} bytes` : "."}`);
  return 0;
}

interface Target extends Disposable {
  write(piece: Uint8Array): void;
  /** Everything has been written. */
  complete(): void;
}

function standardOutput(terminal: ModeContext["world"]["terminal"]): Target {
  return {
    write: (piece) => terminal.print(latin1Text(piece)),
    complete() {},
    [Symbol.dispose]() {},
  };
}

/** A file that is there only when all of it is: one that is not completed is removed again. Devices and pipes stay. */
class TargetFile implements Target {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #isRegular: boolean;
  #isComplete = false;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = Deno.openSync(path, { create: true, write: true, truncate: true, mode: 0o644 });
      this.#isRegular = this.#file.statSync().isFile;
    } catch (error) {
      throw this.#failed("Error opening", error);
    }
  }

  #failed(what: string, error: unknown): SessionError {
    const reason = reasonOf(error).replace(/: open '.*'$/, "");
    return new SessionError(`${what} '${shownPath(this.#path)}': ${shown(reason)}`);
  }

  write(piece: Uint8Array): void {
    try {
      for (let at = 0; at < piece.length;) at += this.#file.writeSync(piece.subarray(at));
    } catch (error) {
      throw this.#failed("Error writing data to", error);
    }
  }

  complete(): void {
    try {
      if (this.#isRegular) this.#file.syncSync();
    } catch (error) {
      throw this.#failed("Fail to fsync", error);
    }
    this.#isComplete = true;
  }

  [Symbol.dispose](): void {
    this.#file.close();
    if (this.#isRegular && !this.#isComplete) Deno.removeSync(this.#path);
  }
}
