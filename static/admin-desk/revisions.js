/* Two editors at once: the words that somebody else saved can be copied passage by passage. */
const status = document.querySelector("[data-copied]")
const buttons = navigator.clipboard ? document.querySelectorAll("[data-copy]") : []

function wordsBeside(button) {
  const words = button.closest(".desk-diff-side").querySelector(".desk-diff-words").cloneNode(true)
  for (const said of words.querySelectorAll(".desk-said")) said.remove()
  return words.textContent
}

for (const button of buttons) {
  button.hidden = false
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(wordsBeside(button))
    status.textContent = ""
    // A screen reader says what changes, also the second time.
    setTimeout(() => {
      status.textContent = status.dataset.copied
    }, 50)
  })
}
