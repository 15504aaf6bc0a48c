/* What is typed is kept: on the server a few seconds after typing stops, in this browser at once. */
import { copies, dropCopy, keepCopy } from "./crash-copies.js"
import { button, element } from "./dialog.js"
import { logIn } from "./login-dialog.js"
import { isLoggedIn, PATIENCE, Refused, ask as askServer } from "./requests.js"
import { gettext, quoted } from "./words.js"

const SETTLED = 600 // milliseconds after the last key until the copy in this browser
const PAUSE = 3000 // milliseconds until the server keeps it
const LOOK = 5000 // pickers of dates and pictures change fields without an event
const SIGN_OF_LIFE = 30_000
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "tab"])

const here = document.querySelector("[data-autosave]")
const form = here?.closest("form")
const locks = navigator.locks

/* The form */

const tabField = () => form.querySelector("input[name=tab]")
const entriesOf = () =>
  [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !LEFT_OUT.has(name))
const drift = Date.parse(here?.dataset.now) - Date.now()
const serverNow = () => Date.now() + drift

function clock(moment) {
  const format = (parts, when) =>
    new Intl.DateTimeFormat(document.documentElement.lang || "en", {
      ...parts,
      timeZone: here.dataset.zone,
    }).format(new Date(when))
  const day = { day: "numeric", month: "short" }
  const isToday = format(day, moment) === format(day, serverNow())
  return format({ ...(isToday ? {} : day), hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, moment)
}

/** Take a key for this tab that no other open tab of this browser has; it is held until the page goes. */
async function settleTab() {
  const field = tabField()
  const take = (key) =>
    new Promise((resolve) => {
      if (!locks) return resolve(true)
      return locks.request(`desk:${key}`, { ifAvailable: true }, (lock) => {
        resolve(Boolean(lock))
        return lock && new Promise(() => {})
      })
    })
  if (!field.value || !(await take(field.value))) {
    field.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
    await take(field.value)
  }
}

/* What the server is asked */

/** Ask the server, and show whom it names beside. */
async function ask(method, { search = "", body } = {}) {
  const { autosave } = here.dataset
  const answer = await askServer(method, `${autosave}${search}`, body, autosave)
  const others = here.querySelector("[data-beside]")
  if (others.textContent !== (answer.beside ?? others.textContent)) others.textContent = answer.beside
  return answer
}

/* The line beside the buttons; it is spoken when its kind changes, not with every minute */

const line = document.querySelector("[data-kept]")
const spoken = element("p", { role: "status", class: "visually-hidden" })
let shownKind

function say(kind, words, ...more) {
  line.replaceChildren(words, ...more)
  line.dataset.kept = kind
  if (kind !== shownKind) spoken.textContent = words
  shownKind = kind
}

const inBrowser = (words) => (copyHolds ? `${words}: ${gettext("kept in this browser")}` : words)

function sayTrouble(error) {
  if (error.status === 401) {
    const again = button(gettext("Log in again"), { class: "button" }, logInAndKeep)
    return say("logged-out", inBrowser(gettext("You are logged out")), " ", again)
  }
  if (isOutOfReach(error)) return say("offline", inBrowser(gettext("No connection")))
  return say("refused", inBrowser(error.message || gettext("The server could not keep this")))
}

const isOutOfReach = (error) => !(error instanceof Refused) || error.status > 501

/* Keeping */

let saved // what the form held when nothing was unsaved; undefined where it came up with unsaved words
let looked // what it held when last looked at
let keptThere // what the server has
let copyHolds = false
let touched = false
let leaving = false
let running = Promise.resolve()
let timer

const isChanged = () => looked !== saved

function look() {
  const now = JSON.stringify(entriesOf())
  // Scripts settle their fields after loading; that is nobody's change.
  if (!touched) saved = now
  if (now === looked) return
  looked = now
  if (!isChanged()) return
  copyHolds = keepCopy(copyName(), { at: serverNow(), title: title(), entries: now })
  clearTimeout(timer)
  timer = setTimeout(keepOrAsk, PAUSE)
}

const title = () => form.elements.title?.value ?? ""
const copyName = () => ({ user: here.dataset.user, article: here.dataset.article, tab: tabField().value })

/** Let the server keep what the form holds, one request after the other. Throws where it did not. */
function keep() {
  running = running.catch(() => {}).then(async () => {
    look()
    clearTimeout(timer)
    const now = looked
    try {
      if (!isChanged() && keptThere === undefined) {
        await ask("GET")
        return tell("desk:kept")
      }
      const answer = await ask("POST", { body: { tab: tabField().value, entries: JSON.parse(now) } })
      keptThere = now
      copyHolds = keepCopy(copyName(), { at: Date.parse(answer.kept), title: title(), entries: now })
      say("kept", `${gettext("Kept at")} ${clock(answer.kept)} ${gettext("(not yet saved)")}`)
      return tell("desk:kept")
    } catch (error) {
      sayTrouble(error)
      tell("desk:unkept")
      throw error
    }
  })
  return running
}

/* The preview shows what is kept: it asks for that, and hears when it is done. */
const tell = (kind) => document.dispatchEvent(new Event(kind))

const keepOrAsk = () =>
  keep().catch((error) => {
    if (error.status === 401 && !dismissed) logInAndKeep()
  })

/** Show a sign of life, see who else is here, and catch up on what could not be kept. */
async function showLife() {
  try {
    await ask("POST", { body: { tab: tabField().value } })
    if (isChanged() && looked !== keptThere && !leaving) await keep()
  } catch (error) {
    if (isChanged()) sayTrouble(error)
  }
}

/* An ended session */

let dismissed = false // the editor does not want to be asked again unasked

/** Ask for a login in place; resolves to whether the editor is back. */
async function logInHere() {
  const { login, autosave } = here.dataset
  const isBack = await logIn({ address: login, landing: autosave, isBack: () => isLoggedIn(autosave) })
  dismissed = !isBack
  return isBack
}

const logInAndKeep = async () => {
  if (await logInHere()) keepOrAsk()
}

/* Saving: the words are kept first, so that an ended session or a cut line costs nothing */

let sending = false

async function send(event) {
  const { submitter } = event
  if (event.defaultPrevented || leaving || submitter?.formTarget || submitter?.hasAttribute("formaction")) return
  event.preventDefault()
  if (sending) return
  sending = true
  try {
    if (await isReady()) {
      leaving = true
      form.requestSubmit(submitter)
    }
  } finally {
    sending = false
    // Where the answer leads nowhere else, the button works again.
    setTimeout(() => (leaving = false), PATIENCE)
  }
}

/** Return whether a save can reach the server: logged in (again), and in reach. */
async function isReady() {
  try {
    await keep()
    return true
  } catch (error) {
    if (error.status === 401) return logInHere()
    if (isOutOfReach(error)) {
      say("offline-save", inBrowser(gettext("There is no connection, so nothing was sent")))
      return false
    }
    // What was written in a rework that is gone meanwhile goes into a new one.
    if (error.status === 404) return "rework_of" in form.elements
    // What cannot be kept may still be saved, or be refused with a reason beside the field.
    return error.status !== 403
  }
}

/* What was not saved the last time */

async function offer() {
  const name = copyName()
  const saidSaved = /(?:^|; )desk_saved=([\w-]+)/.exec(document.cookie)?.[1]
  if (saidSaved) dropCopy({ tab: saidSaved })
  const { unsaved } = await ask("GET")
  const open = new Set(((await locks?.query())?.held ?? []).map((lock) => lock.name))
  const found = new Map(unsaved.map((row) => [row.tab, { ...row, at: Date.parse(row.at) }]))
  for (const copy of copies(name)) {
    if (copy.entries === saved) dropCopy(copy)
    else if (!(found.get(copy.tab)?.at >= copy.at)) found.set(copy.tab, { ...copy, local: true })
  }
  const rows = [...found.values()].filter(({ tab }) => tab !== name.tab && !open.has(`desk:${tab}`))
  rows.sort((one, other) => other.at - one.at)
  here.querySelector("[data-offers]").append(...rows.map(notice))
}

function notice(row) {
  const take = button(`${gettext("Take up what was not saved")} (${clock(row.at)})`, { class: "button" }, async () => {
    try {
      if (row.local) await ask("POST", { body: { tab: row.tab, entries: JSON.parse(row.entries) } })
      if (isChanged()) await keep()
    } catch (error) {
      return sayTrouble(error)
    }
    leaving = true
    return location.assign(`?unsaved=${row.tab}`)
  })
  const drop = button(gettext("Throw it away"), { class: "button" }, async () => {
    try {
      await ask("DELETE", { search: `?tab=${row.tab}` })
    } catch (error) {
      return sayTrouble(error)
    }
    dropCopy({ tab: row.tab })
    shown.replaceChildren(gettext("It is thrown away."))
    return undefined
  })
  const words = row.title ? `${gettext("Not saved the last time:")} ${quoted(row.title)}` : gettext("Not saved the last time.")
  const shown = element("p", { class: "desk-notice" }, element("span", { dir: "auto" }, words), take, drop)
  return shown
}

/* From here on */

async function start() {
  form.dataset.keeps = ""
  document.body.append(spoken)
  await settleTab()
  touched = "changed" in here.dataset
  look()
  const touch = () => {
    if (!touched) look()
    touched = true
  }
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, touch, { capture: true })
  let settle
  const notice = () => {
    touched = true
    clearTimeout(settle)
    settle = setTimeout(look, SETTLED)
  }
  for (const kind of ["input", "change", "formset:added", "formset:removed"]) document.addEventListener(kind, notice)
  // Select2 tells of a choice through jQuery alone.
  window.django?.jQuery?.(form).on("change", notice)
  setInterval(look, LOOK)
  setInterval(showLife, SIGN_OF_LIFE)
  addEventListener("online", showLife)
  for (const kind of ["pagehide", "visibilitychange"]) addEventListener(kind, look)
  addEventListener("beforeunload", (event) => {
    look()
    if (!leaving && isChanged() && !copyHolds && looked !== keptThere) event.preventDefault()
  })
  form.addEventListener("submit", send)
  document.addEventListener("desk:keep", keepOrAsk)
  showLife()
  offer().catch(() => {})
}

if (form && line) {
  if (document.readyState === "complete") start()
  else addEventListener("load", start)
}
