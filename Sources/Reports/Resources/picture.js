"use strict";
// The pictures of a run: its timeline, and the stack at a moment. The report and the live page share them.
const Pictures = (() => {
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
  const color = (index) => `var(${colors[((index % colors.length) + colors.length) % colors.length]})`;
  // Something that takes part in Tab, Enter and clicks, and is announced by its label.
  const button = (element, label, act) => {
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", label);
    element.addEventListener("click", act);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      act(event);
    });
  };
  const redrawn = (holder, draw) => {
    let last = holder.clientWidth;
    new ResizeObserver(() => {
      if (holder.clientWidth === last) return;
      last = holder.clientWidth;
      draw();
    }).observe(holder);
  };

  // The timeline: faults, requests, latency, and for each node what happened on it. Emits "moment" (detail: time,
  // isPinned) while a pointer moves over it and when it is clicked.
  function timeline(holder, tip, first) {
    let data = first, marked = null, marker = null, place = null;
    const open = new Map();

    function draw() {
      holder.querySelectorAll("svg").forEach((old) => old.remove());
      const width = Math.max(280, holder.clientWidth - 24);
      const narrow = width < 600;
      const left = narrow ? 6 : 132, right = 8;
      const svg = make("svg", { role: "group", "aria-label": "Timeline of the run" }, holder);
      const x = (t) => left + (t - data.from) / (data.to - data.from) * (width - left - right);
      let y = 4;
      const label = (text, top, height, style) => {
        if (narrow) {
          make("text", { x: left, y: top + 11, class: style || "strong" }, svg, text);
          return 16;
        }
        make("text", { x: left - 8, y: top + height / 2 + 4, "text-anchor": "end", class: style || "strong" }, svg, shortened(text, left - 14));
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
      y = requests(svg, data, { x, y, left, right, width, narrow, label });

      const strip = (top, height) =>
        make("rect", { x: left, y: top, width: width - left - right, height, class: "strip", rx: 2 }, svg);
      const segments = (all, top, height, colorOf) => all.forEach((segment) => {
        const start = x(segment.from), span = Math.max(1.5, x(segment.to) - start);
        const rect = make("rect", { x: start, y: top, width: span, height, fill: colorOf(segment), rx: 2 }, svg);
        make("title", {}, rect, `${segment.text}: ${seconds(segment.from)} – ${seconds(segment.to)}`);
        if (height > 11 && span > segment.text.length * 6.4 + 8)
          make("text", { x: start + 5, y: top + height - 3.5, class: "inlay" }, svg, segment.text);
      });
      const lane = (title, all, colorOf, style) => {
        const height = 15;
        y += label(title, y, height, style);
        strip(y, height);
        segments(all, y, height, colorOf);
        y += height + 4;
      };
      const scale = { holders: [...new Set(data.owners.map((owner) => owner.node))],
        roles: [...new Set(data.roles.flatMap((role) => role.segments.map((s) => s.text)))].sort() };
      if (data.lanes && data.lanes.length) y = nodes(svg, data, { y, left, right, width, narrow, label, strip, segments, lane, scale });
      else {
        data.owners.forEach((owner) => lane(narrow ? `${owner.address} on ${owner.node}` : `${owner.address} · ${owner.node}`,
          owner.segments, () => color(scale.holders.indexOf(owner.node))));
        y += 4;
        data.roles.forEach((role) => lane(role.name, role.segments, (segment) => color(scale.roles.indexOf(segment.text))));
        data.processes.forEach((process) => lane(process.name, process.segments, processColor));
      }

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

      const cross = make("line", { y1: faultsTop, y2: bottom, class: "cross", opacity: 0 }, svg);
      marker = make("g", { class: "moment" }, svg);
      make("line", { y1: faultsTop - 4, y2: bottom }, marker);
      make("path", { d: `M-5,${faultsTop - 4}h10l-5,6z` }, marker);
      place = x;
      showMarker();
      const time = (event) => {
        const box = svg.getBoundingClientRect(), px = (event.clientX - box.left) / box.width * width;
        return [px, data.from + (px - left) / (width - left - right) * (data.to - data.from), px * box.width / width];
      };
      const emit = (t, isPinned) =>
        holder.dispatchEvent(new CustomEvent("moment", { bubbles: true, detail: { time: t, isPinned } }));
      svg.addEventListener("pointermove", (event) => {
        const [px, t, offset] = time(event);
        if (t < data.from || t > data.to) { leave(); return; }
        cross.setAttribute("x1", px); cross.setAttribute("x2", px); cross.setAttribute("opacity", .5);
        tip.textContent = words(data, t).join("\n");
        tip.style.display = "block";
        tip.style.left = Math.max(0, Math.min(offset + 16, holder.clientWidth - tip.offsetWidth - 4)) + "px";
        tip.style.top = Math.max(4, event.clientY - holder.getBoundingClientRect().top + 14) + "px";
        emit(t, false);
      });
      svg.addEventListener("click", (event) => {
        const t = time(event)[1];
        if (t >= data.from && t <= data.to && !event.defaultPrevented) emit(t, true);
      });
      const leave = () => { cross.setAttribute("opacity", 0); tip.style.display = "none"; emit(null, false); };
      svg.addEventListener("pointerleave", leave);
      const drawn = svg.querySelectorAll("rect").length > 1 && bottom > 60;
      document.documentElement.dataset.timeline = drawn ? "drawn" : "empty";
    }

    // A group of lanes for each node; those on which nothing happened share one line until it is opened.
    function nodes(svg, data, at) {
      let y = at.y;
      const eventful = data.lanes.filter((lane) => !lane.quiet), quiet = data.lanes.filter((lane) => lane.quiet);
      const isFault = (row) => row.kind === "fault" || row.kind === "action" || row.kind === "doubt";
      const struck = (lane) => lane.rows.some((row) => isFault(row) && !row.shared);
      const changed = (lane) => struck(lane) || lane.rows.some((row) => row.eventful && !isFault(row));
      const isOpen = (lane) => open.has(lane.node) ? open.get(lane.node)
        : eventful.filter(changed).length <= 6 ? changed(lane) : eventful.filter(struck).length <= 8 && struck(lane);
      const toggle = (key, title, isNowOpen, top, height) => {
        const group = make("g", { class: "toggle" }, svg);
        const text = (isNowOpen ? "▾ " : "▸ ") + title;
        make("rect", { x: at.narrow ? at.left : 0, y: top - 1, width: at.narrow ? at.width - at.left - at.right : at.left - 4, height: height + 2, class: "ground", rx: 3 }, group);
        if (at.narrow) make("text", { x: at.left, y: top + 11, class: "strong" }, group, text);
        else make("text", { x: at.left - 8, y: top + height / 2 + 4, "text-anchor": "end", class: "strong" }, group, shortened(text, at.left - 14));
        group.dataset.key = key;
        group.setAttribute("aria-expanded", isNowOpen);
        button(group, title, (event) => {
          event.preventDefault();
          open.set(key, !isNowOpen);
          draw();
          focus(key);
        });
        return at.narrow ? 16 : 0;
      };
      const colorOf = (row, lane) => (segment) => {
        if (row.kind === "process") return processColor(segment);
        if (row.kind === "power") return "var(--bad)";
        if (row.kind === "address") return color(at.scale.holders.indexOf(lane.node));
        if (row.kind === "role") return color(at.scale.roles.indexOf(segment.text));
        return row.kind === "action" ? "var(--lat)" : row.kind === "doubt" ? "var(--doubt)" : "var(--bad)";
      };
      const group = (lane) => {
        const isNowOpen = isOpen(lane);
        y += toggle(lane.node, lane.node, isNowOpen, y, 12);
        at.strip(y, 12);
        lane.rows.filter((row) => row.kind === "process" || row.kind === "power").forEach((row) =>
          at.segments(row.segments.filter((s) => s.text !== "running").map((s) => ({ ...s, text: row.kind === "power" ? s.text : `${row.name} ${s.text}` })),
            y + 1, 8, (s) => row.kind === "power" || !s.text.endsWith(" paused") ? "var(--bad)" : "var(--late)"));
        lane.rows.filter(isFault).forEach((row) => at.segments(row.segments, y + 10, 2, colorOf(row, lane)));
        y += 16;
        if (!isNowOpen) return;
        const shown = lane.rows.some((row) => row.eventful) ? lane.rows.filter((row) => row.eventful) : lane.rows;
        packed(shown.filter(isFault)).concat(shown.filter((row) => !isFault(row))).forEach((row) => {
          y += at.label(row.name, y, 14, "row");
          at.strip(y, 14);
          at.segments(row.segments, y, 14, (segment) => colorOf(segment.row || row, lane)(segment));
          y += 18;
        });
        y += 4;
      };
      eventful.forEach(group);
      if (quiet.length) {
        const isNowOpen = open.get("") === true;
        y += toggle("", quiet.length === 1 ? "1 quiet node" : `${quiet.length} quiet nodes`, isNowOpen, y, 14);
        if (!isNowOpen) make("text", { x: at.left + 2, y: y + 11, class: "row" }, svg,
          shortened("nothing happened on " + quiet.map((lane) => lane.node).join(", "), at.width - at.left - at.right));
        y += 20;
        if (isNowOpen) quiet.forEach(group);
      }
      return y;
    }

    const focus = (key, options) => holder.querySelectorAll("g.toggle").forEach((toggle) => {
      if (toggle.dataset.key === key) toggle.focus(options);
    });

    function showMarker() {
      if (!marker) return;
      const isShown = marked !== null && marked >= data.from && marked <= data.to;
      marker.setAttribute("visibility", isShown ? "visible" : "hidden");
      if (isShown) marker.setAttribute("transform", `translate(${place(marked)} 0)`);
    }

    draw();
    redrawn(holder, draw);
    return {
      update(next) {
        // What is drawn anew keeps the focus.
        const active = document.activeElement, key = holder.contains(active) ? active.dataset.key : undefined;
        data = next;
        draw();
        if (key !== undefined) focus(key, { preventScroll: true });
      },
      mark(t) { marked = t; showMarker(); },
      open(node) {
        open.set(node, true);
        if ((data.lanes || []).some((lane) => lane.node === node && lane.quiet)) open.set("", true);
        draw();
        focus(node);
      },
    };
  }

  // Requests of each workload: what was meant to start in each bin, and what became of it; and how long it took.
  function requests(svg, data, at) {
    let y = at.y;
    const { x, left, right, width, narrow, label } = at;
    data.workloads.forEach((workload) => {
      const height = narrow ? 64 : 76;
      y += label(workload.name, y, height);
      const peak = Math.max(1, ...workload.ok.map((ok, i) => ok + workload.bad[i]));
      const barWidth = Math.max(.6, (width - left - right) / workload.ok.length - .4);
      workload.ok.forEach((ok, i) => {
        const bad = workload.bad[i];
        if (ok + bad === 0) return;
        const from = x(data.from + i * data.bin), scale = (height - 4) / peak;
        if (ok) make("rect", { x: from, y: y + height - ok * scale, width: barWidth, height: ok * scale, fill: "var(--ok)" }, svg);
        if (bad) make("rect", { x: from, y: y + height - (ok + bad) * scale, width: barWidth, height: Math.max(1.5, bad * scale), fill: "var(--bad)" }, svg);
      });
      make("line", { x1: left, x2: width - right, y1: y + height, y2: y + height, stroke: "var(--line)" }, svg);
      make("text", { x: width - right, y: y + 9, "text-anchor": "end", class: "scale" }, svg, Math.round(peak / data.bin * 1000) + "/s");
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
      y += height + 12;
    });
    return y;
  }

  // Faults one after the other in as few rows as it takes.
  function packed(rows) {
    const result = [];
    rows.forEach((row) => row.segments.forEach((segment) => {
      const own = { ...segment, text: row.name, row };
      const free = result.find((other) => other.segments.every((taken) => own.to <= taken.from || taken.to <= own.from));
      if (free) free.segments.push(own);
      else result.push({ kind: "fault", name: result.length ? "" : "faults", segments: [own] });
    }));
    return result;
  }

  const processColor = (segment) =>
    segment.text === "running" ? "var(--ok)" : segment.text === "paused" ? "var(--late)" : "var(--bad)";

  // What a timeline says of a moment, line by line.
  const words = (data, t) => {
    const bin = Math.min(Math.floor((t - data.from) / data.bin), data.bins - 1);
    const lines = [seconds(t)];
    data.workloads.forEach((w) => lines.push(`${w.name}: ${w.ok[bin]} ok, ${w.bad[bin]} not ok` +
      (w.p50[bin] > 0 ? `, p50 ${ms(w.p50[bin])}, max ${ms(w.max[bin])}` : "")));
    const held = data.owners.filter((o) => o.segments.some((s) => s.from <= t && t < s.to)).map((o) => `${o.address}: ${o.node}`);
    const active = data.faults.filter((f) => f.from <= t && t <= f.to).map((f) => `${f.id}. ${f.name}`);
    return lines.concat(held, active);
  };

  // As much of a text as fits into so many pixels.
  function shortened(text, space) {
    const most = Math.max(3, Math.floor(space / 6.1));
    return text.length <= most ? text : text.slice(0, most - 1) + "…";
  }
  // The state at a moment, from what changed when.
  function pick(tracks, time) {
    const at = (track) => {
      let low = 0, high = track.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (track[middle][0] <= time) low = middle + 1; else high = middle;
      }
      return low ? track[low - 1][1] : null;
    };
    const named = (all) => Object.fromEntries(Object.entries(all).map(([name, track]) => [name, at(track)]).filter(([, value]) => value !== null));
    const listed = (all) => Object.values(named(all));
    return { owners: named(tracks.owners), roles: named(tracks.roles), processes: named(tracks.processes), off: listed(tracks.off), faults: listed(tracks.faults) };
  }

  return { timeline, pick, seconds, parts: { make, color, button, redrawn, shortened } };
})();
