/** What the server says it is. */

/** The version of the reference: clients decide by it what they may ask. */
export const REDIS_VERSION = "7.0.15";

/** The server's own, as deno.json has it. */
export const REDENO_VERSION = "0.1.0";
