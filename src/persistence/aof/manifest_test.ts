import { assert, assertEquals, assertThrows } from "@std/assert";
import { latin1, utf8 } from "../../sys/bytes.ts";
import { DiskError } from "../../sys/disk.ts";
import { MemoryDisk } from "../../sys/memory_disk.ts";
import { Random } from "../../sys/random.ts";
import { AofManifestError, Manifest, readManifest, writeManifest } from "./manifest.ts";

const NAME = "appendonly.aof";

function refusal(text: string): AofManifestError {
  return assertThrows(() => Manifest.parse(text), AofManifestError);
}

/** What the reference logs of a manifest that it refuses. */
const REFUSED: readonly [title: string, text: string, line: [number, string] | undefined, message: string][] =
  [
    ["nothing", "", undefined, "Found an empty AOF manifest"],
    ["an empty line", "\n", [1, ""], "Invalid AOF manifest file format"],
    ["a line of spaces", " \n", [1, ""], "Invalid AOF manifest file format"],
    ["no line break", "file a seq 1 type b", undefined, "The AOF manifest file contains too long line"],
    [
      "a line that is too long",
      `file ${"a".repeat(1100)} seq 1 type b\n`,
      undefined,
      "The AOF manifest file contains too long line",
    ],
    [
      "a comment that is too long",
      `#${"a".repeat(1030)} seq 1 type b\n`,
      [2, "aaaaaaa seq 1 type b"],
      "Invalid AOF manifest file format",
    ],
    ["a zero byte", "file a seq 1 type b\0\n", undefined, "The AOF manifest file contains too long line"],
    [
      "a path",
      "file a/b seq 1 type b\n",
      [1, "file a/b seq 1 type b"],
      "File can't be a path, just a filename",
    ],
    [
      "a Windows path",
      'file "a\\\\b" seq 1 type b\n',
      [1, 'file "a\\\\b" seq 1 type b'],
      "File can't be a path, just a filename",
    ],
    [
      "two bases",
      "file a seq 1 type b\nfile b seq 2 type b\n",
      [2, "file b seq 2 type b"],
      "Found duplicate base file information",
    ],
    [
      "a number twice",
      "file a seq 1 type i\nfile b seq 1 type i\n",
      [2, "file b seq 1 type i"],
      "Found a non-monotonic sequence number",
    ],
    [
      "numbers that go back",
      "file a seq 2 type i\nfile b seq 1 type i\n",
      [2, "file b seq 1 type i"],
      "Found a non-monotonic sequence number",
    ],
    [
      "a negative number",
      "file a seq -1 type i\n",
      [1, "file a seq -1 type i"],
      "Found a non-monotonic sequence number",
    ],
    ["number zero", "file a seq 0 type i\n", [1, "file a seq 0 type i"], "Invalid AOF manifest file format"],
    ["no number", "file a seq x type i\n", [1, "file a seq x type i"], "Invalid AOF manifest file format"],
    ["too few words", "file a seq 1\n", [1, "file a seq 1"], "Invalid AOF manifest file format"],
    [
      "an odd number of words",
      "file a seq 1 type\n",
      [1, "file a seq 1 type"],
      "Invalid AOF manifest file format",
    ],
    ["a missing name", "seq 1 type b x y\n", [1, "seq 1 type b x y"], "Invalid AOF manifest file format"],
    [
      "an empty type",
      'file a seq 1 type ""\n',
      [1, 'file a seq 1 type ""'],
      "Invalid AOF manifest file format",
    ],
    [
      "a type of zero",
      'file a seq 1 type "\\x00"\n',
      [1, 'file a seq 1 type "\\x00"'],
      "Invalid AOF manifest file format",
    ],
    ["an unknown type", "file a seq 1 type B\n", [1, "file a seq 1 type B"], "Unknown AOF file type"],
    [
      "an open quote",
      'file "a seq 1 type b\n',
      [1, 'file "a seq 1 type b'],
      "Invalid AOF manifest file format",
    ],
    [
      "a wrong line behind good ones",
      "file a seq 1 type b\n#x\nfile b seq 1 type i\nx\n",
      [4, "x"],
      "Invalid AOF manifest file format",
    ],
  ];

Deno.test("A manifest that makes no sense is refused in the reference's words", async (t) => {
  for (const [title, text, line, message] of REFUSED) {
    await t.step(title, () => {
      const error = refusal(text);
      assertEquals([error.line && [error.line.number, error.line.text], error.message], [line, message]);
    });
  }
});

