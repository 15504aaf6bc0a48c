/* Questions in a modal dialog: the browser keeps the focus inside and gives it back, Escape dismisses. */
import { gettext } from "./words.js"

let count = 0

/** Create an element; attributes whose value is null, undefined or false are left out. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    node.setAttribute(name, value === true ? "" : value)
  }
  node.append(...children.filter((child) => child !== null && child !== undefined))
  return node
}

/** Return a labelled field: `{ row, input }`. `type` is an input type, "textarea" or "select". */
export function field({ name, label, type = "text", value = "", help, options, ...attributes }) {
  const id = `desk-field-${++count}`
  const described = help ? `${id}-help` : null
  let input
  if (type === "textarea") {
    input = element("textarea", { id, name, rows: 4, "aria-describedby": described, ...attributes })
    input.value = value
  } else if (type === "select") {
    const choices = options.map(([key, text]) => element("option", { value: key }, text))
    input = element("select", { id, name, "aria-describedby": described, ...attributes }, ...choices)
    input.value = value
  } else if (type === "checkbox") {
    input = element("input", { id, name, type, "aria-describedby": described, ...attributes })
    input.checked = Boolean(value)
  } else {
    input = element("input", { id, name, type, value, "aria-describedby": described, ...attributes })
  }
  const words = element("label", { for: id }, label)
  const note = help ? element("small", { id: described }, help) : null
  const parts = type === "checkbox" ? [input, words] : [words, input]
  return { row: element("div", { class: `desk-field desk-field-${type}` }, ...parts, note), input }
}

/** Open a modal dialog around `children`; call `close(answer)` to end it. Resolves to the answer or null. */
export function openDialog({ title, className = "" }, build) {
  return new Promise((resolve) => {
    const id = `desk-dialog-${++count}`
    const dialog = element("dialog", { class: `desk-dialog ${className}`, "aria-labelledby": id })
    let answer = null
    const close = (value) => {
      answer = value
      dialog.close()
    }
    dialog.append(element("h2", { id }, title), ...build(close))
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(answer)
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}

export function button(text, attributes, onClick) {
  const node = element("button", { type: "button", ...attributes }, text)
  if (onClick) node.addEventListener("click", onClick)
  return node
}

/**
 * Ask for some values. Resolves to {name: value}, to "remove" where the editor chose `remove`, or to null.
 * A field's `check(value)` returns a sentence where the value will not do.
 */
export function ask({ title, fields, submit, remove }) {
  return openDialog({ title }, (close) => {
    const made = fields.map(({ check, ...options }) => ({ check, ...field(options) }))
    const form = element("form", { method: "dialog" }, ...made.map(({ row }) => row))
    form.append(
      element(
        "div",
        { class: "desk-buttons" },
        element("button", { type: "submit", class: "default" }, submit),
        button(gettext("Cancel"), {}, () => close(null)),
        remove ? button(remove, { class: "desk-remove" }, () => close("remove")) : null,
      ),
    )
    for (const { input, check } of made) {
      if (check) input.addEventListener("input", () => input.setCustomValidity(""))
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      for (const { input, check } of made) if (check) input.setCustomValidity(check(input.value) || "")
      if (!form.reportValidity()) return
      close(
        Object.fromEntries(
          made.map(({ input }) => [input.name, input.type === "checkbox" ? input.checked : input.value.trim()]),
        ),
      )
    })
    return [form]
  })
}
