/**
 * The manifest of the append-only files: a small text file that names the files which together are the data.
 *
 * ```text
 * file appendonly.aof.2.base.rdb seq 2 type b      the base; at most one
 * file appendonly.aof.1.incr.aof seq 1 type h      history: not needed any more, to be removed; the newest first
 * file appendonly.aof.2.incr.aof seq 2 type i      increments, in the order in which they are replayed
 * ```
 * A name with spaces, quotes or unprintable bytes stands in double quotes with escapes. Lines that begin with `#` are
 * skipped when read, and not kept.
 *
 * Invariant: numbers of increments grow. The manifest is only ever replaced as a whole, by {@link writeManifest}.
 */
import { Args } from "../../args.ts";
import { ProtocolError, RequestParser } from "../../resp/parser.ts";
import { latin1Text, utf8 } from "../../sys/bytes.ts";
import { type Disk, readAll, saying, writeAll } from "../../sys/disk.ts";

/** Longest line of a manifest, in bytes, its line break included. */
const LINE_BYTES_MAX = 1024;

/** What the manifest says of a file; the name is relative to the folder that the manifest lies in. */
export interface AofFile {
  readonly name: string;
  readonly seq: number;
}

/** A base holds the data of one moment: as an RDB file, or as commands. */
export type BaseFormat = "rdb" | "aof";

/** A manifest that makes no sense. The message is the reason, as the reference words it. */
export class AofManifestError extends Error {
  override readonly name = "AofManifestError";
  /** Which line, from 1, and the line without white space around it; absent when no single line is at fault. */
  readonly line: { readonly number: number; readonly text: string } | undefined;

  constructor(message: string, line?: { readonly number: number; readonly text: string }) {
    super(message);
    this.line = line;
  }

  /** What the reference writes to the log, a message each, at level "warning". */
  get logMessages(): string[] {
    const { line } = this;
    return [
      "\n*** FATAL AOF MANIFEST FILE ERROR ***\n",
      ...(line === undefined
        ? []
        : [`Reading the manifest file, at line ${line.number}\n`, `>>> '${line.text}'\n`]),
      `${this.message}\n`,
    ];
  }
}

export class Manifest {
  base: AofFile | undefined;
  increments: AofFile[] = [];
  history: AofFile[] = [];
  /** The highest number given so far; a base and an increment of the same number need not belong together. */
  #baseSeq = 0;
  #incrementSeq = 0;

  /**
   * Reads a manifest.
   * @param text what the file holds, decoded as UTF-8
   * @throws AofManifestError
   */
  static parse(text: string): Manifest {
    if (text === "") throw new AofManifestError("Found an empty AOF manifest");
    const manifest = new Manifest();
    let number = 0;
    for (const line of linesOf(text)) {
      number++;
      if (line.startsWith("#")) continue;
      if (!line.endsWith("\n") || line.includes("\0")) {
        throw new AofManifestError("The AOF manifest file contains too long line");
      }
      manifest.#take(number, line.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""));
    }
    return manifest;
  }

  #take(number: number, text: string): void {
    function refuse(reason: string): never {
      throw new AofManifestError(reason, { number, text });
    }
    const words = wordsOf(text);
    if (words === undefined || words.length < 6 || words.length % 2 !== 0) {
      refuse("Invalid AOF manifest file format");
    }
    let name: string | undefined;
    let seq = 0;
    let type = "";
    for (let i = 0; i < words.length; i += 2) {
      // The reference reads up to a zero byte, which no name of a file can have.
      const value = words[i + 1]!.replace(/\0[^]*/, "");
      switch (words[i]!.toLowerCase()) {
        case "file":
          if (/[/\\]/.test(value)) refuse("File can't be a path, just a filename");
          name = value;
          break;
        case "seq":
          seq = Number(/^\s*([+-]?\d+)/.exec(value)?.[1] ?? 0);
          break;
        case "type":
          type = value.slice(0, 1);
      }
    }
    // Numbers that are not exact are of no use: they could not be told apart.
    if (name === undefined || seq === 0 || type === "" || !Number.isSafeInteger(seq)) {
      refuse("Invalid AOF manifest file format");
    }
    switch (type) {
      case "b":
        if (this.base !== undefined) refuse("Found duplicate base file information");
        this.base = { name, seq };
        this.#baseSeq = seq;
        break;
      case "h":
        this.history.push({ name, seq });
        break;
      case "i":
        if (seq <= this.#incrementSeq) refuse("Found a non-monotonic sequence number");
        this.increments.push({ name, seq });
        this.#incrementSeq = seq;
        break;
      default:
        refuse("Unknown AOF file type");
    }
  }

  /** The text of the file, byte for byte as the reference writes it. */
  format(): string {
    const line = ({ name, seq }: AofFile, type: string) => `file ${quoted(name)} seq ${seq} type ${type}\n`;
    return [
      ...(this.base === undefined ? [] : [line(this.base, "b")]),
      ...this.history.map((file) => line(file, "h")),
      ...this.increments.map((file) => line(file, "i")),
    ].join("");
  }

