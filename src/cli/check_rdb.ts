/**
 * `redeno check-rdb`: looks through an RDB file and tells whether it is in order, in the words of redis-check-rdb, and behind
 * them what it holds: keys by type and encoding, and the bytes that they take in the file.
 *
 * Every value is read as loading would read it, and more thoroughly (the insides of listpacks are looked at, and
 * duplicates), but one at a time: nothing is kept. Of what modules wrote only the outlines are checked.
 */
import { placeLines, RdbFileError } from "../persistence/rdb/file_error.ts";
import { moduleName, RDB_TYPE_MODULE, typeName } from "../persistence/rdb/opcodes.ts";
import { type RdbHandler, RdbScanner } from "../persistence/rdb/scanner.ts";
import { collectionTypeOf, RdbType } from "../store/rdb/collection_rdb.ts";
import { Type, TYPE_NAMES } from "../store/memory/entry.ts";
import { Keyspace } from "../store/keyspace.ts";
import { RdbError } from "../store/rdb/rdb_codec.ts";
import { RDB_TYPE_MODULE_2, skipValue } from "../store/rdb/rdb_skip.ts";
import { RDB_TYPE_STRING } from "../store/rdb/rdb_value.ts";
import { readTypedValue } from "../store/rdb/restore.ts";
import { latin1Text, Slice } from "../sys/bytes.ts";
import { type Disk, DiskError, type DiskFile } from "../sys/disk.ts";
import { Random } from "../sys/random.ts";
import { systemDisk } from "../sys/system_disk.ts";
import { REDENO_VERSION, REDIS_VERSION } from "../sys/version.ts";
import { shown, standardTerminal } from "./terminal.ts";
import { readingProgress } from "./watched_file.ts";

const USAGE = "Usage: redeno check-rdb <rdb-file-name>";
const UNKNOWN_TYPE = /^Unknown RDB encoding type (\d+)$/;

/** How many keys there are of a type, and how many bytes they take in the file. */
interface Count {
  keys: number;
  bytes: number;
  readonly encodings: Map<string, number>;
}

/** Where the program writes to, and from where it reads. */
export interface CheckRdbWorld {
  readonly disk: Disk;
  /** Unix ms. */
  readonly now: number;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Watches how far a file is read. */
  readonly watch?: (file: DiskFile, label: string) => DiskFile;
}

/**
 * Checks a file and prints what it finds.
 * @param args the arguments of the program: one path
 * @returns the exit code: 0 when the file is in order, else 1
 */
export function checkRdb(args: readonly string[]): Promise<number> {
  const progress = readingProgress();
  const code = runCheckRdb(args, {
    disk: systemDisk,
    now: Date.now(),
    print(line) {
      progress.hide();
      standardTerminal.print(shown(`${line}\n`));
    },
    complain(line) {
      progress.hide();
      standardTerminal.printError(shown(`${line}\n`));
    },
    watch: progress.watch,
  });
  return Promise.resolve(code);
}

/** {@link checkRdb} in a world that a test chooses. */
export function runCheckRdb(args: readonly string[], world: CheckRdbWorld): number {
  const [path] = args;
  if (path === undefined || args.length !== 1) {
    world.complain(USAGE);
    return 1;
  }
  if (path === "-v" || path === "--version") {
    world.print(`redis-check-rdb ${REDIS_VERSION} (redeno ${REDENO_VERSION})`);
    return 0;
  }
  world.print(`[offset 0] Checking RDB file ${path}`);
  let file: DiskFile | undefined;
  try {
    file = world.disk.open(path, "read");
    return new Checker(world.watch?.(file, "Checked") ?? file, world).run();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    world.complain(`Cannot read RDB file ${path}: ${error.message}`);
    return 1;
  } finally {
    file?.close();
  }
}

/**
 * Checks the RDB that an open file begins with, and prints what it finds.
 * @param name what the file is called
 * @returns where in the file the RDB ends, or undefined when it is damaged
 * @throws DiskError
 */
export function checkRdbPart(
  file: DiskFile,
  name: string,
  world: Pick<CheckRdbWorld, "now" | "print">,
): number | undefined {
  world.print(`[offset 0] Checking RDB file ${name}`);
  const checker = new Checker(file, world);
  return checker.run() === 0 ? checker.offset : undefined;
}

class Checker implements RdbHandler {
  readonly #world: Pick<CheckRdbWorld, "now" | "print">;
  readonly #scanner: RdbScanner;
  /** Where values are made, to be thrown away at once. */
  readonly #keyspace: Keyspace;
  readonly #counts = new Map<number, Count>();
  #strings: Uint8Array = new Uint8Array(1024);
  #keys = 0;
  #expires = 0;
  #expired = 0;

  constructor(file: DiskFile, world: Pick<CheckRdbWorld, "now" | "print">) {
    this.#world = world;
    this.#keyspace = new Keyspace({ databases: 1, random: new Random(), now: world.now });
    this.#scanner = new RdbScanner(file, this, true);
  }

