/* Names for what the stock admin shows without one, so that a screen reader can say it. */
import "./show-passwords.js"
import { gettext } from "./words.js"

/* A list turned into cards on a phone: each cell says which column it is. */
const heads = [...document.querySelectorAll("#result_list thead th")].map((head) => head.textContent.trim())
for (const row of document.querySelectorAll("#result_list tbody tr")) {
  ;[...row.children].forEach((cell, index) => {
    if (heads[index]) cell.dataset.label = heads[index]
  })
}

const toggle = document.querySelector("#action-toggle")
if (toggle) toggle.closest("th").dataset.label = toggle.getAttribute("aria-label")

/* A heading that says nothing is none. */
for (const head of document.querySelectorAll(".tabular thead th")) {
  if (head.textContent.trim()) continue
  const cell = document.createElement("td")
  cell.className = head.className
  head.replaceWith(cell)
}

/* Fields in the rows of an inline have their name in the table's head only. */
function nameFields(row) {
  const names = [...row.closest("table").querySelectorAll("thead :is(th, td)")].map((head) => head.textContent.trim())
  ;[...row.children].forEach((cell, index) => {
    const input = cell.querySelector("input:not([type=hidden]), select, textarea")
    if (!input || !names[index]) return
    input.setAttribute("aria-label", names[index])
    cell.dataset.label = names[index]
    nameChoice(cell.querySelector(".select2-selection"), names[index])
  })
}
const nameRows = () => document.querySelectorAll(".tabular tr.form-row:not(.empty-form)").forEach(nameFields)
document.addEventListener("formset:added", ({ target }) => {
  if (target.matches("tr")) requestAnimationFrame(() => nameFields(target))
})

/* Select2 gives its boxes no name of their own. */
function nameChoice(box, name) {
  if (!box || !name) return
  box.removeAttribute("aria-labelledby")
  for (const part of [box, box.querySelector("[role=textbox]")]) part?.setAttribute("aria-label", name)
}
const labelOf = (part) => {
  const select = part.closest(".select2-container")?.previousElementSibling
  return select && document.querySelector(`label[for="${select.id}"]`)?.textContent.trim()
}
function nameChoices() {
  for (const box of document.querySelectorAll(".select2-selection[role=combobox]")) {
    nameChoice(box, labelOf(box))
  }
  for (const field of document.querySelectorAll(".select2-search--inline input:not([aria-label])")) {
    if (labelOf(field)) field.setAttribute("aria-label", labelOf(field))
  }
}
const nameAll = () => {
  nameRows()
  nameChoices()
}
// After the admin's own scripts, which make the boxes when jQuery says that the page is ready.
window.django?.jQuery?.(nameAll)
addEventListener("load", nameAll)
document.querySelector("#changelist-search #searchbar")?.setAttribute("aria-label", gettext("Search"))
