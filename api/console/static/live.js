/* 预警提示: one stream a browser, whichever page is open; the number in the menu, and one quiet line for what is new. */
"use strict";
(() => {
  const badge = document.getElementById("badge");
  if (!badge || !window.EventSource) return;

  const told = document.createElement("div");
  told.className = "toast";
  told.setAttribute("role", "status");
  told.setAttribute("aria-live", "polite");
  document.body.append(told);

  const air = window.BroadcastChannel ? new BroadcastChannel("shixian-alerts") : null;
  let away;

  function hear(news) {
    count(news.open);
    const line = document.createElement("a");
    line.href = "/console/alerts";
    line.textContent = `新预警：${news.case_number} ${news.clock_label ?? ""} ${news.step_label ?? ""}，到期日 ${news.due_on}`;
    told.replaceChildren(line);
    clearTimeout(away);
    away = setTimeout(() => told.replaceChildren(), 20000);
  }

  function count(open) {
    badge.replaceChildren();
    if (!open) return;
    const number = document.createElement("span");
    number.className = "badge";
    number.textContent = open;
    const words = document.createElement("span");
    words.className = "sr";
    words.textContent = " 条待签收";
    number.append(words);
    badge.append(number);
  }

  function listen() {
    const source = new EventSource("/console/alerts/stream");
    source.addEventListener("alert", (event) => {
      const news = JSON.parse(event.data);
      hear(news);
      air?.postMessage(news);
    });
    return source;
  }

  const askAnew = () => window.htmx?.ajax("GET", "/console/alerts/badge", { target: badge, swap: "innerHTML" });
  air?.addEventListener("message", (event) => {
    if (event.data === "changed") askAnew();
    else hear(event.data);
  });
  document.addEventListener("alerts-changed", () => {
    askAnew();
    air?.postMessage("changed");
  });

  if (air && navigator.locks) {
    /* The tab that holds the lock listens for all; when it closes, the next one takes over. */
    navigator.locks.request("shixian-alerts", () => { listen(); return new Promise(() => {}); });
  } else {
    /* Over plain HTTP there are no locks: only the tab that is looked at listens. */
    let source = null;
    const look = () => {
      if (document.hidden) { source?.close(); source = null; } else { source ??= listen(); }
    };
    document.addEventListener("visibilitychange", look);
    window.addEventListener("pagehide", () => source?.close());
    look();
  }
})();

/* 全选: a tick that ticks all of a name. */
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.all;
  if (!name) return;
  document.querySelectorAll(`input[type=checkbox][name="${name}"]`).forEach((one) => { one.checked = event.target.checked; });
});
