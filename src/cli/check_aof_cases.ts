/**
 * Files for check-aof, good and damaged: what our program and redis-check-aof are both asked about. What the latter says
 * stands in check_aof_vectors.ts.
 */

export interface CheckCase {
  readonly title: string;
  /** Contents, one character a byte. */
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** What is typed when it asks. */
  readonly answer?: string;
}

const PING = "*1\r\n$4\r\nPING\r\n";
const SET = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n";
const MULTI = "*1\r\n$5\r\nMULTI\r\n";
const EXEC = "*1\r\n$4\r\nEXEC\r\n";

/** A base as 7.0.15 wrote it: a string, one that dies in the year 2286, a list. */
const RDB = String.fromCharCode(
  ...Uint8Array.fromHex(
    "524544495330303130fa0972656469732d76657206372e302e3135fa0a72656469732d62697473c040fa056374696d65c2c929006bfa0875" +
      "7365642d6d656dc2a8190f00fa08616f662d62617365c001fe00fb030112016c01020d0d0000000300010102010301ff0001610162fcff9f" +
      "724e180900000001650178ff9f6f154541eaa7b0",
  ),
);

/** One file, as it is and with --fix. */
const SINGLE: Readonly<Record<string, string>> = {
  "a whole file": SET + PING,
  "an empty file": "",
  "a file cut in a string": `${PING}*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb`,
  "a file cut in a line break": `${PING}*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r`,
  "a file cut between arguments": `${PING}*3\r\n$3\r\nSET\r\n$1\r\na\r\n`,
  "a file cut behind a length's digits": `${PING}*1\r\n$4`,
  "a file cut behind a star": `${PING}*`,
  "text between commands": `${PING}xyz\r\n${PING}`,
  "an empty line": `${PING}\r\n`,
  "a string that is too short": `${PING}*1\r\n$4\r\nPIN\r\n`,
  "a string that is too long": `${PING}*1\r\n$4\r\nPINGxx`,
  "a count that is no number": `${PING}*x\r\n$4\r\nPING\r\n`,
  "a negative count": `${PING}*-1\r\n$4\r\nPING\r\n`,
  "a negative length": `${PING}*1\r\n$-1\r\nPING\r\n`,
  "a count of zero": `${PING}*0\r\n${PING}`,
  "a count without digits": `*\r\n${PING}`,
  "a count that is too large": "*99999999999999999999999\r\n$4\r\nPING\r\n",
  "a length that is too large": `*1\r\n$9999999999999999999999\r\nPING\r\n`,
  "a length beyond the end": "*1\r\n$3000000000\r\nPING\r\n",
  "line breaks of one byte": "*1\n$4\nPING\r\n",
  "numbers with spaces and signs": "* +1\r\n$\t04\r\nPING\r\n",
  "a number with a space behind it": "*1 \r\n$4\r\nPING\r\n",
  "an argument without a dollar": "*1\r\nPING\r\n",
  "an argument that begins with a zero byte": "*1\r\n\0",
  "an argument that begins with a high byte": "*1\r\n\xffabc\r\n",
  "high bytes for a line break": "*1\r\n$2\r\nab\xff\x01",
  "a line that is longer than is read": `${PING}*${"0".repeat(125)}1\r\n$4\r\nPING\r\n`,
  "a transaction": `${MULTI}${SET}${EXEC}${PING}`,
  "a transaction in lower case": `*1\r\n$5\r\nmulti\r\n${SET}*1\r\n$4\r\nexec\r\n`,
  "a transaction without its end": `${SET}${MULTI}${SET}`,
  "a transaction cut in a string": `${SET}${MULTI}*1\r\n$4\r\nEX`,
  "a transaction cut between arguments": `${SET}${MULTI}*2\r\n$4\r\nPING\r\n`,
  "a transaction that ends in text": `${SET}${MULTI}xyz`,
  "a transaction in a transaction": `${MULTI}${MULTI}${EXEC}`,
  "an EXEC alone": SET + EXEC,
  "a MULTI with a zero byte in it": `*1\r\n$7\r\nMULTI\0z\r\n${SET}`,
  "annotations": `#TS:100\r\n${SET}#something\r\n${SET}#`,
  "an annotation in a transaction": `${MULTI}#TS:5\r\n${SET}${EXEC}`,
  "a transaction that ends in an annotation": `${MULTI}#TS:5`,
  "an annotation of 1023 bytes": `#${"a".repeat(1020)}\r\n${PING}`,
  "an annotation of 1024 bytes": `#${"a".repeat(1021)}\r\n${PING}`,
  "an RDB that is too short to be one": "REDIS00",
  "an RDB of a few bytes": "REDIS001",
  "an RDB alone": RDB,
  "an RDB and commands": RDB + SET,
  "an RDB and commands that are cut": `${RDB}${SET}*1\r\n$4\r\nPI`,
  "an RDB and a transaction without its end": RDB + MULTI + SET,
  "an RDB that is cut": RDB.slice(0, 60),
  "an RDB that is cut in its checksum": RDB.slice(0, -3),
  "an RDB with a wrong checksum": RDB.replace("redis-bits", "rxdis-bits") + SET,
};

const THREE =
  "file a.1.base.aof seq 1 type b\nfile a.1.incr.aof seq 1 type i\nfile a.2.incr.aof seq 2 type i\n";

function multi(base: string, first: string, last: string): Record<string, string> {
  return { "a.manifest": THREE, "a.1.base.aof": base, "a.1.incr.aof": first, "a.2.incr.aof": last };
}

