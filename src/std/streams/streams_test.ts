import { assertEquals } from "@std/assert";
import { TextLineStream, toArrayBuffer, toText } from "@std/streams";

async function linesOf(chunks: string[], options?: { allowCR?: boolean }): Promise<string[]> {
  return await Array.fromAsync(ReadableStream.from(chunks).pipeThrough(new TextLineStream(options)));
}

/** Every way to cut a text into two chunks, and all its characters alone. */
function* cuts(text: string): Generator<string[]> {
  for (let at = 0; at <= text.length; at++) yield [text.slice(0, at), text.slice(at)];
  yield [...text];
}

Deno.test("TextLineStream gives the same lines wherever the text is cut", async () => {
  const cases: [string, string[]][] = [
    ["a\nbc\r\n\n\rd\re\n", ["a", "bc", "", "\rd\re"]],
    ["x\ny", ["x", "y"]],
    ["x\r", ["x\r"]],
    ["", []],
    ["\n", [""]],
  ];
  for (const [text, wanted] of cases) {
    for (const chunks of cuts(text)) assertEquals(await linesOf(chunks), wanted, JSON.stringify(chunks));
  }
});

Deno.test("TextLineStream with allowCR ends lines at a lone carriage return too", async () => {
  const cases: [string, string[]][] = [
    ["a\rb\r\nc\n\r", ["a", "b", "c", ""]],
    ["a\r", ["a"]],
    ["\r\r\n", ["", ""]],
  ];
  for (const [text, wanted] of cases) {
    for (const chunks of cuts(text)) {
      assertEquals(await linesOf(chunks, { allowCR: true }), wanted, JSON.stringify(chunks));
    }
  }
});

Deno.test("toText joins strings, and bytes cut inside a character", async () => {
  assertEquals(await toText(ReadableStream.from(["a", "ä", ""])), "aä");
  const bytes = new TextEncoder().encode("x€y");
  for (let at = 0; at <= bytes.length; at++) {
    assertEquals(await toText(ReadableStream.from([bytes.slice(0, at), bytes.slice(at)])), "x€y");
  }
});

Deno.test("toArrayBuffer holds exactly the stream's bytes", async () => {
  const parts = [new Uint8Array([1, 2, 3, 4]).subarray(1, 3), new Uint8Array(0), new Uint8Array([9])];
  assertEquals(new Uint8Array(await toArrayBuffer(ReadableStream.from(parts))), new Uint8Array([2, 3, 9]));
  assertEquals((await toArrayBuffer(ReadableStream.from([]))).byteLength, 0);
});
