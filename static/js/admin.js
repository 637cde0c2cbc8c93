/* Names for the admin's nameless fields: cells of inline tables take their column's heading, search boxes their field's label. */
(function () {
  "use strict";

  function name(element, words) {
    if (element && words && !element.getAttribute("aria-label") && !(element.labels && element.labels.length)) element.setAttribute("aria-label", words);
  }

  function cells(table) {
    table.querySelectorAll("td[class*='field-']").forEach((cell) => {
      const field = [...cell.classList].find((c) => c.startsWith("field-")).slice(6);
      const heading = table.querySelector("th.column-" + CSS.escape(field));
      if (!heading) return;
      cell.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((input) => name(input, heading.textContent.trim()));
    });
    const last = table.querySelector("thead tr > :last-child");
    table.querySelectorAll("td.delete input[type=checkbox]").forEach((box) => name(box, last && last.textContent.trim()));
    table.querySelectorAll("th").forEach((th) => {
      if (th.textContent.trim() || th.hasAttribute("aria-label")) return;
      const words = document.createElement("span");
      words.className = "visually-hidden";
      words.textContent = table.closest("fieldset, .module")?.querySelector("h2, .inline-heading")?.textContent.trim() || "#";
      th.append(words);
    });
  }

  function searches(root) {
    root.querySelectorAll("select.admin-autocomplete").forEach((select) => {
      const words = select.getAttribute("aria-label") || (select.labels && select.labels[0] && select.labels[0].textContent.trim());
      const box = select.nextElementSibling;
      if (!box || !words) return;
      box.querySelectorAll("[role=combobox], [role=textbox]").forEach((part) => {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", words);
      });
    });
  }

  function all() {
    document.querySelectorAll(".inline-group table, #result_list").forEach(cells);
    searches(document);
  }

  window.addEventListener("load", () => setTimeout(all, 0));
  document.addEventListener("formset:added", () => setTimeout(all, 0));
})();
