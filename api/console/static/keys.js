/* 快捷键: never while somebody types or composes characters. `?` lists them; g and a letter goes to a page. */
"use strict";
(() => {
  const PAGES = { d: "/console", n: "/console/register", p: "/console/petitions", s: "/console/supervision-items", l: "/console/deadlines", a: "/console/alerts", r: "/console/reception", t: "/console/statistics", o: "/console/directory", m: "/console/account" };
  let started = 0;

  const isTyping = (one) => one.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(one.tagName);

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.defaultPrevented || isTyping(event.target)) return;
    const dialog = document.getElementById("keys");
    if (dialog?.open) return;
    if (event.key === "?" || event.key === "？") {
      event.preventDefault();
      show();
      return;
    }
    if (started && event.timeStamp - started < 1500) {
      started = 0;
      const page = PAGES[event.key.toLowerCase()];
      if (page && (page === "/console" || page === "/console/account" || document.querySelector(`.bar a[href="${page}"]`))) {
        event.preventDefault();
        window.location.assign(page);
      }
      return;
    }
    if (event.key === "g" || event.key === "G") started = event.timeStamp;
    if (event.key === "/") {
      const search = document.querySelector("main input[type=search], main input[name=q]");
      if (search) { event.preventDefault(); search.focus(); }
    }
  });

  document.addEventListener("click", (event) => { if (event.target.closest("[data-keys]")) show(); });

  function show() {
    let dialog = document.getElementById("keys");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "keys";
      dialog.setAttribute("aria-labelledby", "keys-head");
      const article = document.createElement("article");
      const head = document.createElement("h2");
      head.id = "keys-head";
      head.textContent = "快捷键";
      const list = document.createElement("dl");
      list.className = "facts";
      const rows = [["?", "显示快捷键"], ["/", "到查询栏"], ["Esc", "关闭对话框"]];
      for (const [key, page] of Object.entries(PAGES)) {
        const entry = document.querySelector(`.bar nav a[href="${page}"]`);
        const name = entry ? entry.firstChild.textContent : page === "/console/account" ? "本人账户" : null;
        if (name) rows.push([`g ${key}`, name]);
      }
      rows.push(["Ctrl+Enter", "登记页：登记"], ["1–6", "登记页：选信访形式、类别"]);
      for (const [keys, what] of rows) {
        const term = document.createElement("dt");
        for (const key of keys.split(" ")) {
          const sign = document.createElement("kbd");
          sign.textContent = key;
          term.append(sign, " ");
        }
        const said = document.createElement("dd");
        said.textContent = what;
        list.append(term, said);
      }
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = "关闭";
      close.addEventListener("click", () => dialog.close());
      article.append(head, list, close);
      dialog.append(article);
      document.body.append(dialog);
    }
    dialog.showModal();
  }
})();
