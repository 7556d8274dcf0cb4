"use strict";
// A vote is kept here until the server has acknowledged it, sent again as often as it takes, and means the same each
// time; so a lost answer, a sleeping phone or another network loses nothing and counts nothing twice.
const VOTE = document.body.dataset.vote;
const SILENCE = 25000; // the server says something every ten seconds
const POLL = 3000;
const at = (id) => document.getElementById(id);
let asked = null; // what all phones are told
let own = { voter: "", observer: false, mine: {} }; // what this one is told
let waiting = {}; // votes by round that are not acknowledged yet
let refused = {}; // sentences by round
let index = 0; // of the question shown, in a survey
let heard = 0, endsAt = null, closesAt = null, source = null, polling = null, sending = false, pause = 500, over = "";

function line(state, text) {
  const shown = at("line");
  if (shown.textContent !== text) shown.textContent = text;
  shown.dataset.state = state;
}

function take(state) {
  if (asked && state.version < asked.version) return;
  if (!asked || state.version !== asked.version || state.timer === null) {
    endsAt = state.timer === null ? null : Date.now() + state.timer * 1000;
  }
  closesAt = state.closes_in === null ? null : Date.now() + state.closes_in * 1000;
  asked = state;
  heard = Date.now();
  show();
}

function takeOwn(state) {
  own = state;
  const open = new Set(asked ? asked.rounds.map((round) => String(round.id)) : []);
  for (const id of Object.keys(waiting)) if (!open.has(id)) delete waiting[id];
}

const late = () => asked.survey && closesAt !== null && Date.now() >= closesAt;
const within = (milliseconds) => AbortSignal.timeout ? AbortSignal.timeout(milliseconds) : undefined;

function words() {
  if (over) return [over, ""];
  if (!asked) return ["Please wait", ""];
  if (asked.phase === "closed") return ["The session is closed", "Thank you. Nothing is voted any more."];
  if (late()) return ["The deadline has passed", "Thank you. Nothing is voted any more."];
  if (!asked.rounds.length) return ["Please wait", "The next question appears here by itself."];
  return null;
}

function show() {
  const said = words();
  const round = said ? null : asked.rounds[(index = Math.min(index, asked.rounds.length - 1))];
  at("session").textContent = asked ? asked.title : "";
  at("title").textContent = said ? said[0] : round.title;
  at("text").textContent = said ? said[1] : round.text;
  at("leave").hidden = !over && !own.observer;
  showNote(round);
  showChoices(round);
  showSteps(said ? [] : asked.rounds);
  showTimer();
}

function showNote(round) {
  let note = "";
  if (round && own.observer) note = "You look on and do not vote.";
  else if (round && asked.phase === "revealed") note = "The votes are on the screen.";
  else if (round && round.number === 2) note = "Second vote, after the discussion.";
  at("note").textContent = note;
  let mine = "";
  if (round && !own.observer) {
    const choice = chosen(round), option = round.options.find((one) => one[0] === choice);
    if (refused[round.id]) mine = "■ " + refused[round.id];
    else if (option && waiting[round.id]) mine = "… " + option[1] + " is not sent yet";
    else if (option) mine = "You chose: " + option[1] + (open() ? ". You can change it." : ".");
    else if (open()) mine = "You have not voted yet.";
  }
  if (at("mine").textContent !== mine) at("mine").textContent = mine;
}

const open = () => asked.phase === "voting" && !over && !late();
const chosen = (round) => waiting[round.id] || own.mine[round.id] || "";

function showChoices(round) {
  const box = at("choices"), key = round && !own.observer ? String(round.id) : "";
  if (box.dataset.round !== key) {
    box.dataset.round = key;
    box.replaceChildren(...(key ? round.options.map((option) => button(round, option)) : []));
  }
  for (const one of box.children) {
    one.setAttribute("aria-pressed", String(one.dataset.choice === chosen(round)));
    one.disabled = !open();
  }
}

function button(round, [choice, label, anchor]) {
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.choice = choice;
  const beside = choice === "unknown" || choice === "n/a";
  if (beside) {
    made.className = "beside";
    made.textContent = label;
  } else {
    const strong = document.createElement("strong");
    strong.textContent = label;
    made.append(strong);
    if (anchor) {
      const small = document.createElement("small");
      small.textContent = anchor;
      made.append(small);
    }
  }
  made.addEventListener("click", () => vote(round.id, choice));
  return made;
}

