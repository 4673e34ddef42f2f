/** What the sections of INFO are made of, and how numbers are printed in them. */

/** Names and values in the order in which they are printed. */
export type Fields = readonly (readonly [name: string, value: string | number])[];

const UNITS = ["K", "M", "G", "T", "P"];

/** Bytes for people: `967.53K`. */
export function humanBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(2)}${UNITS[unit]}`;
}

export function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : part / whole * 100).toFixed(2)}%`;
}

export function ratio(part: number, whole: number): string {
  return (whole === 0 ? 0 : part / whole).toFixed(2);
}
