/* Footnotes: a mark in the text that carries the note's words; readers get them numbered at the end. */
import { Node, Plugin } from "django-prose-editor/editor"
import { ask } from "../dialog.js"
import { gettext } from "../words.js"

async function editNote(editor, position) {
  const node = position === null ? null : editor.state.doc.nodeAt(position)
  const answer = await ask({
    title: node ? gettext("Edit the footnote") : gettext("Add a footnote"),
    submit: node ? gettext("Change") : gettext("Add"),
    remove: node ? gettext("Remove the footnote") : null,
    fields: [
      {
        name: "text",
        label: gettext("Note"),
        type: "textarea",
        value: node?.attrs.text ?? "",
        required: true,
        dir: "auto",
        help: gettext("Plain text. Addresses that begin with https:// become links."),
      },
    ],
  })
  const chain = editor.chain().focus()
  if (answer === "remove") chain.deleteRange({ from: position, to: position + 1 })
  else if (answer?.text && node) chain.setNodeSelection(position).updateAttributes("footnote", answer)
  else if (answer?.text) chain.insertContent({ type: "footnote", attrs: answer })
  chain.run()
}

const selectedNote = ({ selection }) => (selection.node?.type.name === "footnote" ? selection.from : null)

export const Footnote = Node.create({
  name: "footnote",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({
    text: {
      default: "",
      parseHTML: (node) => node.dataset.note,
      renderHTML: ({ text }) => ({ "data-note": text }),
    },
  }),
  // Before the superscript, whose rule matches too.
  parseHTML: () => [{ tag: "sup[data-note]", priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ["sup", HTMLAttributes, "*"],
  addNodeView: () => ({ node }) => {
    const dom = document.createElement("sup")
    dom.className = "note-mark"
    dom.title = node.attrs.text
    dom.setAttribute("role", "img")
    dom.setAttribute("aria-label", `${gettext("Footnote")}: ${node.attrs.text}`)
    return { dom }
  },
  addKeyboardShortcuts() {
    return {
      "Mod-Alt-f": ({ editor }) => {
        editNote(editor, selectedNote(editor.state))
        return true
      },
      Enter: ({ editor }) => {
        const position = selectedNote(editor.state)
        if (position === null) return false
        editNote(editor, position)
        return true
      },
    }
  },
  addProseMirrorPlugins() {
    const { editor } = this
    const handleClickOn = (view, position, node, nodePosition, event, direct) => {
      if (!direct || node.type.name !== "footnote") return false
      editNote(editor, nodePosition)
      return true
    }
    return [new Plugin({ props: { handleClickOn } })]
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "footnote",
      groups: "nodes",
      priority: 90,
      button: buttons.material("note_add", gettext("Footnote")),
      active: (editor) => editor.isActive("footnote"),
      command: (editor) => editNote(editor, selectedNote(editor.state)),
    })
  },
})
