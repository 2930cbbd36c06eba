/* 案件页: the focus goes to the form that was asked for, and back to the act when the form is closed. */
"use strict";

let asked = null;

function close(form) {
  form.replaceChildren();
  document.querySelectorAll("[hx-target='#act'][aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  asked?.focus();
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const act = event.target.closest("a[hx-target='#act']");
  if (!act) return;
  document.querySelectorAll("[hx-target='#act'][aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  act.setAttribute("aria-current", "true");
  asked = act;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "act") return;
  const form = event.detail.target;
  const first =
    form.querySelector(".act-form > .fault, [aria-invalid=true]") ??
    form.querySelector("form input:not([type=hidden]), form select, form textarea") ??
    form.querySelector("h3");
  first?.focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
});

document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-close-act]");
  const form = cancel?.closest("#act");
  if (!form || !document.querySelector(".acts")) return;
  event.preventDefault();
  close(form);
});

document.addEventListener("keydown", (event) => {
  const form = document.getElementById("act");
  if (event.key !== "Escape" || !form?.contains(event.target) || !document.querySelector(".acts")) return;
  close(form);
});

/* ?act=…: the form of an act that another page leads to is opened at once. */
window.addEventListener("load", () => {
  const slug = new URLSearchParams(window.location.search).get("act");
  if (!slug || !/^[a-z-]+$/.test(slug)) return;
  document.querySelector(`.acts a[href$="/acts/${slug}"]`)?.click();
});
