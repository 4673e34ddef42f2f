/**
 * Directives of TLS, which redeno does not have yet: known and kept, except those that would open a port or
 * encrypt a link. These are refused, as the reference refuses them without a certificate.
 */
import { choice, type Directive, integer, optionalText, yesOrNo } from "../directive.ts";
import type { Source } from "../kinds.ts";
import { INT32_MAX } from "../numbers.ts";

function refuseTls(value: string, source: Source): string | undefined {
  if (value === "0" || value === "no") return undefined;
  return source === "client"
    ? "Unable to update TLS configuration. Check server logs."
    : "TLS is not available in redeno yet";
}

export const TLS_DIRECTIVES: readonly Directive[] = [
  choice("tls-auth-clients", "yes", ["no", "yes", "optional"]),
  optionalText("tls-ca-cert-dir"),
  optionalText("tls-ca-cert-file"),
  optionalText("tls-cert-file"),
  optionalText("tls-ciphers"),
  optionalText("tls-ciphersuites"),
  optionalText("tls-client-cert-file"),
  optionalText("tls-client-key-file"),
  optionalText("tls-client-key-file-pass"),
  yesOrNo("tls-cluster", "no", { refuse: refuseTls }),
  optionalText("tls-dh-params-file"),
  optionalText("tls-key-file"),
  optionalText("tls-key-file-pass"),
  integer("tls-port", 0, [0, 65535], { refuse: refuseTls }),
  yesOrNo("tls-prefer-server-ciphers", "no"),
  optionalText("tls-protocols"),
  yesOrNo("tls-replication", "no", { refuse: refuseTls }),
  integer("tls-session-cache-size", 20480, [0, INT32_MAX]),
  integer("tls-session-cache-timeout", 300, [0, INT32_MAX]),
  yesOrNo("tls-session-caching", "yes"),
];
