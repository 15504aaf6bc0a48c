// Listen: a file, or the voice of the device; the sentence that is read (articles/sentences.py) is marked.
const box = document.querySelector("[data-listen]");
const data = box.dataset;
const speech = window.speechSynthesis;
const media = navigator.mediaSession;
const path = location.pathname;
const SKIPPED = "aside, del, figure, form, nav, pre, section, table, [hidden], [aria-hidden=true], sup:has(a, button, label), #updates, .updates";
const BLOCKS = "blockquote, dd, details, div, dl, dt, footer, h1, h2, h3, h4, li, ol, p, summary, ul";
const make = (tag, props) => Object.assign(document.createElement(tag), props);
const clock = (time) => `${Math.floor(time / 60)}:${String(Math.floor(time % 60)).padStart(2, "0")}`;
const speaks = ({ lang }) => lang.toLowerCase().startsWith(document.documentElement.lang);

// Where somebody left off, in the last 20 articles.
const places = () => { try { return JSON.parse(localStorage.listen); } catch { return {}; } };
const remember = (of, at) => {
  const { [path]: before, ...others } = places();
  const kept = Object.entries(others).slice(-19);
  if (at) kept.push([path, [of, at]]);
  try { localStorage.listen = JSON.stringify(Object.fromEntries(kept)); } catch { /* Nowhere to keep it. */ }
};

// Each sentence as [[node, from, to], …]; each block is one where the page is not the counted one.
const sentences = () => {
  let runs = [];
  for (const root of document.querySelectorAll(".article h1, .article > header .standfirst, .prose")) {
    const walker = document.createTreeWalker(root, 5, (node) => (node.data != null ? 1 : node.matches(SKIPPED) ? 2 : 3));
    for (let block; walker.nextNode();) {
      const node = walker.currentNode;
      if (block !== (block = node.parentElement.closest(BLOCKS))) runs.push([]);
      runs.at(-1).push(node);
    }
  }
  runs = runs.filter((run) => run.some((node) => /[^ \t\n\r\f\xa0]/.test(node.data)));
  const counts = data.sentences.split(",");
  return runs.flatMap((run, number) => {
    const lengths = runs.length === counts.length ? counts[number].split(" ") : [Infinity];
    let index = 0, from = 0;
    return lengths.map((length) => {
      const parts = [];
      for (let left = Math.abs(length); left > 0 && index < run.length;) {
        const node = run[index], to = Math.min(node.length, from + left);
        parts.push([node, from, to]);
        left -= to - from;
        from = to;
        if (to === node.length) { index += 1; from = 0; }
      }
      return length > 0 && parts;
    }).filter(Boolean);
  });
};

const range = ([node, from, to]) => {
  const made = new Range();
  made.setStart(node, from);
  made.setEnd(node, to);
  return made;
};
let marked;
const mark = (number) => {
  if (marked === number) return;
  const top = (at) => {
    const [part] = sentences()[at] ?? [];
    return part ? range(part).getBoundingClientRect().top : NaN;
  };
  const seen = (at) => top(at) > 0 && top(at) < innerHeight - 80;
  // Who has scrolled away is left alone.
  if (marked != null && number != null && seen(marked) && !seen(number)) scrollBy(0, top(number) - innerHeight / 3);
  marked = number;
  for (const old of document.querySelectorAll("mark.heard")) {
    const parent = old.parentNode;
    old.replaceWith(...old.childNodes);
    parent.normalize();
  }
  const ranges = (sentences()[number] ?? []).map(range);
  if (CSS.highlights) CSS.highlights.set("heard", new Highlight(...ranges));
  else ranges.forEach((one) => one.surroundContents(make("mark", { className: "heard" })));
};

