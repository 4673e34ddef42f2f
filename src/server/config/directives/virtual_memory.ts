/**
 * Directives of redeno that the reference no longer has: the virtual memory of Redis 2.x, with its names and its
 * defaults. Ours: `vm-pages 0` lets the file grow as needed, and `vm-max-memory` can be set while the server runs.
 */
import { type Directive, integer, memory, text, yesOrNo } from "../directive.ts";
import { PAGES_MAX } from "../../../swap/page_map.ts";
import { UINT64_MAX } from "../numbers.ts";

/** Each has a file descriptor. */
const THREADS_MAX = 1024;
const PAGE_BYTES_MIN = 8;
const PAGE_BYTES_MAX = 1 << 20;

export const VIRTUAL_MEMORY_DIRECTIVES: readonly Directive[] = [
  yesOrNo("vm-enabled", "no", { isImmutable: true, effect: "startup" }),
  memory("vm-max-memory", 0, [0, UINT64_MAX], { effect: "live" }),
  integer("vm-max-threads", 4, [0, THREADS_MAX], { isImmutable: true, effect: "startup" }),
  memory("vm-page-size", 32, [PAGE_BYTES_MIN, PAGE_BYTES_MAX], { isImmutable: true, effect: "startup" }),
  integer("vm-pages", 134217728, [0, PAGES_MAX], { isImmutable: true, effect: "startup" }),
  // A %p in it stands for the number of the process.
  text("vm-swap-file", "/tmp/redeno.swap", { isImmutable: true, effect: "startup" }),
];
