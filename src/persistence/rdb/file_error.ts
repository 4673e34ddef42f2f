/** What is wrong with an RDB file, and where. */
import { typeName } from "./opcodes.ts";

/** What the reader was about, in the words of the reference's check-rdb. */
export type Doing =
  | "start"
  | "read-type"
  | "read-expire"
  | "read-key"
  | "read-object-value"
  | "check-sum"
  | "read-len"
  | "read-aux"
  | "read-module-aux"
  | "read-functions";

/**
 * `short`: the file ends too early. `damaged`: its bytes make no sense. `checksum`: they are not those that were written.
 * `refused`: it is in order, or may be, but holds something that this server cannot keep; `header`: it is no RDB file,
 * or of a newer version.
 */
export type FileErrorKind = "short" | "damaged" | "checksum" | "refused" | "header";

/** Where the reader stood. */
export interface Place {
  /** Bytes read until then. */
  readonly offset: number;
  readonly doing: Doing;
  /** The key whose value was being read. */
  readonly key: string | undefined;
  /** Its type byte, or that of the key about to be read; -1 between keys. */
  readonly type: number;
}

export class RdbFileError extends Error {
  override readonly name = "RdbFileError";
  readonly kind: FileErrorKind;
  /** What is wrong, in one sentence or less; `message` is what the log says of it first. */
  readonly reason: string;
  readonly offset: number;
  readonly place: Place;

  constructor(kind: FileErrorKind, reason: string, place: Place, message = reason) {
    super(message);
    this.kind = kind;
    this.reason = reason;
    this.offset = place.offset;
    this.place = place;
  }

  /** All that a log should say, the first line first: what is wrong, at which offset, and in which key. */
  logLines(): string[] {
    if (this.kind === "header" || this.kind === "refused") return [this.message];
    const lines = this.message === this.reason ? [] : [this.message];
    lines.push(`Internal error in RDB reading offset ${this.offset} -> ${this.reason}`);
    return [...lines, ...placeLines(this.place)];
  }
}

/** What check-rdb says of a place, line by line. */
export function placeLines({ doing, key, type }: Place): string[] {
  const lines = [`[additional info] While doing: ${doing}`];
  if (key !== undefined) lines.push(`[additional info] Reading key '${key}'`);
  if (type >= 0) lines.push(`[additional info] Reading type ${type} (${typeName(type)})`);
  return lines;
}
