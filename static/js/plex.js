/* Signing in with Plex: what the browser adds to pages that work without it. */

/* The browser asks Plex for the PIN itself, so that Plex sees the same place twice and warns of nothing. Without an
   answer the form is sent all the same, and the server asks. No token ever comes here: a new PIN has none. */
const door = document.querySelector("form[data-pin-address]");
if (door) {
  let isGoing = false;
  const ask = async () => {
    const asked = { method: "POST", headers: { Accept: "application/json" }, credentials: "omit", signal: AbortSignal.timeout(4000) };
    const answer = await fetch(door.dataset.pinAddress, asked);
    if (!answer.ok) return;
    const pin = await answer.json();
    door.elements.pin_id.value = pin.id;
    door.elements.pin_code.value = pin.code;
  };
  door.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isGoing) return;
    isGoing = true;
    door.querySelector("button").setAttribute("aria-busy", "true");
    try {
      await ask();
    } catch {
      /* the server asks instead */
    }
    door.submit();
  });
  /* Back from Plex without a new page: a browser that kept this one, or an app that showed Plex on top of it. */
  const goOn = () => {
    if (isGoing && !document.hidden) location.assign(door.dataset.waiting);
  };
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) goOn();
  });
  document.addEventListener("visibilitychange", goOn);
}

/* The page that waits looks whether to go on, while somebody looks at it. */
const waiting = document.querySelector("form[data-look]");
if (waiting) {
  let isGoing = false;
  const look = async () => {
    if (document.hidden || isGoing) return;
    try {
      const answer = await fetch(waiting.dataset.look, { headers: { Accept: "application/json" } });
      if (answer.ok && (await answer.json()).go_on && !isGoing) {
        isGoing = true;
        waiting.submit();
      }
    } catch {
      /* asked again in a moment */
    }
  };
  setInterval(look, 3000);
  document.addEventListener("visibilitychange", look);
  look();
}
