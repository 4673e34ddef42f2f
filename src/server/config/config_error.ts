/**
 * How a start ends when the configuration cannot be used: one of two texts, as the reference writes them.
 */

/** The version that file errors name, because tools look for this very heading. */
const REFERENCE_VERSION = "7.0.15";

/** The process must write the message where `stream` says, and exit with 1. */
export class ConfigError extends Error {
  override name = "ConfigError";

  /** @param stream "stderr": the message as it is; "log": a line of the log, level warning */
  constructor(readonly stream: "stderr" | "log", message: string) {
    super(message);
  }
}

/** An error of one line of a file; `line` counts from 1. The message ends with a line break. */
export function lineError(line: number, text: string, reason: string): ConfigError {
  return fatal(`Reading the configuration file, at line ${line}\n>>> '${text}'\n${reason}`);
}

/** An error that no single line is to blame for. */
export function fatal(reason: string): ConfigError {
  return new ConfigError(
    "stderr",
    `\n*** FATAL CONFIG FILE ERROR (Redis ${REFERENCE_VERSION}) ***\n${reason}\n`,
  );
}
