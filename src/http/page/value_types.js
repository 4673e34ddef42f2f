/** How what a key holds is shown and edited, type by type. */
import { field, h } from "./dom.js";
import { bytes, fromTyped, isText, moment, shown, shownInLine } from "./format.js";

/** The whole text of an item, or undefined when only its beginning is here. */
function wholeOf(item) {
  return typeof item === "string" ? item : undefined;
}

/** An item as a cell shows it. */
export function itemCell(item) {
  if (typeof item === "string") {
    return h("span", { class: isText(item) ? "item" : "item binary" }, shown(item));
  }
  return h("span", { class: "item" }, shown(item.head), h("small", {}, ` … ${bytes(item.bytes)} in all`));
}

export function textArea(name, value = "") {
  return h("textarea", { name, rows: "6", spellcheck: "false", class: "mono" }, value);
}

export function input(name, value = "", attributes = {}) {
  return h("input", { name, value, spellcheck: "false", autocomplete: "off", class: "mono", ...attributes });
}

/**
 * How each type is shown: the heads of its table; how many items make a row; what can be done with a row, and what added. An edit
 * is what is sent to the server.
 */
export const TYPES = {
  hash: {
    heads: ["Field", "Value"],
    perRow: 2,
    canMatch: true,
    edit: {
      fields: ([name, value]) => [field(shownInLine(name), textArea("value", shown(value)))],
      request: ([name], { value }) => ({ action: "setField", field: name, value: fromTyped(value) }),
      isPossible: ([name, value]) =>
        wholeOf(name) !== undefined && wholeOf(value) !== undefined && isText(value),
    },
    remove: {
      request: ([name]) => ({ action: "removeField", field: name }),
      isPossible: ([name]) => wholeOf(name) !== undefined,
    },
    adds: [{
      name: "Set a field",
      fields: () => [field("Field", input("field")), field("Value", textArea("value"))],
      request: (typed) => ({
        action: "setField",
        field: fromTyped(typed.field),
        value: fromTyped(typed.value),
      }),
    }],
  },
  list: {
    heads: ["#", "Item"],
    perRow: 1,
    isNumbered: true,
    edit: {
      fields: ([value], index) => [field(`Item ${index}`, textArea("value", shown(value)))],
      request: (_, { value }, index) => ({ action: "setItem", index, value: fromTyped(value) }),
      isPossible: ([value]) => wholeOf(value) !== undefined && isText(value),
    },
    remove: {
      request: ([value]) => ({ action: "removeItem", value }),
      isPossible: ([value]) => wholeOf(value) !== undefined,
      note: "The first item that is equal to it goes.",
    },
    adds: [
      {
        name: "Add at the beginning",
        fields: () => [field("Item", textArea("value"))],
        request: ({ value }) => ({ action: "pushFirst", value: fromTyped(value) }),
      },
      {
        name: "Add at the end",
        fields: () => [field("Item", textArea("value"))],
        request: ({ value }) => ({ action: "pushLast", value: fromTyped(value) }),
      },
    ],
  },
  set: {
    heads: ["Member"],
    perRow: 1,
    canMatch: true,
    remove: {
      request: ([member]) => ({ action: "removeMember", member }),
      isPossible: ([member]) => wholeOf(member) !== undefined,
    },
    adds: [{
      name: "Add a member",
      fields: () => [field("Member", textArea("member"))],
      request: ({ member }) => ({ action: "addMember", member: fromTyped(member) }),
    }],
  },
  zset: {
    heads: ["Member", "Score"],
    perRow: 2,
    reversed: "Highest first",
    edit: {
      fields: (
        [member, score],
      ) => [field(shownInLine(member), input("score", score, { inputmode: "decimal" }))],
      request: ([member], { score }) => ({ action: "setScore", member, score }),
      isPossible: ([member]) => wholeOf(member) !== undefined,
    },
    remove: {
      request: ([member]) => ({ action: "removeScored", member }),
      isPossible: ([member]) => wholeOf(member) !== undefined,
    },
    adds: [{
      name: "Add a member",
      fields: () => [
        field("Member", input("member")),
        field("Score", input("score", "0", { inputmode: "decimal" })),
      ],
      request: ({ member, score }) => ({ action: "setScore", member: fromTyped(member), score }),
    }],
  },
  stream: {
    heads: ["Id", "Field", "Value"],
    perRow: 3,
    /** Rows of the same id are one entry, and tell it once. */
    isGrouped: true,
    reversed: "Newest first",
    title: ([id]) => moment(Number(id.split("-")[0])),
    remove: {
      request: ([id]) => ({ action: "removeEntry", id }),
      isPossible: () => true,
    },
    adds: [{
      name: "Add an entry",
      fields: () => [field("A field a line, as name=value", textArea("fields"))],
      request: ({ fields }) => ({ action: "addEntry", fields: pairsIn(fields).map(fromTyped) }),
    }],
  },
};

/** Names and values in turn, of lines as name=value; a line without a sign is a name with nothing. */
function pairsIn(typed) {
  return typed.split(/\r?\n/).filter((line) => line !== "").flatMap((line) => {
    const at = line.indexOf("=");
    return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
  });
}