  /** Bytes of the file that were read. */
  get offset(): number {
    return this.#scanner.offset;
  }

  run(): number {
    try {
      this.#scanner.step(() => true);
    } catch (error) {
      if (!(error instanceof RdbFileError)) throw error;
      this.#printError(error);
      return 1;
    }
    const { checksum } = this.#scanner;
    if (checksum === "verified") this.#printAt("Checksum OK");
    if (checksum === "disabled") {
      this.#printAt("RDB file was saved with checksum disabled: no check performed.");
    }
    this.#printAt("\\o/ RDB looks OK! \\o/");
    this.#printCounts();
    return 0;
  }

  #printAt(text: string): void {
    this.#world.print(`[offset ${this.#scanner.offset}] ${text}`);
  }

  #printError(error: RdbFileError): void {
    const { print } = this.#world;
    const { place } = error;
    print("--- RDB ERROR DETECTED ---");
    print(`[offset ${error.offset}] ${reasonOf(error)}`);
    for (const line of placeLines(place)) print(line);
    if (place.doing === "read-object-value") this.#keys++;
    this.#printCounts();
  }

  #printCounts(): void {
    const { print } = this.#world;
    print(`[info] ${this.#keys} keys read`);
    print(`[info] ${this.#expires} expires`);
    print(`[info] ${this.#expired} already expired`);
    for (const [type, { keys, bytes, encodings }] of [...this.#counts].sort(([a], [b]) => a - b)) {
      const parts = [...encodings].sort(([a], [b]) => a < b ? -1 : 1).map(([name, count]) =>
        `${count} ${name}`
      );
      print(`[info] ${TYPE_NAMES[type]}: ${keys} keys, ${bytes} bytes (${parts.join(", ")})`);
    }
  }

  /** Counts the key that was read, with its time to live. */
  #countKey(): void {
    const { expires, expireHigh, expireLow } = this.#scanner;
    this.#keys++;
    if (!expires) return;
    this.#expires++;
    if (expireHigh * 4294967296 + (expireLow >>> 0) < this.#world.now) this.#expired++;
  }

  entry(scanner: RdbScanner): void {
    const { type, reader } = scanner;
    const start = reader.position;
    if (type === RDB_TYPE_MODULE) {
      const name = moduleName(reader.bigLength());
      throw new RdbError(
        `The RDB file contains module data I can't load: no matching module type '${name}'`,
      );
    }
    const encoding = this.#check(type, scanner);
    this.#countKey();
    this.#count(type, encoding, scanner.key.length + reader.position - start);
  }

  /** Looks into the value; the name of its encoding. */
  #check(type: number, { reader }: RdbScanner): string {
    if (type === RDB_TYPE_STRING) {
      const size = reader.locateString();
      if (size > this.#strings.length) this.#strings = new Uint8Array(2 * size);
      reader.copyString(this.#strings, 0);
      return reader.isIntegerString ? "int" : reader.isCompressedString ? "lzf" : "raw";
    }
    if (collectionTypeOf(type) !== undefined) {
      const made = readTypedValue(type, reader, this.#keyspace);
      if (made === undefined) throw new RdbError("The value has no elements");
      if (!(made.value instanceof Slice)) made.value.release();
    } else {
      skipValue(type, reader);
    }
    if (type === RdbType.stream2) return "stream-v2";
    if (type === RDB_TYPE_MODULE_2) return "module-v2";
    return typeName(type).replace(/^(list|set|zset|hash)-/, "");
  }

  #count(rdbType: number, encoding: string, bytes: number): void {
    const type = valueTypeOf(rdbType);
    let count = this.#counts.get(type);
    if (count === undefined) this.#counts.set(type, count = { keys: 0, bytes: 0, encodings: new Map() });
    count.keys++;
    count.bytes += bytes;
    count.encodings.set(encoding, (count.encodings.get(encoding) ?? 0) + 1);
  }

  auxField(name: Uint8Array, value: Uint8Array): void {
    this.#printAt(`AUX FIELD ${latin1Text(name)} = '${latin1Text(value)}'`);
  }

  selectDatabase(id: number): void {
    this.#printAt(`Selecting DB ID ${id}`);
  }

  resizeDatabase(): void {}

  functionLibrary(): void {}

  moduleAux(id: bigint): void {
    this.#printAt(`MODULE AUX for: ${moduleName(id)}`);
  }
}

/** What is wrong, as redis-check-rdb words it. */
function reasonOf({ reason, kind, place }: RdbFileError): string {
  if (kind === "short" && place.doing === "read-functions") {
    return "Failed loading library, Failed loading library payload";
  }
  const unknown = UNKNOWN_TYPE.exec(reason);
  return unknown === null ? reason : `Invalid object type: ${unknown[1]}`;
}

/** The type of value that an RDB type stands for. */
function valueTypeOf(rdbType: number): number {
  switch (rdbType) {
    case RDB_TYPE_STRING:
      return Type.string;
    case RDB_TYPE_MODULE_2:
      return Type.module;
    default:
      return collectionTypeOf(rdbType)!;
  }
}
