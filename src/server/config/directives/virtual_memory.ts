/**
 * Directives of redeno that the reference no longer has: the virtual memory of Redis 2.x, with its names and its
 * defaults. Known and kept until the feature is there.
 */
import { type Directive, integer, memory, text, yesOrNo } from "../directive.ts";
import { INT32_MAX, INT64_MAX, UINT64_MAX } from "../numbers.ts";

export const VIRTUAL_MEMORY_DIRECTIVES: readonly Directive[] = [
  yesOrNo("vm-enabled", "no", { isImmutable: true }),
  memory("vm-max-memory", 0, [0, UINT64_MAX]),
  integer("vm-max-threads", 4, [0, INT32_MAX], { isImmutable: true }),
  memory("vm-page-size", 32, [1, INT64_MAX], { isImmutable: true }),
  integer("vm-pages", 134217728, [1, INT64_MAX], { isImmutable: true }),
  text("vm-swap-file", "/tmp/redeno.swap", { isImmutable: true }),
];
