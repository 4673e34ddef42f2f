/**
 * Values without text of their own are shown with an address, as the original does; here it is made of a number that
 * every such value has.
 */

const FIRST_ADDRESS = 0x7f0000000000;
/** No two objects of the original are nearer. */
const DISTANCE = 32;

const numbers = new WeakMap<WeakKey, number>();
let lastNumber = 0;

/** The number that is shown for a value, the same for the same value; undefined for null. */
export function addressOf(value: unknown): number | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  let number = numbers.get(value);
  if (number === undefined) numbers.set(value, number = ++lastNumber);
  return FIRST_ADDRESS + number * DISTANCE;
}

/** `type: 0x...`. */
export function addressText(type: string, value: unknown): string {
  const address = addressOf(value);
  return address === undefined ? `${type}: (nil)` : `${type}: 0x${address.toString(16)}`;
}
