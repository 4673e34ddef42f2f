/** What the program can do besides running commands, each in a file of its own. */
import { byteText } from "../../server/config/tokens.ts";
import { SessionError } from "../byte_stream.ts";
import { NetworkSession } from "../network_session.ts";
import type { CliSettings, Mode } from "./settings.ts";
import type { CliWorld } from "./world.ts";

/** What a mode works with. */
export interface ModeContext {
  readonly settings: CliSettings;
  readonly world: CliWorld;
  /** Connects and logs in. @throws SessionError */
  open(): Promise<NetworkSession>;
}

/** Runs a mode; the exit code. @param rest the arguments behind the options */
export async function runMode(
  settings: CliSettings,
  mode: Mode,
  rest: readonly string[],
  world: CliWorld,
): Promise<number> {
  const { terminal } = world;
  const context: ModeContext = {
    settings,
    world,
    open: () =>
      NetworkSession.open(settings.connection, () => {}, (warning) => terminal.printError(`${warning}\n`)),
  };
  try {
    return await run(context, mode, rest);
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    if (error.message !== "") terminal.printError(`${error.message}\n`);
    return 1;
  }
}

async function run(context: ModeContext, mode: Mode, rest: readonly string[]): Promise<number> {
  switch (mode.kind) {
    case "eval":
      return await (await import("./script.ts")).runScript(context, mode.file, rest);
    case "scan":
      return await (await import("./scan.ts")).scanKeys(context);
    case "bigkeys":
    case "memkeys":
      return await (await import("./big_keys.ts")).findBigKeys(context, mode);
    case "hotkeys":
      return await (await import("./hot_keys.ts")).findHotKeys(context);
    case "stat":
      return await (await import("./stat.ts")).showStatistics(context);
    case "latency":
    case "latency-history":
      return await (await import("./latency.ts")).measureLatency(context, mode.kind === "latency-history");
    case "latency-dist":
      return await (await import("./latency_spectrum.ts")).showSpectrum(context);
    case "intrinsic-latency":
      return await (await import("./intrinsic_latency.ts")).measureIntrinsicLatency(context, mode.seconds);
    case "lru-test":
      return await (await import("./lru_test_mode.ts")).testLru(context, mode.keys);
    case "pipe":
      return await (await import("./pipe.ts")).pipe(context);
    case "rdb":
    case "functions-rdb":
      return await (await import("./rdb_transfer.ts")).fetchRdb(
        context,
        mode.file,
        mode.kind === "functions-rdb",
      );
    case "replica":
      return await (await import("./replica.ts")).showReplication(context);
  }
}

/** A path as it is printed. */
export function shownPath(path: string): string {
  return byteText(path);
}
