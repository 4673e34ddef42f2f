/** Tables whose rows come and go: rows are found again by their keys, so that nothing flickers; a head sorts. */
import { h, setText } from "./dom.js";

export class Table {
  #rows = new Map();
  #data = [];
  #sorted;

  /**
   * @param options `label`; `columns` of `{ name, value(row), text(row), isNumber, class, cell(row) }`; `key(row)`; `sort`: the column
   * and direction at first; `limit` of rows; `empty`: what stands there when there are none; `onRow(row)`
   */
  constructor(options) {
    this.options = options;
    this.#sorted = options.sort;
    this.heads = options.columns.map((column, i) => this.#head(column, i));
    this.body = h("tbody", {});
    this.empty = h("p", { class: "empty" }, options.empty ?? "Nothing.");
    this.table = h(
      "table",
      { "aria-label": options.label },
      h("thead", {}, h("tr", {}, this.heads)),
      this.body,
    );
    this.element = h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": options.label },
      this.table,
      this.empty,
    );
    this.#markHeads();
  }

  #head(column, i) {
    const name = column.value === undefined
      ? column.name
      : h("button", { type: "button", onclick: () => this.#sortBy(i) }, column.name);
    return h("th", { scope: "col", class: column.isNumber ? "number" : "" }, name);
  }

  #sortBy(column) {
    const again = this.#sorted?.column === column;
    const falls = again ? !this.#sorted.falls : this.options.columns[column].isNumber === true;
    this.#sorted = { column, falls };
    this.#markHeads();
    this.update(this.#data);
  }

  #markHeads() {
    this.heads.forEach((head, i) => {
      if (this.#sorted?.column !== i) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", this.#sorted.falls ? "descending" : "ascending");
    });
  }

  update(data) {
    this.#data = data;
    const { columns, key, limit = Infinity } = this.options;
    const shown = this.#inOrder(data).slice(0, limit);
    const gone = new Set(this.#rows.keys());
    let at = this.body.firstElementChild;
    for (const row of shown) {
      const id = key(row);
      gone.delete(id);
      let made = this.#rows.get(id);
      if (made === undefined) this.#rows.set(id, made = this.#make(row));
      columns.forEach((column, i) => {
        if (column.text !== undefined) setText(made.cells[i], column.text(row));
        else column.change?.(made.cells[i], row);
      });
      if (made.element === at) at = at.nextElementSibling;
      else this.body.insertBefore(made.element, at);
    }
    for (const id of gone) {
      this.#rows.get(id).element.remove();
      this.#rows.delete(id);
    }
    this.empty.hidden = shown.length > 0;
    this.table.hidden = shown.length === 0;
  }

  #make(row) {
    const cells = this.options.columns.map((column) =>
      h("td", { class: `${column.isNumber ? "number" : ""} ${column.class ?? ""}` }, column.cell?.(row))
    );
    return { element: h("tr", {}, cells), cells };
  }

  #inOrder(data) {
    if (this.#sorted === undefined) return data;
    const { column, falls } = this.#sorted;
    const { value } = this.options.columns[column];
    const sign = falls ? -1 : 1;
    return [...data].sort((a, b) => {
      const x = value(a);
      const y = value(b);
      return x < y ? -sign : x > y ? sign : 0;
    });
  }
}
