/* Many pictures at once: sent one after the other, each with its progress and what became of it. */
import { button, element } from "./dialog.js"
import { logIn } from "./login-dialog.js"
import { gettext } from "./words.js"

const form = document.querySelector("[data-uploads]")
const results = document.querySelector("[data-results]")
const all = document.querySelector("[data-all]")
const said = document.querySelector("[data-said]")
const input = form.querySelector("[type=file]")

const MEGABYTE = 1024 * 1024
const files = [] // of this visit: {file, row, bar, note, state, sent}
let sending = false

const fill = (words, values) => words.replace(/%\((\w+)\)s/g, (_, name) => values[name])
const say = (words) => {
  said.textContent = words
}

/* The token of a login that happened meanwhile stands in the cookie. */
function token() {
  const cookie = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)
  return cookie?.[1] ?? form.elements.csrfmiddlewaretoken.value
}

/** POST to the desk. Resolves to its JSON; rejects with an Error whose `login` says that the session has ended. */
function post(address, body, onProgress) {
  body.set("csrfmiddlewaretoken", token())
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (words, login = false) => reject(Object.assign(new Error(words), { login }))
    request.open("POST", address)
    request.setRequestHeader("Accept", "application/json")
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress?.(loaded / total))
    request.addEventListener("error", () => fail(gettext("The server was not reached.")))
    request.addEventListener("load", () => {
      if (request.getResponseHeader("Content-Type")?.startsWith("application/json")) {
        return resolve(JSON.parse(request.responseText))
      }
      if (request.status === 413) return fail(gettext("This file is too large for the server."))
      const login = request.responseURL.includes(form.dataset.login)
      if (login) return fail(gettext("You were logged out."), true)
      fail(gettext("The server could not take this."))
    })
    request.send(body)
  })
}

/* The queue */

function add(chosen) {
  for (const file of chosen) {
    const bar = element("progress", { max: 1, value: 0, "aria-label": file.name })
    const note = element("span", { class: "desk-state" }, gettext("Waiting"))
    const name = element("p", { class: "desk-result-name" }, element("strong", {}, element("bdi", {}, file.name)), " ", note)
    const row = element("li", { class: "desk-result" }, element("div", {}, name, bar))
    const entry = { file, row, bar, note, state: "waiting", sent: 0 }
    files.push(entry)
    results.append(row)
    const limit = Number(form.dataset.limit)
    if (file.size > limit * MEGABYTE) {
      const size = (file.size / MEGABYTE).toFixed(1)
      const words = gettext("This file is %(size)s MB; %(limit)s MB is the limit.")
      refuse(entry, fill(words, { size, limit }), false)
    }
  }
  run()
}

async function run() {
  if (sending) return
  sending = true
  let entry
  while ((entry = files.find(({ state }) => state === "waiting"))) {
    await send(entry)
    summarise()
  }
  sending = false
  summarise()
}

async function send(entry) {
  entry.state = "sending"
  entry.note.textContent = gettext("Uploading")
  const body = new FormData()
  body.set("upload", entry.file)
  try {
    const answer = await post(form.action, body, (share) => {
      entry.sent = entry.bar.value = share
      if (share === 1) entry.note.textContent = gettext("Being checked")
      showProgress()
    })
    entry.state = answer.state
    replaceRow(entry, answer.html)
    if (answer.state === "failed") offerAgain(entry)
  } catch (error) {
    if (error.login && (await logInHere())) entry.state = "waiting"
    else refuse(entry, error.message, true)
  }
  entry.sent = 0
}

const logInHere = () =>
  logIn({
    address: form.dataset.login,
    landing: location.pathname,
    isBack: async () => !(await fetch(location.pathname)).redirected,
  })

function replaceRow(entry, html) {
  const holder = document.createElement("template")
  holder.innerHTML = html.trim()
  const row = holder.content.firstElementChild
  const held = entry.row.contains(document.activeElement)
  entry.row.replaceWith(row)
  entry.row = row
  equip(row)
  if (held) row.querySelector("input:not([type=hidden]), a, button")?.focus()
}

