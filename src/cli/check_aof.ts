/**
 * `redeno check-aof`: looks through append-only files without a server, and cuts off what does not belong there. Takes
 * a manifest, with all that it names, or a single file of either kind; what it prints and how it ends is what
 * redis-check-aof prints and how that ends.
 *
 * What is a manifest and what a single file is seen from the first line that is no comment and not empty. (The reference
 * looks at all lines, and takes a file of commands for a manifest when a value begins with the word "file".)
 */
import { type AofFile, AofManifestError, Manifest } from "../persistence/aof/manifest.ts";
import { Log } from "../server/log.ts";
import { latin1Text, utf8 } from "../sys/bytes.ts";
import { type Disk, DiskError, type DiskFile, readAll } from "../sys/disk.ts";
import { systemDisk } from "../sys/system_disk.ts";
import { AnnotationError, AofFileCheck } from "./aof_file_check.ts";
import { checkRdbPart } from "./check_rdb.ts";
import { standardTerminal } from "./terminal.ts";
import { readingProgress } from "./watched_file.ts";

const USAGE = "Usage: redeno check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n";
/** Smaller files are not taken for RDB files, whatever they begin with. */
const RDB_BYTES_MIN = 8;
const RDB_MAGIC = "REDIS";
/** What is looked at to tell a manifest from other files. */
const HEAD_BYTES = 64 << 10;

/** What the program talks to. */
export interface Terminal {
  /** Prints text of one character a byte. */
  print(text: string): void;
  /** The first character of the answer to what was printed, or "". */
  answer(): string;
  /** Watches how far a file is read. */
  watch?(file: DiskFile, label: string): DiskFile;
}

const progress = readingProgress();

const checkTerminal: Terminal = {
  print(text) {
    progress.hide();
    standardTerminal.print(text);
  },
  answer() {
    const byte = new Uint8Array(1);
    return Deno.stdin.readSync(byte) === 1 ? latin1Text(byte) : "";
  },
  watch: progress.watch,
};

/** The program is to end, with this exit code; what there is to say was said. */
class Exit {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/**
 * The program.
 * @param args those of the command line, without the program's name
 * @returns the exit code: 0 when all is well or was made so, else 1
 */
export function checkAof(
  args: readonly string[],
  terminal: Terminal = checkTerminal,
  disk: Disk = systemDisk,
  now: number = Date.now(),
): Promise<number> {
  const tools = { terminal, disk, now };
  try {
    const [first = "", second = "", third = ""] = args;
    if (args.length === 1) new Check(tools, first, false, 0).run();
    else if (args.length === 2 && first === "--fix") new Check(tools, second, true, 0).run();
    else if (args.length === 3 && first === "--truncate-to-timestamp") {
      new Check(tools, third, false, timestampOf(second, terminal)).run();
    } else {
      terminal.print(USAGE);
      return Promise.resolve(1);
    }
    return Promise.resolve(0);
  } catch (error) {
    return error instanceof Exit ? Promise.resolve(error.code) : Promise.reject(error);
  }
}

function timestampOf(text: string, terminal: Terminal): number {
  const value = /^\s*[+-]?\d+$/.test(text) || text === "" ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  terminal.print("Invalid timestamp, aborting...\n");
  throw new Exit(1);
}

/** A text as it is printed: one character a byte. */
function shown(text: string): string {
  return latin1Text(utf8(text));
}

function reasonOf(error: unknown): string {
  if (error instanceof DiskError) return shown(error.message);
  throw error;
}

interface Tools {
  readonly terminal: Terminal;
  readonly disk: Disk;
  /** Unix ms. */
  readonly now: number;
}

type FileType = "manifest" | "rdb" | "commands";
type Result = "ok" | "empty" | "truncated" | "cut at timestamp";

class Check {
  readonly #terminal: Terminal;
  readonly #disk: Disk;
  readonly #now: number;
  readonly #path: string;
  readonly #fixes: boolean;
  readonly #timestamp: number;
  readonly #files: AofFileCheck = new AofFileCheck();

