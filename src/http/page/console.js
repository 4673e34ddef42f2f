/** The console: a script, its keys and arguments on one side; what it returned and wrote, and how long it took, on the other. */
import { post } from "./api.js";
import { field, h, panel, select, setShown, setText, toast } from "./dom.js";
import { exact, fromTyped, micros, words } from "./format.js";
import { pieces } from "./lua.js";

const KEPT = "script";
/** After this a script that runs can be ended. */
const STOP_AFTER_MS = 800;
/** Longer scripts are shown in one colour. */
const COLOURED_CHARS_MAX = 30_000;

const EXAMPLES = {
  "Hello": `-- What a script returns is shown beside it.
return {"hello", redis.REDIS_VERSION, 1 + 1}`,
  "Keys by type": `-- Walks some keys and counts their types.
local found = {}
local reply = redis.call("SCAN", "0", "COUNT", 500)
for _, key in ipairs(reply[2]) do
  local type = redis.call("TYPE", key).ok
  found[type] = (found[type] or 0) + 1
end
return cjson.encode(found)`,
  "Rate limiter": `-- How often may this be done? KEYS: one counter. ARGV: how often, in how many seconds.
local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("EXPIRE", KEYS[1], ARGV[2]) end
return {count <= tonumber(ARGV[1]) and "allowed" or "refused", count}`,
  "Largest hash fields": `-- KEYS: one hash. The lengths of its longest values.
local fields = redis.call("HGETALL", KEYS[1])
local sizes = {}
for i = 1, #fields, 2 do sizes[#sizes + 1] = {fields[i], #fields[i + 1]} end
table.sort(sizes, function(a, b) return a[2] > b[2] end)
local top = {}
for i = 1, math.min(5, #sizes) do top[i] = sizes[i] end
return top`,
};

export class ConsoleView {
  name = "Lua";
  id = "lua";
  #running;

