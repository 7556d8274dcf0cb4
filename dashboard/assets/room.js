// The room's stream: writes the count and the timer, and says once when a step was taken that the page has not drawn.
const rooms = new WeakMap();

function paint(room) {
  const { data, told, elements } = room;
  elements.line.hidden = !data.shown;
  const open = data.round === null ? null : (told && told.rounds[data.round]) || data.count;
  elements.count.textContent = open ? `${open[0]} of ${open[1]} in` : "";
  const left = room.ends === null ? null : Math.max(0, Math.ceil((room.ends - performance.now()) / 1000));
  if (left === null) elements.timer.textContent = "";
  else if (left === 0) elements.timer.textContent = "time is up";
  else elements.timer.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

function compare(room) {
  const { data, told } = room;
  if (!told) return;
  const moved = told.closed || told.version > data.version || (data.people !== null && told.people !== data.people);
  const what = `${told.version}/${told.people}/${told.closed}`;
  if (moved && what !== room.said) {
    room.said = what;
    room.trigger("moved", what);
  }
}

function listen(room, source) {
  if (room.source === source) return;
  if (room.stream) room.stream.close();
  room.source = source;
  room.told = null;
  room.stream = new EventSource(source);
  room.stream.addEventListener("room", (event) => {
    room.told = JSON.parse(event.data);
    paint(room);
    compare(room);
  });
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let room = rooms.get(parentElement);
  if (!room) {
    room = { said: null, told: null, source: null, stream: null };
    room.ticking = setInterval(() => paint(room), 250);
    rooms.set(parentElement, room);
  }
  room.data = data;
  room.trigger = setTriggerValue;
  room.ends = data.left === null ? null : performance.now() + data.left * 1000;
  room.elements = {
    line: parentElement.querySelector("p"),
    count: parentElement.querySelector(".count"),
    timer: parentElement.querySelector(".timer"),
  };
  listen(room, data.source);
  paint(room);
  compare(room);
  return () => {
    clearInterval(room.ticking);
    if (room.stream) room.stream.close();
    rooms.delete(parentElement);
  };
}
