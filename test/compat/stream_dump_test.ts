/** DUMP and RESTORE of streams: those in order come back byte for byte, damaged ones are refused. */
import { RdbWriter } from "../../src/store/rdb/rdb_codec.ts";
import { finishDump } from "../../src/store/rdb/rdb_value.ts";
import {
  OLD_STREAM_DUMP,
  STREAM_CASES,
  STREAM_DUMPS,
  streamBytes,
} from "../../src/store/stream/stream_rdb_cases.ts";
import { compat } from "./compat.ts";

const SANITIZE = { args: ["--sanitize-dump-payload", "yes"] };

function payloadOf(value: Uint8Array): Uint8Array {
  const writer = new RdbWriter();
  writer.raw(value);
  finishDump(writer);
  return writer.toBytes();
}

compat("RESTORE takes streams as redis-server dumped them, and DUMP gives them back", (both) => {
  for (const dump of [...STREAM_DUMPS, ...OLD_STREAM_DUMP]) {
    const payload = Uint8Array.from(atob(dump), (char) => char.charCodeAt(0));
    both.same(["RESTORE", "k", "0", payload, "REPLACE"]);
    both.same("DUMP k");
    both.same("DEBUG DIGEST-VALUE k");
    both.same("TYPE k");
    both.same("OBJECT ENCODING k");
    both.same("COPY k copy REPLACE");
    both.same("DUMP copy");
    both.same("DEBUG DIGEST");
    both.same("RENAME copy k");
    both.same("SCAN 0 TYPE stream");
    both.same("DEBUG RELOAD");
    both.same("DUMP k");
  }
});

compat("RESTORE refuses damaged streams", (both) => {
  for (const { parts, error, differs } of STREAM_CASES) {
    // What redis-server takes there it may not survive when somebody looks at it.
    if (differs !== undefined) continue;
    both.same(["RESTORE", "k", "0", payloadOf(streamBytes(parts)), "REPLACE"]);
    if (error === undefined) both.same("DUMP k");
  }
}, SANITIZE);

compat("RESTORE of streams that are cut off", (both) => {
  const [dump] = STREAM_DUMPS;
  const bytes = Uint8Array.from(atob(dump!), (char) => char.charCodeAt(0)).subarray(0, -10);
  for (let end = 1; end < bytes.length; end += 7) {
    both.same(["RESTORE", "k", "0", payloadOf(bytes.subarray(0, end))]);
  }
}, SANITIZE);
