/**
 * Loads an RDB file into a keyspace, in steps, with the reference's rules for what is kept and what is refused.
 *
 * The databases are not emptied first. Nobody is told of what is loaded, and nothing is counted as a change. When it throws,
 * part of the data is there, the last value of it possibly damaged: empty the databases, or end.
 */
import { EntryLoader, type KeyAttributes } from "../../store/rdb/entry_loader.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import { RDB_TYPE_MODULE_2, skipValue } from "../../store/rdb/rdb_skip.ts";
import { latin1Text } from "../../sys/bytes.ts";
import type { DiskFile } from "../../sys/disk.ts";
import { describeAux } from "./aux_fields.ts";
import { CHECKSUM_BYTES, HEADER_BYTES, moduleName, Opcode, RDB_TYPE_MODULE } from "./opcodes.ts";
import { type ChecksumState, type RdbHandler, RdbScanner } from "./scanner.ts";

/** Of so many keys without elements the log tells the names. */
const EMPTY_KEYS_TOLD_MAX = 10;
/** A key takes at least so many bytes in a file: more than these can hold are not believed to come. */
const KEY_BYTES_MIN = 4;

export interface RdbLoadOptions {
  /** Whether keys whose time has passed are left out: so for a dump. The base of an AOF keeps them for what follows. */
  readonly dropsExpired: boolean;
  /** `rdbchecksum`: whether the checksum in the file is verified. */
  readonly checksum: boolean;
  /** Whether a key that is there already gets the new value (DEBUG RELOAD MERGE); else that is an error. */
  readonly replaces?: boolean;
  /**
   * Whether nothing follows the RDB in the file. Only then is it known from the beginning that there is a checksum, so that
   * the insides of listpacks need not be looked at. Default true.
   */
  readonly isWholeFile?: boolean;
  /** Is given lines for the log, as the reference words them: who wrote the file, which keys are passed over. */
  readonly log?: (line: string) => void;
}

export class RdbLoader implements RdbHandler {
  keysLoaded = 0;
  keysExpired = 0;
  emptyKeysSkipped = 0;
  /** What the file says of itself. */
  readonly aux: Map<string, string> = new Map();

  readonly #keyspace: Keyspace;
  readonly #options: RdbLoadOptions;
  readonly #scanner: RdbScanner;
  readonly #entries: EntryLoader;
  /** Unix ms: which keys are expired is decided by the time at which loading began. */
  readonly #now: number;
  readonly #attributes: KeyAttributes = { expires: false, expireLow: 0, expireHigh: 0, access: 0 };

  /** @param file an RDB file, or one that begins with an RDB */
  constructor(keyspace: Keyspace, file: DiskFile, options: RdbLoadOptions) {
    this.#keyspace = keyspace;
    this.#options = options;
    this.#now = keyspace.now;
    this.#entries = new EntryLoader(keyspace);
    this.#entries.replaces = options.replaces ?? false;
    this.#entries.trusts = options.checksum && options.isWholeFile !== false && endsInChecksum(file);
    file.seek(0);
    this.#scanner = new RdbScanner(file, this, options.checksum);
  }

  /**
   * Loads on until `more` says stop, which is asked about every 100 microseconds; true when everything is loaded. One
   * value is read at once.
   * @throws RdbFileError when something is wrong with the file; DiskError when the disk fails
   */
  step(more: () => boolean): boolean {
    const scanner = this.#scanner;
    if (!scanner.step(more)) return false;
    if (this.#entries.trusts && scanner.checksum !== "verified") {
      throw scanner.error("damaged", "The file has no checksum, but looks as if it had");
    }
    return true;
  }

  /** Bytes of the file that were read. */
  get position(): number {
    return this.#scanner.offset;
  }

  /** Where the RDB ended in the file: what follows is something else. */
  get end(): number {
    return this.#scanner.offset;
  }

  /** The version of the format, once it was read. */
  get version(): number {
    return this.#scanner.version;
  }

  /** What came of the checksum, when all is loaded. */
  get checksum(): ChecksumState {
    return this.#scanner.checksum;
  }

  entry(scanner: RdbScanner): void {
    const { type, reader, key } = scanner;
    const attributes = this.#attributes;
    const { access } = this.#keyspace;
    attributes.expires = scanner.expires;
    if (scanner.expires) {
      const when = scanner.expireHigh * 4294967296 + (scanner.expireLow >>> 0);
      if (this.#options.dropsExpired && when < this.#now) {
        skipValue(type, reader);
        this.keysExpired++;
        return;
      }
      // An entry holds no time before 1970, and dead is dead.
      attributes.expireLow = when < 0 ? 0 : scanner.expireLow;
      attributes.expireHigh = when < 0 ? 0 : scanner.expireHigh;
    }
    attributes.access = access.fresh;
    if (access.lfu) {
      if (scanner.frequency >= 0) attributes.access = access.withFrequency(scanner.frequency);
    } else if (scanner.idle >= 0) attributes.access = access.idleSince(scanner.idle);
    if (!isKept(type)) this.#refuseValue(scanner);
    if (this.#entries.load(type, key, reader, attributes) !== 0) this.keysLoaded++;
    else this.#skippedEmpty(scanner);
  }

  #refuseValue(scanner: RdbScanner): never {
    throw scanner.error(
      "refused",
      `The RDB file contains module data I can't load: no matching module type '${
        moduleName(scanner.reader.bigLength())
      }'`,
    );
  }

  #skippedEmpty({ key }: RdbScanner): void {
    if (this.emptyKeysSkipped++ < EMPTY_KEYS_TOLD_MAX) {
      this.#options.log?.(`rdbLoadObject skipping empty key: ${key.text()}`);
    }
  }

  selectDatabase(id: number): void {
    const { databases } = this.#keyspace;
    const database = databases[id];
    if (database === undefined) {
      throw this.#scanner.error(
        "refused",
        "FATAL: Data file was created with a Redis server configured to handle more than " +
          `${databases.length} databases. Exiting`,
      );
    }
    this.#entries.select(database);
  }

  resizeDatabase(keys: number): void {
    this.#entries.reserve(Math.min(keys, Math.ceil(this.#scanner.bytesLeft / KEY_BYTES_MIN)));
  }

  functionLibrary(): void {
    throw this.#scanner.error(
      "refused",
      "The RDB file contains a library of functions, which this version cannot keep",
    );
  }

  moduleAux(id: bigint): void {
    throw this.#scanner.error(
      "refused",
      `The RDB file contains AUX module data I can't load: no matching module '${moduleName(id)}'`,
    );
  }

  auxField(name: Uint8Array, value: Uint8Array): void {
    const text = latin1Text(value);
    const field = latin1Text(name);
    this.aux.set(field, text);
    const line = describeAux(field, text, this.#now);
    if (line !== undefined) this.#options.log?.(line);
  }
}

/** Whether values of this type can be kept. */
function isKept(type: number): boolean {
  return type !== RDB_TYPE_MODULE && type !== RDB_TYPE_MODULE_2;
}

/** Whether a file ends as one with a checksum does; what it is, the end will tell. */
function endsInChecksum(file: DiskFile): boolean {
  const end = new Uint8Array(1 + CHECKSUM_BYTES);
  if (file.size < HEADER_BYTES + end.length) return false;
  file.seek(file.size - end.length);
  for (let at = 0; at < end.length;) {
    const count = file.read(end.subarray(at));
    if (count === null) return false;
    at += count;
  }
  return end[0] === Opcode.end && end.some((byte, i) => i > 0 && byte !== 0);
}
