/**
 * A walk over entries of a stream.
 */
import { ListpackEntry } from "../listpack.ts";
import type { Stream } from "./stream.ts";
import { StreamId } from "./stream_id.ts";

const NOT_YET = "not filled in yet";

export class StreamCursor {
  readonly id: StreamId = new StreamId();
  fieldCount = 0;
  readonly field: ListpackEntry = new ListpackEntry();
  readonly value: ListpackEntry = new ListpackEntry();

  open(_stream: Stream, _from: StreamId, _to: StreamId, _reverse: boolean): this {
    throw new Error(NOT_YET);
  }
  next(): boolean {
    throw new Error(NOT_YET);
  }
  nextField(): boolean {
    throw new Error(NOT_YET);
  }
}
