/** What a key holds, shown as its type wants it, a page at a time; and, where that is allowed, edited. */
import { post } from "./api.js";
import { ask, field, h, setShown, setText, toast } from "./dom.js";
import {
  bytes,
  exact,
  fromTyped,
  isText,
  moment,
  prettyJson,
  seconds,
  shown,
  shownInLine,
} from "./format.js";
import { TYPE_COLORS } from "./overview.js";
import { groupsTable } from "./groups.js";
import { input, itemCell, textArea, TYPES } from "./value_types.js";

const EDITED_BYTES_MAX = 256 << 10;

/** The value of one key. */
export class ValuePanel {
  #key;
  #database = 0;
  #page;
  /** Items of all pages that were loaded. */
  #items = [];
  /** Consumer groups of a stream, as the first page tells them. */
  #groups = [];
  #groupsInAll = 0;
  #match = "*";
  #order = "";
  #isLaidOut = true;
  canWrite = false;

  /** @param changed is told when a key appeared, changed or went: its new name, or undefined */
  constructor(changed, back) {
    this.changed = changed;
    this.title = h("h2", { class: "mono key-name" });
    this.type = h("span", { class: "type" });
    this.facts = h("ul", { class: "key-facts" });
    this.actions = h("div", { class: "buttons wrap" });
    this.tools = h("div", { class: "buttons wrap" });
    this.body = h("div", { class: "value-body" });
    this.more = h("button", { type: "button", class: "quiet", onclick: () => this.#loadMore() }, "Load more");
    this.empty = h("p", { class: "empty" }, "Choose a key to see what it holds.");
    this.content = h(
      "div",
      { hidden: true },
      h("button", { type: "button", class: "quiet back", onclick: back }, "← Keys"),
      h("div", { class: "key-head" }, this.type, this.title),
      this.facts,
      this.actions,
      this.tools,
      this.body,
      this.more,
    );
    this.element = h(
      "section",
      { class: "panel value-panel", "aria-label": "Value" },
      this.empty,
      this.content,
    );
  }

  clear() {
    this.#key = undefined;
    setShown(this.content, false);
    setShown(this.empty, true);
    setText(this.empty, "Choose a key to see what it holds.");
  }

  async open(database, key) {
    if (this.#database !== database || this.#key !== key) {
      this.#match = "*";
      this.#order = "";
    }
    this.#database = database;
    this.#key = key;
    await this.#load("");
  }

  async #load(next) {
    const key = this.#key;
    let page;
    try {
      page = await post("value", { db: this.#database, key, next, match: this.#match, order: this.#order });
    } catch (error) {
      return toast(error.message, "bad");
    }
    // Another key was chosen meanwhile.
    if (key !== this.#key) return;
    if (page.error !== undefined || page.type === "none") {
      setShown(this.content, false);
      setShown(this.empty, true);
      return setText(this.empty, page.error ?? `${shownInLine(key)} is gone.`);
    }
    this.#items = next === "" ? page.items : [...this.#items, ...page.items];
    if (next === "") {
      this.#groups = page.groups ?? [];
      this.#groupsInAll = page.groupsInAll ?? 0;
    }
    this.#page = page;
    this.#show();
  }

  #loadMore() {
    return this.#load(this.#page.next);
  }

  #show() {
    const page = this.#page;
    setShown(this.content, true);
    setShown(this.empty, false);
    setText(this.title, shownInLine(page.key));
    setText(this.type, page.type);
    this.type.className = `type ${TYPE_COLORS[page.type] ?? "c6"}`;
    const size = page.type === "string"
      ? bytes(page.length)
      : `${exact(page.length)} ${page.length === 1 ? "item" : "items"}`;
    const ttl = page.ttl < 0
      ? "lives for ever"
      : `dies in ${seconds(Math.ceil(page.ttl / 1000))}, ${moment(Date.now() + page.ttl)}`;
    this.facts.replaceChildren(
      ...[size, `${bytes(page.bytes)} in memory`, page.encoding, ttl].map((text) => h("li", {}, text)),
    );
    this.actions.replaceChildren(...this.#keyActions(page));
    this.tools.replaceChildren();
    if (page.type === "string") this.#showString(page);
    else if (TYPES[page.type] !== undefined) this.#showItems(page, TYPES[page.type]);
    else {this.body.replaceChildren(
        h("p", { class: "empty" }, `Values of the type ${page.type} are not shown here.`),
      );}
    setShown(this.more, page.next !== "");
  }

  // ---- what can be done with a key --------------------------------------------------------------------------

  #keyActions({ ttl }) {
    const button = (name, onclick, kind = "quiet") =>
      h("button", { type: "button", class: kind, onclick }, name);
    const buttons = [button("Reload", () => this.#load(""))];
    if (!this.canWrite) return buttons;
    buttons.push(button("Rename", () => this.#rename()), button("Expire", () => this.#expire()));
    if (ttl >= 0) buttons.push(button("Keep for ever", () => this.#edit({ action: "persist" })));
    buttons.push(button("Delete", () => this.#delete(), "quiet bad"));
    return buttons;
  }

  async #edit(request) {
    try {
      const answer = await post("edit", { db: this.#database, key: this.#key, ...request });
      if (answer.error !== undefined) toast(answer.error, "bad");
      else return true;
    } catch (error) {
      toast(error.message, "bad");
    } finally {
      if (request.action !== "delete" && request.action !== "rename") await this.#load("");
    }
    return false;
  }

  async #rename() {
    const typed = await ask("Rename the key", {
      fields: [field("New name", input("to", isText(this.#key) ? shown(this.#key) : ""))],
      action: "Rename",
    });
    if (typed === undefined) return;
    const to = fromTyped(typed.to);
    if (await this.#edit({ action: "rename", to })) this.changed(to);
  }

  async #expire() {
    const typed = await ask("Let the key die", {
      fields: [field("In how many seconds", input("seconds", "3600", { inputmode: "decimal" }))],
      action: "Set",
    });
    const after = Number(typed?.seconds);
    if (typed === undefined) return;
    if (!(after >= 0)) return toast("That is no number of seconds.", "bad");
    await this.#edit({ action: "expire", ttl: Math.round(after * 1000) });
  }

  async #delete() {
    const sure = await ask("Delete this key?", {
      text: shownInLine(this.#key),
      action: "Delete",
      isDangerous: true,
    });
    if (sure === undefined || !await this.#edit({ action: "delete" })) return;
    this.clear();
    this.changed(undefined);
  }

  // ---- strings ----------------------------------------------------------------------------------------------

  #showString(page) {
    const text = this.#items.join("");
    const isWhole = page.next === "" && text.length === page.length;
    const laidOut = isWhole && isText(text) ? prettyJson(shown(text)) : undefined;
    const pre = h("pre", { class: isText(text) ? "" : "binary", tabindex: "0" });
    const fill = () => setText(pre, laidOut !== undefined && this.#isLaidOut ? laidOut : shown(text));
    fill();
    this.body.replaceChildren(pre);
    if (laidOut !== undefined) {
      const box = h("input", { type: "checkbox", checked: this.#isLaidOut });
      box.addEventListener("change", () => {
        this.#isLaidOut = box.checked;
        fill();
      });
      this.tools.append(h("label", { class: "check" }, box, "JSON, laid out"));
    }
    if (!this.canWrite || !isWhole) return;
    const canEdit = isText(text) && text.length <= EDITED_BYTES_MAX;
    if (canEdit) {
      this.actions.append(
        h("button", { type: "button", class: "primary", onclick: () => this.#editString(text) }, "Edit"),
      );
    } else this.tools.append(h("span", { class: "note" }, "Binary or large: not to be edited here."));
  }

  async #editString(text) {
    const typed = await ask("Edit the value", {
      fields: [field("Value", textArea("value", shown(text)))],
      action: "Save",
    });
    if (typed === undefined) return;
    // A form makes line ends of its own.
    const value = text.includes("\r\n") ? typed.value : typed.value.replaceAll("\r\n", "\n");
    if (await this.#edit({ action: "set", value: fromTyped(value) })) toast("Saved.");
  }

  // ---- items ------------------------------------------------------------------------------------------------

  #showItems(page, type) {
    this.#addTools(type);
    const rows = [];
    for (let i = 0; i < this.#items.length; i += type.perRow) {
      const row = this.#items.slice(i, i + type.perRow);
      const isFurther = type.isGrouped && i > 0 && this.#items[i - type.perRow] === row[0];
      const cells = row.map((item, j) => h("td", {}, isFurther && j === 0 ? "" : itemCell(item)));
      if (type.isNumbered) cells.unshift(h("td", { class: "number" }, String(i)));
      if (type.title !== undefined) cells[0].title = type.title(row);
      if (this.canWrite) {
        const actions = isFurther ? "" : this.#rowActions(type, row, i);
        cells.push(h("td", { class: "row-actions" }, actions));
      }
      rows.push(h("tr", {}, cells));
    }
    const heads = [...type.heads, ...this.canWrite ? [""] : []].map((name) =>
      h("th", { scope: "col" }, name)
    );
    this.body.replaceChildren(
      ...this.#groups.length === 0 ? [] : [groupsTable(this.#groups, this.#groupsInAll)],
      h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Items" },
        h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
        rows.length === 0
          ? h("p", { class: "empty" }, page.next === "" ? "Nothing matches." : "Nothing yet: load more.")
          : undefined,
      ),
    );
  }

  #addTools(type) {
    if (type.canMatch) {
      const pattern = input("match", this.#match === "*" ? "" : shown(this.#match), {
        placeholder: "Pattern, as user:*",
        "aria-label": "Pattern",
      });
      this.tools.append(h(
        "form",
        {
          class: "buttons",
          onsubmit: (event) => {
            event.preventDefault();
            this.#match = pattern.value === "" ? "*" : fromTyped(pattern.value);
            void this.#load("");
          },
        },
        pattern,
        h("button", { class: "quiet" }, "Filter"),
      ));
    }
    if (type.reversed !== undefined) {
      const box = h("input", { type: "checkbox", checked: this.#order !== "" });
      box.addEventListener("change", () => {
        this.#order = box.checked ? "descending" : "";
        void this.#load("");
      });
      this.tools.append(h("label", { class: "check" }, box, type.reversed));
    }
    if (!this.canWrite) return;
    for (const { name, fields, request } of type.adds) {
      const add = async () => {
        const typed = await ask(name, { fields: fields(), action: "Save" });
        if (typed !== undefined) await this.#edit(request(typed));
      };
      this.actions.append(h("button", { type: "button", class: "primary", onclick: add }, name));
    }
  }

  #rowActions(type, row, index) {
    const { edit, remove } = type;
    const buttons = [];
    if (edit?.isPossible(row)) {
      const onclick = async () => {
        const typed = await ask("Edit", { fields: edit.fields(row, index), action: "Save" });
        if (typed !== undefined) await this.#edit(edit.request(row, typed, index));
      };
      buttons.push(h("button", { type: "button", class: "quiet small", onclick }, "Edit"));
    }
    if (remove.isPossible(row)) {
      const onclick = async () => {
        const sure = await ask("Remove this?", {
          text: `${shownInLine(row[0])} ${remove.note ?? ""}`,
          action: "Remove",
          isDangerous: true,
        });
        if (sure !== undefined) await this.#edit(remove.request(row));
      };
      buttons.push(h("button", { type: "button", class: "quiet small bad", onclick }, "Remove"));
    }
    return buttons;
  }
}
