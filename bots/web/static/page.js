// Draws how things stand anew while something is at work. The page is whole without this.
"use strict";

const PAUSE = 3000; // milliseconds between two looks

function busy(section) {
  const playing = [...document.querySelectorAll("audio")].some((audio) => !audio.paused);
  return playing || section.contains(document.activeElement) || section.querySelector("details[open]");
}

async function look() {
  const before = document.getElementById("status");
  const address = new URL(location.href);
  address.hash = "";
  address.search = "?part=status";
  let drawn = null;
  try {
    const answer = await fetch(address, { cache: "no-store", credentials: "omit" });
    if (answer.ok) drawn = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("status");
    else if (answer.status < 500 && answer.status !== 429) return; // the link is closed
  } catch {
    // the line is gone; it is tried again
  }
  const refused = document.querySelector("#upload .failed"); // a reload would forget it
  if (drawn && !drawn.dataset.atWork && !refused) {
    if (!busy(before)) {
      location.replace(location.pathname); // what is at an end has more to show than its first section
      return;
    }
  } else if (drawn && !busy(before)) {
    before.replaceWith(drawn);
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
