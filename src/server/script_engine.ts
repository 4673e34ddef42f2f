/**
 * The engine of scripts, which takes as long to bring in as all the rest of the server: that is done when the server
 * listens already, and who wants to run a script before has to wait.
 */
import { Attention } from "../dispatch.ts";
import type { DebuggableEngine, EngineOptions } from "../scripting/engine.ts";
import type { RedenoServer } from "./server.ts";

export type NewScriptEngine = (options: EngineOptions) => DebuggableEngine;

export class ScriptEngineLoader {
  readonly #server: RedenoServer;
  #newEngine: NewScriptEngine | undefined;
  #loaded: Promise<void> | undefined;

  /** @param newEngine makes the engine; without it the usual one is loaded when it is wanted */
  constructor(server: RedenoServer, newEngine: NewScriptEngine | undefined) {
    this.#server = server;
    this.#newEngine = newEngine;
    if (newEngine === undefined) this.#holdScriptsBack(true);
  }

  /** Makes an engine. To be called when one is loaded: commands that run scripts wait for that. */
  make(options: EngineOptions): DebuggableEngine {
    return this.#newEngine!(options);
  }

  load(): Promise<void> {
    return this.#loaded ??= this.#newEngine === undefined ? this.#import() : Promise.resolve();
  }

  async #import(): Promise<void> {
    const { FengariEngine } = await import("../scripting/fengari/fengari_engine.ts");
    this.#newEngine = (options) => new FengariEngine(options);
    this.#holdScriptsBack(false);
    this.#server.clients.resumeAll();
  }

  #holdScriptsBack(holds: boolean): void {
    for (const command of this.#server.commands.all) {
      if (command.spec.group !== "scripting") continue;
      for (const each of [command, ...command.subcommands]) {
        if (holds) each.attention |= Attention.noEngine;
        else each.attention &= ~Attention.noEngine;
      }
    }
  }
}