Deno.test("The log of a refusal names the line, where there is one", () => {
  assertEquals(refusal("x\n").logMessages, [
    "\n*** FATAL AOF MANIFEST FILE ERROR ***\n",
    "Reading the manifest file, at line 1\n",
    ">>> 'x'\n",
    "Invalid AOF manifest file format\n",
  ]);
  assertEquals(refusal("").logMessages, [
    "\n*** FATAL AOF MANIFEST FILE ERROR ***\n",
    "Found an empty AOF manifest\n",
  ]);
});

/** What the reference accepts, and what it makes of it. */
const ACCEPTED: readonly [text: string, written: string][] = [
  ["# comment\n", ""],
  ["file a seq 1 type b\r\n", "file a seq 1 type b\n"],
  ["  file a seq 1x type big  \n", "file a seq 1 type b\n"],
  ["TYPE i SEQ +7 FILE a\n", "file a seq 7 type i\n"],
  ["file a file b seq 1 type h type b extra x\n", "file b seq 1 type b\n"],
  ["file 'a b' seq 1 type b\n", 'file "a b" seq 1 type b\n'],
  ['file "a\\x20b" seq 1 type b\n', 'file "a b" seq 1 type b\n'],
  ['file "a\\x00b" seq 1 type b\n', "file a seq 1 type b\n"],
  ["file a seq -2 type b\n", "file a seq -2 type b\n"],
  [
    "file i seq 1 type i\nfile h seq 9 type h\nfile b seq 4 type b\n",
    "file b seq 4 type b\nfile h seq 9 type h\nfile i seq 1 type i\n",
  ],
];

Deno.test("A manifest is read as leniently as the reference reads it, and written in its order", async (t) => {
  for (const [text, written] of ACCEPTED) {
    await t.step(JSON.stringify(text), () => assertEquals(Manifest.parse(text).format(), written));
  }
});

Deno.test("Names are quoted as the reference quotes them", () => {
  const manifest = new Manifest();
  manifest.adopt('a"b\\c\x01\x7f\n\r\t\x07\bé');
  const written = 'file "a\\"b\\\\c\\x01\\x7f\\n\\r\\t\\a\\b\\xc3\\xa9" seq 1 type b\n';
  assertEquals(manifest.format(), written);
});

Deno.test("Rewrites name files and make history as the reference does", () => {
  const manifest = new Manifest();
  manifest.nextBase("my x.aof", "rdb", 0);
  manifest.nextIncrement("my x.aof");
  for (const format of ["rdb", "aof"] as const) {
    const { length } = manifest.increments;
    manifest.nextIncrement("my x.aof");
    manifest.nextBase("my x.aof", format, length);
  }
  // As 7.0.15 wrote it after two rewrites with aof-disable-auto-gc.
  assertEquals(
    manifest.format(),
    'file "my x.aof.3.base.aof" seq 3 type b\n' +
      'file "my x.aof.2.incr.aof" seq 2 type h\n' +
      'file "my x.aof.2.base.rdb" seq 2 type h\n' +
      'file "my x.aof.1.incr.aof" seq 1 type h\n' +
      'file "my x.aof.1.base.rdb" seq 1 type h\n' +
      'file "my x.aof.3.incr.aof" seq 3 type i\n',
  );
});

Deno.test("Several increments become history in their own order, before the base", () => {
  const manifest = Manifest.parse(
    "file i.1 seq 11 type i\nfile h.7 seq 20 type h\nfile b.9 seq 9 type b\nfile i.2 seq 12 type i\nfile i.3 seq 13 type i\n",
  );
  manifest.nextIncrement(NAME);
  manifest.nextBase(NAME, "rdb", 3);
  assertEquals(
    manifest.format(),
    "file appendonly.aof.10.base.rdb seq 10 type b\nfile i.1 seq 11 type h\nfile i.2 seq 12 type h\n" +
      "file i.3 seq 13 type h\nfile b.9 seq 9 type h\nfile h.7 seq 20 type h\n" +
      "file appendonly.aof.14.incr.aof seq 14 type i\n",
  );
});

Deno.test("A copy changes without its original, and goes on counting where that stood", () => {
  const manifest = Manifest.parse("file b seq 5 type b\nfile i seq 8 type i\n");
  const before = manifest.format();
  const copy = manifest.copy();
  copy.nextBase(NAME, "aof", 1);
  copy.nextIncrement(NAME);
  assertEquals(copy.base?.seq, 6);
  assertEquals(copy.increments, [{ name: "appendonly.aof.9.incr.aof", seq: 9 }]);
  assertEquals(manifest.format(), before);
});

