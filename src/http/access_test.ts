import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TestPort } from "./testing.ts";

async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });

Deno.test("the port answers to addresses and to localhost, and to other names only when they are listed", async () => {
  using test = new TestPort("http-hosts redis.internal,other.example\n");
  const asked = (host: string) => statusOf(test.get("/metrics", { host }));
  for (const host of ["127.0.0.1:8080", "[::1]:8080", "localhost", "a.localhost:1", "REDIS.internal:8080"]) {
    assertEquals([host, await asked(host)], [host, 200]);
  }
  for (const host of ["evil.example", "redis.internal.evil.example", "127.0.0.1.evil.example"]) {
    assertEquals([host, await asked(host)], [host, 421]);
  }
});

Deno.test("a star among the names lets all of them in", async () => {
  using test = new TestPort("http-hosts *\n");
  assertEquals(await statusOf(test.get("/metrics", { host: "any.example" })), 200);
});

Deno.test("what the page of another site makes a browser ask is refused", async () => {
  using test = new TestPort("http-allow-writes yes\n");
  const edit = { key: "k", action: "create", value: "v" };
  const sent = (headers: Record<string, string>) => statusOf(test.post("/api/edit", edit, headers));
  assertEquals(await sent({ origin: "http://evil.example" }), 403);
  assertEquals(await sent({ origin: "null" }), 403);
  assertEquals(await sent({ origin: "http://127.0.0.1:9999" }), 403);
  assertEquals(await sent({ "sec-fetch-site": "cross-site" }), 403);
  assertEquals(await sent({ "sec-fetch-site": "same-site", origin: "http://127.0.0.1:8080" }), 403);
  assertEquals(await statusOf(test.get("/api/live", { "sec-fetch-site": "cross-site" })), 403);
  assertEquals(await test.ask("EXISTS k"), { kind: "integer", text: "0" });
  assertEquals(await sent({ "sec-fetch-site": "same-origin", origin: "http://127.0.0.1:8080" }), 200);
  assertEquals(await sent({ origin: "http://127.0.0.1:8080" }), 200);
});

Deno.test("what a form can send is no request of the API", async () => {
  using test = new TestPort("http-allow-writes yes\n");
  const body = JSON.stringify({ key: "k", action: "create", value: "v" });
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    assertEquals(await statusOf(test.send("POST", "/api/edit", { "content-type": type }, body)), 415);
  }
});

Deno.test("in protected mode without a password only this machine is served", async () => {
  using test = new TestPort();
  test.isLocal = false;
  for (const path of ["/", "/metrics", "/api/live"]) assertEquals(await statusOf(test.get(path)), 403);
  assertStringIncludes(await (await test.get("/")).text(), "protected mode");
  await test.ask("CONFIG SET protected-mode no");
  assertEquals(await statusOf(test.get("/")), 200);
});

Deno.test("with a password the page comes, and what it shows does not", async () => {
  using test = new TestPort("requirepass secret\n");
  test.isLocal = false;
  assertEquals(await statusOf(test.get("/")), 200);
  for (const path of ["live", "keyspace", "clients", "commands", "slowlog"]) {
    assertEquals(await statusOf(test.get(`/api/${path}`)), 401);
  }
  for (const path of ["keys", "value", "edit", "script", "script/kill", "clients/kill"]) {
    assertEquals(await statusOf(test.post(`/api/${path}`, { key: "k", script: "return 1" })), 401);
  }
  const metrics = await test.get("/metrics");
  assertEquals(metrics.status, 401);
  assertMatch(metrics.headers.get("www-authenticate") ?? "", /^Basic /);
  assertEquals(await test.api("server"), { needsLogin: true });
});

Deno.test("HTTP Basic is the user and the password of the server", async () => {
  using test = new TestPort("requirepass se:crät\n");
  const tried = (text: string) => statusOf(test.get("/metrics", basic(text)));
  const encoded = String.fromCharCode(...new TextEncoder().encode("se:crät"));
  assertEquals(await tried(`default:${encoded}`), 200);
  assertEquals(await tried(`:${encoded}`), 200);
  assertEquals(await tried("default:wrong"), 401);
  assertEquals(await tried(`other:${encoded}`), 401);
  assertEquals(await tried("nothing"), 401);
  assertEquals(await statusOf(test.get("/metrics", { authorization: "Basic !!!" })), 401);
});

Deno.test("a token is as good as the password, until it is closed or the password changes", async () => {
  using test = new TestPort("requirepass secret\n");
  const login = async (password: string) =>
    await (await test.post("/api/login", { user: "default", password })).json() as { token?: string };
  assertEquals(await login("wrong"), { error: "Wrong user or password." } as { token?: string });
  const bearer = async () => ({ authorization: `Bearer ${(await login("secret")).token}` });
  const [first, second] = [await bearer(), await bearer()];
  assertEquals(await statusOf(test.get("/api/live", first)), 200);
  assertEquals(await statusOf(test.get("/api/live", { authorization: "Bearer nonsense" })), 401);
  await test.post("/api/logout", {}, first);
  assertEquals(await statusOf(test.get("/api/live", first)), 401);
  assertEquals(await statusOf(test.get("/api/live", second)), 200);
  await test.ask("CONFIG SET requirepass another");
  assertEquals(await statusOf(test.get("/api/live", second)), 401);
});

Deno.test("a token that nobody used for twelve hours has ended", async () => {
  using test = new TestPort("requirepass secret\n");
  const { token } = await test.api<{ token: string }>("login", { user: "", password: "secret" });
  const bearer = { authorization: `Bearer ${token}` };
  test.clock.advance(11 * 3600 * 1000);
  assertEquals(await statusOf(test.get("/api/live", bearer)), 200);
  test.clock.advance(11 * 3600 * 1000);
  assertEquals(await statusOf(test.get("/api/live", bearer)), 200);
  test.clock.advance(12 * 3600 * 1000);
  assertEquals(await statusOf(test.get("/api/live", bearer)), 401);
});
