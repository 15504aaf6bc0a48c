/* A button beside each password, so that one may look at what one types (NIST SP 800-63B-4, 3.1.1.2). */
import { button } from "./dialog.js"
import { gettext } from "./words.js"

for (const input of document.querySelectorAll("input[type=password]")) {
  const toggle = button("", { class: "button desk-show", "aria-controls": input.id })
  const show = (visible) => {
    input.type = visible ? "text" : "password"
    toggle.textContent = visible ? gettext("Hide") : gettext("Show")
    toggle.setAttribute("aria-label", visible ? gettext("Hide what I type") : gettext("Show what I type"))
  }
  show(false)
  toggle.addEventListener("click", () => show(input.type === "password"))
  input.after(toggle)
  // What is sent from a field that is not one for passwords, a browser may keep and offer again.
  input.form?.addEventListener("submit", () => show(false))
}
