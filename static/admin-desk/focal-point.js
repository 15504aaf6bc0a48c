/* The focal point of a picture: press on it, or move the two sliders by keyboard. */
const frame = document.querySelector("[data-focal]")
const [across, down] = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id))

if (frame && across && down) {
  const picture = frame.querySelector("img")
  const mark = document.createElement("span")
  mark.className = "desk-focal-mark"
  frame.append(mark)
  const show = () => {
    mark.style.left = `${across.value * 100}%`
    mark.style.top = `${down.value * 100}%`
    for (const slider of [across, down]) slider.setAttribute("aria-valuetext", `${Math.round(slider.value * 100)} %`)
  }
  for (const slider of [across, down]) slider.addEventListener("input", show)
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect()
    across.value = ((event.clientX - box.left) / box.width).toFixed(2)
    down.value = ((event.clientY - box.top) / box.height).toFixed(2)
    show()
  })
  show()
}
