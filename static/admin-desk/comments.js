/* Comments beside an article's form: read, written and resolved by requests of their own, so nothing is saved. */
import { button, element, openDialog } from "./dialog.js"
import { logIn } from "./login-dialog.js"
import { offerNames } from "./mentions.js"
import { find, quote, wordsOf } from "./quotations.js"
import { ask as askServer, isLoggedIn, Refused } from "./requests.js"
import { gettext, quoted } from "./words.js"

const SETTLED = 400 // milliseconds after the last change of the text until quotations are looked for again

const panel = document.querySelector("[data-comments]")
const place = panel?.querySelector("[data-comments-place]")
const said = panel?.querySelector("[data-comments-said]")

/* What the server is asked */

const ask = (path = "", body = undefined) =>
  askServer(body ? "POST" : "GET", `${panel.dataset.comments}${path}`, body, panel.dataset.comments)

/** Ask the server; where the session has ended, let the editor log in in place, and ask once more. */
async function askAsSomebody(path, body) {
  try {
    return await ask(path, body)
  } catch (error) {
    if (error.status !== 401) throw error
    const { login, comments } = panel.dataset
    const isBack = await logIn({ address: login, landing: comments, isBack: () => isLoggedIn(comments) })
    if (!isBack) throw error
    return ask(path, body)
  }
}

function trouble(error) {
  if (error.status === 401) return gettext("You are logged out, so nothing was sent. What you wrote is still here.")
  if (!(error instanceof Refused)) return gettext("There is no connection, so nothing was sent. What you wrote is still here.")
  return error.message || gettext("The server could not do this. What you wrote is still here; try again in a moment.")
}

/* The text that is commented on: the editor's, or where one may only look, the text as it is read */

const text = () => document.querySelector(".field-body .ProseMirror") ?? document.querySelector(".desk-read")
let chosen = null // the words last selected in a text that has no editor

document.addEventListener("selectionchange", () => {
  const selection = getSelection()
  const root = text()
  if (!root || root.editor || !selection.rangeCount || !root.contains(selection.anchorNode)) return
  chosen = selection.isCollapsed ? null : selection.getRangeAt(0).cloneRange()
})

/** Return what is selected in the text, quoted; null where nothing is. */
function selected() {
  const root = text()
  if (!root?.editor) return root && chosen && quote(root, chosen)
  const { view, state } = root.editor
  const { from, to, empty } = state.selection
  if (empty) return null
  const range = document.createRange()
  const [start, end] = [view.domAtPos(from), view.domAtPos(to)]
  range.setStart(start.node, start.offset)
  range.setEnd(end.node, end.offset)
  return quote(root, range)
}

function goTo(range) {
  const root = text()
  if (root.editor) {
    const { view } = root.editor
    const from = view.posAtDOM(range.startContainer, range.startOffset)
    const to = view.posAtDOM(range.endContainer, range.endOffset)
    root.editor.chain().focus().setTextSelection({ from, to }).run()
  } else {
    const selection = getSelection()
    selection.removeAllRanges()
    selection.addRange(range)
  }
  range.startContainer.parentElement.scrollIntoView({ block: "center" })
}

/* The list */

const quotationOf = (node) => ({
  quotation: node.dataset.quotation,
  prefix: node.dataset.prefix,
  suffix: node.dataset.suffix,
})

/** Make a quotation a button that leads to its words. */
function equip(node) {
  const words = node.textContent
  node.dataset.quotation = words
  const lead = button(quoted(words), { class: "desk-lead", title: gettext("Show these words in the text") }, () => {
    const range = find(wordsOf(text()), quotationOf(node))
    if (range) goTo(range)
    else mark()
  })
  node.replaceChildren(lead, element("p", { class: "desk-changed", hidden: true }, gettext("These words have changed since.")))
}

/** Underline the quoted words in the text, and say of which comments they are gone. */
function mark() {
  const root = text()
  if (!root) return
  const words = wordsOf(root)
  const found = []
  for (const node of place.querySelectorAll("[data-quotation]")) {
    const isOpen = !node.closest("[data-resolved]")
    // Folded comments are looked at once they are unfolded.
    if (!isOpen && !node.closest("[data-resolved]").open) continue
    const range = find(words, quotationOf(node))
    node.querySelector(".desk-changed").hidden = Boolean(range)
    if (range && isOpen) found.push(range)
  }
  window.CSS?.highlights?.set("desk-comments", new Highlight(...found))
}

function show({ html, open }, pk) {
  const wasUnfolded = place.querySelector("[data-resolved]")?.open
  place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes)
  place.querySelectorAll(".desk-quotation").forEach(equip)
  panel.querySelector("[data-comments-open]").textContent = open ? `(${open})` : ""
  const folded = place.querySelector("[data-resolved]")
  if (folded) {
    folded.open = Boolean(wasUnfolded)
    folded.addEventListener("toggle", mark)
  }
  mark()
  return pk && place.querySelector(`[data-comment="${pk}"]`)
}

/* Writing */

const draftName = (parent) => `desk-comment:${panel.dataset.comments}${parent ?? ""}`

function recall(name) {
  try {
    return sessionStorage.getItem(name) ?? ""
  } catch {
    // A browser that keeps nothing still lets one write.
    return ""
  }
}

