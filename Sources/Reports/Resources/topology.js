// Belongs to picture.js, which is loaded first.
Pictures.topology = (() => {
  const { make, color, button, redrawn, shortened } = Pictures.parts;

  // The stack at a moment: sites as boxes with their nodes in them, who holds an address, who leads, what is gone, cut
  // or slow, and by which fault. A node emits "pick" (detail: node) on a click or Enter.
  function topology(holder, stack) {
    let state = {}, cards = new Map(), boxes = new Map(), joints = new Map(), layers = null, svg = null;
    const gap = 12, pad = 12, line = 16;
    const titles = new Map(stack.sites.map((site) => [site.name, site.title]));
    const addressColor = (name) => color(stack.addresses.findIndex((address) => address.name === name));
    const linkOf = (a, b) => stack.links.filter((link) => link.ends === "sites" &&
      ((link.from === a && link.to === b) || (link.from === b && link.to === a))).map((link) => link.text).filter((text) => text).join("; ");
    const others = stack.links.filter((link) => link.ends !== "sites" && link.text)
      .map((link) => (link.ends === "network" ? `network ${link.from}` : `${link.from} – ${link.to}`) + `: ${link.text}`);
    const height = (node) => 37 + node.components.length * line + (node.components.length ? 10 : 0);

    // Sites side by side where there is room for a column of nodes in each, else one below the other.
    function layout() {
      const width = Math.max(280, holder.clientWidth);
      const sites = stack.sites.map((site) => ({ name: site.name,
        nodes: stack.nodes.filter((node) => node.site === site.name).sort((a, b) => (b.components.length > 0) - (a.components.length > 0)) }))
        .filter((site) => site.nodes.length);
      const least = 152, between = 22;
      const isRow = sites.length * (least + 2 * pad) + (sites.length - 1) * between <= width;
      const columns = new Map(sites.map((site) => [site.name, 1]));
      const used = () => [...columns.values()].reduce((sum, count) => sum + count * (least + gap) - gap + 2 * pad, 0) + (sites.length - 1) * between;
      if (isRow) {
        for (;;) {
          // Those that are equally tall grow together, so that equal sites look equal.
          const rows = (site) => Math.ceil(site.nodes.length / columns.get(site.name));
          const most = Math.max(0, ...sites.map(rows)), tallest = sites.filter((site) => rows(site) === most);
          if (most < 2 || used() + tallest.length * (least + gap) > width) break;
          tallest.forEach((site) => columns.set(site.name, columns.get(site.name) + 1));
        }
      } else {
        const room = width - 34 - 2 * pad;
        sites.forEach((site) => columns.set(site.name, Math.max(1, Math.min(site.nodes.length, Math.floor((room + gap) / (128 + gap))))));
      }
      const total = [...columns.values()].reduce((sum, count) => sum + count, 0);
      const card = isRow ? Math.min(210, least + (width - used()) / total) : 0;
      cards = new Map(); boxes = new Map();
      const natural = isRow ? total * card + sites.reduce((sum, site) => sum + (columns.get(site.name) - 1) * gap + 2 * pad, 0) + (sites.length - 1) * between : width;
      let x = Math.max(0, (width - natural) / 2), y = 0, bottom = 0;
      sites.forEach((site) => {
        const count = columns.get(site.name);
        const boxWidth = isRow ? count * card + (count - 1) * gap + 2 * pad : width - 34;
        const cardWidth = (boxWidth - 2 * pad - (count - 1) * gap) / count;
        let top = y + 34;
        for (let row = 0; row < site.nodes.length; row += count) {
          const line = site.nodes.slice(row, row + count), tall = Math.max(...line.map(height));
          line.forEach((node, column) => cards.set(node.name, { node, x: x + pad + column * (cardWidth + gap), y: top, width: cardWidth,
            height: node.components.length ? tall : height(node) }));
          top += tall + 20;
        }
        boxes.set(site.name, { name: site.name, x, y, width: boxWidth, height: top - y - 2 });
        bottom = Math.max(bottom, top - 2);
        if (isRow) x += boxWidth + between; else y = top + 14;
      });
      if (isRow) boxes.forEach((box) => { box.height = bottom; });
      return { width, isRow, bottom };
    }

    // Which sites are joined: by a link that is told of, or by a network that both are on; and, in lines of their own, by
    // tunnels between their nodes.
    function joined() {
      const names = [...boxes.keys()], pairs = [];
      const networks = (site) => new Set(stack.nodes.filter((node) => node.site === site).flatMap((node) => node.networks));
      names.forEach((a, i) => names.slice(i + 1).forEach((b, j) => {
        const text = linkOf(a, b);
        const share = [...networks(a)].some((network) => networks(b).has(network));
        if (text || (share && names.length <= 4)) pairs.push({ a, b, i, j: i + 1 + j, text });
      }));
      const place = (name) => names.indexOf((stack.nodes.find((node) => node.name === name) || {}).site);
      (stack.tunnels || []).forEach((tunnel) => {
        const [i, j] = [place(tunnel.from), place(tunnel.to)].sort((p, q) => p - q);
        if (i < 0 || i === j) return;
        const same = pairs.find((pair) => pair.isTunnel && pair.i === i && pair.j === j && pair.text === tunnel.title);
        const ways = `${tunnel.from} – ${tunnel.to}`;
        if (same) same.ways += ", " + ways;
        else pairs.push({ a: names[i], b: names[j], i, j, text: tunnel.title, isTunnel: true, ways });
      });
      return pairs.sort((p, q) => (p.j - p.i) - (q.j - q.i) || p.i - q.i);
    }

    // A line below the boxes, or to the right of them, for each two sites that are joined.
    function join(plan) {
      joints = new Map();
      const pairs = joined(), levels = [];
      let most = 0;
      pairs.forEach((pair) => {
        let level = levels.findIndex((taken) => taken.every(([from, to]) => pair.j <= from || pair.i >= to));
        if (level < 0) { level = levels.length; levels.push([]); }
        levels[level].push([pair.i, pair.j]);
        pair.level = level;
        most = Math.max(most, level + 1);
      });
      const ends = (name) => pairs.filter((pair) => pair.a === name || pair.b === name);
      pairs.forEach((pair) => {
        const [a, b] = [boxes.get(pair.a), boxes.get(pair.b)];
        const share = (box) => {
          const all = ends(box.name).sort((p, q) => (p.a === box.name ? p.j : p.i) - (q.a === box.name ? q.j : q.i));
          return (all.indexOf(pair) + 1) / (all.length + 1);
        };
        let d, middle;
        if (plan.isRow) {
          const from = a.x + a.width * share(a), to = b.x + b.width * share(b), low = plan.bottom + 18 + pair.level * 24;
          d = `M${from},${plan.bottom}V${low - 8}Q${from},${low} ${from + 8},${low}H${to - 8}Q${to},${low} ${to},${low - 8}V${plan.bottom}`;
          middle = [(from + to) / 2, low];
        } else {
          const side = a.x + a.width, from = a.y + a.height * (.55 + .3 * share(a)), to = b.y + 14 + b.height * .25 * share(b);
          const far = side + 10 + Math.min(2, pair.level) * 9;
          d = `M${side},${from}H${far - 5}Q${far},${from} ${far},${from + 5}V${to - 5}Q${far},${to} ${far - 5},${to}H${side}`;
          middle = [far, (from + to) / 2];
        }
        const style = pair.isTunnel ? "joint tunnel" : "joint";
        const group = make("g", { class: style }, layers.joints);
        make("path", { d }, group);
        make("title", {}, group, (pair.ways || `${pair.a} – ${pair.b}`) + (pair.text ? `: ${pair.text}` : ""));
        const label = plan.isRow && pair.text ? make("text", { x: middle[0], y: middle[1] + 4, "text-anchor": "middle" }, group, shortened(pair.text, 260)) : null;
        // What is cut is a link; a tunnel is only drawn.
        if (!pair.isTunnel) joints.set(`${pair.a} ${pair.b}`, { group, middle, label });
      });
      if (plan.isRow) return most ? 18 + most * 24 : 0;
      const lines = pairs.filter((pair) => pair.text).map((pair) => `${pair.ways || `${pair.a} – ${pair.b}`}: ${pair.text}`);
      return [lines, lines.length];
    }

    function draw() {
      if (svg) svg.remove();
      svg = make("svg", { role: "group", class: "topology" }, holder);
      layers = { boxes: make("g", {}, svg), joints: make("g", {}, svg), cards: make("g", {}, svg), ways: make("g", { class: "ways" }, svg), notes: make("g", {}, svg) };
      const plan = layout();
      boxes.forEach((box) => {
        make("rect", { x: box.x + .5, y: box.y + .5, width: box.width - 1, height: box.height - 1, rx: 10, class: "site" }, layers.boxes);
        make("text", { x: box.x + pad, y: box.y + 20, class: "strong" }, layers.boxes, shortened(titles.get(box.name) || box.name, box.width - 2 * pad));
      });
      let bottom = plan.bottom, lines = others;
      const below = join(plan);
      if (plan.isRow) bottom += below; else lines = below[0].concat(lines);
      lines.forEach((text) => {
        bottom += 16;
        make("text", { x: 2, y: bottom + 2 }, layers.notes, shortened(text, plan.width));
      });
      cards.forEach((card) => {
        card.group = make("g", { class: "node", transform: `translate(${card.x} ${card.y})` }, layers.cards);
        button(card.group, card.node.name, () =>
          card.group.dispatchEvent(new CustomEvent("pick", { bubbles: true, detail: { node: card.node.name } })));
      });
      svg.setAttribute("viewBox", `0 0 ${plan.width} ${bottom + 8}`);
      svg.setAttribute("height", bottom + 8);
      show();
    }

    const leads = (component, role) => (stack.leading[component] || []).includes(role);
    const nodeOf = (target) => target.split("/")[0];
    const pill = (parent, x, y, text, style, fill) => {
      const group = make("g", { class: "pill " + style }, parent), width = text.length * 6.6 + 12;
      make("rect", { x, y, width, height: 16, rx: 8, ...(fill ? { fill } : {}) }, group);
      make("text", { x: x + width / 2, y: y + 12, "text-anchor": "middle" }, group, text);
      return width;
    };
    const styleOf = (fault) => fault.action ? "action" : fault.healing ? "healing" : fault.confirmed ? "struck" : "doubt";

    function show() {
      const faults = state.faults || [], off = new Set(state.off || []);
      const sentences = [];
      cards.forEach((card) => {
        const { node, group, width } = card, isOff = off.has(node.name);
        group.replaceChildren();
        const struck = faults.filter((fault) => !(fault.ways || []).length && fault.targets.some((target) => nodeOf(target) === node.name));
        group.setAttribute("class", "node" + (isOff ? " off" : "") + (node.spare ? " spare" : "") + (node.components.length ? "" : " bare"));
        make("rect", { x: 0, y: 0, width, height: card.height, rx: 7, class: "ground" }, group);
        make("text", { x: 10, y: 16, class: "strong" }, group, shortened(node.name, width - 16 - struck.length * 20));
        const about = isOff ? "no power" : node.role + (stack.networks.length > 1 ? " · " + node.networks.join(", ") : "") + (node.spare ? " · stands by" : "");
        make("text", { x: 10, y: 30, class: isOff ? "bad" : "soft" }, group, shortened(about, width - 16));
        const said = [];
        node.components.forEach((component, i) => {
          const id = `${node.name}/${component}`, y = 49 + i * line;
          const process = (state.processes || {})[id], role = (state.roles || {})[id];
          const kind = process === undefined ? "unknown" : process === "running" || process === "paused" ? process : "gone";
          make("text", { x: 10, y, class: "sign " + kind }, group, { running: "●", paused: "‖", gone: "✕", unknown: "○" }[kind]);
          const roleWidth = role ? Math.min(role.length * 5.9 + 11, width * .5) : 0;
          const name = make("text", { x: 24, y, class: "component " + kind }, group, shortened(component, (width - 30 - roleWidth) * 1.07));
          make("title", {}, name, `${component}: ${process || "not seen"}` + (role ? `, ${role}` : ""));
          if (role) {
            const badge = make("g", { class: "role" + (leads(component, role) ? " leads" : "") }, group);
            make("rect", { x: width - roleWidth - 6, y: y - 12, width: roleWidth, height: 15, rx: 4 }, badge);
            make("text", { x: width - 6 - roleWidth / 2, y: y - 1, "text-anchor": "middle" }, badge, shortened(role, roleWidth - 6));
          }
          said.push(component + " " + (process || "not seen") + (role ? ` as ${role}` : ""));
          if (kind === "gone" || kind === "paused") sentences.push(`${id} ${process}`);
          if (role && leads(component, role)) sentences.push(`${id} leads`);
        });
        let at = 8;
        Object.entries(state.owners || {}).forEach(([address, holders]) => {
          if (!holders.includes(node.name)) return;
          at += pill(group, at, card.height - 9, address, "address", addressColor(address)) + 4;
          said.push(`holds ${address}`);
          sentences.push(`${node.name} holds ${address}`);
        });
        let corner = width - 8;
        struck.slice().reverse().forEach((fault) => {
          const text = String(fault.id), space = text.length * 6.6 + 12;
          corner -= space;
          const badge = make("g", { class: "badge-of-fault" }, group);
          pill(badge, corner, -8, text, styleOf(fault));
          make("title", {}, badge, fault.summary);
          corner -= 3;
        });
        struck.forEach((fault) => said.push(`${fault.healing ? "healing from" : "struck by"} fault ${fault.id}, ${fault.name}`));
        if (isOff) { said.unshift("no power"); sentences.push(`${node.name} has no power`); }
        group.setAttribute("aria-label", `${node.name}, ${node.role} in ${titles.get(node.site) || node.site}` + (said.length ? ": " + said.join("; ") : ""));
      });
      ways(faults);
      faults.forEach((fault) => sentences.push(`fault ${fault.id}: ${fault.summary}`));
      svg.setAttribute("aria-label", "The stack at this moment. " + (sentences.length ? sentences.join("; ") + "." : "Nothing out of the ordinary."));
    }

    // What is cut or slow: between two sites on their line, between few nodes on curves, else around the nodes that it
    // is about.
    function ways(faults) {
      layers.ways.replaceChildren();
      joints.forEach((joint) => {
        joint.group.setAttribute("class", "joint");
        if (joint.label) joint.label.removeAttribute("visibility");
      });
      const rings = new Map(), marks = new Map();
      const site = (name) => cards.has(name) ? cards.get(name).node.site : null;
      const single = (names) => { const all = new Set(names.map(site)); return all.size === 1 ? [...all][0] : null; };
      faults.forEach((fault) => {
        const curves = new Map();
        (fault.ways || []).forEach((way) => {
          const from = way.from.filter((name) => cards.has(name)), to = way.to.filter((name) => cards.has(name));
          const [a, b] = [single(from), single(to)];
          const key = joints.has(`${a} ${b}`) ? `${a} ${b}` : joints.has(`${b} ${a}`) ? `${b} ${a}` : null;
          if (key && a !== b && from.length * to.length > 2) {
            const mark = marks.get(key) || { joint: joints.get(key), effect: way.effect, faults: new Set() };
            if (way.effect === "cut") mark.effect = "cut";
            mark.faults.add(fault.id);
            marks.set(key, mark);
          } else if (from.length * to.length <= 4) {
            from.forEach((source) => to.forEach((target) => {
              const pair = [source, target].sort(), curve = curves.get(pair.join(" ")) || { pair, ways: new Set(), effect: way.effect };
              curve.ways.add(source);
              curves.set(pair.join(" "), curve);
            }));
          } else {
            (from.length <= to.length ? from : to).forEach((name) => {
              const ring = rings.get(name) || { effect: way.effect, faults: new Set() };
              if (way.effect === "cut") ring.effect = "cut";
              ring.faults.add(fault.id);
              rings.set(name, ring);
            });
          }
        });
        curves.forEach((curve) => bend(curve, fault));
      });
      const word = (effect, faults) => (effect === "cut" ? "✕ " : "≈ ") + [...faults].join(", ");
      marks.forEach((mark) => {
        mark.joint.group.setAttribute("class", "joint " + mark.effect);
        if (mark.joint.label) mark.joint.label.setAttribute("visibility", "hidden");
        const text = word(mark.effect, mark.faults), half = (text.length * 6.6 + 12) / 2;
        pill(layers.ways, mark.joint.middle[0] - half, mark.joint.middle[1] - 8, text, mark.effect);
      });
      rings.forEach((ring, name) => {
        const card = cards.get(name);
        make("rect", { x: card.x - 4, y: card.y - 4, width: card.width + 8, height: card.height + 8, rx: 10, class: "ring " + ring.effect }, layers.ways);
        const text = word(ring.effect, ring.faults);
        pill(layers.ways, card.x + card.width - text.length * 6.6 - 20, card.y - 12, text, ring.effect);
      });
    }

    // A curve from the edge of one card to that of another, with an arrow where it is one way only.
    function bend(curve, fault) {
      const [a, b] = curve.pair.map((name) => cards.get(name));
      const center = (card) => [card.x + card.width / 2, card.y + card.height / 2];
      const [p, q] = [center(a), center(b)], [dx, dy] = [q[0] - p[0], q[1] - p[1]], length = Math.hypot(dx, dy) || 1;
      const edge = (card, sx, sy) => {
        const scale = Math.min(card.width / 2 / (Math.abs(sx) || 1e-9), card.height / 2 / (Math.abs(sy) || 1e-9));
        return [card.x + card.width / 2 + sx * scale, card.y + card.height / 2 + sy * scale];
      };
      const start = edge(a, dx, dy), end = edge(b, -dx, -dy), lift = Math.min(26, length * .12);
      const control = [(start[0] + end[0]) / 2 + dy / length * lift, (start[1] + end[1]) / 2 - dx / length * lift];
      make("path", { d: `M${start}Q${control} ${end}`, class: "way " + curve.effect }, layers.ways);
      if (curve.ways.size === 1) {
        const [tip, back] = curve.ways.has(curve.pair[0]) ? [end, control] : [start, control];
        const angle = Math.atan2(tip[1] - back[1], tip[0] - back[0]);
        const wing = (turn) => [tip[0] - 9 * Math.cos(angle + turn), tip[1] - 9 * Math.sin(angle + turn)];
        make("path", { d: `M${wing(.45)}L${tip}L${wing(-.45)}`, class: "arrow " + curve.effect }, layers.ways);
      }
      const text = (curve.effect === "cut" ? "✕ " : "≈ ") + fault.id, half = (text.length * 6.6 + 12) / 2;
      const middle = [(start[0] + end[0]) / 4 + control[0] / 2, (start[1] + end[1]) / 4 + control[1] / 2];
      pill(layers.ways, middle[0] - half, middle[1] - 8, text, curve.effect);
    }

    draw();
    redrawn(holder, draw);
    return { update(next) { state = next || {}; show(); } };
  }

  return topology;
})();
