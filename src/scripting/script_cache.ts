/**
 * The scripts that a server knows, found by the digest of their source (EVALSHA) and by the source itself (EVAL), in
 * both cases without making a string: EVAL of a known script costs no SHA-1.
 *
 * As in the reference, scripts stay until SCRIPT FLUSH.
 */
import { latin1, sameBytes, type Slice } from "../sys/bytes.ts";
import type { Script } from "./engine.ts";
import type { ScriptHeader } from "./header.ts";
import { sha1Hex } from "./sha1.ts";

/** A script as it is kept. */
export interface CachedScript extends ScriptHeader {
  /** Of the source, 40 digits in lower case. */
  readonly sha: string;
  readonly source: Uint8Array;
  readonly script: Script;
}

interface Kept {
  readonly cached: CachedScript;
  readonly digits: Uint8Array;
}

/** Digits of a digest, and how many of them are looked at first. */
const SHA_DIGITS = 40;
const HASHED_DIGITS = 7;
/** Bytes of a source that are hashed; of a longer one they are taken from all over it. */
const HASHED_BYTES = 128;
/** What a script takes beside its source: code, constants, names of lines. A guess, since nobody can tell. */
const BYTES_PER_SCRIPT = 1024;
const CODE_BYTES_PER_SOURCE_BYTE = 8;

export class ScriptCache {
  /** Number of scripts. */
  size = 0;
  /** Bytes of all sources. */
  sourceBytes = 0;
  readonly #bySha = new Map<number, Kept[]>();
  readonly #bySource = new Map<number, Kept[]>();

  /** An estimate of the bytes that the scripts take, compiled. */
  get compiledBytes(): number {
    return this.size * BYTES_PER_SCRIPT + this.sourceBytes * CODE_BYTES_PER_SOURCE_BYTE;
  }

  /** The script of a digest in hexadecimal digits of any case. O(1), allocates nothing. */
  findBySha(sha: Slice): CachedScript | undefined {
    if (sha.length !== SHA_DIGITS) return undefined;
    const chain = this.#bySha.get(hashOfDigits(sha.bytes, sha.start));
    if (chain === undefined) return undefined;
    for (let i = 0; i < chain.length; i++) {
      const { cached, digits } = chain[i]!;
      let j = 0;
      while (j < SHA_DIGITS && lowerCase(sha.bytes[sha.start + j]!) === digits[j]) j++;
      if (j === SHA_DIGITS) return cached;
    }
    return undefined;
  }

  /** The script of a source. O(bytes), allocates nothing. */
  findBySource(source: Slice): CachedScript | undefined {
    const { bytes, start, end } = source;
    const chain = this.#bySource.get(hashOfSource(bytes, start, end));
    if (chain === undefined) return undefined;
    for (let i = 0; i < chain.length; i++) {
      const { cached } = chain[i]!;
      if (sameBytes(bytes, start, end, cached.source, 0, cached.source.length)) return cached;
    }
    return undefined;
  }

  /** Keeps a script that is not there yet. @param source its bytes, which nobody will change any more */
  add(source: Uint8Array, header: ScriptHeader, script: Script): CachedScript {
    const sha = sha1Hex(source);
    const cached: CachedScript = { ...header, sha, source, script };
    const kept: Kept = { cached, digits: latin1(sha) };
    append(this.#bySha, hashOfDigits(kept.digits, 0), kept);
    append(this.#bySource, hashOfSource(source, 0, source.length), kept);
    this.size++;
    this.sourceBytes += source.length;
    return cached;
  }

  clear(): void {
    this.#bySha.clear();
    this.#bySource.clear();
    this.size = this.sourceBytes = 0;
  }
}

function append(chains: Map<number, Kept[]>, hash: number, kept: Kept): void {
  const chain = chains.get(hash);
  if (chain === undefined) chains.set(hash, [kept]);
  else chain.push(kept);
}

function lowerCase(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}

/** Small enough for the engine not to box it. */
function hashOfDigits(bytes: Uint8Array, start: number): number {
  let hash = 0;
  for (let i = start; i < start + HASHED_DIGITS; i++) {
    const byte = lowerCase(bytes[i]!);
    hash = hash << 4 | (byte <= 57 ? byte & 15 : (byte - 87) & 15);
  }
  return hash;
}

function hashOfSource(bytes: Uint8Array, start: number, end: number): number {
  const step = Math.max(1, Math.floor((end - start) / HASHED_BYTES));
  let hash = end - start;
  for (let i = start; i < end; i += step) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  return hash >> 2;
}
