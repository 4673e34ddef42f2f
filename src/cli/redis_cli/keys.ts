/**
 * What somebody types, key by key: the bytes that a terminal sends in its raw mode, as characters and named keys.
 */

/** A character that is typed, or a key by its name. */
export type Key =
  | { readonly char: string }
  | { readonly name: KeyName };

export type KeyName =
  | "enter"
  | "tab"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "up"
  | "down"
  | "home"
  | "end"
  | "word left"
  | "word right"
  | "kill word"
  | "escape"
  | `ctrl-${string}`;

/** What follows ESC [ or ESC O, for the keys that mean something. */
const SEQUENCES: Readonly<Record<string, KeyName>> = {
  "A": "up",
  "B": "down",
  "C": "right",
  "D": "left",
  "H": "home",
  "F": "end",
  "1~": "home",
  "7~": "home",
  "4~": "end",
  "8~": "end",
  "3~": "delete",
  "1;5C": "word right",
  "1;5D": "word left",
  "1;3C": "word right",
  "1;3D": "word left",
};

const ESCAPE = 0x1b;

/** Bytes in with {@link feed}, keys out with {@link next}; what is incomplete waits for more. */
export class KeyReader {
  #bytes: number[] = [];

  feed(chunk: Uint8Array): void {
    this.#bytes.push(...chunk);
  }

  /** The next key, or undefined when more bytes are needed. */
  next(): Key | undefined {
    for (;;) {
      const first = this.#bytes[0];
      if (first === undefined) return undefined;
      const found = first === ESCAPE
        ? this.#escaped()
        : first < 32 || first === 127
        ? control(first)
        : this.#character(first);
      if (found === undefined) return undefined;
      this.#bytes.splice(0, found.length);
      if (found.key !== undefined) return found.key;
    }
  }

  /** ESC alone is complete only when nothing follows: whoever waits for more says so. */
  flush(): Key | undefined {
    if (this.#bytes[0] !== ESCAPE) return undefined;
    this.#bytes = [];
    return { name: "escape" };
  }

  #escaped(): Found | undefined {
    const second = this.#bytes[1];
    if (second === undefined) return undefined;
    const char = String.fromCharCode(second);
    if (char !== "[" && char !== "O") {
      const name = char === "b"
        ? "word left"
        : char === "f"
        ? "word right"
        : char === "d"
        ? "kill word"
        : undefined;
      return { length: 2, key: name === undefined ? undefined : { name } };
    }
    // Digits and semicolons, then a letter or a tilde.
    let end = 2;
    while (this.#bytes[end] !== undefined && this.#bytes[end]! >= 0x30 && this.#bytes[end]! <= 0x3b) end++;
    const last = this.#bytes[end];
    if (last === undefined) return undefined;
    const name = SEQUENCES[String.fromCharCode(...this.#bytes.slice(2, end + 1))];
    return { length: end + 1, key: name === undefined ? undefined : { name } };
  }

  #character(first: number): Found | undefined {
    const length = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
    const bytes = this.#bytes.slice(0, length);
    const isBroken = bytes.slice(1).some((byte) => (byte & 0xc0) !== 0x80);
    if (!isBroken && bytes.length < length) return undefined;
    const char = new TextDecoder().decode(Uint8Array.from(bytes));
    // What is no UTF-8 becomes one sign for each byte.
    return char.startsWith("\ufffd") ? { length: 1, key: { char: "\ufffd" } } : { length, key: { char } };
  }
}

interface Found {
  /** Bytes that it took. */
  readonly length: number;
  /** Undefined: a key that means nothing. */
  readonly key: Key | undefined;
}

function control(byte: number): Found {
  const name: KeyName = byte === 13 || byte === 10
    ? "enter"
    : byte === 9
    ? "tab"
    : byte === 8 || byte === 127
    ? "backspace"
    : `ctrl-${String.fromCharCode(byte + 96)}`;
  return { length: 1, key: { name } };
}
