"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const holder = document.getElementById("timeline");
  const tip = document.getElementById("tip");
  const colors = ["--n0", "--n1", "--n2", "--n3", "--n4", "--n5"];
  const svgNamespace = "http://www.w3.org/2000/svg";
  const make = (name, attributes, parent, text) => {
    const element = document.createElementNS(svgNamespace, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    parent.appendChild(element);
    return element;
  };
  const seconds = (ms) => (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + " s";
  const ms = (value) => value < 10 ? value.toFixed(1) + " ms" : value < 1000 ? Math.round(value) + " ms" : seconds(value);
  const niceStep = (span, count) => {
    const raw = span / count, power = Math.pow(10, Math.floor(Math.log10(raw)));
    return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= raw);
  };

  function draw() {
    holder.querySelectorAll("svg").forEach((old) => old.remove());
    const width = Math.max(280, holder.clientWidth - 24);
    const narrow = width < 600;
    const left = narrow ? 6 : 118, right = 8;
    const svg = make("svg", { role: "img", "aria-label": "Timeline of the run" }, holder);
    const x = (t) => left + (t - data.from) / (data.to - data.from) * (width - left - right);
    let y = 4;
    const label = (text, top, height) => {
      if (narrow) { make("text", { x: left, y: top + 11, class: "strong" }, svg, text); return 16; }
      make("text", { x: left - 8, y: top + height / 2 + 4, "text-anchor": "end", class: "strong" }, svg, text);
      return 0;
    };
    const bandsLayer = make("g", {}, svg);

    // Names of faults, each on the first free row.
    const rows = [];
    y += label("faults", y, 16);
    const faultsTop = y;
    data.faults.forEach((fault) => {
      const start = x(fault.from), text = `${fault.id}. ${fault.name}`;
      const end = Math.max(x(fault.to), start + text.length * 6.3 + 6);
      let row = rows.findIndex((last) => last <= start);
      if (row < 0) { row = rows.length; rows.push(0); }
      rows[row] = end;
      const top = faultsTop + row * 17;
      make("rect", { x: start, y: top, width: Math.max(2, x(fault.to) - start), height: 14, rx: 3,
        fill: fault.action ? "var(--lat)" : fault.confirmed ? "var(--bad)" : "var(--doubt)", opacity: .28 }, svg);
      const flip = start + text.length * 6.3 > width;
      make("text", { x: flip ? width - right : start + 4, y: top + 11, "text-anchor": flip ? "end" : "start", class: "strong" }, svg, text);
    });
    y = faultsTop + Math.max(1, rows.length) * 17 + 6;

    // Requests: what was meant to start in each bin, and what became of it.
    const plots = [];
    data.workloads.forEach((workload) => {
      const height = narrow ? 64 : 76;
      y += label(workload.name, y, height);
      const peak = Math.max(1, ...workload.ok.map((ok, i) => ok + workload.bad[i]));
      const barWidth = Math.max(.6, (width - left - right) / workload.ok.length - .4);
      workload.ok.forEach((ok, i) => {
        const bad = workload.bad[i];
        if (ok + bad === 0) return;
        const at = x(data.from + i * data.bin), scale = (height - 4) / peak;
        if (ok) make("rect", { x: at, y: y + height - ok * scale, width: barWidth, height: ok * scale, fill: "var(--ok)" }, svg);
        if (bad) make("rect", { x: at, y: y + height - (ok + bad) * scale, width: barWidth, height: Math.max(1.5, bad * scale), fill: "var(--bad)" }, svg);
      });
      make("line", { x1: left, x2: width - right, y1: y + height, y2: y + height, stroke: "var(--line)" }, svg);
      make("text", { x: width - right, y: y + 9, "text-anchor": "end", class: "scale" }, svg, Math.round(peak / data.bin * 1000) + "/s");
      plots.push([y, y + height]);
      y += height + 8;
      y += label("latency", y, height);
      const top = Math.max(10, ...workload.max), low = Math.max(.2, Math.min(1, ...workload.p50.filter((v) => v > 0)));
      const log = (v) => y + height - (Math.log10(Math.max(v, low)) - Math.log10(low)) / (Math.log10(top) - Math.log10(low)) * (height - 4);
      for (let grid = Math.pow(10, Math.ceil(Math.log10(low))); grid <= top; grid *= 10) {
        make("line", { x1: left, x2: width - right, y1: log(grid), y2: log(grid), stroke: "var(--line)" }, svg);
        make("text", { x: width - right, y: log(grid) - 2, "text-anchor": "end", class: "scale" }, svg, ms(grid));
      }
      const path = (values) => {
        let d = "", pen = false;
        values.forEach((v, i) => {
          if (v <= 0) { pen = false; return; }
          d += (pen ? "L" : "M") + x(data.from + (i + .5) * data.bin).toFixed(1) + "," + log(v).toFixed(1);
          if (!pen) d += "l.1,0";
          pen = true;
        });
        return d;
      };
      make("path", { d: path(workload.max), stroke: "var(--max)", fill: "none", "stroke-width": 1 }, svg);
      make("path", { d: path(workload.p50), stroke: "var(--lat)", fill: "none", "stroke-width": 1.6 }, svg);
      plots.push([y, y + height]);
      y += height + 12;
    });

    const lane = (title, segments, colorOf) => {
      const height = 15;
      y += label(title, y, height);
      make("rect", { x: left, y, width: width - left - right, height, fill: "var(--line)", opacity: .35, rx: 2 }, svg);
      segments.forEach((segment) => {
        const start = x(segment.from), span = Math.max(1.5, x(segment.to) - start);
        const rect = make("rect", { x: start, y, width: span, height, fill: colorOf(segment), rx: 2 }, svg);
        make("title", {}, rect, `${segment.text}: ${seconds(segment.from)} – ${seconds(segment.to)}`);
        if (span > segment.text.length * 6.4 + 8)
          make("text", { x: start + 5, y: y + 11.5, class: "inlay" }, svg, segment.text);
      });
      y += height + 5;
    };
    const owners = [...new Set(data.owners.map((lane) => lane.node))];
    data.owners.forEach((owner) => lane(narrow ? `${owner.address} on ${owner.node}` : `${owner.address} · ${owner.node}`,
      owner.segments, () => `var(${colors[owners.indexOf(owner.node) % colors.length]})`));
    y += 4;
    const stateColor = { running: "var(--ok)", paused: "var(--late)" };
    const roles = [...new Set(data.roles.flatMap((lane) => lane.segments.map((s) => s.text)))].sort();
    data.roles.forEach((role) => lane(role.name, role.segments,
      (segment) => `var(${colors[roles.indexOf(segment.text) % colors.length]})`));
    data.processes.forEach((process) => lane(process.name, process.segments,
      (segment) => stateColor[segment.text] || "var(--bad)"));

    // The axis, then the fault bands behind everything.
    const bottom = y + 2, step = niceStep(data.to - data.from, narrow ? 5 : 10);
    for (let t = Math.ceil(data.from / step) * step; t <= data.to; t += step) {
      make("line", { x1: x(t), x2: x(t), y1: faultsTop, y2: bottom, stroke: "var(--line)", "stroke-dasharray": "2 3" }, bandsLayer);
      make("text", { x: x(t), y: bottom + 13, "text-anchor": "middle" }, svg, (t / 1000).toFixed(step < 1000 ? 1 : 0) + " s");
    }
    data.faults.forEach((fault) => make("rect", { x: x(fault.from), y: faultsTop, width: Math.max(1, x(fault.to) - x(fault.from)),
      height: bottom - faultsTop, fill: fault.action ? "var(--action)" : "var(--band)" }, bandsLayer));
    svg.setAttribute("viewBox", `0 0 ${width} ${bottom + 20}`);
    svg.setAttribute("height", bottom + 20);

    const cross = make("line", { y1: faultsTop, y2: bottom, stroke: "var(--ink)", opacity: 0 }, svg);
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect(), px = (event.clientX - box.left) / box.width * width;
      const t = data.from + (px - left) / (width - left - right) * (data.to - data.from);
      if (t < data.from || t > data.to) { leave(); return; }
      cross.setAttribute("x1", px); cross.setAttribute("x2", px); cross.setAttribute("opacity", .5);
      const bin = Math.min(Math.floor((t - data.from) / data.bin), data.bins - 1);
      const lines = [seconds(t)];
      data.workloads.forEach((w) => lines.push(`${w.name}: ${w.ok[bin]} ok, ${w.bad[bin]} not ok` +
        (w.p50[bin] > 0 ? `, p50 ${ms(w.p50[bin])}, max ${ms(w.max[bin])}` : "")));
      const held = data.owners.filter((o) => o.segments.some((s) => s.from <= t && t < s.to)).map((o) => `${o.address}: ${o.node}`);
      const active = data.faults.filter((f) => f.from <= t && t <= f.to).map((f) => `${f.id}. ${f.name}`);
      tip.textContent = lines.concat(held, active).join("\n");
      tip.style.display = "block";
      const offset = px * box.width / width;
      tip.style.left = Math.max(0, Math.min(offset + 16, holder.clientWidth - tip.offsetWidth - 4)) + "px";
      tip.style.top = Math.max(4, event.clientY - holder.getBoundingClientRect().top + 14) + "px";
    });
    const leave = () => { cross.setAttribute("opacity", 0); tip.style.display = "none"; };
    svg.addEventListener("pointerleave", leave);
    const drawn = svg.querySelectorAll("rect").length > 1 && bottom > 60;
    document.documentElement.dataset.timeline = drawn ? "drawn" : "empty";
  }
  draw();
  let last = holder.clientWidth;
  new ResizeObserver(() => {
    if (holder.clientWidth !== last) { last = holder.clientWidth; draw(); }
  }).observe(holder);
})();
