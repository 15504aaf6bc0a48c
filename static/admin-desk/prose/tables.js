/* Tables with a caption and a head row. A caption is a node beside the table, joined with it when stored. */
import { Extension, findParentNode, Node, pm, Table as BaseTable } from "django-prose-editor/editor"
import { ask } from "../dialog.js"
import { gettext } from "../words.js"

const { DOMParser } = pm.model

async function insertTable(editor) {
  const number = (name, label, value, max) => ({
    ...{ name, label, value, type: "number", min: "1", max: String(max), required: true },
  })
  const answer = await ask({
    title: gettext("Insert a table"),
    submit: gettext("Insert"),
    fields: [
      number("rows", gettext("Rows, the head row among them"), "4", 100),
      number("cols", gettext("Columns"), "3", 20),
      { name: "withHeaderRow", label: gettext("The first row names the columns"), type: "checkbox", value: true },
      { name: "caption", label: gettext("Caption"), help: gettext("What the table shows."), dir: "auto" },
    ],
  })
  if (!answer) return
  const { caption, withHeaderRow } = answer
  editor.chain().focus().insertTable({ rows: +answer.rows, cols: +answer.cols, withHeaderRow }).run()
  if (caption) editor.commands.toggleTableCaption(caption)
}


export const Table = BaseTable.extend({
  addCommands() {
    return {
      ...this.parent?.(),
      insertTableWithOptions:
        () =>
        ({ editor }) => {
          insertTable(editor)
          return true
        },
    }
  },
})

export const CaptionedTable = Node.create({
  name: "captionedTable",
  group: "block",
  content: "tableCaption table",
  isolating: true,
  parseHTML: () => [
    { tag: "div[data-captioned]" },
    {
      tag: "table",
      priority: 100,
      getAttrs: (table) => (table.querySelector(":scope > caption") ? {} : false),
      getContent: (table, schema) => {
        const parser = DOMParser.fromSchema(schema)
        const copy = table.cloneNode(true)
        const words = copy.querySelector(":scope > caption")
        words.remove()
        const { dir, lang } = words
        const attributes = { dir: dir || null, lang: lang || null }
        const caption = parser.parse(words, { topNode: schema.nodes.tableCaption.create(attributes) })
        const holder = table.ownerDocument.createElement("div")
        holder.append(copy)
        return pm.model.Fragment.from([caption, parser.parse(holder).firstChild])
      },
    },
  ],
  renderHTML: () => ["div", { "data-captioned": "" }, 0],
  addCommands() {
    return {
      toggleTableCaption:
        (words = "") =>
        ({ state, tr, dispatch }) => {
          const { schema, selection } = state
          const whole = findParentNode((node) => node.type === schema.nodes.captionedTable)(selection)
          const table = findParentNode((node) => node.type === schema.nodes.table)(selection)
          if (!whole && !table) return false
          if (!dispatch) return true
          if (whole) {
            tr.replaceWith(whole.pos, whole.pos + whole.node.nodeSize, whole.node.lastChild)
            tr.setSelection(pm.state.TextSelection.near(tr.doc.resolve(whole.pos + 1)))
            return true
          }
          const caption = schema.nodes.tableCaption.create(null, words ? schema.text(words) : null)
          const joined = schema.nodes.captionedTable.create(null, [caption, table.node])
          tr.replaceWith(table.pos, table.pos + table.node.nodeSize, joined)
          const cursor = words ? table.pos + caption.nodeSize + 4 : table.pos + 2
          tr.setSelection(pm.state.TextSelection.near(tr.doc.resolve(cursor)))
          return true
        },
    }
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "tableCaption",
      groups: "table",
      priority: 99,
      button: buttons.material("subtitles", gettext("Caption of the table")),
      hidden: (editor) => !editor.isActive("table") && !editor.isActive("captionedTable"),
      active: (editor) => editor.isActive("captionedTable"),
      command: (editor) => editor.chain().focus().toggleTableCaption().run(),
    })
  },
})

export const TableCaption = Node.create({
  name: "tableCaption",
  content: "inline*",
  isolating: true,
  parseHTML: () => [{ tag: "p[data-caption]", priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ["p", { ...HTMLAttributes, "data-caption": "" }, 0],
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        const { $from } = editor.state.selection
        if ($from.parent.type.name !== this.name) return false
        return editor.chain().setTextSelection($from.after() + 4).focus().run()
      },
    }
  },
})

/* What HTML says of cells and rows beyond the editor's own model. */
export const TableHeads = Extension.create({
  name: "tableHeads",
  addGlobalAttributes: () => [
    {
      types: ["tableHeader"],
      attributes: {
        scope: {
          default: null,
          parseHTML: (cell) => cell.getAttribute("scope"),
          renderHTML: ({ scope }) => (scope ? { scope } : {}),
        },
      },
    },
    {
      types: ["tableRow"],
      attributes: {
        head: {
          default: false,
          keepOnSplit: false,
          parseHTML: (row) => row.parentElement?.tagName === "THEAD" || row.hasAttribute("data-head"),
          renderHTML: ({ head }) => (head ? { "data-head": "" } : {}),
        },
      },
    },
  ],
})
