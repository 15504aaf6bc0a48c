/* What the desk's scripts ask the server beside the form; the answers are JSON throughout. */

export const PATIENCE = 20_000 // milliseconds until a server that does not answer counts as out of reach

/** The server said no; `message` is its sentence for the editor, or empty. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence)
    this.status = status
  }
}

const tokens = () => document.querySelectorAll("[name=csrfmiddlewaretoken]")

/** Ask once. Throws Refused (401 where the session has ended), or the browser's own error without an answer. */
export async function send(method, address, body) {
  const response = await fetch(address, {
    method,
    body: body && JSON.stringify(body),
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": tokens()[0].value },
    signal: AbortSignal.timeout(PATIENCE),
  })
  const isJSON = response.headers.get("Content-Type")?.startsWith("application/json")
  // Where something else asks for a login, it leads to a page.
  if (response.ok && !isJSON) throw new Refused(401)
  const answer = isJSON ? await response.json() : {}
  if (!response.ok) throw new Refused(response.status, answer.error)
  for (const token of tokens()) token.value = answer.csrf
  return answer
}

/**
 * Ask the server. A login in another window makes a new token against forgery: then once more with that,
 * which `home` answers with.
 */
export async function ask(method, address, body, home = address) {
  try {
    return await send(method, address, body)
  } catch (error) {
    if (error.status !== 403 || error.message || method === "GET") throw error
    await send("GET", home)
    return send(method, address, body)
  }
}

/** Return whether somebody is logged in, as an address says that answers with JSON. */
export const isLoggedIn = (address) => send("GET", address).then(Boolean, () => false)