function refuse(entry, words, again) {
  entry.state = again ? "failed" : "refused"
  entry.row.classList.add("refused")
  entry.bar.remove()
  entry.note.textContent = gettext("Not taken")
  entry.row.firstElementChild.append(element("p", { class: "desk-late" }, words))
  if (again) offerAgain(entry)
}

function offerAgain(entry) {
  const label = `${gettext("Try again")}: ${entry.file.name}`
  const again = button(gettext("Try again"), { class: "button", "aria-label": label }, () => {
    entry.row.remove()
    files.splice(files.indexOf(entry), 1)
    add([entry.file])
    input.focus()
  })
  entry.row.querySelector("div").append(again)
}

function showProgress() {
  const total = files.reduce((sum, { file }) => sum + file.size, 0)
  const done = files.reduce((sum, { file, state, sent }) => sum + file.size * (isOpen(state) ? sent : 1), 0)
  all.firstElementChild.value = total ? done / total : 1
}

const isOpen = (state) => state === "waiting" || state === "sending"

function summarise() {
  const count = (state) => files.filter((entry) => entry.state === state).length
  const open = files.filter(({ state }) => isOpen(state)).length
  all.hidden = !open
  showProgress()
  const bare = results.querySelectorAll("[data-describe]").length
  const parts = [
    [open, gettext("%(n)s still to send")],
    [count("added") + count("described"), gettext("%(n)s added")],
    [count("known"), gettext("%(n)s there already")],
    [count("refused") + count("failed"), gettext("%(n)s not taken")],
    [bare, gettext("%(n)s without a description")],
  ]
  say(parts.filter(([n]) => n).map(([n, words]) => fill(words, { n })).join(" · "))
}

/* What a picture shows, said right beside it */

function equip(row) {
  const description = row.querySelector("[data-describe]")
  if (!description) return
  const { alt, decorative } = description.elements
  const settle = () => {
    alt.disabled = decorative.checked
  }
  decorative.addEventListener("change", settle)
  settle()
  description.addEventListener("submit", async (event) => {
    event.preventDefault()
    const submit = description.querySelector("[type=submit]")
    submit.disabled = true
    const body = new FormData(description)
    const entry = files.find((one) => one.row === row) ?? { row }
    try {
      const answer = await describe(description.action, body)
      if (answer.state === "described") entry.state = "described"
      replaceRow(entry, answer.html)
      const next = answer.state === "described" && results.querySelector("[data-describe] input[type=text]:not(:disabled)")
      ;(next || entry.row.querySelector("input[type=text], a"))?.focus()
      summarise()
    } catch (error) {
      submit.disabled = false
      say(error.message)
    }
  })
}

async function describe(address, body) {
  try {
    return await post(address, body)
  } catch (error) {
    if (error.login && (await logInHere())) return post(address, body)
    throw error
  }
}

const isTyped = () =>
  [...results.querySelectorAll("[data-describe]")].some(
    ({ elements }) => elements.alt.value !== elements.alt.defaultValue || elements.decorative.checked,
  )

/* Choosing and dropping */

form.querySelector("[data-without-script]").hidden = true
input.required = false
input.addEventListener("change", () => {
  add([...input.files])
  input.value = ""
})
form.addEventListener("submit", (event) => event.preventDefault())
results.querySelectorAll(".desk-result").forEach(equip)

const drop = form.querySelector("[data-drop]")
const holdsFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files")
// Beside the zone too: a browser would leave the page to show the file.
addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return
  event.preventDefault()
  drop.classList.add("over")
})
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over")
})
addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return
  event.preventDefault()
  drop.classList.remove("over")
  add([...event.dataTransfer.files])
})
addEventListener("beforeunload", (event) => {
  if (sending || isTyped()) event.preventDefault()
})
