/* A form field that holds a picture of the library: shows it, and opens the library to choose another. */
import { button, element } from "./dialog.js"
import { choosePicture, pictureAddress } from "./pictures.js"
import { gettext } from "./words.js"

function equip(holder) {
  const input = holder.querySelector("input")
  const label = document.querySelector(`label[for="${input.id}"]`)
  const what = label?.textContent.trim() ?? ""
  const shown = element("img", { alt: "" })
  const name = element("span", { class: "desk-picture-name" })
  const choose = button("", { class: "button" }, async () => {
    const picture = await choosePicture()
    if (!picture) return
    show(String(picture.id), picture.title || picture.alt || picture.caption)
    input.dispatchEvent(new Event("change", { bubbles: true }))
  })
  const remove = button(gettext("Remove"), { class: "button", "aria-label": `${gettext("Remove")}: ${what}` }, () => {
    show("", "")
    input.dispatchEvent(new Event("change", { bubbles: true }))
    choose.focus()
  })

  function show(id, words) {
    input.value = id
    shown.hidden = remove.hidden = !id
    if (id) shown.src = pictureAddress(id)
    name.textContent = words || (id ? `${gettext("Picture")} ${id}` : "")
    choose.textContent = id ? gettext("Choose another picture") : gettext("Choose a picture")
    choose.setAttribute("aria-label", `${choose.textContent}: ${what}`)
  }

  holder.append(shown, name, element("span", { class: "desk-picture-buttons" }, choose, remove))
  show(input.value, holder.dataset.pictureName)
  input.type = "hidden"
  // The label names the button now that the number is out of sight.
  choose.id = `${input.id}_choose`
  if (label) label.htmlFor = choose.id
}

document.querySelectorAll("[data-picture-field]").forEach(equip)
