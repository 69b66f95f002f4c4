(() => {
  // Everything is told over one stream: the whole state at first, then what changed. Nothing of it is ever markup.
  const { base, find, element, stamp } = Live;
  const per = (rate) => (rate >= 100 ? Math.round(rate) : rate.toFixed(1).replace(/\.0$/, "")) + "/s";
  const words = { up: "coming up", steady: "steady state", method: "method", settle: "settling", final: "reading", live: "live", down: "going down" };

  let state = null, topology = null, isOver = false, isWaiting = false;
  let heardAt = 0, drawnAt = 0, stale = new Set();

  // The stream.
  let source = null;
  const line = (text, style) => {
    find("line").textContent = text;
    find("line").className = "line " + style;
    document.documentElement.classList.toggle("stale", style === "off");
    document.documentElement.dataset.line = style;
  };
  function listen() {
    isWaiting = false;
    if (source) source.close();
    source = new EventSource(base + "events");
    source.addEventListener("state", (event) => { adopt(JSON.parse(event.data)); line("connected", "on"); });
    source.addEventListener("tick", (event) => { if (state) change(JSON.parse(event.data)); });
    source.addEventListener("end", (event) => finish(JSON.parse(event.data)));
    source.addEventListener("error", lost);
  }
  function lost() {
    if (isOver) return;
    line("not connected", "off");
    if (state && !find("ending").childElementCount) {
      const note = find("ending");
      note.hidden = false;
      note.className = "card ending";
      element("span", note, "Nothing is heard of it just now. If it has ended, its report is ");
      element("code", note, state.report);
    }
    // What the browser gave up on is tried again.
    if (source.readyState === EventSource.CLOSED && !isWaiting) { isWaiting = true; setTimeout(listen, 3000); }
  }
  // A computer that slept may not have noticed that its connection is gone.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { watch(); draw(); } });
  function watch() {
    if (isOver || !state) return;
    if (Date.now() - heardAt > 8000 && !isWaiting) { lost(); listen(); heardAt = Date.now(); }
  }
  setInterval(watch, 2000);

  function adopt(whole) {
    state = whole;
    heardAt = Date.now();
    find("ending").replaceChildren();
    find("ending").hidden = true;
    find("stack-name").textContent = state.stack;
    find("seed").textContent = "seed " + state.seed;
    find("started").textContent = state.started;
    find("stack").replaceChildren();
    topology = state.topology.nodes.length ? Pictures.topology(find("stack"), state.topology) : null;
    if (!topology) element("p", find("stack"), "nothing is known of it", "none");
    const picked = find("instance").value;
    find("instance").replaceChildren(element("option", null, "none picked"));
    find("instance").firstChild.value = "";
    state.instances.forEach((name) => { element("option", find("instance"), name).value = name; });
    if (state.instances.includes(picked)) find("instance").value = picked;
    const [node, component] = (state.instances[0] || "").split("/");
    if (state.control && component) find("sentence").placeholder = `kill ${component} on ${node} for 5s`;
    shape = "";
    stale = new Set(["phase", "picture", "lanes", "faults", "notes", "traffic", "bins"]);
    draw(true);
    document.documentElement.dataset.state = "known";
  }
  function change(news) {
    heardAt = Date.now();
    if (news.bins) join(news.bins);
    Object.keys(news).forEach((part) => { if (part !== "bins") state[part] = news[part]; stale.add(part); });
    draw();
  }
  // The bins from the first that changed on take the place of those that were known.
  function join(news) {
    const old = state.bins;
    if (!old || news.first === 0) { state.bins = news; return; }
    const padded = (list, empty) => { const known = list.slice(0, news.first); while (known.length < news.first) known.push(empty); return known; };
    news.workloads.forEach((one) => {
      const before = old.workloads.find((w) => w.name === one.name) || { ok: [], bad: [], p50: [], max: [], heat: [] };
      ["ok", "bad", "p50", "max"].forEach((key) => { one[key] = padded(before[key], 0).concat(one[key]); });
      one.heat = padded(before.heat, []).concat(one.heat);
    });
    news.first = 0;
    state.bins = news;
  }
  function finish(ending) {
    isOver = true;
    source.close();
    const note = find("ending");
    note.replaceChildren();
    note.hidden = false;
    note.className = "card ending " + (ending.headword === "NOT JUDGED" ? "" : ending.verdict);
    element("b", note, ending.headword);
    if (ending.trouble) element("div", note, ending.trouble);
    const where = element("div", note, "It is over. Its report: ");
    element("code", where, ending.report);
    line("ended", "over");
    find("phase").hidden = true;
    document.querySelectorAll("button, form input").forEach((control) => { control.disabled = true; });
  }

  // Drawing: words at once, pictures once a second, and nothing while nobody looks.
  let timer = null;
  function draw(now) {
    if (document.hidden || !state) return;
    const take = (part) => stale.delete(part);
    if (take("phase")) stale.add("faults");
    if (take("picture") && topology) topology.update(state.picture);
    if (take("faults")) { faults(); stale.add("bins"); }
    if (take("notes")) notes();
    if (take("traffic")) traffic();
    if (take("lanes")) stale.add("bins");
    find("clock").textContent = stamp(state.now);
    if (!stale.has("bins")) return;
    const wait = 1000 - (Date.now() - drawnAt);
    if (now || wait <= 0) {
      stale.delete("bins");
      drawnAt = Date.now();
      Live.charts(state);
    } else if (!timer) timer = setTimeout(() => { timer = null; draw(); }, wait);
  }

  function faults() {
    const active = state.faults.filter((fault) => fault.active);
    const phase = find("phase");
    const acting = active.filter((fault) => !fault.action).length;
    phase.textContent = (words[state.phase] || state.phase) + (acting ? ` · ${acting} fault${acting > 1 ? "s" : ""}` : "");
    document.title = (acting ? `(${acting}) ` : "") + state.title + " · live";
    phase.className = "badge " + (acting ? "struck" : state.phase === "live" || state.phase === "steady" ? "calm" : "");
    const list = find("faults"), focused = document.activeElement && document.activeElement.dataset.fault;
    let isKept = focused === undefined || focused === null;
    list.replaceChildren();
    if (!state.faults.length) element("p", list, state.byHand ? "nothing was done yet" : "none yet", "none");
    [...active].reverse().concat(state.faults.filter((fault) => !fault.active).reverse()).forEach((fault) => {
      const item = element("li", list, undefined, (fault.active ? "active" : "over") + (fault.action ? " action" : "") + (fault.confirmed ? "" : " doubt"));
      element("span", item, String(fault.id), "number");
      element("span", item, fault.summary, "text");
      if (state.control && fault.active && !fault.action) {
        const heal = element("button", item, "Heal", "small");
        heal.type = "button";
        heal.dataset.fault = fault.id;
        heal.setAttribute("aria-label", `Heal fault ${fault.id}: ${fault.summary}`);
        heal.addEventListener("click", () => Live.act({ ask: "heal", id: fault.id }, heal));
        if (focused === String(fault.id)) { heal.focus(); isKept = true; }
      }
      const at = stamp(fault.from) + (fault.to === null ? "" : `–${stamp(fault.to)}`);
      const known = fault.outcome === "confirmed" ? "confirmed" : fault.outcome === "contradicted" ? "had no effect that lasted" : fault.phase;
      const parts = [at, known === fault.phase ? known : `${known}, ${fault.phase}`.replace("confirmed, confirmed", "confirmed")];
      if (fault.targets.length) parts.push(fault.targets.join(", "));
      element("span", item, parts.join(" · "), "more");
      if (fault.sentence) element("span", item, fault.sentence, "more");
      else if (fault.note) element("span", item, fault.note, "more");
    });
    // Whose button is gone goes on from the list.
    if (!isKept) { list.tabIndex = -1; list.focus(); }
  }
  function notes() {
    const list = find("notes");
    list.replaceChildren();
    if (!state.notes.length) element("p", list, "none", "none");
    [...state.notes].reverse().forEach((note) => {
      const item = element("li", list);
      element("span", item, stamp(note.at), "at");
      const text = element("span", item, undefined, "text");
      if (note.about) element("span", text, note.about + ": ", "about");
      text.append(note.text);
    });
  }
  // Numbers change in place: what is made again under a finger cannot be pressed.
  let shape = "", cells = [];
  function traffic() {
    const holder = find("traffic"), now = JSON.stringify(state.traffic.map((one) => [one.workload, one.sites.map((site) => site.site)]));
    if (now !== shape) {
      shape = now;
      cells = [];
      holder.replaceChildren(state.traffic.length ? table() : element("p", null, "this stack has no traffic", "none"));
    }
    const fill = (row, counts) => {
      row.good.textContent = per(counts.goodPerSecond);
      row.bad.textContent = per(counts.badPerSecond);
      row.bad.className = "number" + (counts.badPerSecond > 0 ? " wrong" : "");
    };
    state.traffic.forEach((one, place) => {
      const own = cells[place], isPaused = one.rate === null;
      fill(own, one);
      own.rate.textContent = isPaused ? "paused" : one.rate;
      own.sites.forEach((row, number) => fill(row, one.sites[number]));
      own.error.hidden = !(one.badPerSecond > 0 && one.lastError);
      own.error.firstChild.textContent = one.lastError || "";
      if (!own.toggle) return;
      own.toggle.textContent = isPaused ? "▶" : "‖";
      own.toggle.setAttribute("aria-label", (isPaused ? "Send " : "Pause ") + one.workload);
    });
  }
  function table() {
    const made = document.createElement("table"), head = element("tr", element("thead", made));
    ["", "ok", "not ok", "rate"].forEach((title, place) => element("th", head, title, place ? "number" : ""));
    state.traffic.forEach((one, place) => {
      const body = element("tbody", made);
      const row = (name, style) => {
        const line = element("tr", body, undefined, style);
        element(style ? "span" : "b", element("td", line), name);
        return { good: element("td", line, "", "number"), bad: element("td", line, "", "number"), last: element("td", line, "", "number") };
      };
      const own = row(one.workload, "");
      own.rate = element("span", own.last);
      if (state.control) {
        own.toggle = element("button", own.last, "", "small");
        own.toggle.type = "button";
        own.toggle.addEventListener("click", () => Live.act({ ask: "traffic", start: state.traffic[place].rate === null, workload: one.workload }, own.toggle));
      }
      own.sites = one.sites.length > 1 ? one.sites.map((site) => row("from " + site.site, "site")) : [];
      own.error = element("tr", body, undefined, "error");
      element("td", own.error).colSpan = 4;
      cells.push(own);
    });
    return made;
  }

  // What a server says.
  let place = null, isAsking = false;
  find("instance").addEventListener("change", () => { place = null; find("log").textContent = ""; find("log").hidden = !find("instance").value; follow(); });
  find("stack").addEventListener("pick", (event) => {
    const all = state.instances.filter((name) => name.startsWith(event.detail.node + "/"));
    if (!all.length) return;
    find("instance").value = event.detail.component && all.includes(`${event.detail.node}/${event.detail.component}`) ? `${event.detail.node}/${event.detail.component}` : all[0];
    find("instance").dispatchEvent(new Event("change"));
    find("log").scrollIntoView({ block: "nearest" });
  });
  async function follow() {
    const instance = find("instance").value;
    if (!instance || isAsking || isOver || document.hidden) return;
    isAsking = true;
    try {
      const query = new URLSearchParams({ instance });
      if (place !== null) query.set("after", place);
      const answer = await (await fetch(`${base}log?${query}`)).json();
      if (instance === find("instance").value) {
        const log = find("log"), isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 20;
        const text = answer.error !== undefined ? (place === null ? answer.error : "") : answer.text;
        if (answer.next !== undefined) place = answer.next;
        if (text) log.textContent = (log.textContent + text).slice(-200000);
        else if (!log.textContent) log.textContent = "nothing yet\n";
        if (text && log.textContent.startsWith("nothing yet\n")) log.textContent = text;
        if (isAtEnd) log.scrollTop = log.scrollHeight;
      }
    } catch (_) { /* The line above says that nothing is heard. */ }
    isAsking = false;
  }
  setInterval(follow, 1000);

  listen();
})();