  /** What is to be loaded, in this order. */
  get files(): AofFile[] {
    return this.base === undefined ? [...this.increments] : [this.base, ...this.increments];
  }

  /**
   * Names a new base; the one before becomes history, and so do the first increments, which the new one contains.
   * The file is the caller's to make.
   * @param fileName `appendfilename`, which new files are named after
   * @param retired how many increments were there before the moment that the new base shows
   */
  nextBase(fileName: string, format: BaseFormat, retired: number): AofFile {
    const seq = ++this.#baseSeq;
    const old = this.base === undefined ? [] : [this.base];
    this.history.unshift(...this.increments.splice(0, retired), ...old);
    return this.base = { name: `${fileName}.${seq}.base.${format}`, seq };
  }

  /** Names a new increment, behind all others. The file is the caller's to make. @param fileName `appendfilename` */
  nextIncrement(fileName: string): AofFile {
    const seq = ++this.#incrementSeq;
    const file = { name: `${fileName}.${seq}.incr.aof`, seq };
    this.increments.push(file);
    return file;
  }

  /** Makes a file of an older server, which is everything there is, the base. */
  adopt(name: string): void {
    this.base = { name, seq: 1 };
    this.#baseSeq = 1;
  }

  /** Numbers that another manifest has given are not given again. */
  skipNumbersOf(other: Manifest): void {
    this.#baseSeq = Math.max(this.#baseSeq, other.#baseSeq);
    this.#incrementSeq = Math.max(this.#incrementSeq, other.#incrementSeq);
  }

  /** The same once more, to be changed and written while this one stays in force. */
  copy(): Manifest {
    const copy = new Manifest();
    copy.base = this.base;
    copy.increments = [...this.increments];
    copy.history = [...this.history];
    copy.#baseSeq = this.#baseSeq;
    copy.#incrementSeq = this.#incrementSeq;
    return copy;
  }
}

/** The lines with their line breaks, cut where the reference cuts them: it reads at most 1024 bytes at once. */
function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const lineEnd = text.indexOf("\n", at) + 1 || text.length;
    // In UTF-8 a character may have several bytes; a line of that many characters is too long in any case.
    let end = Math.min(lineEnd, at + LINE_BYTES_MAX);
    while (utf8(text.slice(at, end)).length > LINE_BYTES_MAX) end--;
    yield text.slice(at, end);
    at = end;
  }
}

const decoder = new TextDecoder();

/** The words of a line, with quotes as in inline commands; undefined when quotes are not balanced. */
function wordsOf(line: string): string[] | undefined {
  // The space keeps a line that begins with a star from being read as something else.
  const bytes = utf8(` ${line}\n`);
  const args = new Args();
  try {
    if (!new RequestParser().next(bytes, bytes.length, args)) return [];
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
  return Array.from({ length: args.count }, (_, i) => decoder.decode(args.at(i).view()));
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\x07": "\\a",
  "\b": "\\b",
  "\\": "\\\\",
  '"': '\\"',
};

/** A name as it stands in a manifest: as it is, or in quotes when it would not be read back so. */
function quoted(name: string): string {
  const text = latin1Text(utf8(name));
  if (text !== "" && !/[^!-~]|["'\\]/.test(text)) return text;
  const escape = (char: string) => ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return `"${text.replace(/[^ -~]|["\\]/g, escape)}"`;
}

/** Where the manifest lies. @param fileName `appendfilename` */
export function manifestPath(folder: string, fileName: string): string {
  return `${folder}/${fileName}.manifest`;
}

/**
 * Reads the manifest in a folder; undefined when there is no folder or no manifest in it.
 * @param fileName `appendfilename`
 * @throws AofManifestError, DiskError
 */
export function readManifest(disk: Disk, folder: string, fileName: string): Manifest | undefined {
  const path = manifestPath(folder, fileName);
  const bytes = saying(
    `Fatal error: can't open the AOF manifest file ${path} for reading`,
    () => disk.exists(path) ? readAll(disk, path) : undefined,
  );
  return bytes && Manifest.parse(decoder.decode(bytes));
}

/**
 * Puts a manifest in the place of the one before. When it returns the new one survives a power cut, and with it the names
 * of all files made in the folder before; when it throws, or a crash comes between, one of the two is there.
 * @throws DiskError
 */
export function writeManifest(disk: Disk, folder: string, fileName: string, manifest: Manifest): void {
  const temporary = `${folder}/temp-${fileName}.manifest`;
  const file = disk.open(temporary, "create");
  try {
    writeAll(file, utf8(manifest.format()));
    file.sync();
  } finally {
    file.close();
  }
  disk.rename(temporary, manifestPath(folder, fileName));
  disk.syncFolder(folder);
}
