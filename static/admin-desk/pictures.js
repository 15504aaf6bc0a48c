/* The image library in a dialog: search and choose, or upload. */
import { button, element, field, openDialog } from "./dialog.js"
import { gettext } from "./words.js"

const settings = () => document.querySelector("[data-picture-library]").dataset

/** Return the address that shows the library's picture with an id. */
export const pictureAddress = (id) => settings().pictureFile.replace("/0/", `/${Number(id) || 0}/`)

async function answerOf(response) {
  const isJSON = response.headers.get("Content-Type")?.startsWith("application/json")
  if (isJSON) return response.json()
  if (response.status === 413) return { error: gettext("This file is too large.") }
  return { error: gettext("The server did not take this. Are you still logged in?") }
}

/**
 * Let the editor choose or upload a picture. A `file` opens the dialog at the upload, with it filled in.
 * Resolves to {id, url, alt, caption, credit} or null.
 */
export function choosePicture({ file } = {}) {
  const { pictureLibrary, pictureUpload } = settings()
  return openDialog({ title: gettext("Choose a picture"), className: "desk-pictures" }, (close) => {
    const cancel = button(gettext("Cancel"), {}, () => close(null))
    return [
      element(
        "div",
        { class: "desk-columns" },
        libraryPart(pictureLibrary, close, !file),
        uploadPart(pictureUpload, file, close),
      ),
      element("div", { class: "desk-buttons" }, cancel),
    ]
  })
}

function libraryPart(address, close, first) {
  const { row, input } = field({
    name: "q",
    label: gettext("Search the library"),
    type: "search",
    autocomplete: "off",
  })
  input.autofocus = first
  const grid = element("ul", { class: "desk-grid" })
  const status = element("p", { role: "status" })
  const more = button(gettext("Show more"), { hidden: true })
  let page = 1
  let asked = 0

  async function load() {
    const turn = ++asked
    const query = new URLSearchParams({ q: input.value.trim(), page })
    let answer
    try {
      answer = await answerOf(await fetch(`${address}?${query}`))
    } catch {
      answer = { error: gettext("The library did not answer. Try again in a moment.") }
    }
    if (turn !== asked) return
    if (page === 1) grid.replaceChildren()
    const images = answer.images ?? []
    grid.append(...images.map((image) => element("li", {}, tile(image, close))))
    more.hidden = !answer.more
    status.textContent = answer.error ?? (grid.children.length ? "" : gettext("No picture found."))
  }

  let timer
  const search = () => {
    page = 1
    load()
  }
  input.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(search, 250)
  })
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault()
  })
  more.addEventListener("click", async () => {
    const first = grid.children.length
    page += 1
    await load()
    grid.children[first]?.firstElementChild.focus()
  })
  load()
  return element("section", {}, element("h3", {}, gettext("From the library")), row, status, grid, more)
}

function tile(image, close) {
  const name = image.title || image.alt || image.caption || `${gettext("Picture")} ${image.id}`
  const choose = button("", {}, () => close(image))
  choose.append(element("img", { src: image.url, alt: "", loading: "lazy" }), element("span", {}, name))
  return choose
}

function uploadPart(address, file, close) {
  const upload = field({
    name: "upload",
    label: gettext("Picture file"),
    type: "file",
    accept: "image/jpeg,image/png,image/gif,image/webp",
    required: true,
  })
  const alt = field({
    name: "alt",
    label: gettext("Alternative text"),
    maxlength: 500,
    dir: "auto",
    help: gettext("What the picture shows, for those who do not see it."),
  })
  const decorative = field({
    name: "decorative",
    label: gettext("Decorative: it adds nothing to the text"),
    type: "checkbox",
  })
  const caption = field({ name: "caption", label: gettext("Caption"), maxlength: 500, dir: "auto" })
  const credit = field({ name: "credit", label: gettext("Credit"), maxlength: 200, dir: "auto" })
  const error = element("p", { class: "errornote", role: "alert", hidden: true })
  const submit = element("button", { type: "submit", class: "default" }, gettext("Upload and use"))
  const rows = [upload, alt, decorative, caption, credit].map((part) => part.row)
  const known = element("div", { class: "desk-known", role: "alert", hidden: true })
  const form = element("form", {}, error, known, ...rows, element("div", { class: "desk-buttons" }, submit))

  const askForWords = () => {
    alt.input.required = !decorative.input.checked
    alt.input.disabled = decorative.input.checked
  }
  decorative.input.addEventListener("change", askForWords)
  askForWords()
  if (file) {
    const files = new DataTransfer()
    files.items.add(file)
    upload.input.files = files.files
    alt.input.autofocus = true
  }
  /* The library has the file already: what was typed beside it would change a picture that others use. */
  const offer = (image) => {
    const use = button(gettext("Use that one"), { class: "default" }, () => close(image))
    known.replaceChildren(
      element("img", { src: image.url, alt: "" }),
      element("p", {}, `${gettext("The library has this picture already.")} ${image.known}.`),
      element("p", {}, image.alt || gettext("It has no description yet.")),
      element("div", { class: "desk-buttons" }, use),
    )
    known.hidden = false
    use.focus()
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    submit.disabled = true
    const body = new FormData(form)
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value)
    let answer
    try {
      answer = await answerOf(await fetch(address, { method: "POST", body }))
    } catch {
      answer = { error: gettext("The upload did not reach the server. Try again in a moment.") }
    }
    submit.disabled = false
    if (answer.known) return offer(answer)
    if (answer.id) return close(answer)
    error.textContent = answer.error
    error.hidden = false
  })
  return element("section", {}, element("h3", {}, gettext("A new picture")), form)
}
