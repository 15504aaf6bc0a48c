/* Copies of unsaved forms in this browser, one a tab: what is left when the network or the browser goes. */
const PREFIX = "desk:"
const LONGEST = 1_500_000 // characters
const MOST = 8
const OLDEST = 30 * 24 * 3600 * 1000 // milliseconds

const nameOf = ({ user, article, tab }) => `${PREFIX}${user}:${article}:${tab}`

function all() {
  const found = []
  for (let index = 0; index < localStorage.length; index++) {
    const key = localStorage.key(index)
    const parts = key.startsWith(PREFIX) ? key.slice(PREFIX.length).split(":") : []
    if (parts.length !== 3) continue
    const [user, article, tab] = parts
    try {
      const { at, title, entries } = JSON.parse(localStorage.getItem(key))
      found.push({ user, article, tab, at, title, entries })
    } catch {
      // Not ours, or cut off: it cannot be offered.
      found.push({ user, article, tab, at: 0, title: "", entries: "" })
    }
  }
  return found.sort((one, other) => one.at - other.at)
}

/** Keep a copy {at, title, entries} in place of the tab's last one; older tabs' give way. Returns whether it is kept. */
export function keepCopy(name, copy) {
  const text = JSON.stringify(copy)
  if (text.length > LONGEST) return false
  const others = all().filter(({ tab }) => tab !== name.tab)
  while (others.length >= MOST) dropCopy(others.shift())
  for (;;) {
    try {
      localStorage.setItem(nameOf(name), text)
      return true
    } catch {
      // No room, or no storage at all.
      if (!others.length) return false
      dropCopy(others.shift())
    }
  }
}

/** Return an editor's copies of an article that can still be taken up. */
export function copies({ user, article }) {
  const found = all()
  for (const copy of found) if (!copy.entries || copy.at < Date.now() - OLDEST) dropCopy(copy)
  return found.filter((copy) => copy.entries && copy.user === user && copy.article === article)
}

export function dropCopy({ tab }) {
  for (const copy of all()) if (copy.tab === tab) localStorage.removeItem(nameOf(copy))
}
