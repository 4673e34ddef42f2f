/** A file whose reading shows on a terminal how far it has come. */
import type { DiskFile } from "../sys/disk.ts";
import { bytesText, Progress } from "./progress.ts";
import { standardTerminal } from "./terminal.ts";

/** Shows how far the reading of files has come. */
export interface ReadingProgress {
  /** The same file, watched. */
  watch(file: DiskFile, label: string): DiskFile;
  /** Takes the bar away, so that something can be printed. */
  hide(): void;
}

/** For programs: on a terminal, if there is one. */
export function readingProgress(): ReadingProgress {
  const isVisible = Deno.stdout.isTerminal() && Deno.stderr.isTerminal();
  let progress: Progress | undefined;
  return {
    watch(file, label) {
      progress?.hide();
      const bar = new Progress(standardTerminal, isVisible, { label, total: file.size, unit: bytesText });
      progress = bar;
      return isVisible ? new WatchedFile(file, (position) => bar.show(position)) : file;
    },
    hide: () => progress?.hide(),
  };
}

/** Passes everything on to a file, and tells where reading stands. */
export class WatchedFile implements DiskFile {
  readonly #file: DiskFile;
  readonly #onRead: (position: number) => void;
  #position = 0;

  constructor(file: DiskFile, onRead: (position: number) => void) {
    this.#file = file;
    this.#onRead = onRead;
  }

  get size(): number {
    return this.#file.size;
  }

  read(into: Uint8Array): number | null {
    const count = this.#file.read(into);
    this.#position += count ?? 0;
    this.#onRead(this.#position);
    return count;
  }

  seek(position: number): void {
    this.#file.seek(position);
    this.#position = position;
  }

  write(bytes: Uint8Array): number {
    return this.#file.write(bytes);
  }

  writeLater(bytes: Uint8Array): Promise<number> {
    return this.#file.writeLater(bytes);
  }

  readAt(into: Uint8Array, position: number): number {
    return this.#file.readAt(into, position);
  }

  readAtLater(into: Uint8Array, position: number): Promise<number> {
    return this.#file.readAtLater(into, position);
  }

  writeAt(bytes: Uint8Array, position: number): number {
    return this.#file.writeAt(bytes, position);
  }

  writeAtLater(bytes: Uint8Array, position: number): Promise<number> {
    return this.#file.writeAtLater(bytes, position);
  }

  tryLock(): boolean {
    return this.#file.tryLock();
  }

  truncate(length: number): void {
    this.#file.truncate(length);
  }

  sync(): void {
    this.#file.sync();
  }

  syncLater(): Promise<void> {
    return this.#file.syncLater();
  }

  close(): void {
    this.#file.close();
  }
}