  constructor({ terminal, disk, now }: Tools, path: string, fixes: boolean, timestamp: number) {
    this.#terminal = terminal;
    this.#disk = disk;
    this.#now = now;
    this.#path = path;
    this.#fixes = fixes;
    this.#timestamp = timestamp;
  }

  run(): void {
    const type = this.#typeOf(this.#path);
    if (type === "manifest") this.#checkAll();
    else this.#checkOne(type === "rdb");
  }

  #print(text: string): void {
    this.#terminal.print(text);
  }

  #exit(text: string): never {
    this.#print(text);
    throw new Exit(1);
  }

  #typeOf(path: string): FileType {
    const head = new Uint8Array(HEAD_BYTES);
    let length = 0;
    let size = 0;
    let file: DiskFile;
    try {
      file = this.#disk.open(path, "read");
    } catch (error) {
      const reason = reasonOf(error);
      if ((error as DiskError).code === "EISDIR") this.#exit(`Cannot read file: ${shown(path)}\n`);
      this.#exit(`Cannot open file ${shown(path)}: ${reason}\n`);
    }
    try {
      size = file.size;
      for (let count: number | null = 1; count !== null && length < head.length;) {
        count = file.read(head.subarray(length));
        length += count ?? 0;
      }
    } catch (error) {
      reasonOf(error);
      this.#exit(`Cannot read file: ${shown(path)}\n`);
    } finally {
      file.close();
    }
    const text = latin1Text(head, 0, length);
    if (size >= RDB_BYTES_MIN && text.startsWith(RDB_MAGIC)) return "rdb";
    const line = text.split("\n").find((line) => !/^(#|\s*$)/.test(line));
    return line?.startsWith("file") ? "manifest" : "commands";
  }

  #checkOne(hasPreamble: boolean): void {
    this.#print("Start checking Old-Style AOF\n");
    const path = this.#path;
    const name = shown(path);
    switch (this.#check(path, name, true, hasPreamble)) {
      case "ok":
        return this.#print(`AOF ${name} is valid\n`);
      case "empty":
        return this.#print(`AOF ${name} is empty\n`);
      case "cut at timestamp":
        return this.#print(`Successfully truncated AOF ${name} to timestamp ${this.#timestamp}\n`);
      case "truncated":
        return this.#print(`Successfully truncated AOF ${name}\n`);
    }
  }

  #checkAll(): void {
    this.#print("Start checking Multi Part AOF\n");
    const { base, increments } = this.#manifest();
    if (base !== undefined) {
      const isRdb = this.#typeOf(this.#besides(base)) === "rdb";
      this.#print(`Start to check BASE AOF (${isRdb ? "RDB" : "RESP"} format).\n`);
      this.#checkPart("BASE", base, increments.length === 0, isRdb);
    }
    if (increments.length > 0) this.#print("Start to check INCR files.\n");
    for (const file of increments) this.#checkPart("INCR", file, file === increments.at(-1), false);
    this.#print("All AOF files and manifest are valid\n");
  }

  #checkPart(kind: string, file: AofFile, isLast: boolean, hasPreamble: boolean): void {
    const name = shown(file.name);
    switch (this.#check(this.#besides(file), name, isLast, hasPreamble)) {
      case "ok":
        return this.#print(`${kind} AOF ${name} is valid\n`);
      case "empty":
        return this.#print(`${kind} AOF ${name} is empty\n`);
      case "cut at timestamp":
        return this.#print(`Successfully truncated AOF ${name} to timestamp ${this.#timestamp}\n`);
      case "truncated":
        return this.#print(`Successfully truncated AOF ${name}\n`);
    }
  }

  #manifest(): Manifest {
    try {
      return Manifest.parse(new TextDecoder().decode(readAll(this.#disk, this.#path)));
    } catch (error) {
      if (!(error instanceof AofManifestError)) {
        this.#exit(`Cannot open file ${shown(this.#path)}: ${reasonOf(error)}\n`);
      }
      const log = new Log(
        { write: (line) => this.#print(shown(line)) },
        Deno.pid,
        () => this.#now,
      );
      for (const message of error.logMessages) log.warning(message);
      throw new Exit(1);
    }
  }

  /** The path of a file that the manifest names. */
  #besides({ name }: AofFile): string {
    const slash = this.#path.lastIndexOf("/");
    return slash < 0 ? `./${name}` : this.#path.slice(0, slash + 1) + name;
  }

  /** Checks a file, and mends it where that was asked for. @param name what it is called in messages */
  #check(path: string, name: string, isLast: boolean, hasPreamble: boolean): Result {
    let file: DiskFile;
    try {
      file = this.#disk.open(path, "read");
    } catch (error) {
      this.#exit(`Cannot open file ${shown(path)}: ${reasonOf(error)}, aborting...\n`);
    }
    try {
      const watched = this.#terminal.watch?.(file, "Checked") ?? file;
      return this.#checkOpen(watched, path, name, isLast, hasPreamble);
    } finally {
      file.close();
    }
  }

  #checkOpen(file: DiskFile, path: string, name: string, isLast: boolean, hasPreamble: boolean): Result {
    const { size } = file;
    if (size === 0) return "empty";
    const startAt = hasPreamble ? this.#preamble(file, name) : 0;
    const { validUpTo, error, later } = this.#commands(file, name, startAt);
    if (later !== undefined) {
      this.#cutAtTimestamp(path, name, later, isLast);
      return "cut at timestamp";
    }
    if (error !== undefined) this.#print(`${error}\n`);
    const rest = size - validUpTo;
    if (rest === 0 && this.#timestamp !== 0) {
      this.#print(`Truncate nothing in AOF ${name} to timestamp ${this.#timestamp}\n`);
      return "ok";
    }
    this.#print(
      `AOF analyzed: filename=${name}, size=${size}, ok_up_to=${validUpTo}, ok_up_to_line=${this.#files.line}, ` +
        `diff=${rest}\n`,
    );
    if (rest === 0) return "ok";
    if (!this.#fixes) this.#exit(`AOF ${name} is not valid. Use the --fix option to try fixing it.\n`);
    if (!isLast) this.#exit(`Failed to truncate AOF ${name} because it is not the last file\n`);
    this.#print(
      `This will shrink the AOF ${name} from ${size} bytes, with ${rest} bytes, to ${validUpTo} bytes\n` +
        "Continue? [y/N]: ",
    );
    if (this.#terminal.answer().toLowerCase() !== "y") this.#exit("Aborting...\n");
    this.#truncate(path, validUpTo, `Failed to truncate AOF ${name}\n`);
    return "truncated";
  }

  #commands(file: DiskFile, name: string, startAt: number): ReturnType<AofFileCheck["check"]> {
    try {
      return this.#files.check(file, name, startAt, this.#timestamp);
    } catch (error) {
      if (error instanceof AnnotationError) this.#exit("Invalid timestamp annotation\n");
      throw error;
    }
  }

  /** Checks the RDB at the beginning of a file; where it ends. */
  #preamble(file: DiskFile, name: string): number {
    const print = (line: string) => this.#print(`${line}\n`);
    const end = checkRdbPart(file, name, { now: this.#now, print });
    if (end === undefined) this.#exit("RDB preamble of AOF file is not sane, aborting.\n");
    this.#print("RDB preamble is OK, proceeding with AOF tail...\n");
    return end;
  }

  #cutAtTimestamp(path: string, name: string, at: number, isLast: boolean): void {
    const timestamp = this.#timestamp;
    if (at === 0) {
      this.#exit(`AOF ${shown(path)} has nothing before timestamp ${timestamp}, aborting...\n`);
    }
    if (!isLast) {
      this.#exit(
        `Failed to truncate AOF ${
          shown(path)
        } to timestamp ${timestamp} to offset ${at} because it is not the ` +
          "last file.\nIf you insist, please delete all files after this file according to the manifest file and " +
          "delete the corresponding records in manifest file manually. Then re-run redeno check-aof.\n",
      );
    }
    this.#truncate(path, at, `Failed to truncate AOF ${name} to timestamp ${timestamp}\n`);
  }

  #truncate(path: string, length: number, failure: string): void {
    try {
      const file = this.#disk.open(path, "append");
      try {
        file.truncate(length);
        file.sync();
      } finally {
        file.close();
      }
    } catch (error) {
      reasonOf(error);
      this.#exit(failure);
    }
  }
}
