/* Tags on the Select2 that the admin ships: what exists is offered before what was typed is made new. */
const { jQuery } = window.django

function equip(select) {
  const known = (term, options) => options.some(({ text }) => text?.toLowerCase() === term.toLowerCase())
  jQuery(select).select2({
    tags: true,
    tokenSeparators: JSON.parse(select.dataset.tokenSeparators),
    theme: "admin-autocomplete",
    language: select.lang,
    width: "100%",
    ajax: { url: select.dataset.suggest, delay: 150, cache: true },
    createTag: ({ term }) => {
      const name = term.trim().slice(0, 100)
      return name ? { id: name, text: name, isNew: true } : null
    },
    // Select2 puts the typed text first, so that Enter on “hist” would make a tag beside “history”.
    insertTag: (options, tag) => {
      if (!known(tag.text, options)) options.push(tag)
    },
    templateResult: ({ text, isNew, loading }) => (isNew && !loading ? `${text} (${select.dataset.newTag})` : text),
  })
  const label = document.querySelector(`label[for="${select.id}"]`)
  const search = select.parentElement.querySelector(".select2-search__field")
  if (label && search) search.setAttribute("aria-label", label.textContent.trim())
}

document.querySelectorAll("select.desk-tags").forEach(equip)
