(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("data"), timeline = Pictures.timeline(document.getElementById("timeline"), document.getElementById("tip"), data);
  const holder = document.getElementById("stack");
  if (!holder) return;

  // The stack at the moment that the reader chooses, by the slider or by a click on the timeline.
  const picture = read("picture"), slider = document.getElementById("moment"), word = document.getElementById("moment-text");
  const topology = Pictures.topology(holder, picture.stack);
  const phrase = (time) => {
    const active = data.faults.filter((fault) => fault.from <= time && time <= fault.to).map((fault) => `${fault.id}. ${fault.name}`);
    return Pictures.seconds(time) + (active.length ? " · " + active.join(", ") : "");
  };
  let chosen = picture.moment;
  const show = (time) => {
    topology.update(Pictures.pick(picture.tracks, time));
    word.textContent = phrase(time);
  };
  const choose = (time) => {
    chosen = time;
    slider.value = time;
    slider.setAttribute("aria-valuetext", phrase(time));
    timeline.mark(time);
    show(time);
  };
  slider.min = data.from;
  slider.max = data.to;
  slider.step = (data.to - data.from) / 1000;
  slider.addEventListener("input", () => choose(Number(slider.value)));
  document.getElementById("timeline").addEventListener("moment", (event) => {
    const { time, isPinned } = event.detail;
    if (isPinned) choose(time);
    else show(time === null ? chosen : time);
  });
  holder.addEventListener("pick", (event) => timeline.open(event.detail.node));
  choose(chosen);
  document.documentElement.dataset.picture = holder.querySelectorAll("g.node").length ? "drawn" : "empty";
})();
