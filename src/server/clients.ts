/** All connected clients: who is there, who is held back by a pause, who is closed. */
import type { Client, Clients, PauseMode, Transaction } from "../context.ts";
import { type Command, FlagBit } from "../command_table.ts";
import type { ServedClient } from "./served_client.ts";

/** Commands that a pause of writes holds back although they are not declared as writes. */
const PAUSED_WITH_WRITES = new Set(["publish", "spublish", "eval", "evalsha", "fcall", "pfcount"]);

export class ClientRegistry implements Clients {
  readonly #byId: Map<number, ServedClient> = new Map();
  #lastId = 0;
  pauseMode: PauseMode | undefined;
  /** Unix ms. */
  pauseUntil = 0;
  /** Called when a pause begins or ends. */
  onPause: (() => void) | undefined;

  get size(): number {
    return this.#byId.size;
  }

  nextId(): number {
    return ++this.#lastId;
  }

  add(client: ServedClient): void {
    this.#byId.set(client.id, client);
  }

  remove(client: ServedClient): void {
    this.#byId.delete(client.id);
  }

  byId(id: number): ServedClient | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<ServedClient> {
    return this.#byId.values();
  }

  kill(victim: Client, by: Client): void {
    const connection = this.#byId.get(victim.id);
    if (connection === undefined) return;
    if (victim === by) victim.closeAfterReply = true;
    else connection.close();
  }

  pause(mode: PauseMode, until: number): void {
    // A weaker or shorter pause never takes anything off a running one.
    if (this.pauseMode !== "all") this.pauseMode = mode;
    this.pauseUntil = Math.max(until, this.pauseUntil);
    this.onPause?.();
  }

  unpause(): void {
    this.pauseMode = undefined;
    this.pauseUntil = 0;
    this.onPause?.();
    // Not now: a request that ends the pause is still being carried out, and no other may run inside of it.
    queueMicrotask(() => this.resumeAll());
  }

  /** Lets requests be tried again that were held back. */
  resumeAll(): void {
    for (const connection of [...this.#byId.values()]) connection.resume();
  }

  /** Ends a pause whose time has come. @param now unix ms */
  checkPause(now: number): void {
    if (this.pauseMode !== undefined && now >= this.pauseUntil) this.unpause();
  }

  /**
   * Whether the pause holds a command back; one of all commands also holds back UNPAUSE.
   * @param transaction of the client, for EXEC @param writes what the script that the command runs declares
   */
  holdsBack(command: Command, transaction?: Transaction, writes?: boolean): boolean {
    if (this.pauseMode === undefined) return false;
    if (this.pauseMode === "all") return true;
    if (writes !== undefined) return writes;
    if (command.name === "exec") return transaction?.commands.some(isPausedWithWrites) === true;
    return isPausedWithWrites(command);
  }
}

/** Whether a pause of writes holds a command back. */
function isPausedWithWrites(command: Command): boolean {
  return (command.flagBits & FlagBit.write) !== 0 || PAUSED_WITH_WRITES.has(command.name);
}
