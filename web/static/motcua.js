// Comforts only: every page works without this file.
(() => {
  "use strict";

  // data-shortcut="Alt+N" on a link, button or field: go there, press it, or put the cursor into it.
  const pressed = (event) =>
    [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", event.code.replace(/^(Key|Digit)/, "")]
      .filter(Boolean).join("+").toLowerCase();

  document.addEventListener("keydown", (event) => {
    if (!event.altKey && !event.ctrlKey) return;
    const wanted = pressed(event);
    const target = [...document.querySelectorAll("[data-shortcut]")]
      .find((element) => element.dataset.shortcut.toLowerCase() === wanted && element.offsetParent !== null);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input:not([type=submit]), select, textarea")) target.focus();
    else target.click();
  });

  // Single letters, outside of fields only, and only while nobody has switched them off (WCAG 2.1.4).
  const letters = document.querySelector("[data-letters]");
  const remembered = (value) => {
    try {
      if (value !== undefined) localStorage.setItem("letters", value);
      return localStorage.getItem("letters") !== "off";
    } catch {
      return true;
    }
  };
  if (letters) {
    letters.checked = remembered();
    letters.addEventListener("change", () => remembered(letters.checked ? "on" : "off"));
  }

  const nextLink = (step) => {
    const links = [...document.querySelectorAll("tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
    const at = links.indexOf(document.activeElement);
    links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
  };

  const words = (element) => {
    const said = element.cloneNode(true);
    for (const part of said.querySelectorAll("kbd, .count, .sr")) part.remove();
    return element.getAttribute("aria-label") || element.labels?.[0]?.textContent.trim() || said.textContent.trim();
  };

  const showKeys = (dialog) => {
    const list = dialog.querySelector("dl");
    for (const old of list.querySelectorAll("[data-of-page]")) old.remove();
    for (const element of document.querySelectorAll("[data-shortcut]")) {
      if (element.offsetParent === null) continue;
      const row = list.appendChild(document.createElement("div"));
      row.dataset.ofPage = "";
      const key = row.appendChild(document.createElement("dt")).appendChild(document.createElement("kbd"));
      key.textContent = element.dataset.shortcut;
      row.appendChild(document.createElement("dd")).textContent = words(element);
    }
    dialog.showModal();
  };

  document.addEventListener("keydown", (event) => {
    const writes = event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
    if (writes || event.altKey || event.ctrlKey || event.metaKey || !letters || !remembered()) return;
    const dialog = document.getElementById("keys");
    if (event.key === "?" && !dialog.open) showKeys(dialog);
    else if (event.key === "j") nextLink(1);
    else if (event.key === "k") nextLink(-1);
  });
  for (const opener of document.querySelectorAll("[data-show-keys]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => showKeys(document.getElementById("keys")));
  }

  // The second click of a double click is not a second command (the idempotency key would stop it anyway).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.matches("[hx-post]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  // Coming back with the browser's button, the form may be sent again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });

  // Numbers beside the pages of the sidebar: each service says its own, and one that does not answer leaves its place empty.
  const counted = [...document.querySelectorAll("[data-count]")];
  for (const address of new Set(counted.map((element) => element.dataset.count.split("#")[0]))) {
    fetch(address, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .then((counts) => {
        for (const element of counted) {
          const [from, name] = element.dataset.count.split("#");
          if (from !== address || typeof counts[name] !== "number") continue;
          element.textContent = counts[name].toLocaleString(document.documentElement.lang);
          element.classList.toggle("late", "alarms" in element.dataset && counts[name] > 0);
          element.hidden = false;
        }
      })
      .catch(() => {});
  }

  // data-beside on a link of a list: where the window has room, what it leads to opens beside the list.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-beside]");
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!link || elsewhere || !matchMedia("(min-width: 85rem)").matches) return;
    event.preventDefault();
    location.assign(link.dataset.beside);
  });

  // A menu closes when somebody turns to something else.
  for (const menu of document.querySelectorAll("details.menu")) {
    document.addEventListener("click", (event) => menu.contains(event.target) || menu.removeAttribute("open"));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    });
  }

  // Wrong or done: the first thing read is what happened.
  document.querySelector("[data-focus]")?.focus();

  // data-from-fragment="name" on a form: what stands behind the address's #, which no browser sends, goes into that field.
  const form = document.querySelector("form[data-from-fragment]");
  if (form && location.hash.length > 1) {
    form.elements[form.dataset.fromFragment].value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
})();
