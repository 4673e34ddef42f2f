/**
 * What a {@link ./memory_disk.ts} holds: files and folders, each as processes see it and as a power cut would leave
 * it. The two differ by an ordered list of changes, which a sync carries over.
 *
 * After a power cut with chance, what was not synced is there up to some change; of two files (or a file and its
 * folder) one may have come further than the other, as on a disk that writes back when it likes.
 */
import type { Random } from "./random.ts";

/** Bytes that grow at the end and can be cut off. */
class Bytes {
  #room = new Uint8Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(this.#length + bytes.length);
    this.#room.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  writeAt(bytes: Uint8Array, position: number): void {
    this.#reserve(position + bytes.length);
    this.#room.set(bytes, position);
    this.#length = Math.max(this.#length, position + bytes.length);
  }

  truncate(length: number): void {
    this.#reserve(length);
    if (length < this.#length) this.#room.fill(0, length, this.#length);
    this.#length = length;
  }

  view(from = 0, to = this.#length): Uint8Array {
    return this.#room.subarray(from, Math.min(to, this.#length));
  }

  #reserve(length: number): void {
    if (length <= this.#room.length) return;
    const wider = new Uint8Array(Math.max(length, this.#room.length * 2));
    wider.set(this.#room);
    this.#room = wider;
  }
}

/** Bytes that were written at the end, or at a position; or the length that a file was cut or filled up to. */
type Change = Uint8Array | number | { readonly bytes: Uint8Array; readonly position: number };

function apply(change: Change, bytes: Bytes): void {
  if (typeof change === "number") bytes.truncate(change);
  else if (change instanceof Uint8Array) bytes.append(change);
  else bytes.writeAt(change.bytes, change.position);
}

/** A file, whether or not a folder still names it. */
export class MemoryFile {
  readonly #live = new Bytes();
  readonly #durable = new Bytes();
  /** What leads from the durable bytes to the live ones. */
  #changes: Change[] = [];
  #changesSynced = 0;
  /** The handle that has the file for itself. */
  lockedBy: unknown;

  get size(): number {
    return this.#live.length;
  }

  /** Stands for all changes so far; see {@link syncUpTo}. */
  get changeCount(): number {
    return this.#changesSynced + this.#changes.length;
  }

  view(from?: number, to?: number): Uint8Array {
    return this.#live.view(from, to);
  }

  append(bytes: Uint8Array): void {
    this.#change(bytes.slice());
  }

  writeAt(bytes: Uint8Array, position: number): void {
    this.#change({ bytes: bytes.slice(), position });
  }

  truncate(length: number): void {
    this.#change(length);
  }

  /** Makes the first `count` changes durable, of all that were ever made. */
  syncUpTo(count: number): void {
    const news = Math.max(0, count - this.#changesSynced);
    for (const change of this.#changes.splice(0, news)) apply(change, this.#durable);
    this.#changesSynced += news;
  }

  copy(): MemoryFile {
    const copy = new MemoryFile();
    copy.append(this.#durable.view());
    copy.syncUpTo(copy.changeCount);
    for (const change of this.#changes) copy.#change(change);
    return copy;
  }

  afterPowerCut(random: Random | undefined): MemoryFile {
    const left = new MemoryFile();
    left.append(this.#durable.view());
    if (random !== undefined && this.#changes.length > 0) {
      const whole = random.below(this.#changes.length + 1);
      for (const change of this.#changes.slice(0, whole)) left.#change(change);
      const torn = this.#changes[whole];
      if (torn instanceof Uint8Array) left.append(torn.subarray(0, random.below(torn.length + 1)));
    }
    left.syncUpTo(left.changeCount);
    return left;
  }

  #change(change: Change): void {
    apply(change, this.#live);
    this.#changes.push(change);
  }
}

export type MemoryNode = MemoryFile | MemoryFolder;

/** What names stand for from now on; undefined for nothing. Those of one step become durable together. */
type Step = readonly (readonly [name: string, node: MemoryNode | undefined])[];

function take(step: Step, entries: Map<string, MemoryNode>): void {
  for (const [name, node] of step) {
    if (node === undefined) entries.delete(name);
    else entries.set(name, node);
  }
}

/** Makes the counterpart of a node in another disk, always the same one for the same node. */
type Counterpart = (node: MemoryNode) => MemoryNode;

export class MemoryFolder {
  readonly #live = new Map<string, MemoryNode>();
  readonly #durable = new Map<string, MemoryNode>();
  #steps: Step[] = [];

  get size(): number {
    return this.#live.size;
  }

  get(name: string): MemoryNode | undefined {
    return this.#live.get(name);
  }

  names(): string[] {
    return [...this.#live.keys()];
  }

  nodes(): Iterable<MemoryNode> {
    return this.#live.values();
  }

  change(step: Step): void {
    take(step, this.#live);
    this.#steps.push(step);
  }

  sync(): void {
    for (const step of this.#steps) take(step, this.#durable);
    this.#steps = [];
  }

  /** The tree below this folder as processes see it, and what is durable of it. */
  copy(): MemoryFolder {
    return counterpartOf(this, (file) => file.copy(), (folder, into, node) => {
      for (const [name, child] of folder.#durable) into.#durable.set(name, node(child));
      take([...into.#durable], into.#live);
      for (const step of folder.#steps) {
        into.change(step.map(([name, child]) => [name, child && node(child)]));
      }
    });
  }

  /** The tree below this folder after a power cut: what is durable and, with chance, some of the steps since. */
  afterPowerCut(random: Random | undefined): MemoryFolder {
    return counterpartOf(this, (file) => file.afterPowerCut(random), (folder, into, node) => {
      const left = new Map(folder.#durable);
      const taken = random?.below(folder.#steps.length + 1) ?? 0;
      for (const step of folder.#steps.slice(0, taken)) take(step, left);
      into.change([...left].map(([name, child]) => [name, node(child)]));
      into.sync();
    });
  }
}

function counterpartOf(
  root: MemoryFolder,
  fileOf: (file: MemoryFile) => MemoryFile,
  fill: (folder: MemoryFolder, into: MemoryFolder, counterpart: Counterpart) => void,
): MemoryFolder {
  const known = new Map<MemoryNode, MemoryNode>();
  function node(original: MemoryNode): MemoryNode {
    const made = known.get(original);
    if (made !== undefined) return made;
    return original instanceof MemoryFile ? remember(original, fileOf(original)) : folder(original);
  }
  function remember<T extends MemoryNode>(original: MemoryNode, counterpart: T): T {
    known.set(original, counterpart);
    return counterpart;
  }
  function folder(original: MemoryFolder): MemoryFolder {
    const into = remember(original, new MemoryFolder());
    fill(original, into, node);
    return into;
  }
  return folder(root);
}
