/**
 * Directives of redeno that the reference does not have: the side port for browsers, Prometheus and health checks.
 */
import { type Directive, directive, integer, text, yesOrNo } from "../directive.ts";
import { BIND_ADDRESSES } from "../special_kinds.ts";

export const HTTP_DIRECTIVES: readonly Directive[] = [
  // 0: there is none.
  integer("http-port", 0, [0, 65535], { isImmutable: true, effect: "startup" }),
  directive("http-bind", BIND_ADDRESSES, "127.0.0.1 -::1", { isImmutable: true, effect: "startup" }),
  // Whether keys can be edited, and scripts may write, in the dashboard.
  yesOrNo("http-allow-writes", "no", { effect: "live" }),
  // Names by which browsers may call the port, besides localhost and addresses; * for all.
  text("http-hosts", "", { effect: "live" }),
];
