/* Names, states and the keyboard of the editor's toolbar (ARIA Authoring Practices: toolbar pattern). */
import { gettext } from "../words.js"

const NAMES = {
  heading2: gettext("Heading"),
  heading3: gettext("Smaller heading"),
  heading4: gettext("Smallest heading"),
  paragraph: gettext("Paragraph"),
  codeBlock: gettext("Preformatted text"),
  bulletList: gettext("Bulleted list"),
  orderedList: gettext("Numbered list"),
  blockquote: gettext("Quotation"),
  horizontalRule: gettext("Dividing line"),
  bold: gettext("Bold"),
  italic: gettext("Italic"),
  strike: gettext("Struck out"),
  subscript: gettext("Subscript"),
  superscript: gettext("Superscript"),
  code: gettext("Code"),
  link: gettext("Link"),
  unlink: gettext("Remove the link"),
  table: gettext("Table"),
  "table:addColumnAfter": gettext("Add column"),
  "table:deleteColumn": gettext("Delete column"),
  "table:addRowAfter": gettext("Add row"),
  "table:deleteRow": gettext("Delete row"),
  "table:mergeCells": gettext("Merge cells"),
  "table:splitCell": gettext("Split cell"),
  "table:toggleHeaderCell": gettext("Toggle header cell"),
  "table:deleteTable": gettext("Delete table"),
  "history:undo": gettext("Undo"),
  "history:redo": gettext("Redo"),
  fullscreen: gettext("Whole window"),
}
/* Where the editor uses one sign for two buttons. */
const SIGNS = { codeBlock: "terminal" }
const ACTIONS = new Set(["horizontalRule", "unlink", "table", "history:undo", "history:redo", "footnote", "video", "remark"])

/** Make an editor's menu bar a toolbar: one tab stop, arrow keys within, states that are spoken. */
export function equipToolbar(editor, bar) {
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", gettext("Formatting"))
  const buttons = [...bar.querySelectorAll("button")]
  for (const item of buttons) {
    const name = NAMES[item.dataset.name]
    if (!name) continue
    item.title = name
    item.setAttribute("aria-label", name)
    if (SIGNS[item.dataset.name]) item.textContent = SIGNS[item.dataset.name]
  }

  const usable = () => buttons.filter((item) => !item.classList.contains("hidden"))
  const stopAt = (chosen) => {
    for (const item of buttons) item.tabIndex = item === chosen ? 0 : -1
  }
  bar.addEventListener("focusin", ({ target }) => stopAt(target.closest("button")))
  bar.addEventListener("keydown", (event) => {
    const items = usable()
    const at = items.indexOf(document.activeElement)
    const onward = getComputedStyle(bar).direction === "rtl" ? "ArrowLeft" : "ArrowRight"
    const back = onward === "ArrowRight" ? "ArrowLeft" : "ArrowRight"
    const next = {
      [onward]: items[(at + 1) % items.length],
      [back]: items[(at - 1 + items.length) % items.length],
      Home: items[0],
      End: items.at(-1),
    }[event.key]
    if (!next) return
    event.preventDefault()
    next.focus()
  })

  const speak = () => {
    for (const item of buttons) {
      const { name } = item.dataset
      const isToggle = !ACTIONS.has(name) && !name?.startsWith("table:")
      if (isToggle) item.setAttribute("aria-pressed", item.classList.contains("active"))
      const disabled = item.classList.contains("disabled") && !item.classList.contains("active")
      item.setAttribute("aria-disabled", disabled)
    }
    if (!usable().some((item) => item.tabIndex === 0)) stopAt(usable()[0])
  }
  editor.on("transaction", speak)
  stopAt(buttons[0])
  speak()
}
