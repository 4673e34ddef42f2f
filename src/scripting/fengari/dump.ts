/**
 * string.dump: a compiled function as Lua 5.1 writes it on x86-64: header, then the function and those inside it.
 * Nothing here reads that form, and neither does the reference: loadstring refuses it.
 */
import { ByteBuffer } from "./lib/byte_buffer.ts";
import { BOOLEAN, NIL, NUMBER, type Proto, STRING, type TString } from "./types.ts";

/** Version 5.1, official format, little-endian, sizes of int, size_t, instruction and number, numbers are doubles. */
const HEADER = Uint8Array.of(0x1b, 0x4c, 0x75, 0x61, 0x51, 0, 1, 4, 8, 4, 8, 0);

const scratch = new DataView(new ArrayBuffer(8));

export function dumpFunction(proto: Proto): Uint8Array {
  const out = new ByteBuffer();
  out.bytes(HEADER);
  writeFunction(out, proto, undefined);
  return out.copy();
}

function writeInt(out: ByteBuffer, value: number): void {
  scratch.setInt32(0, value, true);
  for (let i = 0; i < 4; i++) out.byte(scratch.getUint8(i));
}

function writeString(out: ByteBuffer, string: TString | undefined): void {
  const size = string === undefined ? 0 : string.realstring.length + 1;
  writeInt(out, size);
  writeInt(out, 0);
  if (string === undefined) return;
  out.bytes(string.realstring);
  out.byte(0);
}

function writeFunction(out: ByteBuffer, proto: Proto, parentSource: TString | undefined): void {
  writeString(out, proto.source === parentSource ? undefined : proto.source);
  writeInt(out, proto.linedefined);
  writeInt(out, proto.lastlinedefined);
  out.byte(proto.upvalueNames.length);
  out.byte(proto.numparams);
  out.byte(proto.variadic);
  out.byte(proto.maxstacksize);
  writeInt(out, proto.original.length);
  for (const instruction of proto.original) writeInt(out, instruction);
  writeConstants(out, proto);
  writeInt(out, proto.p.length);
  for (const inner of proto.p) writeFunction(out, inner, proto.source);
  writeInt(out, proto.lineinfo.length);
  for (const line of proto.lineinfo) writeInt(out, line);
  writeInt(out, proto.locals.length);
  for (const { name, startPc, endPc } of proto.locals) {
    writeString(out, name);
    writeInt(out, startPc);
    writeInt(out, endPc);
  }
  writeInt(out, proto.upvalueNames.length);
  for (const name of proto.upvalueNames) writeString(out, name);
}

function writeConstants(out: ByteBuffer, proto: Proto): void {
  writeInt(out, proto.k.length);
  for (const { type, value } of proto.k) {
    out.byte(type === STRING ? 4 : type);
    if (type === BOOLEAN) out.byte(value === true ? 1 : 0);
    else if (type === STRING) writeString(out, value as TString);
    else if (type === NUMBER) {
      scratch.setFloat64(0, value as number, true);
      for (let i = 0; i < 8; i++) out.byte(scratch.getUint8(i));
    } else if (type !== NIL) throw new Error("not a constant");
  }
}
