/* Colleagues offered while an @name is typed (ARIA Authoring Practices: a list that the text field controls). */
import { element } from "./dialog.js"
import { gettext } from "./words.js"

const PAUSE = 150 // milliseconds after the last key
// As articles/models/comment.py reads names.
const BEGUN = /(?:^|[^\p{L}\p{N}_.@+-])@([\p{L}\p{N}_.@+-]{0,150})$/u

let count = 0

/** Equip a textarea; `ask(term)` resolves to [{username, name}]. Returns the nodes that belong under it. */
export function offerNames(textarea, ask) {
  const id = `desk-names-${++count}`
  const list = element("ul", { role: "listbox", id, class: "desk-names", "aria-label": gettext("Colleagues"), hidden: true })
  const spoken = element("p", { role: "status", class: "visually-hidden" })
  let found = []
  let at = -1
  let timer

  const begun = () => {
    const { selectionStart, selectionEnd, value } = textarea
    return selectionStart === selectionEnd ? (BEGUN.exec(value.slice(0, selectionStart))?.[1] ?? null) : null
  }

  function hide() {
    clearTimeout(timer)
    found = []
    list.hidden = true
    textarea.removeAttribute("aria-activedescendant")
    spoken.textContent = ""
  }

  function point(index) {
    at = (index + found.length) % found.length
    ;[...list.children].forEach((item, number) => item.setAttribute("aria-selected", number === at))
    textarea.setAttribute("aria-activedescendant", list.children[at].id)
    list.children[at].scrollIntoView({ block: "nearest" })
  }

  function take(index) {
    const { selectionStart, value } = textarea
    const start = selectionStart - begun().length
    textarea.setRangeText(`${found[index].username} `, start, selectionStart, "end")
    if (value[selectionStart] === " ") textarea.setRangeText("", textarea.selectionStart, textarea.selectionStart + 1, "end")
    textarea.dispatchEvent(new Event("input", { bubbles: true }))
    hide()
  }

  function show(colleagues) {
    if (!colleagues.length) return hide()
    found = colleagues
    list.replaceChildren(
      ...found.map(({ username, name }, index) => {
        const item = element("li", { role: "option", id: `${id}-${index}` }, element("bdi", {}, `@${username}`))
        if (name) item.append(" ", element("bdi", { class: "desk-why" }, name))
        // Before the text field loses the focus.
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault()
          take(index)
        })
        return item
      }),
    )
    list.hidden = false
    spoken.textContent = `${gettext("Colleagues found; choose with the arrow keys and Enter:")} ${found.length}`
    return point(0)
  }

  async function look() {
    const term = begun()
    if (term === null) return hide()
    let colleagues
    try {
      colleagues = await ask(term)
    } catch {
      // It is a convenience: a name can be typed without it, and posting says what is wrong.
      return hide()
    }
    return begun() === term ? show(colleagues) : undefined
  }

  textarea.setAttribute("aria-autocomplete", "list")
  textarea.setAttribute("aria-controls", id)
  textarea.addEventListener("input", () => {
    clearTimeout(timer)
    if (begun() === null) hide()
    else timer = setTimeout(look, PAUSE)
  })
  textarea.addEventListener("blur", hide)
  textarea.addEventListener("keydown", (event) => {
    if (!found.length || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const does = {
      ArrowDown: () => point(at + 1),
      ArrowUp: () => point(at - 1),
      Enter: () => take(at),
      Tab: () => take(at),
      Escape: hide,
    }[event.key]
    if (!does) return
    // Escape closes the list alone, not the dialog around it.
    event.preventDefault()
    event.stopPropagation()
    does()
  })
  return [list, spoken]
}
