/* The focal point of a picture: press or drag, arrow keys on the ring, or the two sliders; crops follow at once. */
import { element } from "./dialog.js"
import { gettext } from "./words.js"

const frame = document.querySelector("[data-focal]")
const [across, down] = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id))
const STEP = 0.01
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

if (frame && across && down) start()

function start() {
  const picture = frame.querySelector("img")
  const crops = [...document.querySelectorAll("[data-crop]")]
  const ring = element("button", {
    type: "button",
    class: "desk-focal-mark",
    "aria-label": frame.dataset.focalName,
    "aria-describedby": "desk-focal-help",
  })
  const said = element("span", { role: "status", class: "visually-hidden" })
  frame.append(ring, said)

  for (const crop of crops) {
    crop.style.aspectRatio = crop.dataset.crop
    crop.src = crop.dataset.whole
  }

  const percent = (slider) => `${Math.round(slider.value * 100)} %`
  const show = () => {
    ring.style.left = `${across.value * 100}%`
    ring.style.top = `${down.value * 100}%`
    for (const slider of [across, down]) slider.setAttribute("aria-valuetext", percent(slider))
    // What is cut away on either side is shared as the server shares it.
    for (const crop of crops) crop.style.objectPosition = `${across.value * 100}% ${down.value * 100}%`
  }
  const move = (x, y) => {
    const within = (value) => Math.min(1, Math.max(0, value)).toFixed(2)
    across.value = within(x)
    down.value = within(y)
    show()
  }
  const point = ({ clientX, clientY }) => {
    const box = picture.getBoundingClientRect()
    move((clientX - box.left) / box.width, (clientY - box.top) / box.height)
  }

  for (const slider of [across, down]) slider.addEventListener("input", show)
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return
    event.preventDefault()
    ring.focus({ preventScroll: true })
    frame.setPointerCapture(event.pointerId)
    point(event)
  })
  frame.addEventListener("pointermove", (event) => {
    if (frame.hasPointerCapture(event.pointerId)) point(event)
  })
  ring.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    if (event.key === "Home") move(0.5, 0.5)
    else if (event.key in STEPS) {
      const [x, y] = STEPS[event.key].map((step) => step * STEP * (event.shiftKey ? 10 : 1))
      move(Number(across.value) + x, Number(down.value) + y)
    } else return
    event.preventDefault()
    said.textContent = `${gettext("Across")} ${percent(across)}, ${gettext("down")} ${percent(down)}`
  })
  show()
}
