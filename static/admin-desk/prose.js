/* The editor's own elements, and what makes it a labelled part of the form. */
import { tellOfPastes } from "./prose/taken-out.js"
import { equipToolbar } from "./prose/toolbar.js"

export * from "./prose/blocks.js"
export * from "./prose/direction.js"
export * from "./prose/figures.js"
export * from "./prose/links.js"
export * from "./prose/marks.js"
export * from "./prose/notes.js"
export * from "./prose/paste.js"
export * from "./prose/remarks.js"
export * from "./prose/tables.js"
export * from "./prose/tidy.js"

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const { dom } = editor.view
  const label = document.querySelector(`label[for="${textarea.id}"]`)
  if (label) {
    label.id ||= `${textarea.id}_label`
    dom.setAttribute("aria-labelledby", label.id)
    label.addEventListener("click", () => editor.commands.focus())
  }
  dom.setAttribute("role", "textbox")
  dom.setAttribute("aria-multiline", "true")
  if (textarea.getAttribute("aria-invalid")) dom.setAttribute("aria-invalid", "true")
  const described = textarea.getAttribute("aria-describedby")
  if (described) dom.setAttribute("aria-describedby", described)
  // Spelling is the browser's to check; the editor switches it off by default.
  dom.setAttribute("spellcheck", "true")
  const bar = () => dom.parentElement.querySelector(".prose-menubar")
  if (bar()) equipToolbar(editor, bar())
  else editor.on("create", () => equipToolbar(editor, bar()))
  if (textarea.dataset.pasted) tellOfPastes(editor, textarea)
  textarea.dispatchEvent(new CustomEvent("desk:editor", { bubbles: true, detail: { editor } }))
})
