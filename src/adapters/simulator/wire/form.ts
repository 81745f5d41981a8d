/** A decoded form: `a[b]=c` is a form within a form, and a list is a form whose names are its indices. */
export type Form = ReadonlyMap<string, FormValue>;
export type FormValue = string | Form;

type Growing = Map<string, string | Growing>;

/** Decodes `application/x-www-form-urlencoded` text with Stripe's brackets. Never throws; the last of two values wins. */
export function decodeForm(text: string): Form {
  const form: Growing = new Map();
  for (const [name, value] of new URLSearchParams(text)) put(form, pathOf(name), value);
  return form;
}

/** The same text for the same parameters, in whatever order they were sent. */
export function canonicalForm(text: string): string {
  return [...new URLSearchParams(text)]
    .map((pair) => JSON.stringify(pair))
    .toSorted()
    .join();
}

/** The text under a name, or undefined where there is none. */
export function textOf(form: Form, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** The form under a name, empty where there is none. */
export function formOf(form: Form, name: string): Form {
  const value = form.get(name);
  return value === undefined || typeof value === 'string' ? new Map() : value;
}

function pathOf(name: string): readonly string[] {
  const bracket = name.indexOf('[');
  if (bracket < 1 || !name.endsWith(']')) return [name];
  return [name.slice(0, bracket), ...name.slice(bracket + 1, -1).split('][')];
}

function put(form: Growing, path: readonly string[], value: string): void {
  let inner = form;
  for (const part of path.slice(0, -1)) {
    const next = inner.get(part);
    if (next !== undefined && typeof next !== 'string') {
      inner = next;
    } else {
      const made: Growing = new Map();
      inner.set(part, made);
      inner = made;
    }
  }
  const last = path.at(-1) ?? '';
  inner.set(last === '' ? String(inner.size) : last, value);
}
