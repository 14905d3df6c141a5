// Forms for functions, made of their JSON Schemas. A form gives JSON text, not values: what a
// person has typed as a number reaches the server digit by digit.
"use strict";
const description = JSON.parse(document.getElementById("description").textContent);
let count = 0;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function resolved(schema) {
  while (schema.$ref) schema = description.components.schemas[schema.$ref.split("/").pop()];
  return schema;
}

// The last part of a name, where "#/components/schemas/shapes.point" is meant.
function called(schema) {
  return schema.$ref ? schema.$ref.split("/").pop().split(".").pop() : "";
}

// ---- Fields: each has an element, gives JSON text, and knows where an error belongs ----

function field(schema, label) {
  const whole = resolved(schema);
  if (whole.anyOf && whole.anyOf.some((each) => each.type === "null")) return optional(whole, label);
  if (whole.oneOf) return variant(whole, label, called(schema));
  if (whole.anyOf && whole.anyOf[0].contentEncoding) return line(label, "bytes, as base64", JSON.stringify);
  if (whole.anyOf && whole.anyOf[0].type === "object") return mapping(whole.anyOf[0], label);
  if (whole.anyOf) return number(resolved(whole.anyOf[0]), label);
  if (whole.enum) return choice(whole.enum, label);
  if (whole.type === "boolean") return check(label);
  if (whole.type === "integer" || whole.type === "number") return number(whole, label);
  if (whole.type === "string") return text(whole, label);
  if (whole.type === "object") return record(whole, label, called(schema));
  if (whole.prefixItems) return tuple(whole, label);
  if (whole.uniqueItems && whole.items.enum) return flags(whole.items.enum, label, called(schema));
  return list(whole, label);
}

// A control with its label and a place for what is wrong with it.
function labelled(control, label, hint) {
  const id = `field-${++count}`;
  control.id = id;
  const error = element("p", { class: "error", id: `${id}-error` });
  control.setAttribute("aria-describedby", `${id}-error`);
  const name = element("label", { for: id }, label, " ");
  if (hint) name.append(element("span", { class: "hint" }, hint));
  const inline = control.type === "checkbox";
  const box = inline
    ? element("div", { class: "field" }, element("span", {}, control, " ", name), error)
    : element("div", { class: "field" }, name, control, error);
  return {
    element: box,
    fail(message) {
      error.textContent = message;
      if (message) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      return control;
    },
  };
}

function group(label, hint, ...children) {
  const error = element("p", { class: "error", id: `field-${++count}-error` });
  const legend = element("legend", {}, label, " ");
  if (hint) legend.append(element("span", { class: "hint" }, hint));
  const box = element("fieldset", { tabindex: "-1", "aria-describedby": error.id }, legend, error);
  box.append(...children);
  return {
    element: box,
    fail(message) {
      error.textContent = message;
      return box;
    },
  };
}

function leaf(control, label, hint, json) {
  const shown = labelled(control, label, hint);
  return { element: shown.element, json, clear: () => shown.fail(""), at: () => shown };
}

function line(label, hint, write) {
  const control = element("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  return leaf(control, label, hint, () => write(control.value));
}

function number(schema, label) {
  const limits = schema.minimum === undefined ? schema.type : `${schema.minimum} to ${schema.maximum}`;
  const written = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
  return line(label, limits, (typed) => {
    const trimmed = typed.trim();
    return written.test(trimmed) ? trimmed : JSON.stringify(trimmed);
  });
}

function text(schema, label) {
  if (schema.maxLength === 1) return line(label, "one character", JSON.stringify);
  const control = element("textarea", { rows: "1", spellcheck: "false" });
  return leaf(control, label, "string", () => JSON.stringify(control.value));
}

function check(label) {
  const control = element("input", { type: "checkbox" });
  return leaf(control, label, "", () => String(control.checked));
}

function choice(names, label) {
  const control = element("select", {}, ...names.map((name) => element("option", {}, name)));
  return leaf(control, label, "", () => JSON.stringify(control.value));
}

function branch(shown, children, json) {
  return {
    element: shown.element,
    json,
    clear() {
      shown.fail("");
      for (const [, child] of children()) child.clear();
    },
    at(steps) {
      if (!steps.length) return shown;
      const found = children().find(([name]) => String(name) === steps[0]);
      return found ? found[1].at(steps.slice(1)) : shown;
    },
  };
}

function record(schema, label, hint) {
  const fields = Object.entries(schema.properties).map(([name, each]) => [name, field(each, name)]);
  const shown = group(label, hint || "", ...fields.map(([, each]) => each.element));
  return branch(shown, () => fields, () => members(fields));
}

function members(fields) {
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}: ${each.json()}`).join(", ")}}`;
}

