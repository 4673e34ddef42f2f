/** The commands of group bitmap: strings as rows of bits. */
import type { CommandSpec } from "../../command.ts";
import { bitcount } from "./bitcount.ts";
import { bitfield, bitfieldRo } from "./bitfield.ts";
import { bitop } from "./bitop.ts";
import { bitpos } from "./bitpos.ts";
import { getbit, setbit } from "./getbit.ts";

export const bitmapCommands: readonly CommandSpec[] = [
  bitcount,
  bitfield,
  bitfieldRo,
  bitop,
  bitpos,
  getbit,
  setbit,
];
