/** `redeno cli --eval`: runs or debugs a script on a server, as redis-cli does. */
import { runEval } from "../eval.ts";
import { defaultSettings, keysAndArguments } from "../eval_options.ts";
import type { ModeContext } from "./modes.ts";

/** Runs the mode; the exit code. @param rest keys and, behind a comma of its own, arguments */
export async function runScript(
  { settings, world }: ModeContext,
  file: string,
  rest: readonly string[],
): Promise<number> {
  const { connection, format, itemDelimiter, replyDelimiter, showsPushes, ldb } = settings;
  const { repeat, intervalMs, endsAtError, verbose } = settings;
  return await runEval(
    {
      ...defaultSettings(),
      ...{
        format,
        itemDelimiter,
        replyDelimiter,
        showsPushes,
        ldb,
        repeat,
        intervalMs,
        endsAtError,
        verbose,
      },
      connection: { ...connection, isNamed: true },
      file,
      ...keysAndArguments(rest),
      explainsErrors: false,
    },
    world.terminal,
    await world.lines(),
  );
}
