/* 接访登记: shows only what the chosen result needs; Ctrl+Enter sends. Without this file every field is there. */
"use strict";

document.querySelectorAll("[data-reception]").forEach((form) => {
  const show = () => {
    const result = form.querySelector("[name=result]:checked")?.value ?? "";
    form.querySelectorAll("[data-for]").forEach((one) => {
      const wanted = one.dataset.for.split(" ").includes(result);
      one.hidden = !wanted;
      one.querySelectorAll("input, textarea").forEach((field) => { field.disabled = !wanted; field.required = wanted && one.hasAttribute("data-must"); });
    });
  };
  form.addEventListener("change", show);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  show();
  const first = form.querySelector("[name='visitors.0.name']");
  if (first && !document.querySelector("#form-faults") && window.matchMedia("(min-width: 60rem)").matches) first.focus();
});

/* 公布接待日安排: a row is emptied by one click; what is empty is not published. */
document.querySelectorAll("[data-rota] .entry").forEach((row) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary outline empty-row";
  button.textContent = "清空本行";
  row.append(button);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest(".empty-row");
  if (!button) return;
  const fields = button.closest(".entry").querySelectorAll("input, select");
  fields.forEach((one) => { one.value = ""; });
  fields[0].focus();
});
