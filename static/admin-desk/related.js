/* What readers are led to next, shown inside the article's form; without this script it is a page of its own. */
import { gettext } from "./words.js"

const panel = document.querySelector("[data-related]")
const place = panel?.querySelector("[data-related-place]")

async function ask(options) {
  const answer = await fetch(panel.dataset.related, { credentials: "same-origin", ...options })
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const rows = page.querySelector("[data-related-rows]")
  if (!answer.ok || !rows) throw new Error(`${answer.status}`)
  // A form within a form is not allowed, so that only what is in it comes over.
  rows.querySelector("[name=csrfmiddlewaretoken]")?.remove()
  for (const button of rows.querySelectorAll("button")) button.type = "button"
  for (const head of rows.querySelectorAll("h2")) {
    const lower = document.createElement("h3")
    lower.append(...head.childNodes)
    head.replaceWith(lower)
  }
  place.replaceChildren(...rows.childNodes)
}

function say(words) {
  place.textContent = words
}

/* A pick is a row of the form, so that it is saved, ordered and kept in the history with the rest. */
function pick(key, title) {
  const { jQuery } = window.django
  document.querySelector("#related_links-group .add-row a")?.click()
  const selects = document.querySelectorAll('#related_links-group tr:not(.empty-form) select[name$="-target"]')
  const select = selects[selects.length - 1]
  if (!select) return
  select.append(new Option(title, key, true, true))
  jQuery(select).trigger("change")
  select.dispatchEvent(new Event("change", { bubbles: true }))
  select.closest("tr").scrollIntoView({ block: "center" })
  select.closest("tr").querySelector(".select2-selection")?.focus()
}

async function press({ target }) {
  const button = target.closest("button[name]")
  if (!button) return
  if (button.name === "pick") {
    pick(button.value, button.dataset.title)
    button.disabled = true
    return
  }
  const body = new URLSearchParams({ [button.name]: button.value })
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value
  button.disabled = true
  try {
    await ask({ method: "POST", body, headers: { "X-CSRFToken": token } })
    place.querySelector("button")?.focus()
  } catch {
    button.disabled = false
    button.after(` ${gettext("This did not work. Try again in a moment.")}`)
  }
}

if (place) {
  place.addEventListener("click", press)
  ask().catch(() => say(gettext("This did not work. Try again in a moment.")))
}
