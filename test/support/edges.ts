/** Texts at the edges of what a number is: the same lists serve the compat tests and the random sequences. */

/** Integers around the limits of 64 bits, and texts that only look like integers. */
export const INTEGER_EDGES: readonly string[] =
  ("0 1 -1 9223372036854775807 -9223372036854775808 9223372036854775808 -9223372036854775809 " +
    "18446744073709551616 00 01 -0 +1 1.0 1e2 0x10 a - --1 1a").split(" ").concat([" 1", "1 ", ""]);

/** Floats of every size and form, and texts that only look like floats. */
export const FLOAT_EDGES: readonly string[] =
  ("0 1 -1 0.1 -0.1 1.5 3.0 5.0e3 1e-5 3.0e-17 1e17 1e18 1e20 1e21 0.000000000000000001 " +
    "123456789012345678.5 9007199254740993 1e308 1.7976931348623157e308 1e309 1e4932 1e5000 5e-324 " +
    "1e-400 -0.0 0x1p3 0x10 inf -inf +inf infinity nan -nan 1. .5 1e 1e+ 1.5.2 abc 1,5 +1.5 " +
    "0.30000000000000004 99999999999999999999 1234567.1234567890123456789").split(" ").concat([
      "",
      " 1.5",
      "1.5 ",
    ]);
