/** Making elements, and changing no more of them than has changed. Texts never become HTML. */

/** An element. Attributes: `class`, handlers as `onclick`, booleans as properties, all others as they are named. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(
    ...children.flat().filter((child) => child !== undefined && child !== null && child !== false),
  );
  return element;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether an element is there to be seen. */
export function setShown(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** A panel with a heading. */
export function panel(title, attributes, ...children) {
  const { aside, class: name = "", ...rest } = attributes;
  return h(
    "section",
    { ...rest, class: `panel ${name}`, "aria-label": title },
    h("div", { class: "panel-head" }, h("h2", {}, title), aside),
    ...children,
  );
}

/** A label with a control in it. */
export function field(label, control, attributes = {}) {
  return h(
    "label",
    { ...attributes, class: `field ${attributes.class ?? ""}` },
    h("span", {}, label),
    control,
  );
}

export function select(attributes, options) {
  return h(
    "select",
    attributes,
    options.map(([value, text]) => h("option", { value }, text)),
  );
}

/** Asks something; what was entered by the names of the fields, or undefined. */
export function ask(title, { text, fields = [], action = "OK", isDangerous = false } = {}) {
  return new Promise((resolve) => {
    const cancel = h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel");
    const form = h(
      "form",
      {
        method: "dialog",
        onsubmit: (event) => {
          event.preventDefault();
          answer = Object.fromEntries(new FormData(form));
          dialog.close();
        },
      },
      h("h2", {}, title),
      text === undefined ? undefined : h("p", {}, text),
      fields,
      h(
        "div",
        { class: "buttons" },
        cancel,
        h("button", { class: isDangerous ? "danger" : "primary" }, action),
      ),
    );
    let answer;
    const dialog = h("dialog", {
      class: "ask",
      "aria-label": title,
      onclose: () => {
        dialog.remove();
        resolve(answer);
      },
    }, form);
    document.body.append(dialog);
    dialog.showModal();
    (form.querySelector("input, textarea, select") ?? cancel).focus();
  });
}

/** A sentence at the foot of the page, for a while. */
export function toast(text, kind = "") {
  document.querySelector(".toast")?.remove();
  const element = h("div", { class: `toast ${kind}`, role: "status" }, text);
  document.body.append(element);
  setTimeout(() => element.remove(), 4000);
}
