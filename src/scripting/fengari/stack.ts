/**
 * The engine-neutral view of a fengari stack.
 */
import type { NativeFunction, ScriptStack, ScriptType } from "../engine.ts";
import { copyValue, hasSlots, needSlots, pushNil } from "./calls.ts";
import { textOfNumber, toNumber } from "./conversions.ts";
import { argumentError, libraryError, runError, typeName } from "./errors.ts";
import { isFalse, writableSlot } from "./metamethods.ts";
import { isNumber } from "./conversions.ts";
import { pushBoolean, pushBytes, pushCopy, pushNumber, pushString, pushTable } from "./native.ts";
import { latin1Text, nameString, stringOf } from "./strings.ts";
import { ABSENT, Table } from "./table.ts";
import { addressOf } from "./stdlib/address.ts";
import { throwStatus } from "./threads.ts";
import {
  type LuaState,
  type NativeBody,
  STATUS_RUNTIME_ERROR,
  STRING,
  TABLE,
  type TString,
  type TValue,
} from "./types.ts";

/** Slots that are free without asking; beyond them room is made. */
const FREE_SLOTS = 8;

export class FengariStack implements ScriptStack {
  #L!: LuaState;

  /** Shows the current call of a thread. */
  attach(L: LuaState): void {
    this.#L = L;
  }

  get count(): number {
    return this.#L.top - (this.#L.ci.funcOff + 1);
  }

  #slot(at: number): TValue {
    const L = this.#L;
    const index = at > 0 ? L.ci.funcOff + at : L.top + at;
    return index < L.top && index > L.ci.funcOff ? L.stack[index]! : ABSENT;
  }

  #table(at: number): Table {
    const o = this.#slot(at);
    if (o.type !== TABLE) throw new TypeError(`value ${at} is no table`);
    return o.value as Table;
  }

  #room(): void {
    const L = this.#L;
    if (L.ci.top - L.top < FREE_SLOTS && !hasSlots(L, FREE_SLOTS)) needSlots(L, 1, "too many values");
  }

  type(at: number): ScriptType {
    return typeName(this.#slot(at)) as ScriptType;
  }

  toBoolean(at: number): boolean {
    return !isFalse(this.#slot(at));
  }

  toNumber(at: number): number | undefined {
    return toNumber(this.#slot(at));
  }

  toBytes(at: number): Uint8Array | undefined {
    const o = this.#slot(at);
    return o.type === STRING ? (o.value as TString).realstring : undefined;
  }

  toText(at: number): string {
    const o = this.#slot(at);
    if (isNumber(o)) return latin1Text(textOfNumber(o).realstring);
    throw new TypeError(`value ${at} is no number`);
  }

  pushField(table: number, name: string): void {
    const found = this.#table(table).getString(nameString(name));
    this.#room();
    pushCopy(this.#L, found);
  }

  pushItem(table: number, index: number): void {
    const found = this.#table(table).getNumber(index);
    this.#room();
    pushCopy(this.#L, found);
  }

  next(table: number): boolean {
    const L = this.#L;
    const from = this.#table(table);
    this.#room();
    pushNil(L);
    const key = L.stack[L.top - 2]!;
    const found = from.next(key, key, L.stack[L.top - 1]!);
    if (found === "invalid") runError(L, "invalid key to 'next'");
    if (found === "end") L.top -= 2;
    return found === "found";
  }

  pop(count: number): void {
    this.#L.top -= count;
  }

  pushNil(): void {
    this.#room();
    pushNil(this.#L);
  }

  pushBoolean(value: boolean): void {
    this.#room();
    pushBoolean(this.#L, value);
  }

  pushNumber(value: number): void {
    this.#room();
    pushNumber(this.#L, value);
  }

  pushBytes(bytes: Uint8Array): void {
    this.#room();
    pushBytes(this.#L, bytes);
  }

  pushText(text: string): void {
    this.#room();
    pushString(this.#L, text.length <= 40 ? nameString(text) : stringOf(text));
  }

  pushCopy(at: number): void {
    const o = this.#slot(at);
    this.#room();
    pushCopy(this.#L, o);
  }

  pushTable(items: number, fields: number): void {
    this.#room();
    pushTable(this.#L, new Table(items, fields));
  }

  #store(slot: TValue): void {
    const L = this.#L;
    copyValue(L.stack[L.top - 1]!, slot);
    L.top--;
  }

  setField(table: number, name: string): void {
    this.#store(this.#table(table).stringSlot(nameString(name)));
  }

  setItem(table: number, index: number): void {
    this.#store(this.#table(table).numberSlot(index));
  }

  setEntry(table: number): void {
    const L = this.#L;
    this.#store(writableSlot(L, this.#table(table), L.stack[L.top - 2]!));
    L.top--;
  }

  identity(at: number): number {
    return addressOf(this.#slot(at).value) ?? 0;
  }

  raise(): never {
    throwStatus(this.#L, STATUS_RUNTIME_ERROR);
  }

  fail(message: string): never {
    libraryError(this.#L, message);
  }

  failArgument(n: number, reason: string): never {
    argumentError(this.#L, n, reason);
  }
}

/** Makes a function of the VM of one that knows the neutral stack only. */
export function nativeBody(body: NativeFunction): NativeBody {
  const stack = new FengariStack();
  return (L) => {
    stack.attach(L);
    return body(stack);
  };
}
