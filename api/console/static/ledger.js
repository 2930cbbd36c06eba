/* 台账: j and k, or the arrows, go from row to row by moving the focus; Enter is the link's own; [ and ] turn the page. */
"use strict";
(() => {
  const isTyping = (one) => one.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(one.tagName);
  const links = () => Array.from(document.querySelectorAll("table.ledger tbody tr a"));

  const step = (by) => {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
    all[to].focus();
    all[to].closest("tr").scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const inRow = event.target.closest("table.ledger tbody");
    if (event.key === "j" || (event.key === "ArrowDown" && inRow)) step(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && inRow)) step(-1);
    else if (event.key === "]" || event.key === "[") {
      const link = document.querySelector(`.turn a[rel=${event.key === "]" ? "next" : "prev"}]`);
      if (!link) return;
      link.click();
    } else return;
    event.preventDefault();
  });

  /* On a telephone the filters leave the first screen to the list, unless some are set. */
  const fold = document.querySelector("details.fold");
  if (fold && !("set" in fold.dataset) && window.matchMedia("(max-width: 40rem)").matches) fold.open = false;

  /* 只开一个: an open sheet closes when another is opened, on Escape, and on a click beside it. */
  const sheets = () => Array.from(document.querySelectorAll("details:not(.fold):has(.sheet)[open]"));
  document.addEventListener("click", (event) => {
    for (const one of sheets()) if (!one.contains(event.target)) one.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const one of sheets()) {
      one.open = false;
      one.querySelector("summary").focus();
    }
  });
})();
