/** The patterns of SORT's BY and GET: `weight_*`, `object_*->field`, and `#` for the element itself. */
import type { Database } from "../../store/database.ts";
import { Type } from "../../store/memory/entry.ts";
import { HashValue } from "../../store/hash/hash_value.ts";
import { Slice } from "../../sys/bytes.ts";

const ASTERISK = 0x2a;
const MINUS = 0x2d;
const GREATER = 0x3e;

const hash = new HashValue();

export class SortPattern {
  /** Whether it is `#`. */
  readonly isElement: boolean;
  /** Whether it has a place for the element; a name without leads to nothing. */
  readonly hasPlace: boolean;
  readonly #prefix: Uint8Array;
  readonly #suffix: Uint8Array;
  readonly #field: Slice | undefined;
  #name: Uint8Array = new Uint8Array(64);
  readonly #key: Slice = new Slice();

  constructor(pattern: Slice) {
    const bytes = pattern.copy();
    this.isElement = bytes.length === 1 && bytes[0] === 0x23;
    // As in the reference, what is looked for is looked for up to the first zero byte.
    const zero = bytes.indexOf(0);
    const end = zero < 0 ? bytes.length : zero;
    const place = bytes.subarray(0, end).indexOf(ASTERISK);
    this.hasPlace = place >= 0;
    let arrow = place + 1;
    while (arrow + 2 < end && !(bytes[arrow] === MINUS && bytes[arrow + 1] === GREATER)) arrow++;
    const hasField = this.hasPlace && arrow + 2 < end;
    this.#prefix = bytes.subarray(0, Math.max(place, 0));
    this.#suffix = bytes.subarray(place + 1, hasField ? arrow : bytes.length);
    this.#field = hasField ? new Slice(bytes.slice(arrow + 2)) : undefined;
  }

  /** What the pattern leads to for an element, or undefined; the slice is good until the database is used again. */
  follow(db: Database, element: Slice): Slice | undefined {
    if (this.isElement) return element;
    if (!this.hasPlace) return undefined;
    const key = this.#keyFor(element);
    const ref = db.read(key);
    if (ref === 0) return undefined;
    if (this.#field === undefined) return db.typeOf(ref) === Type.string ? db.stringAt(ref) : undefined;
    return db.typeOf(ref) === Type.hash ? hash.at(db, key, ref).get(this.#field) : undefined;
  }

  #keyFor(element: Slice): Slice {
    const prefix = this.#prefix.length;
    const length = prefix + element.length + this.#suffix.length;
    if (length > this.#name.length) this.#name = new Uint8Array(length * 2);
    this.#name.set(this.#prefix);
    this.#name.set(element.view(), prefix);
    this.#name.set(this.#suffix, prefix + element.length);
    return this.#key.point(this.#name, 0, length);
  }
}