Deno.test("Any manifest is read back as it was written", () => {
  const seed = 20_231_101;
  const random = new Random(seed);
  const name = () =>
    Array.from({ length: 1 + random.below(8) }, () => "ab.1 '\"#\t\n\x01é€"[random.below(14)]).join("");
  for (let round = 0; round < 500; round++) {
    const manifest = new Manifest();
    for (let i = random.below(12); i > 0; i--) {
      if (random.below(3) > 0) manifest.nextIncrement(name());
      else manifest.nextBase(name(), "rdb", random.below(manifest.increments.length + 1));
    }
    const text = manifest.format();
    if (text === "") continue;
    assertEquals(Manifest.parse(text).format(), text, `seed ${seed}, round ${round}`);
  }
});

Deno.test("Where there is no manifest none is read", () => {
  const disk = new MemoryDisk();
  assertEquals(readManifest(disk, "aof", NAME), undefined);
  disk.makeFolder("aof");
  assertEquals(readManifest(disk, "aof", NAME), undefined);
});

/** Every disk that a power cut, or the death of the process, can leave behind while `change` is under way. */
function* disksAfterCrashes(
  prepare: () => MemoryDisk,
  change: (disk: MemoryDisk) => void,
): Generator<MemoryDisk> {
  for (let calls = 0;; calls++) {
    const disk = prepare();
    disk.cutPowerAfter(calls);
    let isThrough = true;
    try {
      change(disk);
    } catch (error) {
      assert(error instanceof DiskError);
      isThrough = false;
    }
    yield disk.crash();
    yield disk.kill();
    for (let seed = 0; seed < 5; seed++) yield disk.crash(new Random(seed));
    if (isThrough) return;
  }
}

Deno.test("A crash while the manifest is written leaves the old one or the new one", () => {
  const before = "file a seq 1 type b\n";
  const after = new Manifest();
  after.nextBase(NAME, "rdb", 0);
  const seen = new Set<string>();
  function prepare(): MemoryDisk {
    const disk = new MemoryDisk();
    disk.makeFolder("aof");
    disk.syncFolder(".");
    disk.put(`aof/${NAME}.manifest`, utf8(before));
    return disk;
  }
  for (const disk of disksAfterCrashes(prepare, (disk) => writeManifest(disk, "aof", NAME, after))) {
    seen.add(readManifest(disk, "aof", NAME)!.format());
  }
  assertEquals([...seen].sort(), [before, after.format()].sort());
});

Deno.test("A crash anywhere in a rewrite leaves files that together are the data", () => {
  const text = (disk: MemoryDisk, name: string) =>
    new TextDecoder("latin1").decode(disk.contents(`aof/${name}`));
  function prepare(): MemoryDisk {
    const disk = new MemoryDisk();
    disk.makeFolder("aof");
    disk.syncFolder(".");
    const manifest = new Manifest();
    disk.put(`aof/${manifest.nextBase(NAME, "aof", 0).name}`, latin1("a"));
    disk.put(`aof/${manifest.nextIncrement(NAME).name}`, latin1("b"));
    writeManifest(disk, "aof", NAME, manifest);
    return disk;
  }
  function make(disk: MemoryDisk, path: string, content: string): void {
    const file = disk.open(path, "create");
    file.write(latin1(content));
    file.sync();
    file.close();
  }
  function rewrite(disk: MemoryDisk): void {
    const begun = readManifest(disk, "aof", NAME)!;
    make(disk, `aof/${begun.nextIncrement(NAME).name}`, "");
    writeManifest(disk, "aof", NAME, begun);
    make(disk, "temp-rewriteaof-bg-1.aof", "ab");
    const done = begun.copy();
    disk.rename("temp-rewriteaof-bg-1.aof", `aof/${done.nextBase(NAME, "aof", 1).name}`);
    writeManifest(disk, "aof", NAME, done);
    for (const { name } of done.history) disk.remove(`aof/${name}`);
    done.history = [];
    writeManifest(disk, "aof", NAME, done);
  }
  let crashes = 0;
  for (const disk of disksAfterCrashes(prepare, rewrite)) {
    crashes++;
    const { base, increments } = readManifest(disk, "aof", NAME)!;
    assertEquals([base!, ...increments].map(({ name }) => text(disk, name)).join(""), "ab");
  }
  assert(crashes > 100);
});
