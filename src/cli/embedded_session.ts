/**
 * A session with a server that lives in this process, for one run of a script: empty, or with the data of an RDB file.
 */
import { RdbFileError } from "../persistence/rdb/file_error.ts";
import { RdbLoader } from "../persistence/rdb/loader.ts";
import { embeddedServer } from "../server/embedded.ts";
import type { LocalClient } from "../server/local_client.ts";
import type { RedenoServer } from "../server/server.ts";
import { DiskError, readAll } from "../sys/disk.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { systemDisk } from "../sys/system_disk.ts";
import { effectLines } from "./effect_lines.ts";
import { type Session, SessionError } from "./network_session.ts";
import { parseReply, ReplyReader, type ReplyValue } from "./reply_value.ts";
import { shown } from "./terminal.ts";

export interface EmbeddedSessionOptions {
  /** The path of an RDB file. */
  readonly rdb: string | undefined;
  readonly database: number;
  readonly protocol: 2 | 3;
  /** Whether what is written is kept for {@link EmbeddedSession.writes}. */
  readonly records: boolean;
  /** Whether everything that is logged is told. */
  readonly verbose: boolean;
  /** Whether {@link EmbeddedSession.interrupt} may be called: a script then lets others have their turn. */
  readonly canBeInterrupted: boolean;
  readonly onPush: (push: ReplyValue) => void;
  /** Is given what scripts log, a line each, one character a byte. */
  readonly onLog: (line: string) => void;
}

/** An append-only file is where a server tells what it wrote, in the words of commands. */
const RECORDING = "appendonly yes\nappendfsync no\nauto-aof-rewrite-percentage 0\n";
/** Ms after which a script lets others have their turn. */
const INTERRUPTIBLE = "busy-reply-threshold 1000\n";
const UNINTERRUPTED = "busy-reply-threshold 0\n";
const EFFECTS_FILE = "/appendonlydir/appendonly.aof.1.incr.aof";

export class EmbeddedSession implements Session {
  readonly #server: RedenoServer;
  readonly #client: LocalClient;
  readonly #disk: MemoryDisk;
  readonly #database: number;
  readonly #replies = new ReplyReader();

  private constructor(server: RedenoServer, disk: MemoryDisk, database: number) {
    this.#server = server;
    this.#disk = disk;
    this.#database = database;
    this.#client = server.client();
  }

  /** @throws SessionError when the file cannot be loaded, or there is no such database */
  static async open(options: EmbeddedSessionOptions): Promise<EmbeddedSession> {
    const disk = new MemoryDisk();
    const server = embeddedServer({
      configuration: (options.records ? RECORDING : "") +
        (options.canBeInterrupted ? INTERRUPTIBLE : UNINTERRUPTED),
      disk,
      log: { write: (line) => options.onLog(/^\S+ \d+ \S+ \d+ \S+ (.*)$/s.exec(line)?.[1] ?? line) },
    });
    server.log.level = "warning";
    if (options.records) await server.load();
    if (options.rdb !== undefined) loadRdb(server, options.rdb);
    server.log.level = options.verbose ? "debug" : "notice";
    const session = new EmbeddedSession(server, disk, options.database);
    const pushes = new ReplyReader();
    session.#client.onPush = (bytes) => {
      pushes.feed(bytes);
      for (let push = pushes.next(); push !== undefined; push = pushes.next()) options.onPush(push);
    };
    session.#client.protocol = options.protocol;
    const selected = await session.send(["SELECT", String(options.database)]);
    if (selected.kind === "error") {
      throw new SessionError(`SELECT ${options.database} failed: ${selected.text}`);
    }
    return session;
  }

  async send(args: readonly (string | Uint8Array)[]): Promise<ReplyValue> {
    const bytes = await this.#client.send(args).catch(() => {
      throw new SessionError("Error: Server closed the connection");
    });
    this.#replies.feed(bytes);
    return await this.receive();
  }

  receive(): Promise<ReplyValue> {
    const reply = this.#replies.next();
    return reply === undefined
      ? Promise.reject(new SessionError("There is no reply"))
      : Promise.resolve(reply);
  }

  /** Ends the script that runs, if it has written nothing; why it was not ended, or undefined. */
  async interrupt(): Promise<string | undefined> {
    using other = this.#server.client();
    const reply = parseReply(await other.send(["SCRIPT", "KILL"]));
    return reply.kind === "error" ? reply.text : undefined;
  }

  /** What was written so far, a command a line, quoted; without the frame that makes several of them one. */
  writes(): string[] {
    return effectLines(readAll(this.#disk, EFFECTS_FILE), this.#database);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

function loadRdb(server: RedenoServer, path: string): void {
  try {
    const file = systemDisk.open(path, "read");
    try {
      server.keyspace.tick(server.clock.now());
      new RdbLoader(server.keyspace, file, { dropsExpired: true, checksum: true }).step(() => true);
    } finally {
      file.close();
    }
  } catch (error) {
    if (!(error instanceof DiskError) && !(error instanceof RdbFileError)) throw error;
    throw new SessionError(shown(`Can't load '${path}': ${error.message}`));
  }
}