function tuple(schema, label) {
  const fields = schema.prefixItems.map((each, i) => [i, field(each, String(i + 1))]);
  const shown = group(label, "", ...fields.map(([, each]) => each.element));
  return branch(shown, () => fields, () => `[${fields.map(([, each]) => each.json()).join(", ")}]`);
}

function flags(names, label, hint) {
  const boxes = names.map((name) => [name, check(name)]);
  const shown = group(label, hint, ...boxes.map(([, each]) => each.element));
  const set = () => boxes.filter(([, each]) => each.json() === "true").map(([name]) => JSON.stringify(name));
  return branch(shown, () => [], () => `[${set().join(", ")}]`);
}

function optional(schema, label) {
  const inner = schema.anyOf.find((each) => each.type !== "null");
  const given = element("input", { type: "checkbox" });
  let child = null;
  const place = element("div");
  const shown = group(label, "may be left out", labelled(given, "given", "").element, place);
  given.addEventListener("change", () => {
    child = given.checked ? field(inner, label) : null;
    place.replaceChildren(...(child ? [child.element] : []));
  });
  return {
    element: shown.element,
    json: () => (child ? child.json() : "null"),
    clear() {
      shown.fail("");
      if (child) child.clear();
    },
    at: (steps) => (child ? child.at(steps) : shown),
  };
}

function variant(schema, label, hint) {
  const cases = schema.oneOf.filter((each) => each.type === "object").map((each) => Object.entries(each.properties)[0]);
  const select = element("select", {}, ...cases.map(([name]) => element("option", {}, name)));
  const place = element("div");
  const shown = group(label, hint, labelled(select, "case", "").element, place);
  let child = null;
  const change = () => {
    const [name, payload] = cases[select.selectedIndex];
    child = payload.type === "null" ? null : field(payload, name);
    place.replaceChildren(...(child ? [child.element] : []));
  };
  select.addEventListener("change", change);
  change();
  return branch(
    shown,
    () => (child ? [[select.value, child]] : []),
    () => `{${JSON.stringify(select.value)}: ${child ? child.json() : "null"}}`,
  );
}

// Lists of any length, and of one.
function repeated(label, make, hint, least, most) {
  const items = [];
  let made = 0;
  const place = element("div");
  const add = element("button", { type: "button" }, `Add to ${label}`);
  const shown = group(label, hint, place, add);
  const insert = () => {
    const name = `${label} ${++made}`;
    const item = make(name);
    const remove = element("button", { type: "button", "aria-label": `Remove ${name}` }, "Remove");
    const row = element("div", {}, item.element, remove);
    remove.addEventListener("click", () => {
      items.splice(items.indexOf(item), 1);
      row.remove();
      add.hidden = false;
      add.focus();
    });
    if (least !== undefined && least === most) remove.hidden = true;
    items.push(item);
    place.append(row);
    add.hidden = most !== undefined && items.length >= most;
  };
  add.addEventListener("click", insert);
  for (let i = 0; i < (least || 0); i++) insert();
  return [shown, items];
}

function list(schema, label) {
  const make = (name) => field(schema.items, name);
  const [shown, items] = repeated(label, make, "list", schema.minItems, schema.maxItems);
  return branch(shown, () => items.map((each, i) => [i, each]), () => `[${items.map((each) => each.json()).join(", ")}]`);
}

function mapping(schema, label) {
  const make = (name) => {
    const key = line("key", "string", JSON.stringify);
    const value = field(schema.additionalProperties, "value");
    const shown = group(name, "", key.element, value.element);
    return { element: shown.element, key, value, clear: value.clear, at: value.at };
  };
  const [shown, items] = repeated(label, make, "values by keys");
  return branch(
    shown,
    () => items.map((each) => [JSON.parse(each.key.json()), each]),
    () => `{${items.map((each) => `${each.key.json()}: ${each.value.json()}`).join(", ")}}`,
  );
}

