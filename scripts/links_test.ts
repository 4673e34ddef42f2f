/** What the pages refer to is there: files, headings in them, tasks. */
import { assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
/** Not of the project, or made by it. */
const LEFT_OUT = new Set([".git", "node_modules", "dist", "coverage", "artifacts"]);

async function* pagesBelow(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && !LEFT_OUT.has(name)) yield* pagesBelow(new URL(`${name}/`, folder));
    else if (name.endsWith(".md")) yield new URL(name, folder);
  }
}

/** A page without its blocks of code. */
async function proseOf(page: URL): Promise<string> {
  return (await Deno.readTextFile(page)).replace(/^```[^]*?^```/gm, "");
}

/** What links to the headings of a page end in. */
function anchorsOf(prose: string): Set<string> {
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, text]) => text!);
  return new Set(headings.map((text) => text.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")));
}

/** Whether a link of a page leads somewhere. */
async function leads(page: URL, link: string): Promise<boolean> {
  const target = new URL(link, page);
  const anchor = target.hash.slice(1);
  target.hash = "";
  try {
    await Deno.stat(target);
  } catch {
    return false;
  }
  return anchor === "" || anchorsOf(await proseOf(target)).has(anchor);
}

const pages = (await Array.fromAsync(pagesBelow(ROOT))).sort((a, b) => a.href < b.href ? -1 : 1);

function nameOf(page: URL): string {
  return page.href.slice(ROOT.href.length);
}

Deno.test("every link to a file or a heading of the project leads there", async () => {
  const dead: string[] = [];
  let count = 0;
  for (const page of pages) {
    for (const [, link] of (await proseOf(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^\w+:/.test(link!)) continue;
      count++;
      if (!await leads(page, link!)) dead.push(`${nameOf(page)}: ${link}`);
    }
  }
  assertEquals(dead, []);
  // None at all would be a mistake of this test.
  assertEquals(count > 50, true, `${count} links`);
});

Deno.test("a link that leads nowhere is found", async () => {
  const readme = new URL("README.md", ROOT);
  assertEquals(await leads(readme, "docs/cli.md#redeno-cli"), true);
  assertEquals(await leads(readme, "docs/cli.md#nosuch"), false);
  assertEquals(await leads(readme, "docs/nosuch.md"), false);
});

Deno.test("every task that a page names is there, and every task is named by a page", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const named = new Set<string>();
  for (const page of pages) {
    const text = await Deno.readTextFile(page);
    for (const [, task] of text.matchAll(/\bdeno(?:@[\d.]+)? task (?:-q )?([\w-]+)/g)) named.add(task!);
  }
  assertEquals([...named].sort(), Object.keys(tasks).sort());
});
