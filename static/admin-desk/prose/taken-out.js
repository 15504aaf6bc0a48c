/* What a paste brought and a text cannot hold is said beside the editor; the server's words, so that there is one rule. */
import { button, element } from "../dialog.js"
import { gettext } from "../words.js"

const LONGEST = 1_000_000 // characters of a paste that are looked at

/** Return pasted HTML without what nobody would miss and much would have to be sent of. */
const lightened = (html) =>
  html
    .replace(/<!--[\s\S]*?-->|<style[\s\S]*?<\/style>/gi, "")
    .replace(/\bdata:[^"'\s>]*/gi, "data:")
    .slice(0, LONGEST)

async function whatGoes(address, html) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value
  const headers = { "Content-Type": "text/html; charset=utf-8", "X-CSRFToken": token }
  const answer = await fetch(address, { method: "POST", body: lightened(html), headers })
  if (!answer.ok) throw new Error(`${answer.status}`)
  return (await answer.json()).said
}

/** Say after each paste or drop, once, what of it was left out. */
export function tellOfPastes(editor, { dataset: { pasted: address } }) {
  const { dom } = editor.view
  const place = element("div", { class: "desk-taken-out", role: "status" })
  dom.parentElement.append(place)

  const say = (words) => {
    const line = element("p", {}, element("span", {}, words))
    line.append(
      button(gettext("Close"), { class: "button" }, () => {
        line.remove()
        editor.commands.focus()
      }),
    )
    place.append(line)
    // The buttons stick to the window's lower edge, in as many rows as they need.
    const buttons = document.querySelector(".submit-row")?.offsetHeight ?? 0
    place.style.insetBlockEnd = `${buttons + 8}px`
  }

  const look = async (data) => {
    const html = data?.getData("text/html") ?? ""
    // Copied from an editor like this one, or a picture alone, which opens the library's dialog.
    if (!html || html.includes("data-pm-slice")) return
    if (data.files.length && !html.replace(/<[^>]*>/g, "").trim()) return
    try {
      const said = await whatGoes(address, html)
      if (said) say(said)
    } catch {
      say(gettext("The server did not answer, so it is not known whether anything of the paste was left out."))
    }
  }
  dom.addEventListener("paste", ({ clipboardData }) => look(clipboardData))
  dom.addEventListener("drop", ({ dataTransfer }) => look(dataTransfer))
}
