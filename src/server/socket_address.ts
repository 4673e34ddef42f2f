/** The ends of a TCP connection, as CLIENT LIST shows them, and what systems say about addresses. */

/** `address:port`; IPv6 in brackets. */
export function addressText(address: Deno.NetAddr): string {
  const hostname = unmapped(address.hostname);
  return hostname.includes(":") ? `[${hostname}]:${address.port}` : `${hostname}:${address.port}`;
}

/** Whether it is an IPv4 address as a socket of both families shows it, like `::ffff:127.0.0.1`. */
export function isMapped(hostname: string): boolean {
  return hostname.startsWith("::ffff:") && hostname.includes(".");
}

function unmapped(hostname: string): string {
  return isMapped(hostname) ? hostname.slice("::ffff:".length) : hostname;
}

export function isLoopback(hostname: string): boolean {
  return hostname === "::1" || unmapped(hostname).startsWith("127.");
}

/** What the system said, without Deno's additions. */
export function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\).*$/s, "");
}
