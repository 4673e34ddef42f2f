/** Cuts text into lines. Invariant: whatever the chunks are, the lines are those of the whole text. */

export interface TextLineStreamOptions {
  /** Whether a lone carriage return ends a line too. Default: false. */
  allowCR?: boolean;
}

/**
 * Lines of a stream of strings, without their ends (`\n` or `\r\n`, and `\r` if allowed).
 * What follows the last line end is a line of its own unless it is empty.
 */
export class TextLineStream extends TransformStream<string, string> {
  constructor(options: TextLineStreamOptions = { allowCR: false }) {
    const lineEnd = options.allowCR ? /\r\n|\n|\r/g : /\r?\n/g;
    let rest = "";
    super({
      transform(chunk, controller) {
        const text = rest + chunk;
        // A carriage return at the very end may be the first half of "\r\n": it waits for the next chunk.
        const complete = text.endsWith("\r") ? text.length - 1 : text.length;
        let start = 0;
        for (const { 0: end, index } of text.matchAll(lineEnd)) {
          if (index >= complete) break;
          controller.enqueue(text.slice(start, index));
          start = index + end.length;
        }
        rest = text.slice(start);
      },
      flush(controller) {
        if (options.allowCR && rest.endsWith("\r")) rest = rest.slice(0, -1), controller.enqueue(rest);
        else if (rest !== "") controller.enqueue(rest);
      },
    });
  }
}
