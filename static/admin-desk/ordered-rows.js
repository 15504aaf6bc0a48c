/* The order of an inline's rows: “Move up” and “Move down”, by mouse and keyboard, spoken as it happens. */
import { button, element } from "./dialog.js"
import { gettext } from "./words.js"

const said = element("p", { role: "status", class: "visually-hidden" })
document.body.append(said)

const positionOf = (row) => row.querySelector('input[name$="-position"]')
const rowsOf = (body) => [...body.querySelectorAll("tr.form-row:not(.empty-form)")].filter(positionOf)

function number(body) {
  rowsOf(body).forEach((row, index) => {
    positionOf(row).value = index + 1
  })
}

function move(row, step, pressed) {
  const rows = rowsOf(row.parentElement)
  const other = rows[rows.indexOf(row) + step]
  if (!other) return
  if (step < 0) other.before(row)
  else other.after(row)
  number(row.parentElement)
  pressed.focus()
  const place = rowsOf(row.parentElement).indexOf(row) + 1
  said.textContent = `${gettext("Row")} ${place} / ${rows.length}`
}

function equip(row) {
  const position = positionOf(row)
  if (!position || row.classList.contains("empty-form") || row.querySelector(".desk-move")) return
  position.type = "hidden"
  for (const [step, sign, words] of [
    [-1, "↑", gettext("Move up")],
    [1, "↓", gettext("Move down")],
  ]) {
    const mover = button("", { class: "button desk-move", "aria-label": words, title: words }, () =>
      move(row, step, mover),
    )
    mover.append(element("span", { "aria-hidden": "true" }, sign))
    position.before(mover)
  }
}

/* A form that comes back unsaved has its rows as they were numbered, not in their order. */
function arrange(body) {
  const rows = rowsOf(body)
  if (!rows.length) return
  const isNew = (row) => !row.querySelector('input[name$="-id"]')?.value
  // A new row that nobody numbered says 0; a saved one may well be the one at 0.
  const place = (row) => Number(positionOf(row).value) || (isNew(row) ? Infinity : 0)
  const sorted = [...rows].sort((one, other) => place(one) - place(other) || 0)
  const end = rows.at(-1).nextSibling
  if (sorted.some((row, index) => row !== rows[index])) for (const row of sorted) body.insertBefore(row, end)
}

document.querySelectorAll(".inline-group tbody").forEach(arrange)
document.querySelectorAll(".inline-group tr.form-row").forEach(equip)
document.addEventListener("formset:added", ({ target }) => {
  equip(target)
  if (positionOf(target)) number(target.parentElement)
})
