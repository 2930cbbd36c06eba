/* 重放页: the slider follows the steps, play goes on to the next until the last, a link keeps the focus when its step comes. */
"use strict";

const slider = document.getElementById("replay-step");
const play = document.getElementById("replay-play");
const PACE = 1500;
let playing = null;
let walked = null;

function pause() {
  clearTimeout(playing);
  playing = null;
  play.setAttribute("aria-pressed", "false");
  play.textContent = "播放";
}

function goOn() {
  const next = document.querySelector("#step a[rel=next]");
  if (!next?.hasAttribute("hx-get")) {
    pause();
    return;
  }
  next.click();
}

play.hidden = false;
document.querySelector("#replay-slider button[type=submit]").hidden = true;

play.addEventListener("click", () => {
  if (playing !== null) {
    pause();
    return;
  }
  play.setAttribute("aria-pressed", "true");
  play.textContent = "暂停";
  playing = setTimeout(goOn, 0);
});

slider.addEventListener("input", () => {
  if (playing !== null) pause();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const way = event.target.closest?.("#step .walk a");
  walked = way && way === document.activeElement ? way.rel : null;
});

document.addEventListener("htmx:afterSettle", () => {
  const step = document.getElementById("step");
  if (step === null) return;
  if (document.activeElement !== slider) slider.value = step.dataset.step;
  slider.setAttribute("aria-valuetext", step.dataset.said);
  if (walked !== null) (step.querySelector(`.walk a[rel=${walked}]`) ?? slider).focus({ preventScroll: true });
  walked = null;
  if (playing !== null) playing = setTimeout(goOn, PACE);
});

document.addEventListener("htmx:responseError", pause);
document.addEventListener("htmx:sendError", pause);
