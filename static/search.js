// What begins as typed, in a list under the field (ARIA APG: combobox with a listbox).
const make = (tag, props) => Object.assign(document.createElement(tag), props);
const field = document.querySelector("[data-suggest]");
if (field) {
  const list = make("ul", { id: "suggestions", role: "listbox", ariaLabel: field.dataset.label });
  const status = make("span", { className: "vh", role: "status" });
  let wait, asked, at;
  const set = (name, value) => field.setAttribute(`aria-${name}`, value);
  const choose = (index) => {
    at = index;
    [...list.children].forEach((one, place) => { one.ariaSelected = place === at; });
    set("activedescendant", list.children[at]?.id ?? "");
  };
  const show = (found) => {
    list.replaceChildren(...found.map(({ label, kind, url, ...rest }, place) => {
      const option = make("li", { id: `suggestion-${place}`, role: "option", ...rest });
      option.append(label, make("small", { textContent: kind, lang: document.documentElement.lang }));
      option.onmousedown = () => location.assign(url);
      return option;
    }));
    list.hidden = !found.length;
    set("expanded", !list.hidden);
    status.textContent = found.length ? `${field.dataset.label}: ${found.length}` : "";
    choose(-1);
  };
  const look = async () => {
    asked = new AbortController();
    try {
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(field.value)}`, asked);
      show((await answer.json()).suggestions);
    } catch { /* overtaken, or offline: the form works without */ }
  };
  const stop = () => { clearTimeout(wait); asked?.abort(); };
  const close = () => { stop(); show([]); };
  field.after(list, status);
  field.role = "combobox";
  field.autocomplete = "off";
  set("autocomplete", "list");
  set("controls", list.id);
  close();
  field.oninput = () => { stop(); if (field.value.trim()[1]) wait = setTimeout(look, 150); else close(); };
  field.onblur = close;
  field.onkeydown = (event) => {
    const { key } = event, count = list.children.length + 1;
    if (list.hidden || event.isComposing) return;
    if (key === "ArrowDown" || key === "ArrowUp") choose((at + count + (key === "ArrowDown" ? 1 : -1) + 1) % count - 1);
    else if (key === "Enter" && at >= 0) list.children[at].onmousedown();
    else if (key === "Escape") close(); else return;
    event.preventDefault();
  };
}
