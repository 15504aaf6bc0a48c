/* Pictures of the library and videos. The text stores an id; readers get the picture, nobody a foreign page. */
import { Node, Plugin } from "django-prose-editor/editor"
import { ask } from "../dialog.js"
import { choosePicture, pictureAddress } from "../pictures.js"
import { gettext } from "../words.js"

const selected = ({ selection }, name) => (selection.node?.type.name === name ? selection : null)

/* A caption's own direction and language stand on the figcaption. */
const captionAttribute = (name) => ({
  default: null,
  rendered: false,
  parseHTML: (figure) => figure.querySelector("figcaption")?.getAttribute(name) || null,
})
const captionOf = ({ dir, lang }) => ["figcaption", { dir: dir || null, lang: lang || null }, 0]
const captionElement = (figure) => figure.querySelector("figcaption") ?? document.createElement("figcaption")

/* The frame of a figure in the editor: what is shown, then the caption, which is text. */
const figureView = (className, show, placeholder) => ({ node }) => {
  const dom = document.createElement("figure")
  dom.className = className
  const shown = show(node)
  shown.contentEditable = "false"
  const contentDOM = document.createElement("figcaption")
  contentDOM.dataset.placeholder = placeholder
  dom.append(shown, contentDOM)
  const mark = (current) => {
    dom.classList.toggle("wide", Boolean(current.attrs.wide))
    for (const name of ["dir", "lang"]) contentDOM[name] = current.attrs[name] ?? ""
    contentDOM.classList.toggle("is-empty", !current.content.size)
  }
  mark(node)
  let shownNode = node
  return {
    dom,
    contentDOM,
    ignoreMutation: (change) => change.type !== "selection" && !contentDOM.contains(change.target),
    update(next) {
      const same = ["image", "provider", "video"].every((name) => next.attrs[name] === shownNode.attrs[name])
      if (next.type !== shownNode.type || !same) return false
      shownNode = next
      mark(next)
      return true
    },
  }
}

async function placePicture(editor, { file } = {}) {
  const present = selected(editor.state, "picture")
  const picture = await choosePicture({ file })
  if (!picture) return editor.commands.focus()
  const image = String(picture.id)
  const chain = editor.chain().focus()
  if (present) return chain.updateAttributes("picture", { image }).run()
  return chain.insertContent({ type: "picture", attrs: { image } }).run()
}

/** Take dropped or pasted picture files; a paste that also carries text is text. */
function takeFiles(editor, data) {
  const files = [...(data?.files ?? [])].filter(({ type }) => type.startsWith("image/"))
  const html = data?.getData("text/html") ?? ""
  if (!files.length || html.replace(/<[^>]*>/g, "").trim()) return false
  const rest = [...files]
  const next = async () => {
    const file = rest.shift()
    if (!file) return
    await placePicture(editor, { file })
    await next()
  }
  next()
  return true
}

export const Picture = Node.create({
  name: "picture",
  group: "block",
  content: "inline*",
  draggable: true,
  isolating: true,
  addAttributes: () => ({
    image: {
      default: null,
      parseHTML: (figure) => figure.dataset.image,
      renderHTML: ({ image }) => ({ "data-image": image }),
    },
    wide: {
      default: false,
      parseHTML: (figure) => figure.classList.contains("wide"),
      renderHTML: ({ wide }) => (wide ? { class: "wide" } : {}),
    },
    dir: captionAttribute("dir"),
    lang: captionAttribute("lang"),
  }),
  parseHTML: () => [{ tag: "figure[data-image]", priority: 100, contentElement: captionElement }],
  renderHTML: ({ node, HTMLAttributes }) => ["figure", HTMLAttributes, captionOf(node.attrs)],
  addNodeView: () =>
    figureView(
      "library-picture",
      (node) => {
        const picture = document.createElement("img")
        picture.src = pictureAddress(node.attrs.image)
        picture.alt = gettext("Picture from the library")
        return picture
      },
      gettext("The library's caption, unless you write one here"),
    ),
  addKeyboardShortcuts() {
    return {
      "Mod-Alt-p": ({ editor }) => {
        placePicture(editor)
        return true
      },
      Enter: ({ editor }) => {
        if (!selected(editor.state, this.name)) return leaveCaption(editor, this.name)
        placePicture(editor)
        return true
      },
    }
  },
  addProseMirrorPlugins() {
    const { editor } = this
    return [
      new Plugin({
        props: {
          handlePaste: (view, event) => takeFiles(editor, event.clipboardData),
          handleDrop: (view, event, slice, moved) => {
            if (moved || !event.dataTransfer?.files.length) return false
            const place = view.posAtCoords({ left: event.clientX, top: event.clientY })
            if (place) editor.commands.setTextSelection(place.pos)
            return takeFiles(editor, event.dataTransfer)
          },
        },
      }),
    ]
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "picture",
      groups: "nodes",
      priority: 89,
      button: buttons.material("image", gettext("Picture from the library")),
      active: (editor) => editor.isActive("picture"),
      command: (editor) => placePicture(editor),
    })
    menu.defineItem({
      name: "wide",
      groups: "nodes",
      priority: 88,
      button: buttons.material("width_full", gettext("Wide picture")),
      hidden: (editor) => !editor.isActive("picture"),
      active: (editor) => editor.isActive("picture", { wide: true }),
      command: (editor) =>
        editor
          .chain()
          .focus()
          .updateAttributes("picture", { wide: !editor.getAttributes("picture").wide })
          .run(),
    })
  },
})

