/** Requests as bytes, read back: what an append-only file holds, and what the journal recorded. */

/** The words of every request, one character a byte. @throws Error when it is not the format of requests */
export function parseRequests(text: string): string[][] {
  const requests: string[][] = [];
  let at = 0;
  const number = (mark: string) => {
    const end = text.indexOf("\r\n", at);
    if (text[at] !== mark || end < 0) {
      throw new Error(`not the format of requests: ${text.slice(at, at + 100)}`);
    }
    const value = Number(text.slice(at + 1, end));
    at = end + 2;
    return value;
  };
  while (at < text.length) {
    const words: string[] = [];
    for (let count = number("*"); count > 0; count--) {
      const length = number("$");
      words.push(text.slice(at, at + length));
      at += length + 2;
    }
    requests.push(words);
  }
  return requests;
}
