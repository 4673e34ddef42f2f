/** What a connection remembers and its client should know: the database and the transaction, as the prompt shows them. */
import type { ReplyValue } from "../reply_value.ts";

export class ConversationState {
  /** The one that commands see. */
  database = 0;
  /** The one to select when the connection is made anew. */
  wantedDatabase: number;
  #isQueueing = false;
  /** The database before the transaction, for when it comes to nothing. */
  #databaseBefore = 0;

  constructor(wantedDatabase: number) {
    this.wantedDatabase = wantedDatabase;
  }

  /** Behind the server's name: `[2](TX)`. */
  get marks(): string {
    return (this.database === 0 ? "" : `[${this.database}]`) + (this.#isQueueing ? "(TX)" : "");
  }

  /** There is a new connection. */
  reset(): void {
    this.database = 0;
    this.#isQueueing = false;
  }

  /** A command was answered. */
  note(words: readonly string[], reply: ReplyValue): void {
    const command = words[0]!.toLowerCase();
    const isDone = reply.kind !== "error";
    if (command === "select" && words.length === 2 && isDone) {
      this.#see(parseInt(words[1]!, 10) || 0);
    } else if (command === "multi" && words.length === 1 && isDone) {
      this.#isQueueing = true;
      this.#databaseBefore = this.database;
    } else if (command === "exec" && words.length === 1 && this.#isQueueing) {
      this.#isQueueing = false;
      if (!isDone || reply.kind === "nil") this.#see(this.#databaseBefore);
    } else if (command === "discard" && words.length === 1 && isDone) {
      this.#isQueueing = false;
      this.#see(this.#databaseBefore);
    } else if (command === "reset" && words.length === 1 && isDone) {
      this.#isQueueing = false;
      this.#see(0);
    }
  }

  #see(database: number): void {
    this.database = database;
    this.wantedDatabase = database;
  }
}
