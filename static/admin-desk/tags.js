/* Tags on the Select2 that the admin ships: what exists is offered before what was typed is made new. */
import { gettext } from "./words.js"

const { jQuery } = window.django
const small = (text) => (text ?? "").trim().toLowerCase()

function equip(select) {
  jQuery(select).select2({
    tags: true,
    tokenSeparators: JSON.parse(select.dataset.tokenSeparators),
    theme: "admin-autocomplete",
    language: select.lang,
    width: "100%",
    ajax: { url: select.dataset.suggest, delay: 150, cache: true },
    createTag: ({ term }) => {
      const name = term.trim().slice(0, 100)
      return name ? { id: name, text: name, isNew: true } : null
    },
    // Enter takes the first: a tag that begins with what was typed, then the new one, then what only holds it.
    insertTag: (options, tag) => {
      if (options.some(({ text }) => small(text) === small(tag.text))) return
      const holding = options.findIndex(({ begins }) => !begins)
      options.splice(holding < 0 ? options.length : holding, 0, tag)
    },
    templateResult: ({ text, isNew, loading }) => (isNew && !loading ? `${text} (${select.dataset.newTag})` : text),
  })
  const label = document.querySelector(`label[for="${select.id}"]`)
  const search = select.parentElement.querySelector(".select2-search__field")
  if (label && search) search.setAttribute("aria-label", label.textContent.trim())
  waitForAnswers(select)
  if (select.dataset.spot) addSpotter(select)
}

/* Enter pressed before the suggestions for the last letters are here waits for them. */
function waitForAnswers(select) {
  const box = jQuery(select).data("select2")
  let asked = ""
  let answered = ""
  let waiting = false
  box.on("query", ({ term }) => {
    asked = term ?? ""
    waiting = false
  })
  box.on("results:all", ({ query }) => {
    answered = query?.term ?? ""
    if (!waiting || answered !== asked) return
    waiting = false
    box.trigger("results:select", {})
  })
  box.$container[0].addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || !box.isOpen() || answered === asked) return
      event.preventDefault()
      event.stopPropagation()
      waiting = true
    },
    true,
  )
}

/* A button that looks for known tags in the text; one press on a name adds it. */
function addSpotter(select) {
  const place = document.createElement("div")
  place.className = "desk-spotter"
  const button = document.createElement("button")
  button.type = "button"
  button.className = "button"
  button.textContent = gettext("Suggest from the text")
  const found = document.createElement("div")
  found.className = "desk-spotted"
  found.setAttribute("role", "status")
  place.append(button, found)
  select.parentElement.append(place)
  button.addEventListener("click", async () => {
    button.disabled = true
    try {
      show(select, found, await spotted(select))
    } catch {
      found.textContent = gettext("The site did not answer. Try again in a moment.")
    }
    button.disabled = false
  })
}

async function spotted(select) {
  const words = new FormData()
  const text = ["title", "standfirst"].map((name) => document.getElementById(`id_${name}`)?.value ?? "")
  text.push(document.querySelector(".prose-editor .ProseMirror")?.innerText ?? "")
  words.set("text", text.join("\n\n"))
  words.set("csrfmiddlewaretoken", select.form.elements.csrfmiddlewaretoken.value)
  const answer = await fetch(select.dataset.spot, { method: "POST", body: words })
  if (!answer.ok) throw new Error(answer.status)
  return (await answer.json()).tags
}

function show(select, place, names) {
  const chosen = new Set([...select.selectedOptions].map(({ value }) => small(value)))
  const offered = names.filter((name) => !chosen.has(small(name)))
  place.replaceChildren(...offered.map((name) => offer(select, place, name)))
  if (!offered.length) place.textContent = gettext("The text names no other tag that is known.")
}

function offer(select, place, name) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "button desk-offer"
  button.dir = "auto"
  button.textContent = `+ ${name}`
  button.addEventListener("click", () => {
    select.append(new Option(name, name, true, true))
    jQuery(select).trigger("change")
    const next = button.nextElementSibling ?? button.previousElementSibling
    button.remove()
    ;(next ?? place.previousElementSibling).focus()
  })
  return button
}

document.querySelectorAll("select.desk-tags").forEach(equip)
