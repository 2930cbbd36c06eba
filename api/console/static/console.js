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

/* 上传附件: each file goes to the store as it is picked, with its progress; the form then names it by its digest. A
   file that was not taken says why; one that was can be left out again. */
function nextFile(holder) {
  const taken = Array.from(holder.querySelectorAll("[name]"), (one) => Number(one.name.split(".")[1]));
  return Math.max(-1, ...taken) + 1;
}

function removal(line, name) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary";
  button.textContent = "移除";
  button.setAttribute("aria-label", `移除 ${name}`);
  button.addEventListener("click", () => line.remove());
  return button;
}

function refusedFile(line, name, why) {
  line.className = "problem";
  line.replaceChildren(`${name}：${why} `, removal(line, name));
}

function uploaded(holder, line, name, sha256) {
  const at = nextFile(holder);
  line.replaceChildren(`${name} 已上传`);
  for (const [field, value] of [["name", name], ["sha256", sha256]]) {
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = `${holder.dataset.files}.${at}.${field}`;
    hidden.value = value;
    line.append(hidden);
  }
  line.append(removal(line, name));
}

function upload(holder, file) {
  const line = document.createElement("li");
  const progress = document.createElement("progress");
  progress.max = 100;
  progress.value = 0;
  progress.setAttribute("aria-label", `${file.name} 上传进度`);
  line.append(`${file.name} `, progress);
  holder.querySelector(".picked").append(line);
  const request = new XMLHttpRequest();
  request.responseType = "json";
  request.upload.addEventListener("progress", (told) => {
    if (told.lengthComputable) progress.value = (100 * told.loaded) / told.total;
  });
  return new Promise((ended) => {
    request.addEventListener("load", () => {
      if (request.status === 201) uploaded(holder, line, file.name, request.response.sha256);
      else refusedFile(line, file.name, request.response?.detail ?? "没有上传成功，请重试。");
      ended();
    });
    request.addEventListener("error", () => {
      refusedFile(line, file.name, "网络中断，没有上传成功，请重新选择。");
      ended();
    });
    const body = new FormData();
    body.append("file", file);
    request.open("POST", "/v1/attachments");
    request.send(body);
  });
}

document.addEventListener("change", async (event) => {
  const picker = event.target.closest("[data-files] input[type=file]");
  if (!picker) return;
  const holder = picker.closest("[data-files]");
  const send = Array.from(picker.form?.querySelectorAll("button[type=submit]") ?? []);
  const files = Array.from(picker.files);
  send.forEach((one) => (one.disabled = true));
  for (const file of files) await upload(holder, file);
  send.forEach((one) => (one.disabled = false));
  picker.value = "";
});

/* 连接中断: what was sent did not arrive; it stays in the form. What the last act said does not stand above the next. */
document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.requestConfig.triggeringEvent?.type !== "submit") return;
  const faults = document.getElementById("faults");
  const said = document.createElement("p");
  said.className = "fault";
  said.textContent = "连接中断，没有收到办理结果。填写的内容仍在本页，请检查网络后再次提交，不会重复办理。";
  faults.replaceChildren(said);
  faults.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.triggeringEvent?.type !== "submit") return;
  document.querySelector("p.note[role=status]")?.remove();
  document.getElementById("faults").replaceChildren();
});
