/**
 * Faults on demand: what a test wishes to become of the requests of clients, and of the disk.
 *
 * A request is looked at once, when its turn has come, before anything of it is carried out; the commands inside of EXEC
 * and of scripts are no requests. It is late first, if so wished; then it is refused or its connection is cut.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import type { Client } from "../context.ts";
import { ReplyError as RefusedRequest } from "../errors.ts";
import type { Verdict } from "../gates.ts";
import type { ServedClient } from "../server/served_client.ts";
import type { RedenoServer } from "../server/server.ts";
import type { Timer } from "../sys/timers.ts";
import { Fault, type FaultOptions } from "./fault.ts";
import type { DiskFaults } from "./faulty_disk.ts";
import { textOf } from "./reply.ts";

/** Which requests a fault strikes. */
export interface RequestFaultOptions extends FaultOptions {
  /** Only those whose arguments, the command's name first, as text, are such. */
  readonly where?: (args: readonly string[]) => boolean;
  /** How likely it is that one of these is struck, 0 to 1, by the server's seed; default 1. */
  readonly chance?: number;
}

/** How a connection is cut. */
export interface DisconnectOptions extends RequestFaultOptions {
  /** Whether the command is carried out, and only the reply is lost. Default false. */
  readonly carriedOut?: boolean;
}

/** Faults on demand. A command is `"GET"`, `"CONFIG"` with all its subcommands, `"CONFIG SET"`, or `"*"`: all. */
export interface Faults {
  /** Faults of the disk that the server writes to. */
  readonly disk: DiskFaults;
  /**
   * Answers requests with an error instead of carrying them out; within MULTI it fails the transaction.
   * @param text the whole text, with its first word: `"ERR boom"`
   * @throws RangeError when there is no such command, or the text is not one line
   */
  reply(command: string, text: string, options?: RequestFaultOptions): Fault;
  /**
   * Lets requests wait so many ms of the server's time before they are carried out, and what the client sent behind
   * them as well. Several add up. On a clock of one's own they go on with {@link EmbeddedServer.advance}.
   * @param ms above 0, below 2^31
   * @throws RangeError
   */
  latency(command: string, ms: number, options?: RequestFaultOptions): Fault;
  /** Cuts the connection of a client that sends this, before or after it is carried out. There is no reply. */
  disconnect(command: string, options?: DisconnectOptions): Fault;
  /** Ends all faults, of the disk too. What is late goes on. */
  clear(): void;
}

type What =
  | { readonly kind: "reply"; readonly error: RefusedRequest }
  | { readonly kind: "late"; readonly ms: number }
  | { readonly kind: "cut"; readonly carriedOut: boolean };

interface Wish {
  readonly fault: Fault;
  /** In lower case, `container|name` of a subcommand; "*": all. */
  readonly command: string;
  readonly what: What;
  readonly options: RequestFaultOptions;
}

/** A request that is late, of a client. */
interface Late {
  isDue: boolean;
  timer: Timer | undefined;
}

export class WishedFaults implements Faults {
  readonly disk: DiskFaults;
  readonly #server: RedenoServer;
  readonly #exempt: () => Client | undefined;
  readonly #wishes: Set<Wish> = new Set();
  readonly #late: Map<Client, Late> = new Map();

  /** @param exempt the client that no fault strikes */
  constructor(server: RedenoServer, disk: DiskFaults, exempt: () => Client | undefined) {
    this.#server = server;
    this.disk = disk;
    this.#exempt = exempt;
  }

  reply(command: string, text: string, options: RequestFaultOptions = {}): Fault {
    if (text === "" || /[\r\n]/.test(text)) throw new RangeError("an error is one line");
    return this.#add(command, { kind: "reply", error: new RefusedRequest(text) }, options);
  }

