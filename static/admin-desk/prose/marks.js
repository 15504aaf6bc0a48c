/* Inline elements that a text may carry. Those without a button come from pastes and imports, and survive. */
import { Code as BaseCode, Mark, mergeAttributes, Strike as BaseStrike } from "django-prose-editor/editor"

const attribute = (name) => ({
  default: null,
  parseHTML: (node) => node.getAttribute(name),
  renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
})

const inline = (name, tag, { attributes = [], ...spec } = {}) =>
  Mark.create({
    name,
    ...spec,
    addAttributes: () => Object.fromEntries(attributes.map((key) => [key, attribute(key)])),
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag.replace(/\[.*/, ""), mergeAttributes(HTMLAttributes), 0],
  })

export const Mention = inline("citedWork", "cite")
export const Quotation = inline("quotation", "q")
export const Small = inline("small", "small")
export const Marked = inline("marked", "mark")
export const Inserted = inline("inserted", "ins")
export const Deleted = inline("deleted", "del")
export const Abbreviation = inline("abbreviation", "abbr", { attributes: ["title"] })
export const Isolated = inline("isolated", "bdi")
export const Foreign = Mark.create({
  name: "foreign",
  excludes: "",
  addAttributes: () => ({ lang: attribute("lang"), dir: attribute("dir") }),
  parseHTML: () => [{ tag: "span[lang]" }, { tag: "span[dir]" }],
  renderHTML: ({ HTMLAttributes }) => ["span", mergeAttributes(HTMLAttributes), 0],
})

/* `del` is a correction that readers see; `s` is what no longer holds. */
export const Strike = BaseStrike.extend({ parseHTML: () => [{ tag: "s" }, { tag: "strike" }] })

/* A link may hold code. */
export const Code = BaseCode.extend({ excludes: "" })
