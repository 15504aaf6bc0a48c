/* Logging in again without leaving the page: the site's own login page in a frame, whatever it asks for. */
import { button, element, openDialog } from "./dialog.js"
import { gettext } from "./words.js"

/** Return the path that a frame shows; nothing for the browser's own page about a failure. */
function pathOf(frame) {
  try {
    return frame.contentWindow.location.pathname
  } catch {
    return null
  }
}

let question // the open dialog, so that there is one whoever asks

/** Ask for a login; `isBack()` tells whether the session lives. Resolves to whether the editor is back. */
export function logIn(options) {
  question ??= open(options).finally(() => (question = undefined))
  return question
}

async function open({ address, landing, isBack }) {
  const answer = await openDialog({ title: gettext("Log in again"), className: "desk-login" }, (close) => {
    const frame = element("iframe", {
      src: `${address}?${new URLSearchParams({ next: landing })}`,
      title: gettext("Log in"),
    })
    // Any page but that of the login: after it, or because of a login in another window.
    frame.addEventListener("load", async () => {
      if (pathOf(frame) !== address && (await isBack())) close(true)
    })
    return [
      element(
        "p",
        { tabindex: "-1", autofocus: true },
        gettext("You were logged out. What you wrote is still here, and is kept in this browser."),
      ),
      frame,
      element("div", { class: "desk-buttons" }, button(gettext("Not now"), {}, () => close(false))),
    ]
  })
  return answer === true
}
