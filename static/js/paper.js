/* Opens the tables under the charts before printing, and closes them again (for browsers where print.css alone cannot). */
(function () {
  "use strict";
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.chart-table:not([open])")];
    opened.forEach((details) => { details.open = true; });
  });
  window.addEventListener("afterprint", () => { opened.forEach((details) => { details.open = false; }); opened = []; });
})();
