// Belongs to the live page: what may be done from it, where anything may.
Live.act = (() => {
  const { base, find, element } = Live;
  async function act(request, button) {
    // What is under way is not asked for twice; it keeps the focus, as what is disabled would not.
    if (button && button.getAttribute("aria-busy") === "true") return null;
    if (button) button.setAttribute("aria-busy", "true");
    let answer;
    try {
      const reply = await fetch(base + "act", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request) });
      answer = reply.ok ? await reply.json() : { error: await reply.text() };
    } catch (_) { answer = { error: "the stack did not answer" }; }
    if (button) button.removeAttribute("aria-busy");
    if (answer.error !== undefined) say("refused", [answer.error]);
    return answer;
  }
  function say(style, sentences) {
    const place = find("answer");
    if (!place) return;
    place.replaceChildren();
    sentences.filter((text) => text).forEach((text) => element("p", place, text));
    place.className = "answer " + style;
    place.hidden = false;
  }
  if (!find("inject")) return act;
  const sentence = (isDry) => ({ ask: "inject", said: { sentence: find("sentence").value.trim() }, dry: isDry,
    confirmed: find("confirmed").checked, mostTargets: find("most").value ? Number(find("most").value) : null });
  const hits = (answer) => answer.summary + " → " + (answer.targets.length ? answer.targets.join(", ") : "nothing");
  find("inject").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await act(sentence(true), find("preview"));
    if (answer && answer.error === undefined) say(answer.sentence ? "doubt" : "", [hits(answer), answer.sentence.replace("--confirm", "the tick at “whole sites, too”"), "healed " + answer.heals]);
  });
  find("do").addEventListener("click", async () => {
    if (!find("inject").reportValidity()) return;
    const answer = await act(sentence(false), find("do"));
    if (answer && answer.error === undefined) say(answer.confirmed ? "done" : "doubt",
      [`${answer.id}. ${hits(answer)}`, (answer.confirmed ? "confirmed: " : "not confirmed: ") + answer.sentence, "healed " + answer.heals]);
  });
  find("halt").addEventListener("click", async () => {
    const answer = await act({ ask: "halt" }, find("halt"));
    if (answer && answer.error === undefined) say("done", answer.healed.length ? answer.healed.map((one) => `${one.summary}: ` + (one.confirmed ? "healed" : `not seen to be healed ${one.sentence}`)) : ["nothing is active"]);
  });
  find("note").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await act({ ask: "note", text: find("words").value }, event.submitter);
    if (answer && answer.error === undefined) find("words").value = "";
  });
  return act;
})();
