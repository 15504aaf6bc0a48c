/* A button beside each address that copies it; without this script the field is there to copy from. */
import { button, element } from "./dialog.js"
import { gettext } from "./words.js"

const spoken = element("p", { role: "status", class: "visually-hidden" })

for (const field of document.querySelectorAll("[data-copy]")) {
  field.addEventListener("focus", () => field.select())
  const copy = async () => {
    field.select()
    try {
      await navigator.clipboard.writeText(field.value)
    } catch {
      // The clipboard is closed to pages without HTTPS; the old way still works there.
      document.execCommand("copy")
    }
    press.textContent = spoken.textContent = gettext("Copied")
    setTimeout(() => {
      press.textContent = gettext("Copy")
      spoken.textContent = ""
    }, 3000)
  }
  const press = button(gettext("Copy"), { class: "button", "aria-label": `${gettext("Copy")}: ${field.ariaLabel}` }, copy)
  field.after(press)
}
document.body.append(spoken)
