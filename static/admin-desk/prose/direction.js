/* The writing direction and language of single blocks; the text's own follow the article's language. */
import { Extension } from "django-prose-editor/editor"
import { gettext } from "../words.js"

const BLOCKS = [
  "paragraph",
  "heading",
  "blockquote",
  "attribution",
  "bulletList",
  "orderedList",
  "listItem",
  "codeBlock",
  "table",
  "tableCaption",
  "tableRow",
  "tableCell",
  "tableHeader",
  "facts",
  "factTerm",
  "factValue",
  "details",
  "summary",
]
const TURNED = ["paragraph", "heading", "blockquote", "attribution", "bulletList", "orderedList", "codeBlock"]

const given = (name, accept) => ({
  default: null,
  parseHTML: (node) => accept(node.getAttribute(name)),
  renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
})

const opposite = (editor) => (editor.view.dom.dir === "rtl" ? "ltr" : "rtl")

export const Direction = Extension.create({
  name: "direction",
  addGlobalAttributes() {
    const dir = given("dir", (value) => (["rtl", "ltr"].includes(value) ? value : null))
    return [{ types: BLOCKS, attributes: { dir, lang: given("lang", (value) => value || null) } }]
  },
  addCommands() {
    return {
      toggleDirection:
        () =>
        ({ commands, editor }) => {
          const turned = editor.isActive({ dir: "rtl" }) || editor.isActive({ dir: "ltr" })
          const dir = turned ? null : opposite(editor)
          return TURNED.map((type) => commands.updateAttributes(type, { dir })).some(Boolean)
        },
    }
  },
  addKeyboardShortcuts() {
    return { "Mod-Alt-r": ({ editor }) => editor.commands.toggleDirection() }
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "direction",
      groups: "textAlign",
      button: buttons.material("format_textdirection_r_to_l", gettext("Other writing direction")),
      command: (editor) => editor.chain().focus().toggleDirection().run(),
      active: (editor) => editor.isActive({ dir: "rtl" }) || editor.isActive({ dir: "ltr" }),
    })
  },
})