function remember(name, words) {
  try {
    if (words) sessionStorage.setItem(name, words)
    else sessionStorage.removeItem(name)
  } catch {
    // As above: the words are in the field as long as it is open.
  }
}

/** Ask for a comment and send it; what was typed stays until it is sent, also where the dialog is closed. */
function write({ title, about, anchor = {}, parent }) {
  const name = draftName(parent)
  const id = "desk-comment-text"
  const area = element("textarea", { id, rows: 5, dir: "auto", "aria-describedby": `${id}-help` })
  area.value = recall(name)
  area.addEventListener("input", () => remember(name, area.value))
  const problem = element("p", { role: "alert", class: "desk-problem" })
  return openDialog({ title, className: "desk-comment-dialog" }, (close) => {
    const submit = element("button", { type: "submit", class: "default" }, gettext("Comment"))
    const form = element(
      "form",
      { method: "dialog" },
      about && element("blockquote", { class: "desk-quotation", dir: "auto" }, about),
      element(
        "div",
        { class: "desk-field" },
        element("label", { for: id }, gettext("What you want to say")),
        area,
        ...offerNames(area, async (term) => (await ask(`colleagues/?${new URLSearchParams({ q: term })}`)).colleagues),
        element("small", { id: `${id}-help` }, gettext("With @ and a name, that colleague gets a mail. Ctrl+Enter sends.")),
      ),
      problem,
      element("div", { class: "desk-buttons" }, submit, button(gettext("Cancel"), {}, () => close(null))),
    )
    const send = async (event) => {
      event.preventDefault()
      if (submit.disabled) return
      submit.disabled = true
      problem.textContent = ""
      try {
        const answer = await askAsSomebody("", { text: area.value, ...anchor, ...(parent && { parent }) })
        remember(name, "")
        close(answer)
      } catch (error) {
        problem.textContent = trouble(error)
        area.focus()
      }
      submit.disabled = false
    }
    form.addEventListener("submit", send)
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event)
    })
    area.autofocus = true
    return [form]
  })
}

async function begin(anchor, from) {
  const title = anchor ? gettext("Comment on these words") : gettext("Comment on the whole article")
  const answer = await write({ title, about: anchor && quoted(anchor.quotation), anchor: anchor ?? {} })
  if (answer) {
    show(answer)
    said.textContent = answer.said
  }
  if (from?.editor) from.editor.commands.focus()
}

function beginOnWords() {
  const anchor = selected()
  if (anchor) return begin(anchor)
  said.textContent = gettext("Select the words in the text first.")
  return undefined
}

async function answerTo(thread) {
  const about = thread.querySelector(".desk-comment-text").textContent
  const answer = await write({ title: gettext("Answer"), about, parent: thread.dataset.comment })
  if (!answer) return
  const shown = show(answer, thread.dataset.comment)
  said.textContent = answer.said
  shown?.querySelector("[data-answer]")?.focus()
}

async function settle(thread, how) {
  thread.querySelectorAll("button").forEach((each) => (each.disabled = true))
  try {
    const answer = await askAsSomebody(`${thread.dataset.comment}/`, { resolved: how === "resolved" })
    show(answer)
    said.textContent = answer.said
    said.focus({ preventScroll: true })
  } catch (error) {
    said.textContent = trouble(error)
    thread.querySelectorAll("button").forEach((each) => (each.disabled = false))
  }
}

function press({ target }) {
  const pressed = target.closest("button")
  const thread = pressed?.closest("[data-comment]")
  if (!pressed) return undefined
  if (pressed.dataset.about === "words") return beginOnWords()
  if (pressed.dataset.about === "article") return begin(null)
  if (pressed.dataset.settle) return settle(thread, pressed.dataset.settle)
  return "answer" in pressed.dataset ? answerTo(thread) : undefined
}

/* From here on */

let watched = null

/** Look for the quotations again after the text has changed. */
function watch() {
  const root = text()
  if (!root || root === watched) return
  watched = root
  let timer
  new MutationObserver(() => {
    clearTimeout(timer)
    timer = setTimeout(mark, SETTLED)
  }).observe(root, { childList: true, characterData: true, subtree: true })
  mark()
}

async function load() {
  try {
    const shown = show(await ask(), location.hash.match(/^#comment-(\d+)$/)?.[1])
    shown?.scrollIntoView({ block: "center" })
    shown?.focus({ preventScroll: true })
  } catch {
    said.textContent = gettext("The comments could not be loaded.")
  }
}

if (panel) {
  // Right under the text.
  document.querySelector(".field-body, .field-text_to_read")?.closest("fieldset")?.after(panel)
  panel.querySelector("[data-comments-begin]").hidden = false
  said.tabIndex = -1
  panel.addEventListener("click", press)
  document.addEventListener("desk:remark", ({ target }) => begin(selected(), target))
  document.addEventListener("keydown", (event) => {
    // In the editor its own shortcut does this.
    if (event.altKey && (event.ctrlKey || event.metaKey) && event.code === "KeyM" && !text()?.editor) beginOnWords()
  })
  document.addEventListener("desk:editor", watch)
  watch()
  load()
}