function showSteps(rounds) {
  const many = Boolean(asked && asked.survey && rounds.length);
  at("steps").hidden = !many;
  if (!many) return;
  const done = rounds.filter((round) => chosen(round)).length;
  at("progress").textContent = `${index + 1} of ${rounds.length}, ${done} answered`;
  at("back").disabled = index === 0;
  at("next").disabled = index === rounds.length - 1;
}

function showTimer() {
  const timer = at("timer");
  timer.hidden = !endsAt || !asked || asked.phase === "closed";
  if (timer.hidden) {
    const until = asked && asked.survey && asked.phase !== "closed" && asked.deadline && !late();
    timer.hidden = !until;
    if (until) timer.textContent = "Open until " + new Date(asked.deadline).toLocaleString();
    return;
  }
  const left = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
  timer.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left` : "Time is up";
}

function vote(round, choice) {
  delete refused[round];
  waiting[round] = choice;
  show();
  send();
}

async function send() {
  if (sending) return;
  sending = true;
  for (let id = Object.keys(waiting)[0]; id && !over; id = Object.keys(waiting)[0]) {
    const choice = waiting[id];
    const done = await post(Number(id), choice).catch(() => false);
    if (done && waiting[id] === choice) delete waiting[id];
    if (!done) {
      line("off", "○ no connection, trying again");
      await new Promise((wake) => setTimeout(wake, pause));
      pause = Math.min(pause * 2, 5000);
    } else pause = 500;
    if (asked) show();
  }
  sending = false;
}

async function post(round, choice) {
  const answer = await fetch(VOTE, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ round, choice, voter: own.voter }),
    signal: within(10000),
  });
  if (answer.status >= 500 || answer.status === 429) return false;
  const said = await answer.json();
  if (answer.ok) own.mine[round] = choice;
  else if (answer.status === 401) leave(said.error);
  else refused[round] = said.error;
  online();
  return true;
}

function leave(sentence) {
  over = sentence;
  waiting = {};
  if (source) source.close();
  line("off", "○ not joined");
  show();
}

function online() {
  heard = Date.now();
  if (!over) line("on", "● connected");
}

function listen() {
  clearTimeout(polling);
  if (over) return;
  if (source) source.close();
  heard = Date.now();
  const mine = (source = new EventSource(`${VOTE}/events`));
  mine.addEventListener("state", (event) => {
    const state = JSON.parse(event.data);
    asked = null;
    take(state.asked);
    takeOwn(state.own);
    online();
    show();
    send();
  });
  mine.addEventListener("asked", (event) => { take(JSON.parse(event.data)); online(); });
  mine.addEventListener("beat", online);
  mine.addEventListener("gone", () => leave("The facilitator took this phone out of the session."));
  mine.addEventListener("error", () => { if (source === mine && !over) poll(); });
}

async function poll() { // when nothing is pushed: an old proxy, a server that starts again
  clearTimeout(polling);
  if (over) return;
  try {
    const answer = await fetch(`${VOTE}/state`, { signal: within(8000) });
    if (answer.status === 401) return leave((await answer.json()).error);
    if (!answer.ok) throw new Error(answer.statusText);
    const state = await answer.json();
    asked = null;
    take(state.asked);
    takeOwn(state.own);
    online();
    show();
    send();
  } catch {
    line("off", "○ no connection, trying again");
  }
  if (!source || source.readyState === EventSource.CLOSED) polling = setTimeout(listen, POLL);
  else if (source.readyState !== EventSource.OPEN) polling = setTimeout(poll, POLL);
}

at("back").addEventListener("click", () => { index -= 1; show(); });
at("next").addEventListener("click", () => { index += 1; show(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) listen(); });
window.addEventListener("online", listen);
window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
window.addEventListener("offline", () => line("off", "○ no connection, trying again"));
setInterval(() => {
  if (asked) showTimer();
  if (asked && !over && late() && at("choices").children.length) show();
  if (Date.now() - heard > SILENCE) listen();
}, 1000);
listen();
