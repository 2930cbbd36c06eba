/* 控制台: shortcuts, further rows of an entry list, and uploads. Everything else is the server's or htmx's. */
"use strict";

/* 再加一项: a copy of the last row, empty, with the next number in its names. */
document.addEventListener("click", (event) => {
  const button = event.target.closest(".add-entry");
  if (!button) return;
  const list = button.closest("[data-entries]");
  const rows = list.querySelectorAll(":scope > .entry");
  const last = rows[rows.length - 1];
  const copy = last.cloneNode(true);
  const from = `${list.dataset.entries}.${rows.length - 1}.`;
  const to = `${list.dataset.entries}.${rows.length}.`;
  copy.querySelectorAll("[name]").forEach((one) => {
    one.name = one.name.replace(from, to);
    if (one.type === "checkbox") one.checked = false;
    else one.value = "";
  });
  copy.querySelectorAll("[id], [for]").forEach((one) => {
    const old = from.replaceAll(".", "-");
    const now = to.replaceAll(".", "-");
    if (one.id) one.id = one.id.replace(old, now);
    if (one.htmlFor) one.htmlFor = one.htmlFor.replace(old, now);
  });
  last.after(copy);
  copy.querySelector("input, select, textarea")?.focus();
});

/* 上传附件: each file goes to the store as it is picked; the form then names it by its digest. */
document.addEventListener("change", async (event) => {
  const picker = event.target.closest("[data-files] input[type=file]");
  if (!picker) return;
  const holder = picker.closest("[data-files]");
  const list = holder.querySelector(".picked");
  for (const file of Array.from(picker.files)) {
    const line = document.createElement("li");
    line.textContent = `${file.name} 正在上传…`;
    list.append(line);
    const body = new FormData();
    body.append("file", file);
    const answer = await fetch("/v1/attachments", { method: "POST", body });
    const told = await answer.json();
    if (!answer.ok) {
      line.textContent = `${file.name}：${told.detail}`;
      line.className = "problem";
      continue;
    }
    const at = list.querySelectorAll("input[type=hidden]").length / 2;
    line.textContent = `${file.name} 已上传 `;
    for (const [name, value] of [["name", file.name], ["sha256", told.sha256]]) {
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = `${holder.dataset.files}.${at}.${name}`;
      hidden.value = value;
      line.append(hidden);
    }
  }
  picker.value = "";
});
