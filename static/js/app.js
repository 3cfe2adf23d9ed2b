/* What the browser adds to pages that work without it. No dependency but htmx's events; everything is delegated. */

const typing = (node) => node instanceof Element && node.closest("input, textarea, select, [contenteditable]");

/* "/" goes to the field that asks for it. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const field = document.querySelector('[data-hotkey="/"]');
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

/* Menus close on Escape and on a click elsewhere. */
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
};
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));

/* A link with data-dialog opens that dialog; data-close closes the one it stands in; so does a click beside it. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer && closer.closest("dialog")) {
    event.preventDefault();
    closer.closest("dialog").close();
  } else if (event.target instanceof HTMLDialogElement) {
    event.target.close();
  }
});

/* Copy what a button names. Browsers allow that only over TLS, so such buttons show only then. */
if (navigator.clipboard) document.documentElement.classList.add("can-copy");
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const before = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = before), 2000);
});

/* A form is sent once, however often its button is pressed. */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "get") return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

/* Polling rests while nobody looks, and asks at once when somebody does again. */
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("[data-poll]")) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !window.htmx) return;
  for (const node of document.querySelectorAll("[data-poll]")) window.htmx.trigger(node, "look");
});

/* What was opened stays open, and an open dialog is not swapped away. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.querySelector && event.target.querySelector("dialog[open]")) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const next = event.detail.fragment.firstElementChild;
  if (!next) return;
  for (const details of event.target.querySelectorAll("details[id][open]")) {
    const twin = next.querySelector(`#${CSS.escape(details.id)}`);
    if (twin) twin.setAttribute("open", "");
  }
});

/* A page that asks and gets no answer says so, once, and takes it back when there is one. */
const away = document.getElementById("away");
const setAway = (isAway) => {
  if (!away || away.classList.contains("alert") === isAway) return;
  away.classList.toggle("alert", isAway);
  away.classList.toggle("warn", isAway);
  away.textContent = isAway ? away.dataset.says : "";
};
for (const trouble of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(trouble, () => setAway(true));
document.addEventListener("htmx:afterRequest", (event) => {
  const status = event.detail.xhr ? event.detail.xhr.status : 0;
  if (status) setAway(status >= 500);
});
