/**
 * Reports of what should never happen, in the log: enough to find the defect without having been there.
 *
 * A handler that throws what is no reply has its report, and the server goes on; what nobody catches has its report, and the
 * process ends. Of defects that are the same (the same command, the same place in the code) only the first is told in full:
 * of the others the log says how many there were, at the second, the tenth, the hundredth and so on.
 */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";
import type { Client } from "../context.ts";
import { REDENO_VERSION, REDIS_VERSION } from "../sys/version.ts";
import type { Log } from "./log.ts";
import { secretsOf } from "./secrets.ts";
import { clippedArguments } from "./slow_log.ts";

/** Defects that are told apart; what comes beyond is counted together. */
const DEFECTS_MAX = 32;
const CLIENTS_SHOWN_MAX = 50;
const OTHERS = "others";

/** What a report asks of the server. */
export interface CrashReportSource {
  readonly log: Log;
  readonly startedAt: number;
  readonly clock: { now(): number };
  readonly settings: { flag(name: string): boolean };
  readonly clients: { readonly size: number; all(): Iterable<Client> };
  info(sections: readonly string[]): string;
}

/** The request in the middle of which it happened. */
export interface FailedRequest {
  readonly command: Command | undefined;
  readonly client: Client;
  readonly args: Args;
}

export class CrashReports {
  readonly #source: CrashReportSource;
  /** How often each defect was met. */
  readonly #met: Map<string, number> = new Map();

  constructor(source: CrashReportSource) {
    this.#source = source;
  }

  /** A handler failed; the server goes on. Never throws. */
  handlerFailed(error: unknown, request: FailedRequest): void {
    const name = request.command?.name ?? "?";
    const what = `Internal error in '${name}': ${textOf(error)}`;
    const times = this.#count(`${name} ${framesOf(error)[0]}`);
    if (times === 1) return this.#report(what, error, request);
    if (Math.log10(times) % 1 === 0 || times === 2) {
      const client = attempted(() => request.client.describe());
      this.#source.log.warning(
        `${what} (the ${ordinal(times)} time; the first has a report) from client: ${client}`,
      );
    }
  }

  /** The process ends because of this. Never throws. @param request what was being carried out, if something was */
  fatal(what: string, error: unknown, request?: FailedRequest): void {
    this.#report(what, error, request);
  }

  /** @returns how often a defect was met by now */
  #count(defect: string): number {
    const key = this.#met.has(defect) || this.#met.size < DEFECTS_MAX ? defect : OTHERS;
    const times = (this.#met.get(key) ?? 0) + 1;
    this.#met.set(key, times);
    return times;
  }

  #report(what: string, error: unknown, request: FailedRequest | undefined): void {
    const { log } = this.#source;
    if (!attempted(() => this.#source.settings.flag("crash-log-enabled"), true)) {
      log.warning(`${what} (crash-log-enabled is off: there is no report)`);
      return;
    }
    log.plain("\n\n=== REDENO BUG REPORT START: please hand in everything from here to its end ===");
    log.warning(what);
    const sections: readonly (readonly [title: string, text: () => string])[] = [
      ["STACK TRACE", () => framesOf(error).join("\n")],
      ["SERVER", () => this.#server()],
      ["CURRENT CLIENT INFO", () => request === undefined ? "none" : describeRequest(request)],
      ["INFO OUTPUT", () => this.#source.info(["everything"]).replaceAll("\r\n", "\n")],
      ["CLIENT LIST OUTPUT", () => this.#clients()],
    ];
    for (const [title, text] of sections) {
      // What is broken may break the report, too: what can be told is told.
      log.plain(`\n------ ${title} ------\n${attempted(text, "cannot be told")}`);
    }
    log.plain("\n=== REDENO BUG REPORT END ===\n");
  }

  #server(): string {
    const { clock, startedAt } = this.#source;
    const uptime = Math.floor((clock.now() - startedAt) / 1000);
    return `redeno ${REDENO_VERSION}, which does as Redis ${REDIS_VERSION}, up for ${uptime} seconds`;
  }

  #clients(): string {
    const { clients } = this.#source;
    const lines: string[] = [];
    for (const client of clients.all()) {
      if (lines.length === CLIENTS_SHOWN_MAX) break;
      lines.push(client.describe());
    }
    const more = clients.size - lines.length;
    return lines.join("\n") + (more > 0 ? `\n... (${more} more)` : "");
  }
}

function describeRequest({ client, command, args }: FailedRequest): string {
  const isSecret = command === undefined ? undefined : secretsOf(command, args);
  const shown = clippedArguments(args, isSecret);
  const lines = shown.map((arg, i) => `argv[${i}]: ${JSON.stringify(arg)}`);
  return [client.describe(), ...lines].join("\n");
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Where in the code it happened, innermost first. */
function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? error.stack ?? "" : "";
  return stack.split("\n").filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}

function attempted<T>(action: () => T, otherwise?: T): T | string {
  try {
    return action();
  } catch (error) {
    return otherwise ?? textOf(error);
  }
}

function ordinal(n: number): string {
  return n === 2 ? "2nd" : `${n}th`;
}
