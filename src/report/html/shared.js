// The page is complete without this: it unfolds what is printed, and copies.
(() => {
  "use strict";
  // Paper cannot be unfolded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });

  async function copied(pre) {
    try {
      await navigator.clipboard.writeText(pre.querySelector("code").textContent);
      return true;
    } catch {
      const selection = getSelection();
      selection.selectAllChildren(pre.querySelector("code"));
      return document.execCommand("copy");
    }
  }
  for (const pre of document.querySelectorAll("pre.copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      button.textContent = (await copied(pre)) ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    const frame = document.createElement("div");
    frame.className = "copying";
    pre.replaceWith(frame);
    frame.append(pre, button);
  }
})();
