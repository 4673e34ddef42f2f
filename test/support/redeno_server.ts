/**
 * redeno as its users start it: `deno run` with the flags of the task `start`. `REDENO_SERVER` names an executable
 * to test in its place (a compiled one, for example).
 */
import { type ServerOptions, type ServerProcess, startProcess } from "./server_process.ts";

const root = new URL("../../", import.meta.url);

/** Starts redeno from this checkout; DEBUG is allowed in it. */
export async function startRedeno(options: ServerOptions = {}): Promise<ServerProcess> {
  const args = ["--enable-debug-command", "yes", ...options.args ?? []];
  return await startProcess("redeno", await redenoCommand(), { ...options, args });
}

/** The command that starts the server, without directives. */
export async function redenoCommand(): Promise<[string, ...string[]]> {
  const executable = Deno.env.get("REDENO_SERVER");
  if (executable) return [executable];
  return [Deno.execPath(), "run", ...await startFlags(), new URL("main.ts", root).pathname];
}

/** The flags between `deno run` and `main.ts` in the task `start`, so that tests run what users run. */
async function startFlags(): Promise<string[]> {
  const config = new URL("deno.json", root).pathname;
  const { tasks } = JSON.parse(await Deno.readTextFile(config));
  const task: unknown = tasks?.start?.command ?? tasks?.start;
  const flags = typeof task === "string" ? /^deno run (.*?)\s*\bmain\.ts/.exec(task)?.[1] : undefined;
  if (flags === undefined) throw new Error(`no task "start" of the form "deno run ... main.ts" in ${config}`);
  return ["--config", config, ...flags.split(/\s+/).filter((flag) => flag !== "")];
}
