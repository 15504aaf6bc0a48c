/* The toolbar's button for comments; the words are quoted in the comment, never marked in the text. */
import { Extension } from "django-prose-editor/editor"
import { gettext } from "../words.js"

const begin = (editor) => {
  editor.view.dom.dispatchEvent(new CustomEvent("desk:remark", { bubbles: true }))
  return true
}

export const Remark = Extension.create({
  name: "remark",
  addKeyboardShortcuts: () => ({ "Mod-Alt-m": ({ editor }) => begin(editor) }),
  addMenuItems({ buttons, menu }) {
    // A page has no comments, nor an article that was never saved.
    if (!document.querySelector("[data-comments]")) return
    menu.defineItem({
      name: "remark",
      groups: "nodes",
      priority: 86,
      button: buttons.material("add_comment", gettext("Comment (Ctrl+Alt+M)")),
      command: begin,
    })
  },
})
