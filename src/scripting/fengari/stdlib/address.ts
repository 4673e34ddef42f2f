/**
 * Values without text of their own are shown with an address, as the original does; here it is made of a number that
 * every such value has.
 */

const FIRST_ADDRESS = 0x7f0000000000;
/** No two objects of the original are nearer. */
const DISTANCE = 32;

const numbers = new WeakMap<WeakKey, number>();
let lastNumber = 0;

/** `type: 0x...`; the same for the same value. */
export function addressText(type: string, value: unknown): string {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return `${type}: (nil)`;
  let number = numbers.get(value);
  if (number === undefined) numbers.set(value, number = ++lastNumber);
  return `${type}: 0x${(FIRST_ADDRESS + number * DISTANCE).toString(16)}`;
}
