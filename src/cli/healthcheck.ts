/**
 * `redeno healthcheck`: whether the server on this machine answers, for containers and supervisors. Needs
 * no permission but the network.
 */
import { parseArgs } from "@std/cli";

const TIMEOUT_MS = 3000;

/**
 * Sends PING. An answer of any kind that is a reply (also `NOAUTH`) means that the server is alive; one that loads
 * or is busy is alive as well.
 * @param args `--host`, `--port`; default 127.0.0.1 and 6379
 * @returns the exit code: 0 alive, 1 not
 */
export async function healthcheck(args: readonly string[]): Promise<number> {
  const { host, port } = parseArgs([...args], {
    string: ["host", "port"],
    default: { host: "127.0.0.1", port: "6379" },
  });
  try {
    using connection = await Deno.connect({
      hostname: host,
      port: Number(port),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const timer = setTimeout(() => connection.close(), TIMEOUT_MS);
    try {
      await connection.write(new TextEncoder().encode("PING\r\n"));
      const reply = new Uint8Array(64);
      const length = await connection.read(reply) ?? 0;
      const text = new TextDecoder().decode(reply.subarray(0, length)).trim();
      console.log(text);
      return /^[+-]/.test(text) ? 0 : 1;
    } finally {
      clearTimeout(timer);
    }
  } catch (error) {
    console.error(`No answer from ${host}:${port}: ${(error as Error).message}`);
    return 1;
  }
}
