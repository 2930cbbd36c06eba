/* 登记: Enter goes to the next field, digits pick a way and a category, ticks are counted. Nothing typed is kept anywhere. */
"use strict";
(() => {
  const form = () => document.getElementById("register-form");

  document.addEventListener("keydown", (event) => {
    const here = event.target;
    if (event.isComposing || event.keyCode === 229 || !form() || !form().contains(here)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form().requestSubmit();
      return;
    }
    const picks = here.closest("[data-picks]");
    if (picks && /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
      const wanted = picks.querySelectorAll("input")[Number(event.key) - 1];
      if (wanted) {
        event.preventDefault();
        wanted.checked = true;
        wanted.focus();
        wanted.dispatchEvent(new Event("change", { bubbles: true }));
      }
      return;
    }
    if (event.key === "Enter" && here.matches("input, select") && !here.matches("[type=submit]")) {
      event.preventDefault();
      next(here)?.focus();
    }
  });

  /* The next field; a group of picks counts as one. */
  function next(here) {
    const all = Array.from(form().querySelectorAll("input:not([type=hidden]), select, textarea, button[type=submit]"));
    return all.slice(all.indexOf(here) + 1).find((one) => one.offsetParent !== null && (one.type !== "radio" || (one.name !== here.name && !one.closest("#similar"))));
  }

  function count() {
    const told = document.getElementById("representatives");
    if (!told) return;
    told.dataset.rule ??= told.textContent;
    const ticked = form().querySelectorAll("[name$='.representative']:checked").length;
    const visit = form().querySelector("[name=channel][value=visit]").checked;
    const heads = Number(form().querySelector("[name=headcount]").value || 0);
    const over = visit && ticked > Number(told.dataset.most);
    const none = visit && heads >= Number(told.dataset.from) && !ticked;
    const now = over ? `已选代表 ${ticked} 人，超过 ${told.dataset.most} 人，不能登记。` : none ? "集体走访，尚未推选代表。" : ticked ? `已选代表 ${ticked} 人。` : "";
    const text = `${now}${told.dataset.rule}`;
    if (told.textContent !== text) told.textContent = text;
    told.classList.toggle("over", over || none);
  }

  document.addEventListener("input", (event) => { if (form()?.contains(event.target)) count(); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "register") return;
    (document.getElementById("form-faults") ?? document.getElementById("done"))?.focus();
    if (form()) count();
  });
  /* What is typed is not left by mistake. */
  let sent = false;
  document.addEventListener("submit", () => { sent = true; });
  document.addEventListener("htmx:afterRequest", () => { sent = false; });
  window.addEventListener("beforeunload", (event) => {
    const content = form()?.querySelector("[name=content]");
    if (content && content.value.trim() && !sent) event.preventDefault();
  });
  if (form() && !form().querySelector(".fault")) form().querySelector("[name=channel]:checked, [name=channel]")?.focus();
})();
