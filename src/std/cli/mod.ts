/**
 * A stand-in for the one function of `jsr:@std/cli` that this project uses, for machines that cannot reach JSR
 * (deno.json's `links` names this folder). Name, signature and behaviour are the real package's, so that deleting
 * the `links` entry changes nothing else.
 */
export { type Args, parseArgs, type ParseOptions } from "./parse_args.ts";
