/**
 * What a script returned, as a reply in the client's version of the protocol.
 *
 * Tables may be nested as deeply as scripts can make them, so what is under way stands in an array and not on the
 * JavaScript stack. Reading is raw: no metamethods are called.
 */
import { latin1, latin1Text } from "../sys/bytes.ts";
import { formatDouble } from "../store/numbers/double.ts";
import type { Reply } from "../resp/reply.ts";
import type { ScriptStack } from "./engine.ts";

/** As many values as the original's stack can hold, beside those that it needs for itself. */
const STACK_VALUES_MAX = 7995;
const STACK_LIMIT_ERROR = "ERR reached lua stack limit";
const INT64_LIMIT = 2 ** 63;
const INT64_MIN = -(2n ** 63n);
const FORMAT_BYTES = 3;
/** In how many bytes of an error a space ends its code. */
const CODE_BYTES_MAX = 31;
const CRLF = latin1("\r\n");

/** A collection that is being written; its table is on the stack. */
interface Frame {
  readonly kind: "array" | "map" | "set";
  /** Where on the stack. */
  readonly table: number;
  /** Values to take off the stack at the end. */
  readonly values: number;
  /** What {@link Reply.endArray} wants. */
  readonly begun: number;
  /** Items, pairs or members so far. */
  count: number;
  /** Of a map: whether the key was written, and its value comes next. */
  hasKey: boolean;
}

export class ReplyWriter {
  #stack!: ScriptStack;
  #reply!: Reply;
  #hasBooleans = false;
  readonly #countError: (code: string | undefined) => void;
  readonly #frames: Frame[] = [];

  /** @param countError is told the code of each error that is written, undefined if the statistics know of it already */
  constructor(countError: (code: string | undefined) => void) {
    this.#countError = countError;
  }

  /**
   * Writes the last value and takes it off the stack. O(values).
   * @param hasBooleans whether booleans are booleans: after `redis.setresp(3)`
   */
  write(stack: ScriptStack, reply: Reply, hasBooleans: boolean): void {
    this.#stack = stack;
    this.#reply = reply;
    this.#hasBooleans = hasBooleans;
    const frames = this.#frames;
    frames.length = 0;
    this.#value();
    while (frames.length > 0) {
      const frame = frames[frames.length - 1]!;
      if (frame.kind === "array") this.#nextItem(frame);
      else this.#nextEntry(frame);
    }
  }

  /** Writes the last value and takes it off; of a collection only the beginning. */
  #value(): void {
    const stack = this.#stack;
    const reply = this.#reply;
    if (stack.count > STACK_VALUES_MAX) {
      this.#countError("ERR");
      reply.error(STACK_LIMIT_ERROR);
      return stack.pop(1);
    }
    switch (stack.type(-1)) {
      case "string":
        reply.bulkBytes(stack.toBytes(-1)!);
        break;
      case "number":
        writeInteger(reply, stack.toNumber(-1)!);
        break;
      case "boolean":
        if (this.#hasBooleans) reply.boolean(stack.toBoolean(-1));
        else if (stack.toBoolean(-1)) reply.integer(1);
        else reply.nil();
        break;
      case "table":
        return this.#table();
      default:
        reply.nil();
    }
    stack.pop(1);
  }

