/** The body of a request: one JSON object, and its fields with their bounds. */
import { latin1 } from "../sys/bytes.ts";
import { Refusal } from "./answers.ts";

/** A value that is edited, or a script, with what JSON makes of it. */
export const BODY_BYTES_MAX: number = 4 << 20;

export class Input {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields;
  }

  /** @throws Refusal when the body is too large, or no JSON object that was sent as such */
  static async read(request: Request): Promise<Input> {
    // No form of another site can send this type.
    if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
      throw new Refusal(415, "The body must be of the type application/json.");
    }
    let fields: unknown;
    try {
      fields = JSON.parse(new TextDecoder().decode(await readBody(request)));
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(400, "The body is no JSON.");
    }
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
      throw new Refusal(400, "The body is no JSON object.");
    }
    return new Input(fields as Record<string, unknown>);
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }

  text(name: string, initial?: string): string {
    const value = this.#fields[name] ?? initial;
    if (typeof value !== "string") throw new Refusal(400, `${name} must be a text.`);
    return value;
  }

  /** A text of one character a byte. */
  bytes(name: string, initial?: string): Uint8Array {
    return bytesOf(name, this.text(name, initial));
  }

  /** Several texts of one character a byte; none when they are missing. */
  list(name: string): Uint8Array[] {
    const value = this.#fields[name] ?? [];
    if (!Array.isArray(value)) throw new Refusal(400, `${name} must be a list.`);
    return value.map((item) => {
      if (typeof item !== "string") throw new Refusal(400, `${name} must be a list of texts.`);
      return bytesOf(name, item);
    });
  }

  integer(name: string, min: number, max: number, initial?: number): number {
    const value = this.#fields[name] ?? initial;
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
      throw new Refusal(400, `${name} must be an integer from ${min} to ${max}.`);
    }
    return value;
  }
}

function bytesOf(name: string, text: string): Uint8Array {
  // deno-lint-ignore no-control-regex
  if (!/^[\x00-\xff]*$/.test(text)) throw new Refusal(400, `${name} must have one character a byte.`);
  return latin1(text);
}

async function readBody(request: Request): Promise<Uint8Array> {
  const body = new Uint8Array(BODY_BYTES_MAX);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    if (length + chunk.length > BODY_BYTES_MAX) {
      throw new Refusal(413, `The body may have ${BODY_BYTES_MAX} bytes.`);
    }
    body.set(chunk, length);
    length += chunk.length;
  }
  return body.subarray(0, length);
}