  latency(command: string, ms: number, options: RequestFaultOptions = {}): Fault {
    if (!(ms > 0 && ms < 2 ** 31)) throw new RangeError(`nothing can be late by ${ms} ms`);
    return this.#add(command, { kind: "late", ms }, options);
  }

  disconnect(command: string, options: DisconnectOptions = {}): Fault {
    return this.#add(command, { kind: "cut", carriedOut: options.carriedOut ?? false }, options);
  }

  clear(): void {
    this.#wishes.clear();
    this.disk.clear();
    for (const [client, { timer }] of [...this.#late]) {
      timer?.cancel();
      this.#late.delete(client);
      // In a turn of its own, since a request may be being carried out.
      queueMicrotask(() => (client as ServedClient).resume());
    }
    this.#follow();
  }

  #add(command: string, what: What, options: RequestFaultOptions): Fault {
    const name = command.trim().toLowerCase().replace(/[ |]+/, "|");
    if (name !== "*" && !this.#isKnown(name)) throw new RangeError(`there is no command ${command}`);
    const { chance = 1 } = options;
    if (!(chance >= 0 && chance <= 1)) throw new RangeError(`${chance} is no probability`);
    const wish: Wish = {
      command: name,
      what,
      options,
      fault: new Fault(options, () => {
        this.#wishes.delete(wish);
        this.#follow();
      }),
    };
    this.#wishes.add(wish);
    this.#follow();
    return wish.fault;
  }

  #isKnown(name: string): boolean {
    const [container = "", sub] = name.split("|");
    const command = this.#server.commands.get(container);
    return command !== undefined && (sub === undefined || command.subcommand(sub) !== undefined);
  }

  /** Has dispatch ask about requests only while that is of use. */
  #follow(): void {
    const isOfUse = this.#wishes.size > 0 || this.#late.size > 0;
    this.#server.hooks.wishFaults(isOfUse ? (...request) => this.#become(...request) : undefined);
  }

  #become(command: Command, client: Client, args: Args): Verdict {
    if (client === this.#exempt()) return "passes";
    const late = this.#late.get(client);
    if (late === undefined) {
      const ms = this.#lateness(command, args);
      if (ms > 0) return this.#delay(client, ms);
    } else {
      if (!late.isDue) return "wait";
      this.#late.delete(client);
      this.#follow();
    }
    for (const wish of this.#wishes) {
      if (wish.what.kind === "late" || !this.#strikes(wish, command, args)) continue;
      if (wish.what.kind === "reply") throw wish.what.error;
      return this.#cut(client as ServedClient, wish.what.carriedOut);
    }
    return "passes";
  }

  #strikes({ command: name, options, fault }: Wish, { name: asked }: Command, args: Args): boolean {
    if (name !== "*" && asked !== name && !asked.startsWith(name + "|")) return false;
    if (options.where !== undefined && !options.where(texts(args))) return false;
    const { chance } = options;
    if (chance !== undefined && chance < 1 && this.#server.random.float() >= chance) return false;
    return fault.strikes();
  }

  #lateness(command: Command, args: Args): number {
    let ms = 0;
    for (const wish of this.#wishes) {
      if (wish.what.kind === "late" && this.#strikes(wish, command, args)) ms += wish.what.ms;
    }
    return ms;
  }

  #delay(client: Client, ms: number): Verdict {
    const late: Late = { isDue: false, timer: undefined };
    late.timer = this.#server.timers.after(ms, () => {
      const served = client as ServedClient;
      late.isDue = true;
      if (!served.closed) return served.resume();
      this.#late.delete(client);
      this.#follow();
    });
    this.#late.set(client, late);
    return "wait";
  }

  #cut(client: ServedClient, carriedOut: boolean): Verdict {
    if (carriedOut) {
      this.#server.turn.loseAtEnd(client);
      return "passes";
    }
    client.close();
    return "dropped";
  }
}

function texts(args: Args): string[] {
  return Array.from({ length: args.count }, (_, i) => textOf(args.at(i).copy()));
}
