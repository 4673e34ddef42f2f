/** Arguments of the command line, which may be written with quotes. Texts that come out have one character a byte. */
import { byteText, splitWords } from "../../server/config/tokens.ts";

/**
 * The bytes that an argument stands for.
 * @param text as it was typed
 * @param isQuoted whether quotes in it mean something
 * @returns undefined when its quotes do not match, or it is not one word
 */
export function quotedWord(text: string, isQuoted: boolean): string | undefined {
  if (!isQuoted) return byteText(text);
  const words = splitWords(byteText(text));
  return words?.length === 1 ? words[0] : undefined;
}
