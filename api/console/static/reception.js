/* 接访登记: shows only what the chosen result needs; Ctrl+Enter sends. Without this file every field is there. */
"use strict";

document.querySelectorAll("[data-reception]").forEach((form) => {
  const show = () => {
    const result = form.querySelector("[name=result]:checked")?.value ?? "";
    form.querySelectorAll("[data-for]").forEach((one) => {
      const wanted = one.dataset.for.split(" ").includes(result);
      one.hidden = !wanted;
      one.querySelectorAll("input, textarea").forEach((field) => { field.disabled = !wanted; });
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
