/* Finding words again by what they are and what stands around them (W3C Web Annotation, TextQuoteSelector). */
const LONGEST = 1000 // characters of a quotation
const AROUND = 40 // characters before and after it
const LONG = 20 // words as long as this are found without anything around them
const ENOUGH = 8 // characters around shorter ones that have to be the same
const BREAKS =
  /^(ADDRESS|ARTICLE|ASIDE|BLOCKQUOTE|BR|CAPTION|DD|DETAILS|DIV|DL|DT|FIGCAPTION|FIGURE|FOOTER|H[1-6]|HR|LI|OL|P|PRE|SECTION|SUMMARY|TABLE|TBODY|TD|TH|THEAD|TR|UL)$/

/** Return the words of a text with white space folded: {text, nodes, offsets}, the latter for each character. */
export function wordsOf(root) {
  const nodes = []
  const offsets = []
  let text = ""
  const isOurs = (node) => node.nodeType === Node.TEXT_NODE || node.getAttribute("contenteditable") !== "false"
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    isOurs(node) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT,
  )
  let gap = false
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (node.nodeType === Node.ELEMENT_NODE) {
      gap ||= BREAKS.test(node.tagName)
      continue
    }
    for (let offset = 0; offset < node.data.length; offset++) {
      const letter = node.data[offset]
      if (/\s/.test(letter)) {
        gap = true
        continue
      }
      if (gap && text) {
        text += " "
        nodes.push(node)
        offsets.push(offset)
      }
      gap = false
      text += letter
      nodes.push(node)
      offsets.push(offset)
    }
  }
  return { text, nodes, offsets }
}

// Half of a pair that stands for one character is none.
const whole = (text) => text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "")

/** Return the first index from 0 to `count` for which `holds` is true, where it is true for all after it. */
function firstOf(count, holds) {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** Return the quotation of a range as {quotation, prefix, suffix}; null where it holds no words. */
export function quote(root, range) {
  const { text, nodes, offsets } = wordsOf(root)
  const from = firstOf(text.length, (at) => range.comparePoint(nodes[at], offsets[at]) >= 0)
  const to = firstOf(text.length, (at) => range.comparePoint(nodes[at], Math.min(offsets[at] + 1, nodes[at].length)) > 0)
  const quotation = whole(text.slice(from, Math.min(to, from + LONGEST))).trim()
  if (!quotation) return null
  const start = text.indexOf(quotation, from)
  const end = start + quotation.length
  return {
    quotation,
    prefix: whole(text.slice(Math.max(0, start - AROUND), start)).trim(),
    suffix: whole(text.slice(end, end + AROUND)).trim(),
  }
}

function sameAtEnd(one, other) {
  let count = 0
  while (count < other.length && one[one.length - 1 - count] === other[other.length - 1 - count]) count++
  return count
}

function sameAtStart(one, other) {
  let count = 0
  while (count < other.length && one[count] === other[count]) count++
  return count
}

/** Return where quoted words stand, as a Range, where they are most alike around; null where they are gone. */
export function find({ text, nodes, offsets }, { quotation, prefix, suffix }) {
  const needed = quotation.length >= LONG ? 0 : Math.min(ENOUGH, prefix.length + suffix.length)
  let best = null
  let likeness = needed - 1
  for (let at = text.indexOf(quotation); at >= 0; at = text.indexOf(quotation, at + 1)) {
    const before = text.slice(Math.max(0, at - AROUND - 1), at).trim()
    const after = text.slice(at + quotation.length, at + quotation.length + AROUND + 1).trim()
    const alike = sameAtEnd(before, prefix) + sameAtStart(after, suffix)
    if (alike > likeness) {
      likeness = alike
      best = at
    }
  }
  if (best === null) return null
  const last = best + quotation.length - 1
  const range = document.createRange()
  range.setStart(nodes[best], offsets[best])
  range.setEnd(nodes[last], offsets[last] + 1)
  return range
}
