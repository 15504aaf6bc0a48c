/* The interface's words, in the admin's language where its catalogue has them. */
export const gettext = (text) => (window.gettext ? window.gettext(text) : text)
