import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TestPort } from "./testing.ts";

Deno.test("the page and its files come with a policy that lets in nothing else", async () => {
  using test = new TestPort();
  const page = await test.get("/");
  assertEquals([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  const policy = page.headers.get("content-security-policy") ?? "";
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
    assertStringIncludes(policy, part);
  }
  const html = await page.text();
  assert(!/<script>|style="|https?:/.test(html), "scripts and styles are files of the server's own");
  for (const [, file] of html.matchAll(/(?:src|href)="([\w.]+\.(?:js|css|svg))"/g)) {
    const { status, headers, body } = await test.get(`/${file}`);
    assertEquals([file, status, headers.get("x-content-type-options")], [file, 200, "nosniff"]);
    await body?.cancel();
  }
});

Deno.test("every module that a file of the page imports is there, and loaded ahead", async () => {
  using test = new TestPort();
  const html = await (await test.get("/")).text();
  const wanted = new Set(["app.js"]);
  for (const file of wanted) {
    const source = await (await test.get(`/${file}`)).text();
    for (const [, name] of source.matchAll(/from "\.\/([\w.]+)"/g)) wanted.add(name!);
  }
  wanted.delete("app.js");
  const ahead = [...html.matchAll(/modulepreload" href="([\w.]+)"/g)].map(([, name]) => name);
  assertEquals(ahead.sort(), [...wanted].sort());
});

Deno.test("a file that the browser has is not sent again, and is sent zipped to who can read that", async () => {
  using test = new TestPort();
  const plain = await test.get("/app.js");
  const source = await plain.text();
  const tag = plain.headers.get("etag") ?? "";
  const again = await test.get("/app.js", { "if-none-match": tag });
  assertEquals([again.status, await again.text()], [304, ""]);
  const zipped = await test.get("/app.js", { "accept-encoding": "gzip, br" });
  assertEquals(zipped.headers.get("content-encoding"), "gzip");
  const unzipped = zipped.body!.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(unzipped).text(), source);
});

Deno.test("what is not there is 404, and what cannot be done 405", async () => {
  using test = new TestPort();
  const status = async (method: string, path: string) => {
    const response = await test.send(method, path);
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await status("GET", "/nosuch"), 404);
  assertEquals(await status("GET", "/constructor"), 404);
  assertEquals(await status("GET", "/api/nosuch"), 404);
  assertEquals(await status("GET", "/api/constructor"), 404);
  assertEquals(await status("POST", "/"), 405);
  assertEquals(await status("POST", "/metrics"), 405);
  assertEquals(await status("GET", "/api/edit"), 405);
  assertEquals(await status("DELETE", "/api/live"), 405);
});

Deno.test("/healthz says that the process lives, also under names and from places that see nothing else", async () => {
  using test = new TestPort();
  test.isLocal = false;
  const response = await test.get("/healthz", { host: "pod.cluster.internal" });
  assertEquals([response.status, await response.text()], [200, "ok\n"]);
});

Deno.test("/readyz is 503 while data is loaded and while the server stops", async () => {
  using test = new TestPort();
  assertEquals((await test.get("/readyz")).status, 200);
  const { loading: state } = test.server.persistence;
  state.progress = { startedAt: test.clock.now(), totalBytes: 100, loadedBytes: 0, rdbUsedMemory: 0 };
  const loading = await test.get("/readyz");
  assertEquals([loading.status, await loading.text()], [503, "loading\n"]);
  state.progress = undefined;
  assertEquals((await test.get("/readyz")).status, 200);
  test.server.shutdown({ save: "no", force: true });
  assertEquals((await test.get("/readyz")).status, 503);
});

Deno.test("the port listens on loopback, any port, and stops", async () => {
  using test = new TestPort();
  test.port.listen(0, ["127.0.0.1", "-192.0.2.1"]);
  const [url = ""] = test.port.urls;
  assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  assertEquals(await (await fetch(`${url}healthz`)).text(), "ok\n");
  const response = await fetch(`${url}api/server`);
  assertEquals((await response.json()).needsLogin, false);
  await test.port.close();
  assertEquals(test.port.urls, []);
});

Deno.test("an address that is taken is named, and nothing is left listening", async () => {
  using first = new TestPort();
  using second = new TestPort();
  first.port.listen(0, ["127.0.0.1"]);
  const taken = Number(new URL(first.port.urls[0]!).port);
  let message = "";
  try {
    second.port.listen(taken, ["127.0.0.1"]);
  } catch (error) {
    message = (error as Error).message;
  }
  assertStringIncludes(message, `Could not create the HTTP port at 127.0.0.1:${taken}`);
  assertEquals(second.port.urls, []);
  await first.port.close();
});