  constructor() {
    const kept = sessionStorage.getItem(KEPT);
    this.editor = h("textarea", {
      class: "mono",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      wrap: "off",
      "aria-label": "Script",
    });
    this.editor.value = kept ?? EXAMPLES.Hello;
    this.colours = h("pre", { class: "mono", "aria-hidden": "true" });
    this.numbers = h("pre", { class: "mono line-numbers", "aria-hidden": "true" });
    this.editor.addEventListener("input", () => this.#colour());
    this.editor.addEventListener("scroll", () => this.#follow());
    this.editor.addEventListener("keydown", (event) => this.#keyDown(event));
    this.keys = h("input", {
      class: "mono",
      placeholder: 'user:7 "a key"',
      spellcheck: "false",
      autocomplete: "off",
    });
    this.args = h("input", { class: "mono", placeholder: "10 60", spellcheck: "false", autocomplete: "off" });
    this.database = h("input", { type: "number", min: "0", value: "0", class: "database" });
    this.examples = select({ "aria-label": "Examples", onchange: () => this.#insertExample() }, [
      ["", "Examples"],
      ...Object.keys(EXAMPLES).map((name) => [name, name]),
    ]);
    this.mode = h("span", { class: "note" });
    this.runButton = h("button", { type: "submit", class: "primary" }, "Run");
    this.stopButton = h("button", {
      type: "button",
      class: "danger",
      hidden: true,
      onclick: () => this.#stop(),
    }, "End it");
    this.resultNote = h("span", { class: "note", role: "status" });
    this.reply = h("pre", { tabindex: "0", "aria-label": "Reply" });
    this.excerpt = h("pre", { class: "excerpt", hidden: true });
    this.writesHead = h("h3", {});
    this.writes = h("ol", { class: "writes mono" });
    this.result = h("div", { hidden: true }, this.reply, this.excerpt, this.writesHead, this.writes);
    this.noResult = h("p", { class: "empty" }, "Run the script with Ctrl and Enter.");
    this.element = this.#layOut();
    this.#colour();
  }

  #layOut() {
    const form = h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          void this.#run();
        },
      },
      h(
        "div",
        { class: "editor" },
        this.numbers,
        h("div", { class: "editor-text" }, this.colours, this.editor),
      ),
      h("div", { class: "script-inputs" }, [
        field("KEYS", this.keys),
        field("ARGV", this.args),
        field("Database", this.database, { class: "narrow" }),
      ]),
      h("div", { class: "buttons wrap" }, this.runButton, this.stopButton, this.examples, this.mode),
    );
    return h(
      "div",
      { class: "console" },
      panel("Script", {}, form),
      panel("Result", { aside: this.resultNote }, this.noResult, this.result),
    );
  }

  meet(server) {
    this.database.max = String(server.databases - 1);
    setText(
      this.mode,
      server.allowsWrites ? "May write." : "Read only: http-allow-writes is off.",
    );
  }

  show() {
    this.#colour();
  }

  // ---- the editor -------------------------------------------------------------------------------------------

  #colour() {
    const source = this.editor.value;
    sessionStorage.setItem(KEPT, source);
    const parts = source.length > COLOURED_CHARS_MAX ? [["", source]] : pieces(source);
    this.colours.replaceChildren(
      ...parts.map(([kind, text]) => kind === "" ? text : h("span", { class: `lua-${kind}` }, text)),
      // A last line that is empty has a height, too.
      "\n",
    );
    setText(this.numbers, Array.from(source.split("\n"), (_, i) => i + 1).join("\n"));
    this.#follow();
  }

  #follow() {
    this.colours.scrollTop = this.numbers.scrollTop = this.editor.scrollTop;
    this.colours.scrollLeft = this.editor.scrollLeft;
  }

  #keyDown(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void this.#run();
    }
  }

  #insertExample() {
    const example = EXAMPLES[this.examples.value];
    this.examples.value = "";
    if (example === undefined) return;
    this.editor.value = example;
    this.#colour();
    this.editor.focus();
  }

  // ---- running ----------------------------------------------------------------------------------------------

  async #run() {
    if (this.#running !== undefined) return;
    const running = this.#running = new AbortController();
    this.runButton.disabled = true;
    setText(this.resultNote, "runs …");
    const canStop = setTimeout(() => setShown(this.stopButton, true), STOP_AFTER_MS);
    try {
      this.#show(
        await post("script", {
          db: Number(this.database.value) || 0,
          script: fromTyped(this.editor.value),
          keys: words(this.keys.value).map(fromTyped),
          args: words(this.args.value).map(fromTyped),
        }, running.signal),
      );
    } catch (error) {
      setText(this.resultNote, "");
      toast(error.message, "bad");
    } finally {
      clearTimeout(canStop);
      setShown(this.stopButton, false);
      this.runButton.disabled = false;
      this.#running = undefined;
    }
  }

  async #stop() {
    try {
      const { error } = await post("script/kill");
      if (error !== undefined) toast(error, "bad");
    } catch (error) {
      toast(error.message, "bad");
    }
  }

  #show({ reply, isClipped, isError, excerpt, ms, writes, writesCount, isReadOnly }) {
    setShown(this.noResult, false);
    setShown(this.result, true);
    setText(this.resultNote, `${isError ? "failed" : "done"} in ${micros(ms * 1000)}`);
    setText(this.reply, isClipped ? `${reply}\n… and more` : reply.replace(/\n$/, ""));
    this.reply.className = isError ? "bad" : "";
    setText(this.excerpt, excerpt);
    setShown(this.excerpt, excerpt !== "");
    const more = writesCount > writes.length ? `, the first ${exact(writes.length)}` : "";
    setText(
      this.writesHead,
      isReadOnly
        ? "It could not write"
        : writesCount === 0
        ? "It wrote nothing"
        : `It wrote ${exact(writesCount)} ${writesCount === 1 ? "command" : "commands"}${more}`,
    );
    this.writes.replaceChildren(...writes.map((line) => h("li", {}, line)));
  }
}