// ---- Functions ----

function curl(path, body) {
  const url = new URL(path.slice(1), location.href.replace(/[^/]*$/, ""));
  return `curl --json '${body.replaceAll("'", "'\\''")}' '${url}'`;
}

function pretty(answer) {
  // What has digits that a number of JavaScript loses is shown as it came.
  try {
    const parsed = JSON.parse(answer);
    return JSON.stringify(parsed) === answer ? JSON.stringify(parsed, null, 2) : answer;
  } catch {
    return answer;
  }
}

// The WIT of all named types that a function speaks of.
function types(operation) {
  const found = new Map();
  const look = (part) => {
    if (part === null || typeof part !== "object") return;
    const name = part.$ref && part.$ref.split("/").pop();
    const named = name && description.components.schemas[name];
    if (named && named["x-wit"] && !found.has(name)) {
      found.set(name, named["x-wit"]);
      look(named);
    }
    Object.values(part).forEach(look);
  };
  look(operation.requestBody);
  look(operation.responses);
  return [...found.values()].join("\n\n");
}

function show(path, operation) {
  const schema = operation.requestBody.content["application/json"].schema;
  const fields = Object.entries(schema.properties).map(([name, each]) => [name, field(each, name)]);
  const command = element("pre", { "aria-label": "The call as a command" });
  const answer = element("output", { "aria-live": "polite" });
  let calls = 0;
  const refresh = () => { command.textContent = curl(path, members(fields)); };
  // In a text of several lines Enter is a line.
  const hurry = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  };
  const form = element("form", { oninput: refresh, onclick: () => setTimeout(refresh), onkeydown: hurry, novalidate: true },
    ...fields.map(([, each]) => each.element), element("button", {}, "Call"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const [, each] of fields) each.clear();
    answer.replaceChildren("calling");
    const call = ++calls;
    const began = performance.now();
    try {
      const response = await fetch(path.slice(1), {
        method: "POST", headers: { "content-type": "application/json" }, body: members(fields),
      });
      const said = await response.text();
      const time = `${(performance.now() - began).toFixed(1)} ms`;
      // Another call may have been made since, and its answer counts.
      if (call !== calls) return;
      const status = element("p", { class: response.ok ? "" : "error" }, `${response.status} in ${time}`);
      answer.replaceChildren(status, element("pre", {}, pretty(said)));
      if (response.status === 422) place(JSON.parse(said), fields);
    } catch (error) {
      if (call !== calls) return;
      answer.replaceChildren(element("p", { class: "error" }, String(error)));
    }
  });
  const name = element("h2", { id: `function-${path}` }, path.slice(1));
  const spoken = types(operation);
  refresh();
  return element("section", { "aria-labelledby": `function-${path}` }, name,
    element("code", {}, operation["x-wit"]),
    ...(spoken ? [element("pre", { "aria-label": "Its types" }, spoken)] : []), form, command, answer);
}

// Puts what is wrong where it is wrong, and goes to the first of it.
function place(problem, fields) {
  let first = null;
  for (const each of problem.errors || [problem]) {
    const steps = (each.pointer || "").split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const found = fields.find(([name]) => name === steps[0]);
    if (!found) continue;
    // It stands where the place is.
    const prefix = `${steps.map((step, i) => (i === 0 ? step : /^[0-9]+$/.test(step) ? `[${step}]` : `.${step}`)).join("")}: `;
    const said = each.detail.startsWith(prefix) ? each.detail.slice(prefix.length) : each.detail;
    const control = found[1].at(steps.slice(1)).fail(said);
    first = first || control;
  }
  if (first) first.focus();
}

const paths = Object.keys(description.paths);
document.getElementById("functions").append(
  ...Object.entries(description.paths).map(([path, item]) => show(path, item.post)));
// What does not fit onto a screen needs a way to each.
if (paths.length > 4) {
  const links = paths.map((path) => element("li", {}, element("a", { href: `#function-${path}` }, path.slice(1))));
  document.getElementById("contents").append(element("ul", {}, ...links));
}
