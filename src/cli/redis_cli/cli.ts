/** `redeno cli`: asks a server, in all the ways that redis-cli has. What it does is in files of their own, loaded if need be. */
import { REDENO_VERSION, REDIS_VERSION } from "../../sys/version.ts";
import { completeConnection } from "../connection_options.ts";
import { parseOptions, usageText } from "../options.ts";
import { shown, UsageError } from "../terminal.ts";
import { type CliSettings, cliSpec, completeSettings } from "./settings.ts";
import { type CliWorld, processWorld } from "./world.ts";

/**
 * The program.
 * @param args those of the command line, without the program's name
 * @returns the exit code
 */
export async function cliProgram(
  args: readonly string[],
  world: CliWorld = processWorld,
): Promise<number> {
  try {
    const { settings, rest } = parseOptions(cliSpec, args);
    if (settings.what === "help") {
      world.terminal.print(usageText(cliSpec));
      return 0;
    }
    if (settings.what === "version") {
      world.terminal.print(`redis-cli ${REDIS_VERSION} (redeno ${REDENO_VERSION})\n`);
      return 0;
    }
    completeSettings(settings);
    completeConnection(settings.connection, world.terminal, world.environment.get("REDISCLI_AUTH"));
    return await run(settings, rest, world);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.message !== "") world.terminal.printError(shown(`${error.message}\n`));
    return 1;
  }
}

async function run(settings: CliSettings, rest: readonly string[], world: CliWorld): Promise<number> {
  if (settings.mode !== undefined) {
    const { runMode } = await import("./modes.ts");
    return await runMode(settings, settings.mode, rest, world);
  }
  if (rest.length === 0) {
    const { interactive } = await import("./interactive.ts");
    return await interactive(settings, world);
  }
  const { oneShot } = await import("./one_shot.ts");
  return await oneShot(settings, rest, world);
}
