/* Links: an address and, for pages in another language, that language. */
import { Link as BaseLink } from "django-prose-editor/editor"
import { ask } from "../dialog.js"
import { gettext } from "../words.js"

const ADDRESS = /^(https?:\/\/[^\s]+|mailto:[^\s@]+@[^\s@]+|\/(?!\/)\S*|#\S+)$/i

/** Return the address that an editor means: `example.org/x` is a page, `a@example.org` a mail address. */
function completed(address) {
  if (/^[^\s@/:]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`
  if (/^[^\s/:@]+\.[^\s/:@]{2,}([/?#:]\S*)?$/.test(address)) return `https://${address}`
  return address
}

async function editLink(editor) {
  const present = editor.isActive("link") ? editor.getAttributes("link") : null
  if (!present && editor.state.selection.empty) return
  const answer = await ask({
    title: present ? gettext("Edit the link") : gettext("Add a link"),
    submit: present ? gettext("Change") : gettext("Add"),
    remove: present ? gettext("Remove the link") : null,
    fields: [
      {
        name: "href",
        label: gettext("Address"),
        value: present?.href ?? "",
        required: true,
        inputmode: "url",
        autocomplete: "off",
        help: gettext("Such as https://example.org, /about/ for a page of ours, or a mail address."),
        check: (value) =>
          ADDRESS.test(completed(value.trim()))
            ? ""
            : gettext("Write an address that begins with https://, a path that begins with /, or a mail address."),
      },
      {
        name: "hreflang",
        label: gettext("Language of the page"),
        type: "select",
        value: present?.hreflang ?? "",
        options: [
          ["", gettext("As the article")],
          ["en", "English"],
          ["ar", "العربية"],
          ["he", "עברית"],
          ...(["", "en", "ar", "he"].includes(present?.hreflang ?? "") ? [] : [[present.hreflang, present.hreflang]]),
        ],
      },
    ],
  })
  const chain = editor.chain().focus()
  if (present) chain.extendMarkRange("link")
  if (answer === "remove") chain.unsetLink()
  else if (answer) {
    chain.setMark("link", { ...present, href: completed(answer.href), hreflang: answer.hreflang || null })
  }
  chain.run()
}

export const Link = BaseLink.extend({
  addOptions() {
    return { ...this.parent?.(), openOnClick: false, defaultProtocol: "https", enableTarget: false }
  },
  addAttributes() {
    const kept = (name) => ({
      default: null,
      parseHTML: (node) => node.getAttribute(name),
      renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
    })
    return { href: kept("href"), rel: kept("rel"), hreflang: kept("hreflang") }
  },
  addCommands() {
    return {
      ...this.parent?.(),
      addLink:
        () =>
        ({ editor }) => {
          editLink(editor)
          return true
        },
    }
  },
})