/* Enter in a caption goes on below the figure. */
function leaveCaption(editor, name) {
  const { $from } = editor.state.selection
  if ($from.parent.type.name !== name) return false
  const after = $from.after()
  return editor
    .chain()
    .insertContentAt(after, { type: "paragraph" })
    .setTextSelection(after + 1)
    .focus()
    .run()
}

const HOSTS = {
  youtube: "YouTube",
  vimeo: "Vimeo",
}
const ADDRESSES = [
  ["youtube", /^https?:\/\/(?:www\.|m\.|music\.)?youtube(?:-nocookie)?\.com\/watch\?(?:[^#\s]*&)?v=([\w-]{6,20})/i],
  ["youtube", /^https?:\/\/(?:www\.|m\.)?youtube(?:-nocookie)?\.com\/(?:embed|shorts|live)\/([\w-]{6,20})/i],
  ["youtube", /^https?:\/\/youtu\.be\/([\w-]{6,20})/i],
  ["vimeo", /^https?:\/\/(?:www\.)?vimeo\.com\/(?:channels\/\w+\/|video\/)?(\d{5,20})/i],
  ["vimeo", /^https?:\/\/player\.vimeo\.com\/video\/(\d{5,20})/i],
]

/** Return `{provider, video}` for a YouTube or Vimeo address, or null. */
export function videoAt(address) {
  for (const [provider, pattern] of ADDRESSES) {
    const found = pattern.exec(address.trim())
    if (found) return { provider, video: found[1] }
  }
  return null
}

async function placeVideo(editor) {
  const answer = await ask({
    title: gettext("Add a video"),
    submit: gettext("Add"),
    fields: [
      {
        name: "address",
        label: gettext("Address on YouTube or Vimeo"),
        inputmode: "url",
        autocomplete: "off",
        required: true,
        help: gettext("Readers see a link first; nothing is loaded from there until they press it."),
        check: (value) =>
          videoAt(value) ? "" : gettext("This is no address of a video on YouTube or Vimeo."),
      },
      { name: "title", label: gettext("Title"), dir: "auto" },
    ],
  })
  if (!answer) return editor.commands.focus()
  const content = answer.title ? [{ type: "text", text: answer.title }] : []
  return editor.chain().focus().insertContent({ type: "video", attrs: videoAt(answer.address), content }).run()
}

export const Video = Node.create({
  name: "video",
  group: "block",
  content: "inline*",
  draggable: true,
  isolating: true,
  addAttributes: () => ({
    provider: {
      default: null,
      parseHTML: (figure) => figure.dataset.embed,
      renderHTML: ({ provider }) => ({ "data-embed": provider }),
    },
    video: {
      default: null,
      parseHTML: (figure) => figure.dataset.embedId,
      renderHTML: ({ video }) => ({ "data-embed-id": video }),
    },
    dir: captionAttribute("dir"),
    lang: captionAttribute("lang"),
  }),
  parseHTML: () => [{ tag: "figure[data-embed]", priority: 100, contentElement: captionElement }],
  renderHTML: ({ node, HTMLAttributes }) => ["figure", HTMLAttributes, captionOf(node.attrs)],
  addNodeView: () =>
    figureView(
      "outside-video",
      (node) => {
        const box = document.createElement("div")
        box.textContent = `${HOSTS[node.attrs.provider] ?? ""} · ${node.attrs.video}`
        return box
      },
      gettext("Title of the video"),
    ),
  addKeyboardShortcuts() {
    return { Enter: ({ editor }) => leaveCaption(editor, this.name) }
  },
  addProseMirrorPlugins() {
    const { editor } = this
    // The address of a video, pasted into an empty paragraph, becomes the video.
    const handlePaste = (view, event) => {
      const text = event.clipboardData?.getData("text/plain").trim() ?? ""
      const { $from, empty } = view.state.selection
      const found = /^\S+$/.test(text) && videoAt(text)
      if (!found || !empty || $from.parent.type.name !== "paragraph" || $from.parent.content.size) return false
      return editor.chain().insertContent({ type: "video", attrs: found }).run()
    }
    return [new Plugin({ props: { handlePaste } })]
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "video",
      groups: "nodes",
      priority: 87,
      button: buttons.material("smart_display", gettext("Video from YouTube or Vimeo")),
      active: (editor) => editor.isActive("video"),
      command: (editor) => placeVideo(editor),
    })
  },
})
