import { assertEquals } from "@std/assert";
import { testServer } from "../../../test/support/test_server.ts";

Deno.test("INFO asks the server for the sections named, and marks the text as text", () => {
  using server = testServer();
  Object.assign(server, { info: (sections: readonly string[]) => `# ${sections.join("+")}\r\n` });
  assertEquals(server.raw("INFO Server keyspace"), "$19\r\n# Server+keyspace\r\n\r\n");
  server.client.protocol = 3;
  assertEquals(server.raw("INFO"), "=8\r\ntxt:# \r\n\r\n");
});
