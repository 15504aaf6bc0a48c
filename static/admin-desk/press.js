/* What only a mention in the press has stays out of the way of the other kinds, unless something is there. */
const kind = document.getElementById("id_kind")
const group = document.getElementById("drawn_on-group")
const quote = document.getElementById("id_source_quote")
const source = document.getElementById("id_source_outlet")?.closest("details, fieldset")

function fit() {
  const isMention = kind.value === "mention"
  const drawn = group?.querySelector('tr.form-row:not(.empty-form) select[name$="-analysis"] option[value]:not([value=""])')
  if (group) group.hidden = !isMention && !drawn
  for (const name of ["source_quote", "source_quote_language"]) {
    const row = document.querySelector(`.field-${name}`)
    if (row) row.hidden = !isMention && !quote.value
  }
  if (isMention && source?.tagName === "DETAILS") source.open = true
}

if (kind && quote) {
  kind.addEventListener("change", fit)
  fit()
}
