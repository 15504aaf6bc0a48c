/* What is pasted from Word, Google Docs or LibreOffice becomes the HTML that it means. */
import { Extension, Plugin } from "django-prose-editor/editor"
import { videoAt } from "./figures.js"

// A strict style-src keeps styles from being applied even in a document that is never shown, so the
// editor could not see that Google Docs' outer <b> is not bold. They are read as text instead.
const STYLE = "data-pasted-style"
const KEPT = /^(href|hreflang|start|colspan|rowspan|scope|data-note|data-image|data-embed|data-embed-id|dir)$/
const NOTE_LINK = /^#(?:_ftn|ftnt|sdfootnote)\d+(?:sym)?$/

/** Return pasted HTML without what only the sender's program needs; lists, notes and emphasis are kept. */
export function cleanPasted(html) {
  // Copied from an editor like this one: it is ours already.
  if (html.includes("data-pm-slice")) return html
  const body = parsed(html)
  for (const frame of body.querySelectorAll("iframe")) keepVideo(frame)
  body.querySelectorAll("script, style, meta, link, title, xml, img, svg, iframe, object").forEach((node) => node.remove())
  for (const node of [...body.querySelectorAll("*")]) if (node.tagName.includes(":")) unwrap(node)
  takeNotes(body)
  findItems(body)
  for (const node of [...body.querySelectorAll(`[${STYLE}]`)]) readStyle(node)
  makeLists(body)
  nestLists(body)
  for (const node of body.querySelectorAll("h1")) rename(node, "h2")
  for (const node of body.querySelectorAll("h5, h6")) rename(node, "h4")
  for (const node of body.querySelectorAll("p, h2, h3, h4")) if (isBlank(node)) node.remove()
  for (const node of body.querySelectorAll("*")) dropAttributes(node)
  return body.innerHTML.replace(/(\u00a0|&nbsp;)+/g, " ")
}

function parsed(html) {
  const text = html
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<!\[[^>]*>/g, "")
    .replace(/(<[^>]*?)\sstyle\s*=/gi, `$1 ${STYLE}=`)
  return new DOMParser().parseFromString(text, "text/html").body
}

const unwrap = (node) => node.replaceWith(...node.childNodes)
const isBlank = (node) => !node.textContent.trim() && !node.querySelector("img, br + br, [data-note]")

function keepVideo(frame) {
  const found = videoAt(frame.getAttribute("src")?.replace(/^\/\//, "https://") ?? "")
  if (!found) return
  const figure = frame.ownerDocument.createElement("figure")
  figure.dataset.embed = found.provider
  figure.dataset.embedId = found.video
  frame.replaceWith(figure)
}

function rename(node, tag) {
  const copy = node.ownerDocument.createElement(tag)
  for (const { name, value } of node.attributes) copy.setAttribute(name, value)
  copy.append(...node.childNodes)
  node.replaceWith(copy)
}

function wrapContent(node, tag) {
  const inner = node.ownerDocument.createElement(tag)
  inner.append(...node.childNodes)
  node.append(inner)
}

function dropAttributes(node) {
  for (const { name, value } of [...node.attributes]) {
    // Word and Google Docs say of every paragraph that it runs from left to right; Word writes RTL.
    if (!KEPT.test(name) || (name === "dir" && value.toLowerCase() !== "rtl")) node.removeAttribute(name)
    else if (name === "dir") node.setAttribute(name, "rtl")
  }
}

/* A note's number links to the note at the end of what was copied: its words move to the mark. */
function takeNotes(body) {
  for (const link of [...body.querySelectorAll('a[href^="#"]')]) {
    const address = link.getAttribute("href")
    if (!NOTE_LINK.test(address)) continue
    const name = CSS.escape(address.slice(1))
    const anchor = body.querySelector(`a[name="${name}"], [id="${name}"]`)
    const place = anchor?.closest("p, li, div, dd")
    if (!place || place.contains(link)) continue
    const words = place.cloneNode(true)
    words.querySelector(`a[name="${name}"], a[id="${name}"]`)?.remove()
    const text = words.textContent.replace(/\s+/g, " ").trim()
    const mark = body.ownerDocument.createElement("sup")
    mark.setAttribute("data-note", text)
    mark.textContent = "*"
    const raised = link.closest("sup") ?? link
    raised.replaceWith(...(text ? [mark] : []))
    const holder = place.parentElement
    place.remove()
    if (holder !== body && isBlank(holder)) holder.remove()
  }
  // Word draws a line above its notes.
  for (const list of body.querySelectorAll(`[${STYLE}*="footnote-list"]`)) if (isBlank(list)) list.remove()
}

function readStyle(node) {
  const style = node.getAttribute(STYLE).toLowerCase()
  if (/mso-list:\s*ignore/.test(style)) return node.remove()
  const weight = /(?:^|[;\s])font-weight:\s*(bold|normal|\d+)/.exec(style)?.[1]
  if (/^(B|STRONG)$/.test(node.tagName) && (weight === "normal" || weight === "400")) return unwrap(node)
  if (node.tagName !== "SPAN") return undefined
  if (weight === "bold" || Number(weight) >= 600) wrapContent(node, "strong")
  if (/font-style:\s*italic/.test(style)) wrapContent(node, "em")
  if (/text-decoration[^;]*line-through/.test(style)) wrapContent(node, "s")
  if (/vertical-align:\s*super/.test(style)) wrapContent(node, "sup")
  if (/vertical-align:\s*sub(?!e)/.test(style)) wrapContent(node, "sub")
  return undefined
}

/* Word writes list items as paragraphs that name their level and carry their number as text. */
function findItems(body) {
  for (const item of body.querySelectorAll(`p[${STYLE}*="mso-list" i]`)) {
    const found = /mso-list:\s*(l\d+)\s+level(\d+)/i.exec(item.getAttribute(STYLE))
    if (!found) continue
    item.dataset.list = found[1]
    item.dataset.level = found[2]
    if (/^\s*(\d+|[a-z]{1,4})[.)]/i.test(item.textContent)) item.dataset.ordered = ""
  }
}

function makeLists(body) {
  for (const first of [...body.querySelectorAll("p[data-level]")]) {
    if (!first.isConnected) continue
    const outer = listFor(first)
    first.before(outer)
    const open = [outer]
    const { list } = first.dataset
    let item = first
    while (item?.dataset.list === list) {
      const next = item.nextElementSibling
      const level = Number(item.dataset.level)
      while (open.length > Math.max(level, 1)) open.pop()
      while (open.length < level) {
        const inner = listFor(item)
        const parent = open.at(-1)
        ;(parent.lastElementChild ?? parent).append(inner)
        open.push(inner)
      }
      const entry = body.ownerDocument.createElement("li")
      entry.append(...item.childNodes)
      if (item.dir === "rtl") entry.dir = "rtl"
      open.at(-1).append(entry)
      item.remove()
      item = next
    }
  }
}

const listFor = (item) => item.ownerDocument.createElement("ordered" in item.dataset ? "ol" : "ul")

/* Google Docs puts an inner list beside the item that it belongs to. */
function nestLists(body) {
  for (const list of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) {
    list.previousElementSibling?.append(list)
  }
}

export const CleanPaste = Extension.create({
  name: "cleanPaste",
  addProseMirrorPlugins: () => [new Plugin({ props: { transformPastedHTML: cleanPasted } })],
})
