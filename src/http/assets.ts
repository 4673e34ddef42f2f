/**
 * The files of the page, which are part of the executable. Nothing is fetched from elsewhere, and nothing is built: a browser
 * is given what stands in page/.
 */
import activity from "./page/activity.js" with { type: "text" };
import api from "./page/api.js" with { type: "text" };
import app from "./page/app.js" with { type: "text" };
import charts from "./page/charts.js" with { type: "text" };
import consoleView from "./page/console.js" with { type: "text" };
import controlsSheet from "./page/controls.css" with { type: "text" };
import dom from "./page/dom.js" with { type: "text" };
import format from "./page/format.js" with { type: "text" };
import groups from "./page/groups.js" with { type: "text" };
import icon from "./page/icon.svg" with { type: "text" };
import index from "./page/index.html" with { type: "text" };
import keys from "./page/keys.js" with { type: "text" };
import lua from "./page/lua.js" with { type: "text" };
import narrowSheet from "./page/narrow.css" with { type: "text" };
import overviewSheet from "./page/overview.css" with { type: "text" };
import overview from "./page/overview.js" with { type: "text" };
import samples from "./page/samples.js" with { type: "text" };
import tables from "./page/tables.js" with { type: "text" };
import themeSheet from "./page/theme.css" with { type: "text" };
import valueTypes from "./page/value_types.js" with { type: "text" };
import values from "./page/values.js" with { type: "text" };
import viewsSheet from "./page/views.css" with { type: "text" };
import { utf8 } from "../sys/bytes.ts";
import { answer } from "./answers.ts";

const HTML = "text/html; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

/** Later rules win, so the order counts. */
const STYLE = [themeSheet, controlsSheet, overviewSheet, viewsSheet, narrowSheet].join("\n");

const FILES: Readonly<Record<string, readonly [type: string, text: string]>> = {
  "/": [HTML, index],
  "/activity.js": [SCRIPT, activity],
  "/api.js": [SCRIPT, api],
  "/app.js": [SCRIPT, app],
  "/charts.js": [SCRIPT, charts],
  "/console.js": [SCRIPT, consoleView],
  "/dom.js": [SCRIPT, dom],
  "/format.js": [SCRIPT, format],
  "/groups.js": [SCRIPT, groups],
  "/icon.svg": ["image/svg+xml", icon],
  "/keys.js": [SCRIPT, keys],
  "/lua.js": [SCRIPT, lua],
  "/overview.js": [SCRIPT, overview],
  "/samples.js": [SCRIPT, samples],
  "/style.css": ["text/css; charset=utf-8", STYLE],
  "/tables.js": [SCRIPT, tables],
  "/value_types.js": [SCRIPT, valueTypes],
  "/values.js": [SCRIPT, values],
};

/** Scripts and styles of the page's own files and no others; no HTML made of texts. */
const CONTENT_SECURITY_POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
].join("; ");

/** A file as it is sent. */
interface Asset {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly zipped: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

const made = new Map<string, Promise<Asset>>();

async function makeAsset(type: string, text: string): Promise<Asset> {
  const plain = utf8(text) as Uint8Array<ArrayBuffer>;
  const [digest, zipped] = await Promise.all([
    crypto.subtle.digest("SHA-256", plain),
    new Response(new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"))).bytes(),
  ]);
  return { type, plain, zipped, tag: `"${new Uint8Array(digest).toHex().slice(0, 32)}"` };
}

/** The file of a path, or undefined when there is none. Browsers ask each time whether theirs is the present one. */
export async function sendAsset(path: string, request: Request): Promise<Response | undefined> {
  const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (file === undefined) return undefined;
  let making = made.get(path);
  if (making === undefined) made.set(path, making = makeAsset(...file));
  const { type, plain, zipped, tag } = await making;
  const headers = {
    "cache-control": "no-cache, no-transform",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    etag: tag,
    vary: "accept-encoding",
  };
  if (request.headers.get("if-none-match") === tag) return answer(304, type, null, headers);
  if (!/\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")) {
    return answer(200, type, plain, headers);
  }
  return answer(200, type, zipped, { ...headers, "content-encoding": "gzip" });
}
