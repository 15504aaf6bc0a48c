/* The interface's words, in the admin's language where its catalogue has them. */
export const gettext = (text) => (window.gettext ? window.gettext(text) : text)
export const quoted = (words) => gettext("“%s”").replace("%s", () => words)
