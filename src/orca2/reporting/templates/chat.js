"use strict";
const at = (id) => document.getElementById(id);
const columns = JSON.parse(document.body.dataset.models).map((model, index) => ({
  model, messages: [], log: document.querySelectorAll(".log")[index],
}));
let running = null; // the AbortController of the answers under way

function show(column, role, text) {
  column.log.querySelector(".empty")?.remove();
  const message = document.createElement("div");
  message.className = `message ${role}`;
  message.textContent = text;
  column.log.append(message);
  message.scrollIntoView({ block: "nearest" });
  return message;
}

function note(column, text, bad = false) {
  const line = document.createElement("p");
  line.className = bad ? "note bad" : "note";
  line.textContent = text;
  column.log.append(line);
  line.scrollIntoView({ block: "nearest" });
}

function body(column) {
  const system = at("system").value.trim();
  return JSON.stringify({
    model: column.model, stream: true, stream_options: { include_usage: true },
    messages: [...(system ? [{ role: "system", content: system }] : []), ...column.messages],
    temperature: Number(at("temperature").value), max_completion_tokens: room(),
    ...(switched() === null ? {} : { chat_template_kwargs: { enable_thinking: switched() } }),
  });
}

function switched() {
  return { on: true, off: false }[at("thinking").value] ?? null;
}

function room() {
  return Math.max(1, Math.floor(Number(at("most").value)) || 512);
}

// The thought is folded away above the answer; it is open while nothing else is there to read.
function think(message, text) {
  const folded = document.createElement("details");
  folded.className = "thought";
  folded.open = true;
  const title = document.createElement("summary");
  title.textContent = "Thought";
  const body = document.createElement("div");
  body.textContent = text;
  folded.append(title, body);
  message.before(folded);
  return folded;
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (held + value).split("\n\n");
    held = parts.pop();
    for (const part of parts) if (part !== "data: [DONE]") yield JSON.parse(part.slice(6));
  }
}

async function answer(column, signal) {
  const started = performance.now();
  const message = show(column, "assistant running", "");
  let text = "", thought = "", folded = null, finish = null, usage = null, failed = "";
  try {
    const key = at("key")?.value;
    const response = await fetch("/v1/chat/completions", {
      method: "POST", signal, body: body(column),
      headers: { "Content-Type": "application/json", ...(key ? { Authorization: `Bearer ${key}` } : {}) },
    });
    if (!response.ok) throw new Error((await response.json()).error.message);
    for await (const event of events(response)) {
      if (event.error) throw new Error(event.error.message);
      const low = column.log.scrollHeight - column.log.scrollTop - column.log.clientHeight < 60;
      const delta = event.choices[0]?.delta ?? {};
      if (delta.reasoning_content) {
        thought += delta.reasoning_content;
        folded ??= think(message, "");
        folded.lastChild.textContent = thought;
      }
      if (folded && delta.content && !text) folded.open = false;
      text += delta.content ?? "";
      finish = event.choices[0]?.finish_reason ?? finish;
      usage = event.usage ?? usage;
      message.textContent = text;
      if (low) column.log.scrollTop = column.log.scrollHeight; // who reads further up is left there
    }
  } catch (error) {
    failed = signal.aborted ? "" : error.message;
  }
  message.classList.remove("running");
  if (text) column.messages.push({ role: "assistant", content: text, ...(thought ? { reasoning_content: thought } : {}) });
  else message.remove();
  if (failed) return note(column, failed, true);
  if (signal.aborted) return note(column, "stopped");
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const thinking = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  const share = thinking ? `, ${thinking} of them thought` : "";
  note(column, `${usage.completion_tokens} tokens${share}, ${seconds} s${finish === "length" ? ", cut at the most tokens" : ""}`);
}

async function answers() {
  running = new AbortController();
  settle();
  await Promise.all(columns.map((column) => answer(column, running.signal)));
  running = null;
  settle();
}

function settle() {
  at("stop").hidden = running === null;
  at("send").hidden = running !== null;
  at("retry").disabled = running !== null || !columns[0].messages.length;
  if (running === null && matchMedia("(hover: hover)").matches) at("question").focus();
}

function forgetAnswer(column) {
  while (column.messages.at(-1)?.role === "assistant") column.messages.pop();
  while (column.log.lastElementChild && !column.log.lastElementChild.classList.contains("user")) {
    column.log.lastElementChild.remove();
  }
}

at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = at("question").value.trim();
  if (running || !question) return;
  at("question").value = "";
  grow();
  for (const column of columns) {
    column.messages.push({ role: "user", content: question });
    show(column, "user", question);
  }
  answers();
});
at("retry").addEventListener("click", () => {
  columns.forEach(forgetAnswer);
  answers();
});
at("stop").addEventListener("click", () => running?.abort());
at("new").addEventListener("click", () => {
  running?.abort();
  for (const column of columns) {
    column.messages = [];
    column.log.replaceChildren();
  }
  settle();
});
at("settings-button").addEventListener("click", () => {
  at("settings").hidden = !at("settings").hidden;
  at("settings-button").setAttribute("aria-expanded", String(!at("settings").hidden));
});
at("settings").addEventListener("submit", (event) => event.preventDefault());
at("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at("ask").requestSubmit();
  }
});

function grow() {
  at("question").style.height = "auto";
  at("question").style.height = `${at("question").scrollHeight + 2}px`;
}
at("question").addEventListener("input", grow);
settle();
