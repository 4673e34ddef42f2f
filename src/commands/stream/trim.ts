/** How XADD and XTRIM are told to trim a stream, and what of it is recorded. */
import type { Args } from "../../args.ts";
import { ReplyError } from "../../errors.ts";
import type { Journal } from "../../journal.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import type { Stream } from "../../store/stream/stream.ts";
import { STREAM_ID_TEXT_BYTES_MAX, StreamId, writeStreamId } from "../../store/stream/stream_id.ts";
import { readId } from "./ids.ts";

const negativeLength = new ReplyError("ERR The MAXLEN argument must be >= 0.");
const negativeLimit = new ReplyError("ERR The LIMIT argument must be >= 0.");
const twoStrategies = new ReplyError(
  "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
);
const limitWithoutStrategy = new ReplyError(
  "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy",
);
const noStrategy = new ReplyError("ERR syntax error, XTRIM must be called with a trimming strategy");
const limitOfExact = new ReplyError(
  "ERR syntax error, LIMIT cannot be used without the special ~ option",
);

/** Without LIMIT, trimming that is not exact looks at the entries of so many nodes. */
const LIMIT_NODES = 100;
/** The same where nodes are of any number of entries, and the most there is. */
const LIMIT_USUAL = 10_000;
const LIMIT_MAX = 1_000_000;

const EXACTLY = new Uint8Array([0x3d]);
const text = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);
const first = new StreamId();

/** What the arguments of one request say, read one after the other. One serves all requests. */
export class TrimOptions {
  strategy: "none" | "length" | "least id" = "none";
  /** Whether only whole nodes go. */
  isApproximate = false;
  #length = 0;
  readonly #leastId = new StreamId();
  /** At most so many entries go; 0: no limit. */
  #limit = 0;
  #isLimitGiven = false;
  /** The argument that is the length or the id. */
  #threshold = 0;

  clear(): void {
    this.strategy = "none";
    this.isApproximate = this.#isLimitGiven = false;
    this.#limit = 0;
  }

  /**
   * Reads the option at argument `i`, if it is one of these.
   * @returns the argument behind it; `i` when it is none
   * @throws ReplyError when it is wrong, or does not go with those before it
   */
  read(args: Args, i: number): number {
    if (i + 1 >= args.count) return i;
    if (args.is(i, "limit")) {
      this.#limit = args.integer(i + 1);
      if (this.#limit < 0) throw negativeLimit;
      this.#isLimitGiven = true;
      return i + 2;
    }
    const isLength = args.is(i, "maxlen");
    if (!isLength && !args.is(i, "minid")) return i;
    if (this.strategy !== "none") throw twoStrategies;
    let at = i + 1;
    this.isApproximate = false;
    if (at + 1 < args.count) {
      if (args.is(at, "~")) {
        this.isApproximate = true;
        at++;
      } else if (args.is(at, "=")) at++;
    }
    if (isLength) {
      this.#length = args.integer(at);
      if (this.#length < 0) throw negativeLength;
    } else {
      readId(args, at, this.#leastId);
    }
    this.strategy = isLength ? "length" : "least id";
    this.#threshold = at;
    return at + 1;
  }

  /**
   * All options are read.
   * @param isNeeded whether there must be a strategy
   * @throws ReplyError when they do not go together
   */
  end(keyspace: Keyspace, isNeeded: boolean): void {
    if (this.#limit > 0 && this.strategy === "none") throw limitWithoutStrategy;
    if (isNeeded && this.strategy === "none") throw noStrategy;
    if (keyspace.isLoading) {
      // What is recorded is exact, and its LIMIT has done its work already.
      this.#limit = 0;
    } else if (this.#isLimitGiven) {
      if (!this.isApproximate) throw limitOfExact;
    } else if (this.isApproximate) {
      const limit = LIMIT_NODES * keyspace.limits.streamNodeMaxEntries;
      this.#limit = limit > 0 ? Math.min(limit, LIMIT_MAX) : LIMIT_USUAL;
    }
  }

  /** Trims a stream; how many entries have gone. */
  trim(stream: Stream): number {
    if (this.strategy === "length") return stream.trimToLength(this.#length, this.isApproximate, this.#limit);
    return stream.trimToMinId(this.#leastId, this.isApproximate, this.#limit);
  }

  /** Trimming that is not exact is recorded as the exact one which leaves the same, whatever nodes there are elsewhere. */
  record(journal: Journal, stream: Stream): void {
    if (!this.isApproximate || !journal.isOpen) return;
    const at = this.#threshold;
    journal.inOtherWords(at - 1, EXACTLY, 0, 1);
    if (this.strategy === "length") {
      const length = String(stream.size);
      for (let i = 0; i < length.length; i++) text[i] = length.charCodeAt(i);
      return journal.inOtherWords(at, text, 0, length.length);
    }
    // As in the reference it is the id of the first entry of the first node, which may be deleted.
    const { table } = stream.nodes;
    if (table.seekFirst()) table.readId(first);
    else first.setMax();
    journal.inOtherWords(at, text, 0, writeStreamId(first, text, 0));
  }
}
