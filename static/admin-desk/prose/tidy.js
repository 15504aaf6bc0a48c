/* What the editor's document becomes when it is stored: plain HTML, without what only editing needs. */
import { Extension } from "django-prose-editor/editor"

const HOLDS_TEXT = "th, td, li, dd"

/** Return the HTML as it is stored: captions inside their tables, head rows in `thead`, no lone paragraphs. */
export function tidy(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  const root = template.content

  for (const wrapper of root.querySelectorAll("[data-captioned]")) {
    const table = wrapper.querySelector("table")
    const words = wrapper.querySelector("[data-caption]")
    if (words.textContent.trim()) table.prepend(renamed(words, "caption"))
    wrapper.replaceWith(table)
  }
  for (const table of root.querySelectorAll("table")) giveHead(table)
  for (const cell of root.querySelectorAll(HOLDS_TEXT)) unwrapLoneParagraph(cell)
  for (const cell of root.querySelectorAll('[colspan="1"]')) cell.removeAttribute("colspan")
  for (const cell of root.querySelectorAll('[rowspan="1"]')) cell.removeAttribute("rowspan")
  for (const list of root.querySelectorAll("ol[type], ol[data-type]")) {
    list.removeAttribute("type")
    list.removeAttribute("data-type")
  }
  // An empty figcaption stays for the server to drop: the editor takes a lone empty element for no text.
  while (isEmptyParagraph(root.lastElementChild)) root.lastElementChild.remove()
  return template.innerHTML
}

function renamed(node, tag) {
  const copy = document.createElement(tag)
  for (const name of ["dir", "lang"]) if (node.hasAttribute(name)) copy.setAttribute(name, node.getAttribute(name))
  copy.append(...node.childNodes)
  return copy
}

function giveHead(table) {
  const body = table.querySelector("tbody")
  if (!body) return
  const rows = [...body.children]
  const count = rows.findIndex((row) => !isHeadRow(row))
  const head = rows.slice(0, count < 0 ? rows.length - 1 : count)
  if (head.length) {
    const thead = document.createElement("thead")
    thead.append(...head)
    body.before(thead)
  }
  for (const row of rows) row.removeAttribute("data-head")
}

function isHeadRow(row) {
  return row.hasAttribute("data-head") || [...row.children].every((cell) => cell.tagName === "TH")
}

/* An editor's cell always holds a paragraph; HTML needs none around a single line. */
function unwrapLoneParagraph(cell) {
  const [first, second] = cell.children
  if (first?.tagName === "P" && !second && !first.attributes.length) first.replaceWith(...first.childNodes)
}

function isEmptyParagraph(node) {
  return node?.tagName === "P" && !node.textContent.trim() && !node.children.length
}

export const Tidy = Extension.create({
  name: "tidy",
  onBeforeCreate() {
    const { editor } = this
    const plain = editor.getHTML.bind(editor)
    editor.getHTML = () => tidy(plain())
  },
})
