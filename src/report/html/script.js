// The page is complete without this: it filters, and unfolds what is looked for.
(() => {
  "use strict";
  const form = document.getElementById("filter");
  const text = document.getElementById("filter-text");
  const count = document.getElementById("filter-count");
  // A finding is found by what it says, not by what its exchanges hold: all of them hold much the same.
  const items = [...document.querySelectorAll("[data-item]")].map((element) => ({
    element,
    kind: element.dataset.item,
    words: (element.querySelector(".told, th") || element).textContent.toLowerCase(),
  }));
  const chosen = (name) =>
    new Set([...form.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value));

  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = chosen("state");
    const levels = chosen("level");
    const shown = { finding: 0, promise: 0 };
    const all = { finding: 0, promise: 0 };
    for (const { element, kind, words: has } of items) {
      const fits = states.has(element.dataset.state) && levels.has(element.dataset.level)
        && words.every((word) => has.includes(word));
      element.hidden = !fits;
      all[kind] += 1;
      if (fits) shown[kind] += 1;
    }
    for (const group of document.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("[data-item]:not([hidden])");
      if (words.length > 0 && !group.hidden) group.open = true;
    }
    count.textContent = `${shown.finding} of ${all.finding} findings, ${shown.promise} of ${all.promise} promises`;
  }

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();

  // A link to what the filter hides takes the filter away.
  function reveal() {
    const goal = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!goal) return;
    if (goal.hidden) {
      form.reset();
      filter();
    }
    for (let folded = goal.closest("details"); folded; folded = folded.parentElement.closest("details")) {
      folded.open = true;
    }
    const exchanges = goal.matches(".finding") && goal.querySelector("details.exchanges");
    if (exchanges) exchanges.open = true;
    goal.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();
})();