/** A manifest and its files, as it is and with --fix. */
const MULTI_PART: Readonly<Record<string, Record<string, string>>> = {
  "whole parts": multi(SET, SET + PING, SET),
  "empty parts": multi("", "", ""),
  "a damaged base": multi(`${SET}*1`, SET, SET),
  "a damaged increment in the middle": multi(SET, `${SET}x`, SET),
  "a damaged last increment": multi(SET, PING, `${SET}${MULTI}`),
  "a base alone, damaged": { "a.manifest": "file b seq 1 type b\n", b: `${SET}*1` },
  "an increment alone": { "a.manifest": "file i seq 1 type i\n", i: SET },
  "history alone": { "a.manifest": "# comment\nfile h seq 1 type h\n" },
  "an RDB for a base": multi(RDB, SET, SET),
  "a damaged RDB for a base": multi(RDB.slice(0, 100), SET, SET),
  "an RDB for an increment": multi(SET, RDB, SET),
  "a missing base": { "a.manifest": THREE, "a.1.incr.aof": "", "a.2.incr.aof": "" },
  "a missing increment": { "a.manifest": THREE, "a.1.base.aof": SET, "a.1.incr.aof": SET },
  "a manifest of an unknown type": { "a.manifest": "file a seq 1 type x\n" },
  "a manifest with an empty line": { "a.manifest": "# comment\n\nfile a seq 1 type i\n" },
  "a manifest without its last line break": { "a.manifest": "file a seq 1 type i" },
  "a manifest that is empty": { "a.manifest": "" },
};

const TIMES = `#TS:100\r\n${SET}#TS:200\r\n${SET}#TS:300\r\n${SET}`;

/** Files, and a time to go back to. */
const TIMESTAMPS: readonly [title: string, timestamp: string, files: Record<string, string>][] = [
  ["a time before all", "99", { a: TIMES }],
  ["a time in the middle", "100", { a: TIMES }],
  ["another time in the middle", "299", { a: TIMES }],
  ["a time after all", "300", { a: TIMES }],
  ["time zero", "0", { a: TIMES }],
  ["a negative time", "-5", { a: TIMES }],
  ["a time with a space before it", " 150", { a: TIMES }],
  ["a time with a space behind it", "150 ", { a: TIMES }],
  ["no time", "", { a: TIMES }],
  ["a time that is no number", "abc", { a: TIMES }],
  ["a time that is too large", "99999999999999999999", { a: TIMES }],
  ["a time before damage", "200", { a: `${TIMES}*1` }],
  ["a time after which there is damage", "400", { a: `${TIMES}x` }],
  ["a time without annotations", "5", { a: SET }],
  ["a time in a transaction", "150", { a: `${SET}#TS:100\r\n${MULTI}#TS:200\r\n${SET}${EXEC}` }],
  ["an annotation without a number", "5", { a: `#TS:\r\n${SET}` }],
  ["an annotation that is no number", "5", { a: `#TS:abc\r\n${SET}` }],
  ["an annotation with something behind the number", "5", { a: `#TS:1x\r\n${SET}` }],
  ["an annotation that ends in one byte", "5", { a: `#TS:1\n${SET}` }],
  ["an annotation that is too large", "5", { a: `#TS:99999999999999999999\r\n${SET}` }],
  ["a time before all behind an RDB", "50", { a: RDB + TIMES }],
  ["a time after all behind an RDB", "500", { a: RDB + TIMES }],
  ["a time before the last part", "150", multi(SET, `#TS:100\r\n${SET}`, `#TS:200\r\n${SET}`)],
  ["a time in the last part", "250", multi(SET, `#TS:100\r\n${SET}`, `${SET}#TS:300\r\n${SET}`)],
  ["a time in a part before the last", "50", multi(SET, `${SET}#TS:100\r\n${SET}`, SET)],
  ["a time before the base", "50", multi(`#TS:100\r\n${SET}`, SET, SET)],
];

const DAMAGED = { a: `${SET}x` };

/** How it is called, and what it is answered. */
const CALLS: readonly CheckCase[] = [
  { title: "no arguments", files: {}, args: [] },
  { title: "a file that is not there", files: {}, args: ["a"] },
  { title: "an option without a file", files: {}, args: ["--fix"] },
  { title: "a timestamp without a file", files: { a: SET }, args: ["--truncate-to-timestamp", "a"] },
  { title: "an option behind the file", files: { a: SET }, args: ["a", "--fix"] },
  { title: "an option that there is not", files: { a: SET }, args: ["--bogus", "a"] },
  { title: "two files", files: { a: SET }, args: ["a", "a"] },
  { title: "too many arguments", files: { a: SET }, args: ["--fix", "a", "b", "c"] },
  { title: "a folder", files: {}, args: ["."] },
  ...["n\n", "", "Y\n", "yes\n", " y\n", "\n"].map((answer) => (
    { title: `the answer ${JSON.stringify(answer)}`, files: DAMAGED, args: ["--fix", "a"], answer }
  )),
];

export const CASES: readonly CheckCase[] = [
  ...Object.entries(SINGLE).flatMap(([title, content]) => {
    const files = { a: content };
    return [{ title, files, args: ["a"] }, {
      title: `${title}, to be fixed`,
      files,
      args: ["--fix", "a"],
      answer: "y\n",
    }];
  }),
  ...Object.entries(MULTI_PART).flatMap(([title, files]) => [
    { title, files, args: ["a.manifest"] },
    { title: `${title}, to be fixed`, files, args: ["--fix", "a.manifest"], answer: "y\n" },
  ]),
  ...TIMESTAMPS.map(([title, timestamp, files]) => (
    { title, files, args: ["--truncate-to-timestamp", timestamp, "a" in files ? "a" : "a.manifest"] }
  )),
  ...CALLS,
];
