/** The text of INFO. */
import type { RedenoServer } from "./server.ts";

export function buildInfo(server: RedenoServer, _sections: readonly string[]): string {
  return `# Server\r\nredis_version:7.0.15\r\nrun_id:${server.runId}\r\n`;
}
