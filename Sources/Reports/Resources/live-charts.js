// Belongs to the live page: what its other scripts share, and its charts.
const Live = (() => {
  const base = location.pathname.replace(/[^/]*$/, "");
  const find = (id) => document.getElementById(id);
  const element = (name, parent, text, style) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (style) made.className = style;
    if (parent) parent.appendChild(made);
    return made;
  };
  const stamp = (ms) => {
    const total = Math.max(0, Math.floor(ms / 1000)), two = (value) => String(value).padStart(2, "0");
    return total < 3600 ? `${Math.floor(total / 60)}:${two(total % 60)}`
      : `${Math.floor(total / 3600)}:${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  };
  let timeline = null;

  // The charts: the report's own timeline, and how long operations took.
  function charts(state) {
    const bins = state.bins || { from: 0, bin: 500, bins: 1, workloads: [] };
    const to = Math.max(state.now, bins.from + Math.max(20, bins.bins) * bins.bin);
    const closed = (lanes) => lanes.map((lane) => ({ ...lane, segments: lane.segments.filter((s) => s.to === null || s.to > bins.from)
      .map((s) => ({ from: Math.max(s.from, bins.from), to: s.to === null ? state.now : s.to, text: s.text })) }));
    const faults = state.faults.filter((fault) => fault.to === null || fault.to >= bins.from)
      .map((fault) => ({ ...fault, to: fault.to === null ? state.now : fault.to }));
    const data = { from: bins.from, to, bin: bins.bin, bins: bins.bins, workloads: bins.workloads, faults,
      owners: closed(state.lanes.owners), roles: closed(state.lanes.roles), processes: closed(state.lanes.processes), powers: closed(state.lanes.powers) };
    data.lanes = nodeLanes(state, data);
    const focused = document.activeElement && find("timeline").contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    if (timeline) timeline.update(data);
    else timeline = Pictures.timeline(find("timeline"), find("tip"), data);
    if (focused !== undefined) find("timeline").querySelectorAll("g.toggle").forEach((other) => { if (other.dataset.key === focused) other.focus(); });
    heat(state, data);
  }
  // What happened on each node, as the report has it.
  function nodeLanes(state, data) {
    const own = (node, name) => name.startsWith(node + "/");
    return state.topology.nodes.map((node) => {
      const rows = [];
      data.faults.forEach((fault) => {
        if (!fault.targets.some((target) => target === node.name || own(node.name, target))) return;
        rows.push({ kind: fault.action ? "action" : fault.confirmed ? "fault" : "doubt", name: `${fault.id}. ${fault.name}`, eventful: true,
          segments: [{ from: fault.from, to: fault.to, text: fault.summary }] });
      });
      const add = (kind, name, segments, eventful) => { if (segments.length) rows.push({ kind, name, segments, eventful }); };
      data.powers.forEach((lane) => { if (lane.node === node.name) add("power", "power", lane.segments, true); });
      data.owners.forEach((lane) => { if (lane.node === node.name)
        add("address", lane.address, lane.segments.map((s) => ({ ...s, text: "holds " + lane.address })), lane.segments.length > 1 || lane.segments.some((s) => s.to < state.now)); });
      data.processes.forEach((lane) => { if (own(node.name, lane.name))
        add("process", lane.name.slice(node.name.length + 1), lane.segments, lane.segments.some((s) => s.text !== "running")); });
      data.roles.forEach((lane) => { if (own(node.name, lane.name))
        add("role", lane.name.slice(node.name.length + 1) + " role", lane.segments, new Set(lane.segments.map((s) => s.text)).size > 1 || lane.segments.length > 1); });
      return { node: node.name, rows, quiet: !rows.some((row) => row.eventful) };
    });
  }
  function heat(state, data) {
    const holder = find("heat");
    find("heat-hint").hidden = !data.workloads.length;
    if (!data.workloads.length) { holder.replaceChildren(element("p", null, "this stack has no traffic", "none")); return; }
    if (holder.firstChild && holder.firstChild.tagName === "P") holder.replaceChildren();
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--lat").trim(), soft = style.getPropertyValue("--soft").trim(), grid = style.getPropertyValue("--line").trim();
    data.workloads.forEach((workload, place) => {
      let figure = holder.children[place];
      if (!figure) {
        figure = element("figure", holder, undefined, "heat");
        element("figcaption", figure);
        element("canvas", figure).setAttribute("role", "img");
      }
      const caption = figure.firstChild, canvas = figure.lastChild;
      const last = workload.p50.length - 1, recent = [last, last - 1].find((bin) => bin >= 0 && workload.p50[bin] > 0);
      const said = recent === undefined ? "nothing ok just now" : `just now half within ${ms(workload.p50[recent])}, the slowest ${ms(workload.max[recent])}`;
      caption.replaceChildren(element("b", null, workload.name), ` · ${said}`);
      canvas.setAttribute("aria-label", `Latency of ${workload.name}: ${said}`);
      paint(state, canvas, data, workload, { ink, soft, grid });
    });
  }
  const ms = (value) => value < 10 ? value.toFixed(1) + " ms" : value < 1000 ? Math.round(value) + " ms" : (value / 1000).toFixed(1) + " s";
  function paint(state, canvas, data, workload, colors) {
    const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const left = width < 600 ? 52 : 132, right = width < 600 ? 2 : 8, rows = state.edges.length + 1, tall = height / rows;
    pen.font = "11px system-ui, sans-serif";
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    state.edges.forEach((edge, row) => {
      if (![1, 10, 100, 1000].includes(edge)) return;
      const y = height - (row + 1) * tall;
      pen.fillStyle = colors.grid;
      pen.fillRect(left, y, width - left - right, 1);
      pen.fillStyle = colors.soft;
      pen.fillText(edge < 1000 ? edge + " ms" : edge / 1000 + " s", left - 8, y);
    });
    let peak = 1;
    workload.heat.forEach((pairs) => { for (let i = 1; i < pairs.length; i += 2) peak = Math.max(peak, pairs[i]); });
    const span = (width - left - right) / (data.to - data.from);
    pen.fillStyle = colors.ink;
    workload.heat.forEach((pairs, bin) => {
      for (let i = 0; i < pairs.length; i += 2) {
        pen.globalAlpha = .12 + .88 * Math.sqrt(pairs[i + 1] / peak);
        pen.fillRect(left + bin * data.bin * span, height - (pairs[i] + 1) * tall, Math.max(.8, data.bin * span - .4), tall - .6);
      }
    });
    pen.globalAlpha = 1;
  }

  return { base, find, element, stamp, charts };
})();
