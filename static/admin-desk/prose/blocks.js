/* Quotations with their source, lists of facts, fold-outs and preformatted text. */
import {
  Blockquote as BaseBlockquote,
  CodeBlock as BaseCodeBlock,
  findParentNode,
  Node,
} from "django-prose-editor/editor"
import { gettext } from "../words.js"

const inside = (state, name) => findParentNode((node) => node.type.name === name)(state.selection)

/** Put the cursor into the first text of what is inserted at `position`. */
const insertAt = (editor, position, content, depth = 1) =>
  editor
    .chain()
    .insertContentAt(position, content)
    .setTextSelection(position + depth)
    .focus()
    .run()

export const Blockquote = BaseBlockquote.extend({
  content: "block+ attribution?",
  addCommands() {
    return {
      ...this.parent?.(),
      toggleBlockquote:
        () =>
        ({ commands, dispatch, state, tr }) => {
          const quote = inside(state, this.name)
          if (!quote) return commands.wrapIn(this.name)
          // A source cannot stand outside a quotation, so it becomes a paragraph.
          const blocks = quote.node.children.map((child) =>
            child.type.name === "attribution" ? state.schema.nodes.paragraph.create(null, child.content) : child,
          )
          if (dispatch) tr.replaceWith(quote.pos, quote.pos + quote.node.nodeSize, blocks)
          return true
        },
    }
  },
})

export const Attribution = Node.create({
  name: "attribution",
  content: "inline*",
  parseHTML: () => [{ tag: "footer" }],
  renderHTML: ({ HTMLAttributes }) => ["footer", HTMLAttributes, 0],
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "attribution",
      groups: "nodes",
      priority: 95,
      button: buttons.material("record_voice_over", gettext("Source of the quotation")),
      hidden: (editor) => !editor.isActive("blockquote"),
      active: (editor) => editor.isActive("attribution"),
      command: (editor) => editor.commands.toggleAttribution(),
    })
  },
  addCommands() {
    return {
      toggleAttribution:
        () =>
        ({ editor, state }) => {
          const quote = inside(state, "blockquote")
          if (!quote) return false
          const last = quote.node.lastChild
          const end = quote.pos + quote.node.nodeSize - 1
          if (last.type.name !== "attribution") insertAt(editor, end, { type: "attribution" })
          else if (last.content.size) editor.chain().setTextSelection(end - 1).focus().run()
          else editor.chain().deleteRange({ from: end - last.nodeSize, to: end }).focus().run()
          return true
        },
    }
  },
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        if (editor.state.selection.$from.parent.type.name !== this.name) return false
        const quote = inside(editor.state, "blockquote")
        return insertAt(editor, quote.pos + quote.node.nodeSize, { type: "paragraph" })
      },
      Backspace: ({ editor }) => {
        const { $from, empty } = editor.state.selection
        if (!empty || $from.parent.type.name !== this.name || $from.parent.content.size) return false
        return editor.chain().deleteRange({ from: $from.before(), to: $from.after() }).run()
      },
    }
  },
})

export const Facts = Node.create({
  name: "facts",
  group: "block",
  content: "(factTerm | factValue)+",
  parseHTML: () => [{ tag: "dl" }],
  renderHTML: ({ HTMLAttributes }) => ["dl", HTMLAttributes, 0],
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "facts",
      groups: "nodes",
      priority: 80,
      button: buttons.material("fact_check", gettext("List of facts")),
      active: (editor) => editor.isActive("facts"),
      enabled: (editor) => !editor.isActive("facts") && !editor.isActive("table"),
      command: (editor) =>
        insertAt(
          editor,
          editor.state.selection.$from.after(1),
          { type: "facts", content: [{ type: "factTerm" }, { type: "factValue", content: [{ type: "paragraph" }] }] },
          2,
        ),
    })
  },
})

export const FactTerm = Node.create({
  name: "factTerm",
  content: "inline*",
  defining: true,
  parseHTML: () => [{ tag: "dt" }],
  renderHTML: ({ HTMLAttributes }) => ["dt", HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        const { $from } = editor.state.selection
        if ($from.parent.type.name !== this.name) return false
        const after = $from.after()
        if (editor.state.doc.resolve(after).nodeAfter?.type.name === "factValue") {
          return editor.chain().setTextSelection(after + 2).focus().run()
        }
        return insertAt(editor, after, { type: "factValue", content: [{ type: "paragraph" }] }, 2)
      },
    }
  },
})

export const FactValue = Node.create({
  name: "factValue",
  content: "block+",
  defining: true,
  parseHTML: () => [{ tag: "dd" }],
  renderHTML: ({ HTMLAttributes }) => ["dd", HTMLAttributes, 0],
  addKeyboardShortcuts() {
    return {
      // Enter at the end of a value begins the next fact; on an empty one it leaves the list.
      Enter: ({ editor }) => {
        const { $from, empty } = editor.state.selection
        if (!empty || $from.depth < 2 || $from.node(-1).type.name !== this.name) return false
        if ($from.parentOffset < $from.parent.content.size) return false
        if (!$from.parent.content.size) return editor.commands.liftEmptyBlock()
        return insertAt(editor, $from.after(-1), [
          { type: "factTerm" },
          { type: "factValue", content: [{ type: "paragraph" }] },
        ])
      },
    }
  },
})

export const Details = Node.create({
  name: "details",
  group: "block",
  content: "summary block+",
  defining: true,
  parseHTML: () => [{ tag: "details" }],
  renderHTML: ({ HTMLAttributes }) => ["details", HTMLAttributes, 0],
  // A real <details> would fold at a click or a space, while its text is being edited.
  addNodeView: () => () => {
    const dom = document.createElement("div")
    dom.className = "details"
    return { dom, contentDOM: dom }
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "details",
      groups: "nodes",
      priority: 79,
      button: buttons.material("expand_circle_down", gettext("Fold-out")),
      active: (editor) => editor.isActive("details"),
      enabled: (editor) => !editor.isActive("details") && !editor.isActive("table"),
      command: (editor) =>
        insertAt(
          editor,
          editor.state.selection.$from.after(1),
          { type: "details", content: [{ type: "summary" }, { type: "paragraph" }] },
          2,
        ),
    })
  },
})

export const Summary = Node.create({
  name: "summary",
  content: "inline*",
  defining: true,
  parseHTML: () => [{ tag: "summary" }],
  renderHTML: ({ HTMLAttributes }) => ["summary", HTMLAttributes, 0],
  addNodeView: () => () => {
    const dom = document.createElement("div")
    dom.className = "summary"
    return { dom, contentDOM: dom }
  },
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        const { $from } = editor.state.selection
        if ($from.parent.type.name !== this.name) return false
        return editor.chain().setTextSelection($from.after() + 1).focus().run()
      },
    }
  },
})

/* Without a `code` of its own: where the HTML has one inside, it is the ordinary inline element. */
export const CodeBlock = BaseCodeBlock.extend({
  content: "inline*",
  marks: "_",
  code: false,
  whitespace: "pre",
  addAttributes: () => ({}),
  parseHTML: () => [{ tag: "pre", preserveWhitespace: "full" }],
  renderHTML: ({ HTMLAttributes }) => ["pre", HTMLAttributes, 0],
})
