/* The form of a text: its direction follows its language, and nothing that was typed is left by accident. */
import { gettext } from "./words.js"

const DIRECTIONS = { ar: "rtl", he: "rtl" }
const language = document.getElementById("id_language")
const form = document.querySelector(".change-form #content-main form")
const body = document.getElementById("id_body")

function turn() {
  const lang = language?.value || "en"
  const dir = DIRECTIONS[lang] ?? "ltr"
  const fields = ["id_title", "id_standfirst", "id_event_place"].map((id) => document.getElementById(id))
  for (const field of [...fields, document.querySelector(".prose-editor .ProseMirror")]) {
    if (!field) continue
    field.lang = lang
    field.dir = dir
  }
}
language?.addEventListener("change", turn)
document.addEventListener("desk:editor", turn)
turn()

/* Leaving with unsaved words asks first. */
let changed = false
let sending = false
for (const kind of ["input", "change"]) {
  form?.addEventListener(kind, () => {
    changed = true
  })
}
form?.addEventListener("submit", (event) => {
  const limit = Number(body?.dataset.maxLength)
  if (limit && body.value.length > limit) {
    event.preventDefault()
    sayTooLong(body.value.length, limit)
    return
  }
  sending = true
})
window.addEventListener("beforeunload", (event) => {
  // What is kept by itself need not be asked about.
  if (changed && !sending && !("keeps" in form.dataset)) event.preventDefault()
})

/* The server refuses such a text too, but a request that is too large would be lost on the way. */
function sayTooLong(length, limit) {
  const row = body.closest(".form-row")
  const list = row.querySelector(".errorlist") ?? document.createElement("ul")
  list.className = "errorlist"
  list.setAttribute("role", "alert")
  const item = document.createElement("li")
  item.textContent = gettext("This text is too long; your words are still here.")
  item.append(` ${length.toLocaleString()} / ${limit.toLocaleString()}`)
  list.replaceChildren(item)
  row.prepend(list)
  list.scrollIntoView({ block: "center" })
}
