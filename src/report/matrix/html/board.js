// The page is complete without this: it sorts, filters, and unfolds what is looked for.
(() => {
  "use strict";
  const form = document.getElementById("filter");
  const text = document.getElementById("filter-text");
  const differ = document.getElementById("filter-differ");
  const count = document.getElementById("filter-count");
  const body = document.querySelector(".board tbody");
  const rows = body ? [...body.rows] : [];
  const words = new Map(rows.map((row) => [row, row.querySelector("th").textContent.toLowerCase()]));

  function filter() {
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const marks = new Set([...form.querySelectorAll("input[name=mark]:checked")].map((box) => box.value));
    let shown = 0;
    for (const row of rows) {
      const fits = row.dataset.marks.split(",").some((mark) => marks.has(mark))
        && (!differ.checked || row.dataset.differ !== undefined)
        && wanted.every((word) => words.get(row).includes(word));
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    count.textContent = `${shown} of ${rows.length} promises`;
  }
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();

  // The first column sorts by the order of the contract, the others by their marks, the worst first.
  const heads = [...document.querySelectorAll(".board thead th")];
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rank = (row) => at === 0 ? rows.indexOf(row) : Number(row.cells[at].dataset.rank);
      const sorted = rows.map((row) => [rank(row), row]).sort((one, other) => one[0] - other[0]);
      if (down) sorted.reverse();
      body.append(...sorted.map(([, row]) => row));
    });
  });

  function reveal() {
    const goal = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!goal) return;
    const folded = goal.closest("details");
    if (folded) folded.open = true;
    goal.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();
})();
