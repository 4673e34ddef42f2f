/**
 * What a directive is: the one declaration from which reading, CONFIG GET, SET and REWRITE and the table in
 * COMPAT.md follow. The builders below keep the declarations to a line each.
 */
import {
  choiceKind,
  integerKind,
  type Kind,
  memoryKind,
  type Source,
  textKind,
  type TextOptions,
  YES_OR_NO,
} from "./kinds.ts";

/**
 * Whether the server acts on a directive: at once ("live"), only when it starts ("startup"), or not yet ("kept":
 * the value is checked, kept, shown and written, and nothing else).
 */
export type Effect = "live" | "startup" | "kept";

export interface DirectiveOptions {
  /** The name that older versions used. Both are read and shown; the present one is written. */
  readonly oldName?: string;
  readonly effect?: Effect;
  /** Can be set when the server starts, and never again. */
  readonly isImmutable?: boolean;
  /** CONFIG SET needs `enable-protected-configs`. */
  readonly isProtected?: boolean;
  /** CONFIG SET must wait until the data is loaded. */
  readonly isRefusedWhileLoading?: boolean;
  /** Must not be shown in logs. */
  readonly isSensitive?: boolean;
  /** CONFIG GET shows it only when it is asked for by its whole name. */
  readonly isHidden?: boolean;
  /** Why a valid value is refused all the same, or undefined. */
  readonly refuse?: (value: string, source: Source) => string | undefined;
  /** The value that is taken in place of one that is valid but of no use; `hz` is the present one. */
  readonly adjust?: (value: string, source: Source, hz: number) => string;
}

export interface Directive extends DirectiveOptions {
  readonly name: string;
  readonly kind: Kind;
  /** The default value, in the form in which values are kept. */
  readonly initial: string;
  readonly effect: Effect;
}

export function directive(
  name: string,
  kind: Kind,
  initial: string,
  options: DirectiveOptions = {},
): Directive {
  return { ...options, name, kind, initial, effect: options.effect ?? "kept" };
}

export function yesOrNo(name: string, initial: "yes" | "no", options?: DirectiveOptions): Directive {
  return directive(name, YES_OR_NO, initial, options);
}

/** @param range smallest and largest value */
export function integer(
  name: string,
  initial: number,
  range: readonly [number | bigint, number | bigint],
  options?: DirectiveOptions,
): Directive {
  return directive(name, integerKind(BigInt(range[0]), BigInt(range[1])), String(initial), options);
}

/** @param range smallest and largest value, in bytes */
export function memory(
  name: string,
  initial: number,
  range: readonly [number | bigint, number | bigint],
  options?: DirectiveOptions,
): Directive {
  return directive(name, memoryKind(BigInt(range[0]), BigInt(range[1])), String(initial), options);
}

export function choice(
  name: string,
  initial: string,
  choices: readonly string[],
  options?: DirectiveOptions,
): Directive {
  return directive(name, choiceKind(choices), initial, options);
}

/** A text that may be empty, and keeps its line in the file when it is. */
export function text(
  name: string,
  initial: string,
  options?: DirectiveOptions,
  textOptions?: TextOptions,
): Directive {
  return directive(name, textKind(textOptions), initial, options);
}

/** A text that is not set when it is empty. */
export function optionalText(name: string, options?: DirectiveOptions, textOptions?: TextOptions): Directive {
  return directive(name, textKind({ ...textOptions, emptyIsUnset: true }), "", options);
}
