/** SHA-1, the name under which the reference keeps a script. No protection of anything rests on it here. */

const BLOCK_BYTES = 64;
/** The end of the padding: the length in bits. */
const LENGTH_BYTES = 8;
const HEX = "0123456789abcdef";

const words = new Int32Array(80);
const state = new Int32Array(5);
const tail = new Uint8Array(BLOCK_BYTES * 2);

/** The digest of some bytes, as 40 hexadecimal digits in lower case. O(bytes). */
export function sha1Hex(bytes: Uint8Array): string {
  state[0] = 0x67452301;
  state[1] = 0xefcdab89 | 0;
  state[2] = 0x98badcfe | 0;
  state[3] = 0x10325476;
  state[4] = 0xc3d2e1f0 | 0;
  const whole = bytes.length - bytes.length % BLOCK_BYTES;
  for (let at = 0; at < whole; at += BLOCK_BYTES) addBlock(bytes, at);
  const rest = bytes.length - whole;
  tail.fill(0);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const end = rest + 1 + LENGTH_BYTES > BLOCK_BYTES ? BLOCK_BYTES * 2 : BLOCK_BYTES;
  let bits = bytes.length * 8;
  for (let i = 1; i <= LENGTH_BYTES; i++) {
    tail[end - i] = bits % 256;
    bits = Math.floor(bits / 256);
  }
  for (let at = 0; at < end; at += BLOCK_BYTES) addBlock(tail, at);
  let hex = "";
  for (let i = 0; i < 5; i++) {
    for (let shift = 28; shift >= 0; shift -= 4) hex += HEX[(state[i]! >>> shift) & 15];
  }
  return hex;
}

function addBlock(bytes: Uint8Array, start: number): void {
  for (let i = 0; i < 16; i++) {
    const at = start + i * 4;
    words[i] = bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!;
  }
  for (let i = 16; i < 80; i++) {
    words[i] = rotated(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1);
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  for (let i = 0; i < 80; i++) {
    let mixed: number;
    if (i < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
    else if (i < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
    else if (i < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else mixed = (b ^ c ^ d) + 0xca62c1d6;
    const next = (rotated(a, 5) + mixed + e + words[i]!) | 0;
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = next;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
}

function rotated(word: number, by: number): number {
  return word << by | word >>> (32 - by);
}
