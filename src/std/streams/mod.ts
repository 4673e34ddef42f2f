/**
 * A stand-in for the few functions of `jsr:@std/streams` that this project uses, for machines that cannot reach JSR
 * (deno.json's `links` names this folder). Names and signatures are the real package's, so that deleting the
 * `links` entry changes nothing else.
 */
export { TextLineStream, type TextLineStreamOptions } from "./text_line_stream.ts";
export { toArrayBuffer, toText } from "./collect.ts";
