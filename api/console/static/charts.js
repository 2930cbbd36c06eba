/* 统计图: draws what each plot's data says. The table below it says the same; without this script it stands alone. */
"use strict";
(() => {
  const plots = [];
  const font = getComputedStyle(document.body).fontFamily;
  document.documentElement.classList.add("scripted");

  const shorten = (text) => (text.length > 12 ? `${text.slice(0, 11)}…` : text);
  const figure = (value, percent) => {
    if (value === null || value === undefined || value === "-") return "—";
    return percent ? `${Number(value).toFixed(1)}%` : Number(value).toLocaleString("zh-CN");
  };

  /* How high the names of the series stand, in lines of so many as fit beside each other. */
  function heading(data, width) {
    let lines = 1, used = 0;
    for (const { name } of [...data.series, ...data.targets.map((one) => ({ name: one.label }))]) {
      const wide = 42 + name.length * 12.5;
      if (used > 0 && used + wide > width) { lines += 1; used = 0; }
      used += wide;
    }
    return lines * 23 + 12;
  }

  /* What goes on the axes, in the order of reading: long names of units stand beside lying bars. */
  function option(data, width) {
    const across = data.across && data.kind === "bar";
    const names = {
      type: "category", data: data.labels, inverse: across,
      axisLabel: { formatter: shorten, fontFamily: font, hideOverlap: !across, interval: across ? 0 : "auto" },
      axisTick: { alignWithLabel: true },
    };
    const values = {
      type: "value", minInterval: data.percent ? 0 : 1, max: data.percent ? (extent) => Math.min(100, Math.ceil(extent.max / 10) * 10 || 10) : null,
      axisLabel: { formatter: (value) => figure(value, false) + (data.percent ? "%" : "") },
    };
    const series = data.series.map((one) => ({
      name: one.name, type: data.kind, data: one.data, itemStyle: { color: one.color }, lineStyle: { color: one.color, width: 3 },
      stack: data.stacked ? "all" : undefined, barMaxWidth: 34, symbolSize: 9, connectNulls: false, 
    }));
    /* a target is a dashed line with its name, also where no figure comes near it */
    data.targets.forEach((target, at) => {
      series.push({
        name: target.label, type: "line", data: data.labels.map(() => target.value), symbol: "none", silent: true,
        lineStyle: { color: target.color, type: at ? "dotted" : "dashed", width: 2 }, itemStyle: { color: target.color, decal: { symbol: "none" } },
      });
    });
    return {
      animation: false,
      textStyle: { fontFamily: font },
      aria: { enabled: true, label: { enabled: false }, decal: { show: data.series.length > 1 && data.kind === "bar" } },
      legend: { top: 0, type: "plain", itemWidth: 22, itemHeight: 13 },
      tooltip: {
        trigger: "axis", renderMode: "richText", axisPointer: { type: data.kind === "bar" ? "shadow" : "line" }, confine: true,
        valueFormatter: (value) => figure(value, data.percent),
      },
      grid: { left: 8, right: 24, top: heading(data, width), bottom: 4, containLabel: true },
      xAxis: across ? values : names,
      yAxis: across ? names : values,
      series,
    };
  }

  function draw(holder) {
    const data = JSON.parse(document.getElementById(holder.dataset.plot).textContent);
    if (data.across) {
      const lines = Math.max(data.labels.length, 3);
      holder.style.height = `${Math.max(150, Math.min(46 * lines, 620)) + 60}px`;
    }
    const chart = echarts.init(holder, null, { renderer: "canvas", devicePixelRatio: Math.max(2, window.devicePixelRatio) });
    chart.setOption(option(data, holder.clientWidth));
    /* the whole width of a name leads to its list, not only what is filled of it */
    const place = (event) => {
      const at = [event.offsetX, event.offsetY];
      if (!chart.containPixel("grid", at)) return null;
      const found = chart.convertFromPixel({ seriesIndex: 0 }, at)[data.across && data.kind === "bar" ? 1 : 0];
      return data.links[Math.round(found)] ?? null;
    };
    chart.getZr().on("click", (event) => {
      const link = place(event);
      if (link) window.location.assign(link);
    });
    chart.getZr().on("mousemove", (event) => chart.getZr().setCursorStyle(place(event) ? "pointer" : "default"));
    plots.push({ chart, data });
  }

  document.querySelectorAll("[data-plot]").forEach(draw);

  /* Sizes follow the page, and the paper. */
  const fit = (width) => plots.forEach(({ chart, data }) => {
    const wide = Math.min(width, chart.getDom().clientWidth);
    chart.resize({ width: wide });
    chart.setOption({ grid: { top: heading(data, wide) } });
  });
  const refit = () => fit(Infinity);
  new ResizeObserver(refit).observe(document.getElementById("main"));
  window.addEventListener("beforeprint", () => fit(680));
  window.addEventListener("afterprint", refit);
  const shut = [];
  window.addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach((one) => { shut.push(one); one.open = true; }));
  window.addEventListener("afterprint", () => shut.splice(0).forEach((one) => { one.open = false; }));

  document.querySelectorAll("button.print").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
