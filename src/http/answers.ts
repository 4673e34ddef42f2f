/**
 * Answers of the HTTP port: their heads, and the one error that becomes an answer.
 *
 * Every answer forbids the browser to guess its type, to show it in a frame and to send where it came from.
 */

/** What a request is refused with: a status of HTTP, and a sentence for whoever sent it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/**
 * An answer with the common headers.
 * @param body sent as it is
 * @param headers win over the common ones, and over `cache-control: no-store`
 */
export function answer(
  status: number,
  type: string,
  body: string | Uint8Array<ArrayBuffer> | null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, {
    status,
    headers: { ...COMMON_HEADERS, "cache-control": "no-store", "content-type": type, ...headers },
  });
}

export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Response {
  return answer(status, "text/plain; charset=utf-8", `${body}\n`, headers);
}

/** @param value that JSON can say */
export function json(value: unknown, status = 200): Response {
  return answer(status, "application/json", JSON.stringify(value));
}
