/** Amounts of memory as text: `100`, `64kb`, `1G`. */

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1e6,
  mb: 2 ** 20,
  g: 1e9,
  gb: 2 ** 30,
};

/** Bytes, or undefined when the text is no amount. */
export function parseMemory(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^([0-9]+)([a-z]*)$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (digits === "" || factor === undefined) return undefined;
  return Number(digits) * factor;
}
