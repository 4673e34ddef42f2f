/** `redeno cli --tls`: encrypted connections, with certificates made by openssl for this test. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { runOurs } from "../support/cli_run.ts";

function openssl(cwd: string, ...args: readonly string[]): void {
  const { success, stderr } = new Deno.Command("openssl", { args: [...args], cwd }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function whyNoOpenssl(): string | undefined {
  try {
    return new Deno.Command("openssl", { args: ["version"] }).outputSync().success
      ? undefined
      : "openssl fails";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "openssl is not installed";
    throw error;
  }
}

/** An authority, and a certificate of its for `server.test`. */
function makeCertificates(folder: string): void {
  const key = (
    name: string,
  ) => ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${name}.key`];
  openssl(folder, "req", "-x509", ...key("ca"), "-out", "ca.crt", "-days", "2", "-subj", "/CN=authority");
  openssl(folder, "req", ...key("server"), "-out", "server.csr", "-subj", "/CN=server.test");
  Deno.writeTextFileSync(`${folder}/names`, "subjectAltName=DNS:server.test");
  openssl(
    folder,
    "x509",
    "-req",
    "-in",
    "server.csr",
    "-CA",
    "ca.crt",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-out",
    "server.crt",
    "-days",
    "2",
    "-extfile",
    "names",
  );
}

/** Answers PONG to everything. */
function startTlsServer(folder: string): { readonly port: number } & AsyncDisposable {
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync(`${folder}/server.crt`),
    key: Deno.readTextFileSync(`${folder}/server.key`),
  });
  const serving: Promise<void>[] = [];
  const serve = async (connection: Deno.TlsConn) => {
    using open = connection;
    const chunk = new Uint8Array(1024);
    while (await open.read(chunk) !== null) await open.write(new TextEncoder().encode("+PONG\r\n"));
  };
  const accepting = (async () => {
    for await (const connection of listener) serving.push(serve(connection).catch(() => {}));
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting.catch(() => {});
      await Promise.all(serving);
    },
  };
}

const why = whyNoOpenssl();
if (why) console.log(`${why}: redeno cli --tls is not tested`);

Deno.test({
  name: "redeno cli trusts a server whose certificate comes from an authority that it is told to trust",
  ignore: why !== undefined,
  // Sockets of node:tls are closed by the runtime when it gets to it.
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "redeno-test-" });
    try {
      makeCertificates(folder);
      await using server = startTlsServer(folder);
      const run = (...options: readonly string[]) =>
        runOurs(["-h", "127.0.0.1", "-p", String(server.port), ...options, "ping"]);
      const pong = { code: 0, stdout: "PONG\n", stderr: "" };
      assertEquals(await run("--tls", "--cacert", `${folder}/ca.crt`), pong);
      assertEquals(await run("--tls", "--cacertdir", folder), pong);
      assertEquals(await run("--tls", "--insecure"), pong);
      assertEquals(await run("--tls", "--cacert", `${folder}/ca.crt`, "--sni", "server.test"), pong);
      assertEquals(
        await run("--cacert", `${folder}/ca.crt`, "-u", `rediss://127.0.0.1:${server.port}`),
        pong,
      );
      const refused = await run("--tls");
      assertEquals([refused.code, refused.stdout], [1, ""]);
      assertStringIncludes(
        refused.stderr,
        `Could not connect to Redis at 127.0.0.1:${server.port}: SSL_connect failed: `,
      );
      assertEquals((await run("--tls", "--cert", "x")).stderr, "--cert and --key need each other.\n");
      const missing = await run("--tls", "--cacert", `${folder}/missing`);
      assertStringIncludes(missing.stderr, "No such file or directory");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