  #table(): void {
    const stack = this.#stack;
    const reply = this.#reply;
    if (this.#pushField("err", "string")) {
      stack.pop(1);
      const { text = "", isCounted } = readError(stack);
      this.#countError(isCounted ? undefined : errorCode(text));
      writeError(reply, text);
    } else if (this.#pushField("ok", "string")) {
      reply.status(oneLine(textUpToZero(stack.toBytes(-1)!)));
      stack.pop(1);
    } else if (this.#pushField("double", "number")) {
      const value = stack.toNumber(-1)!;
      reply.double(value === value ? formatDouble(value) : stack.toText(-1));
      stack.pop(1);
    } else if (this.#pushField("big_number", "string")) {
      const text = oneLine(latin1Text(stack.toBytes(-1)!));
      if (reply.resp3) reply.raw(latin1(`(${text}\r\n`));
      else reply.bulkText(text);
      stack.pop(1);
    } else if (this.#verbatim()) {
      // Nothing is left to do.
    } else if (this.#pushField("map", "table")) {
      return this.#beginEntries("map");
    } else if (this.#pushField("set", "table")) {
      return this.#beginEntries("set");
    } else {
      return this.#begin("array", 1);
    }
    stack.pop(1);
  }

  /** Pushes a field of the last value, if it is of the type. */
  #pushField(name: string, type: "string" | "number" | "table"): boolean {
    this.#stack.pushField(-1, name);
    if (this.#stack.type(-1) === type) return true;
    this.#stack.pop(1);
    return false;
  }

  #verbatim(): boolean {
    const stack = this.#stack;
    if (!this.#pushField("verbatim_string", "table")) return false;
    let isWritten = false;
    if (this.#pushField("format", "string")) {
      const format = textUpToZero(stack.toBytes(-1)!);
      stack.pop(1);
      if (this.#pushField("string", "string")) {
        writeVerbatim(this.#reply, format, stack.toBytes(-1)!);
        stack.pop(1);
        isWritten = true;
      }
    }
    stack.pop(1);
    return isWritten;
  }

  #begin(kind: Frame["kind"], values: number): void {
    const begun = this.#reply.beginArray();
    this.#frames.push({ kind, table: this.#stack.count, values, begun, count: 0, hasKey: false });
  }

  #beginEntries(kind: "map" | "set"): void {
    this.#begin(kind, 2);
    this.#stack.pushNil();
  }

  #end(frame: Frame): void {
    this.#frames.pop();
    this.#stack.pop(frame.values);
    this.#reply.endArray(frame.begun, frame.count, frame.kind);
  }

  #nextItem(frame: Frame): void {
    this.#stack.pushItem(frame.table, frame.count + 1);
    if (this.#stack.type(-1) === "nil") {
      this.#stack.pop(1);
      return this.#end(frame);
    }
    frame.count++;
    this.#value();
  }

  #nextEntry(frame: Frame): void {
    const stack = this.#stack;
    if (frame.hasKey) {
      frame.hasKey = false;
      return this.#value();
    }
    if (!stack.next(frame.table)) return this.#end(frame);
    frame.count++;
    if (frame.kind === "set") {
      stack.pop(1);
      stack.pushCopy(-1);
    } else {
      stack.pushCopy(-2);
      frame.hasKey = true;
    }
    this.#value();
  }
}

/** An error that a table stands for. */
export interface ScriptError {
  /** One character a byte; undefined where the table has none. */
  readonly text: string | undefined;
  /** Whether the statistics know of it already. */
  readonly isCounted: boolean;
}

/** Reads the error that the last value, a table, stands for. */
export function readError(stack: ScriptStack): ScriptError {
  stack.pushField(-1, "ignore_error_stats_update");
  const isCounted = stack.toBoolean(-1);
  stack.pop(1);
  stack.pushField(-1, "err");
  const text = textOf(stack);
  stack.pop(1);
  return { text, isCounted };
}

/** The last value as text up to its first zero byte, if it is a string or a number. */
export function textOf(stack: ScriptStack): string | undefined {
  const type = stack.type(-1);
  if (type === "string") return textUpToZero(stack.toBytes(-1)!);
  return type === "number" ? stack.toText(-1) : undefined;
}

function textUpToZero(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return latin1Text(bytes, 0, end < 0 ? bytes.length : end);
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, " ");
}

/** The word by which an error is counted. */
export function errorCode(text: string): string {
  const end = text.indexOf(" ");
  return end < 0 || end >= CODE_BYTES_MAX ? "ERR" : text.slice(0, end);
}

/** Writes an error; line ends behind it are left out, those in it become spaces. */
export function writeError(reply: Reply, text: string): void {
  reply.error(text.replace(/[\r\n]+$/, ""));
}

function writeInteger(reply: Reply, value: number): void {
  const whole = Math.trunc(value);
  if (Number.isSafeInteger(whole)) reply.integer(whole);
  else if (whole >= -INT64_LIMIT && whole < INT64_LIMIT) reply.bigInteger(BigInt(whole));
  else reply.bigInteger(INT64_MIN);
}

function writeVerbatim(reply: Reply, format: string, bytes: Uint8Array): void {
  if (!reply.resp3) return reply.bulkBytes(bytes);
  const three = format.padEnd(FORMAT_BYTES).slice(0, FORMAT_BYTES);
  reply.raw(latin1(`=${bytes.length + FORMAT_BYTES + 1}\r\n${three}:`));
  reply.raw(bytes);
  reply.raw(CRLF);
}