const player = (audio) => {
  const of = audio ? audio.getAttribute("src") : data.of;
  const texts = audio ? [] : sentences().map((parts) => parts.map(range).join(""));
  const end = audio ? +data.seconds : texts.length - 1;
  const starts = [0];
  for (const time of audio && data.times ? data.times.split(" ") : []) starts.push(starts.at(-1) + time / 100);
  const timed = starts.length > 1;
  if (timed) starts.pop(); // where the last one ends
  const [then, place] = places()[path] ?? [];
  let at = then === of && place < end ? place : 0; // seconds, or the number of a sentence
  let playing = false, turn = 0, kept = at;

  const button = (textContent, className, act) => make("button", { type: "button", textContent, className, onclick: act });
  const play = button("", "btn", () => (playing ? stop() : start()));
  const bar = make("input", { type: "range", max: end, ariaLabel: data.seek, oninput: () => go(bar.valueAsNumber) });
  const time = make("span", { className: "meta" });
  const rate = make("select", { ariaLabel: data.speed, onchange: () => { if (playing) start(); } });
  for (const value of [0.75, 1, 1.25, 1.5, 2]) rate.add(new Option(`${value}×`, value, false, value === 1));
  const controls = [play, button(data.back, "btn quiet", () => skip(-1)), button(data.forward, "btn quiet", () => skip(1)), bar, time, rate];

  const current = () => starts.findLastIndex((start) => start <= at + 0.02);
  const show = () => {
    play.textContent = playing ? data.pause : at ? data.resume : data.play;
    bar.value = at;
    bar.ariaValueText = time.textContent = audio ? `${clock(at)} / ${clock(end)}` : `${at + 1} / ${end + 1}`;
    if (media) media.playbackState = playing ? "playing" : "paused";
    if (playing && (timed || !audio)) mark(audio ? current() : at);
  };
  const say = () => {
    const mine = (turn += 1); // one that was cut off must not move us on
    speech.cancel();
    if (!playing) return;
    const utterance = new SpeechSynthesisUtterance(texts[at].replace(/\s+/g, " "));
    Object.assign(utterance, { voice: speech.getVoices().find(speaks), lang: document.documentElement.lang, rate: rate.value });
    utterance.onend = () => { if (mine === turn) at < end ? go(at + 1) : finish(); };
    utterance.onerror = () => { if (mine === turn) stop(); };
    speech.speak(utterance);
  };
  const start = () => {
    playing = true;
    if (audio) { audio.playbackRate = rate.value; audio.play().catch(() => {}); } else say();
    show();
  };
  // The pause() of voices leaves several browsers stuck.
  const stop = () => {
    playing = false;
    if (audio) audio.pause(); else say();
    remember(of, at);
    show();
  };
  const finish = () => { at = 0; stop(); mark(); };
  const go = (to) => {
    at = Math.max(0, Math.min(to, end));
    remember(of, at);
    if (audio?.readyState) audio.currentTime = at;
    if (!audio) say();
    show();
  };
  const skip = (way) => go(!audio ? at + way : timed ? starts[Math.max(0, current() + way)] ?? end : at + way * 15);

  if (audio) {
    audio.onloadedmetadata = () => { audio.currentTime = at; };
    audio.ontimeupdate = () => {
      if (!playing) return;
      at = audio.currentTime;
      if (Math.abs(at - kept) > 5) remember(of, kept = at);
      show();
    };
    // A headset may have done it.
    audio.onpause = () => { if (playing && !audio.ended) stop(); };
    audio.onended = finish;
    audio.onerror = () => { controls.forEach((one) => one.remove()); box.hidden = true; offer(); };
    audio.controls = false;
    audio.hidden = true;
  } else box.querySelector(".meta").textContent = data.note;
  addEventListener("pagehide", () => { if (playing) stop(); });
  if (media) {
    media.metadata = new MediaMetadata({ title: document.querySelector("h1").textContent });
    const acts = { play: start, pause: stop, seekbackward: () => skip(-1), seekforward: () => skip(1) };
    for (const name in acts) media.setActionHandler(name, acts[name]);
  }
  box.prepend(...controls);
  box.hidden = false;
  show();
};

const offer = () => {
  if (!box.hidden || !speech?.getVoices().some(speaks)) return;
  box.querySelectorAll("audio, a").forEach((one) => one.remove());
  player();
};
const file = box.querySelector("audio");
if (file) player(file); else offer();
speech?.addEventListener?.("voiceschanged", offer);
