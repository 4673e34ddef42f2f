/** The key browser: keys by pattern and type on one side, what one of them holds on the other. Nothing is asked for by the clock. */
import { post } from "./api.js";
import { ask, field, h, panel, select, setShown, setText, toast } from "./dom.js";
import { bytes, count, exact, fromTyped, seconds, shownInLine } from "./format.js";
import { TYPE_COLORS } from "./overview.js";
import { ValuePanel } from "./values.js";

/** Of longer names the beginning is shown. */
const NAME_CHARS_SHOWN = 300;

export class KeysView {
  name = "Keys";
  id = "keys";
  #database = 0;
  #databases = 1;
  #cursor = "";
  #lines = [];
  #chosen;
  #search = 0;
  #isFresh = true;

  constructor() {
    this.value = new ValuePanel((key) => this.#changed(key), () => this.#goBack());
    this.databaseSelect = select({
      "aria-label": "Database",
      onchange: () => this.#choose(Number(this.databaseSelect.value)),
    }, [
      ["0", "db0"],
    ]);
    this.pattern = h("input", {
      type: "search",
      placeholder: "Pattern, as user:*",
      "aria-label": "Pattern",
      spellcheck: "false",
      autocomplete: "off",
      class: "mono",
    });
    this.type = select({ "aria-label": "Type", onchange: () => this.#find() }, [
      ["", "all types"],
      ...Object.keys(TYPE_COLORS).map((type) => [type, type]),
    ]);
    this.newKey = h(
      "button",
      { type: "button", class: "quiet", hidden: true, onclick: () => this.#create() },
      "New",
    );
    this.note = h("span", { class: "note", role: "status" });
    this.list = h("ul", { class: "keys", "aria-label": "Keys" });
    this.list.addEventListener("keydown", (event) => this.#moveFocus(event));
    this.more = h(
      "button",
      { type: "button", class: "quiet more", onclick: () => this.#load() },
      "Find more",
    );
    this.empty = h("p", { class: "empty", hidden: true });
    const form = h(
      "form",
      {
        class: "finder",
        role: "search",
        onsubmit: (event) => {
          event.preventDefault();
          void this.#find();
        },
      },
      this.pattern,
      h(
        "div",
        { class: "buttons" },
        this.databaseSelect,
        this.type,
        h("button", { class: "primary" }, "Find"),
        this.newKey,
      ),
    );
    this.finder = panel(
      "Keys",
      { class: "finder-panel", aside: this.note },
      form,
      this.list,
      this.empty,
      this.more,
    );
    this.element = h("div", { class: "browser" }, this.finder, this.value.element);
  }

  meet(server) {
    this.value.canWrite = server.allowsWrites;
    this.#databases = server.databases;
    setShown(this.newKey, server.allowsWrites);
    this.#isFresh = true;
    if (!this.element.isConnected) return;
    void this.#find();
    if (this.#chosen !== undefined) this.#open(this.#chosen);
  }

  /** @param rest database and key, as they stand in the address */
  show(rest) {
    const [database = "", ...key] = rest;
    const wanted = /^\d+$/.test(database) ? Number(database) : this.#database;
    const isOther = wanted !== this.#database;
    this.#database = wanted;
    this.#fillOptions([]);
    const name = key.length === 0 ? undefined : decodeURIComponent(key.join("/"));
    if (isOther || this.#isFresh) void this.#find();
    this.#open(name);
  }

  goTo(database, key) {
    location.hash = `keys/${database}/${encodeURIComponent(key)}`;
  }

  /** @param databases id, keys, keys that expire */
  fillDatabases(databases) {
    this.#fillOptions(databases);
  }

  #fillOptions(databases) {
    const sizes = new Map(databases.map(([id, keys]) => [id, keys]));
    const { options } = this.databaseSelect;
    for (let id = 0; id < Math.max(this.#databases, this.#database + 1); id++) {
      if (options[id] === undefined) this.databaseSelect.append(h("option", { value: String(id) }));
      if (databases.length > 0 || options[id].textContent === "") {
        setText(options[id], sizes.has(id) ? `db${id} · ${count(sizes.get(id))}` : `db${id}`);
      }
    }
    if (this.databaseSelect.value !== String(this.#database)) {
      this.databaseSelect.value = String(this.#database);
    }
  }

  #choose(database) {
    location.hash = `keys/${database}`;
  }

  #open(key) {
    this.#chosen = key;
    this.element.classList.toggle("chosen", key !== undefined);
    this.#markChosen();
    if (key === undefined) this.value.clear();
    else void this.value.open(this.#database, key);
  }

  #goBack() {
    location.hash = `keys/${this.#database}`;
  }

  /** The key that is shown was renamed, or is gone. */
  #changed(key) {
    if (key === undefined) this.#goBack();
    else this.goTo(this.#database, key);
    void this.#find();
  }

  async #create() {
    const typed = await ask("A new string", {
      fields: [
        field(
          "Key",
          h("input", {
            name: "key",
            class: "mono",
            required: true,
            autocomplete: "off",
            spellcheck: "false",
          }),
        ),
        field("Value", h("textarea", { name: "value", rows: "5", class: "mono", spellcheck: "false" })),
      ],
      action: "Create",
    });
    if (typed === undefined) return;
    const key = fromTyped(typed.key);
    try {
      const { error } = await post("edit", {
        db: this.#database,
        key,
        action: "create",
        value: fromTyped(typed.value),
      });
      if (error !== undefined) toast(error, "bad");
      else this.#changed(key);
    } catch (error) {
      toast(error.message, "bad");
    }
  }

  // ---- the list ---------------------------------------------------------------------------------------------

  async #find() {
    this.#isFresh = false;
    this.#cursor = "";
    this.#lines = [];
    await this.#load(true);
  }

  async #load(isFirst = false) {
    const search = ++this.#search;
    const match = this.pattern.value === "" ? "*" : fromTyped(this.pattern.value);
    // A name without a pattern is looked for wherever it stands.
    const pattern = /[*?[\]\\]/.test(match) ? match : `*${match}*`;
    this.more.disabled = true;
    let answer;
    try {
      answer = await post("keys", {
        db: this.#database,
        match: pattern,
        type: this.type.value,
        next: this.#cursor,
      });
    } catch (error) {
      answer = { error: error.message };
    }
    if (search !== this.#search) return;
    this.more.disabled = false;
    const { keys = [], cursor = "", error } = answer;
    this.#cursor = cursor;
    // SCAN may show a key more than once.
    const known = new Set(this.#lines.map(({ key }) => key));
    const added = keys.filter(({ key }) => !known.has(key));
    this.#lines.push(...added);
    if (isFirst) this.list.replaceChildren();
    this.list.append(...added.map((line) => this.#row(line)));
    this.#markChosen();
    setShown(this.more, cursor !== "");
    setShown(this.empty, this.#lines.length === 0);
    setText(
      this.empty,
      error ?? (cursor === "" ? "No key matches." : "None among the keys that were looked at so far."),
    );
    setText(this.note, `${exact(this.#lines.length)}${cursor === "" ? "" : " so far"}`);
  }

  #row({ key, isClipped, type, ttl, bytes: size }) {
    const details = [bytes(size), ...ttl < 0 ? [] : [`dies in ${seconds(Math.ceil(ttl / 1000))}`]].join(
      " · ",
    );
    const name = shownInLine(key.slice(0, NAME_CHARS_SHOWN));
    // Without an address it is no link.
    const href = isClipped ? undefined : `#keys/${this.#database}/${encodeURIComponent(key)}`;
    const row = h(
      "a",
      { href, title: isClipped ? "The name is too long to be opened here." : name },
      h("span", { class: `type ${TYPE_COLORS[type] ?? "c6"}` }, type),
      h("span", { class: "key-label mono" }, name),
      h("small", {}, details),
    );
    row.dataset.key = key;
    return h("li", {}, row);
  }

  #markChosen() {
    for (const row of this.list.querySelectorAll("a")) {
      if (row.dataset.key === this.#chosen) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  #moveFocus(event) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const rows = [...this.list.querySelectorAll("a")];
    rows[rows.indexOf(document.activeElement) + step]?.focus();
  }
}
