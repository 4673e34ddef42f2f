/**
 * The reference: a real redis-server beside which redeno is tested. `REDIS_SERVER` names another executable.
 */
import { type ServerOptions, type ServerProcess, startProcess } from "./server_process.ts";

/** The line of versions whose answers count; the recorded answers are those of 7.0.15. */
export const REFERENCE = "7.0";

const executable = Deno.env.get("REDIS_SERVER") ?? "redis-server";

/** Starts the reference server; DEBUG is allowed in it. */
export function startRealServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const args = ["--enable-debug-command", "yes", ...options.args ?? []];
  return startProcess("redis-server", [executable], { ...options, args });
}

/** The version of the installed redis-server, for example "7.0.15"; undefined when there is none. */
export function realServerVersion(): string | undefined {
  try {
    const { stdout } = new Deno.Command(executable, { args: ["--version"] }).outputSync();
    return /v=([0-9.]+)/.exec(new TextDecoder().decode(stdout))?.[1];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Why there is no reference server to ask, as a sentence; undefined when there is one. */
export function whyNoRealServer(): string | undefined {
  const version = realServerVersion();
  if (version === undefined) return `${executable} is not installed`;
  if (!version.startsWith(REFERENCE + ".")) return `${executable} is version ${version}, not ${REFERENCE}`;
  return undefined;
}
