/** The reference's client, where it is installed. `REDIS_CLI` names another executable. */
import { REFERENCE } from "./real_server.ts";

export const redisCli: string = Deno.env.get("REDIS_CLI") ?? "redis-cli";

/** Why there is no redis-cli of the reference's version to compare with; undefined when there is one. */
export function whyNoRedisCli(): string | undefined {
  try {
    const { stdout } = new Deno.Command(redisCli, { args: ["--version"] }).outputSync();
    const version = /redis-cli ([\d.]+)/.exec(new TextDecoder().decode(stdout))?.[1];
    if (version?.startsWith(`${REFERENCE}.`)) return undefined;
    return `${redisCli} is version ${version}, not ${REFERENCE}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${redisCli} is not installed`;
    throw error;
  }
}
