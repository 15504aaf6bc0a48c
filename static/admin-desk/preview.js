/* The preview beside the form: what is typed now, as readers will get it, in a frame of the widths they have. */
import { button, element } from "./dialog.js"
import { gettext } from "./words.js"

const SETTLED = 1000 // milliseconds after the last key
const REMEMBERED = "desk-preview"
// The width in pixels; without one the server draws a sheet of its own.
const VIEWS = {
  phone: { label: gettext("Phone"), width: 390 },
  tablet: { label: gettext("Tablet"), width: 768 },
  desktop: { label: gettext("Desktop"), width: 1440 },
  search: { label: gettext("Search result") },
  card: { label: gettext("Social card") },
  letter: { label: gettext("Newsletter") },
}

const opener = document.querySelector("[data-preview]")
const form = opener?.closest("form")
let view = sessionStorage.getItem(REMEMBERED) ?? "phone"
if (!VIEWS[view]) view = "phone"
let pane, stage, frame, said
let isBehind = false // the server does not have what was typed last

/* The pane */

function build() {
  said = element("p", { role: "status", class: "desk-preview-said" })
  frame = element("iframe", { title: gettext("Preview") })
  frame.addEventListener("load", arrived)
  stage = element("div", { class: "desk-preview-stage" }, frame)
  const refresh = button(gettext("Refresh"), { class: "button" }, keepAndLoad)
  const close = button(gettext("Close"), { class: "button" }, shut)
  const head = element("div", { class: "desk-preview-head" }, element("h2", { id: "desk-preview-head" }, gettext("Preview")), refresh, close)
  const attributes = { class: "desk-preview", id: "desk-preview", "aria-labelledby": "desk-preview-head" }
  pane = element("section", attributes, head, choices(), said, stage)
  form.after(pane)
  new ResizeObserver(fit).observe(stage)
}

function choices() {
  const rows = Object.entries(VIEWS).map(([name, { label, width }]) => {
    const input = element("input", { type: "radio", name: "desk-preview", value: name, checked: name === view })
    input.addEventListener("change", () => {
      view = name
      remember()
      fit()
      load()
    })
    const size = width ? element("small", {}, ` ${width}`) : null
    return element("label", {}, input, element("span", {}, label, size))
  })
  return element("fieldset", { class: "desk-preview-views" }, element("legend", { class: "visually-hidden" }, gettext("Show as")), ...rows)
}

const isOpen = () => pane && !pane.hidden

function remember() {
  if (isOpen()) sessionStorage.setItem(REMEMBERED, view)
  else sessionStorage.removeItem(REMEMBERED)
}

function open() {
  if (!pane) build()
  pane.hidden = false
  opener.setAttribute("aria-expanded", "true")
  remember()
  fit()
  keepAndLoad()
}

function shut() {
  pane.hidden = true
  opener.setAttribute("aria-expanded", "false")
  remember()
  opener.focus()
}

/** Give the frame the width of the view, and scale it to the room that there is. */
function fit() {
  if (!isOpen()) return
  const { clientWidth: room, clientHeight: height } = stage
  const width = VIEWS[view].width ?? room
  const scale = Math.min(1, room / width)
  frame.style.width = `${width}px`
  frame.style.height = `${height / scale}px`
  frame.style.transform = scale < 1 ? `scale(${scale})` : ""
  const { label } = VIEWS[view]
  frame.title = `${gettext("Preview")}: ${label}`
  stage.dataset.scale = scale < 1 ? `${width} px, ${Math.round(scale * 100)} %` : ""
}

/* What it shows */

function address() {
  const query = new URLSearchParams({ typed: form.querySelector("input[name=tab]")?.value ?? "" })
  if (!VIEWS[view].width) query.set("as", view)
  return `${opener.dataset.preview}?${query}`
}

/** Load the frame anew, without a step in the browser's history; the same page stays where it was scrolled to. */
function load() {
  const { location } = frame.contentWindow
  if (location.pathname + location.search === address()) location.reload()
  else location.replace(address())
}

/** Let the server have what is typed, where this form keeps that, and then show it. */
function keepAndLoad() {
  if ("keeps" in form.dataset) document.dispatchEvent(new Event("desk:keep"))
  else load()
}

function say(words) {
  if (said.textContent !== words) said.textContent = words
}

function arrived() {
  const page = frame.contentDocument
  if (!page || frame.contentWindow.location.href === "about:blank") return
  const meta = page.querySelector("meta[name=preview]")
  if (!meta) return say(gettext("The preview cannot be shown now. Press “Refresh” to try again."))
  page.addEventListener("click", leadOut, true)
  page.addEventListener("submit", refuse, true)
  if (isBehind) return say(gettext("What was typed last is not shown: the server does not have it yet."))
  return say(meta.content || gettext("Shows what the form holds, saved or not."))
}

/** The page itself sends links to a tab of their own; those within it, and mail, stay in the frame. */
function leadOut({ target }) {
  const link = target.closest?.("a[href]")
  if (link && (link.getAttribute("href").startsWith("#") || !/^https?:$/.test(link.protocol))) link.target = "_self"
}

function refuse(event) {
  event.preventDefault()
  event.stopImmediatePropagation()
  say(gettext("Forms do nothing in the preview."))
}

/* When */

if (form) {
  opener.hidden = false
  opener.addEventListener("click", () => {
    if (isOpen()) return shut()
    open()
    return pane.scrollIntoView({ block: "nearest" })
  })
  for (const [kind, behind] of [["desk:kept", false], ["desk:unkept", true]]) {
    document.addEventListener(kind, () => {
      isBehind = behind
      if (isOpen()) load()
    })
  }
  let settle
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      clearTimeout(settle)
      if (isOpen()) settle = setTimeout(keepAndLoad, SETTLED)
    })
  }
  if (sessionStorage.getItem(REMEMBERED)) open()
}
