import type { Form, FormValue } from './form.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import type { Shape, Shapes } from './parameters.ts';
import { isShapes, isUnsettableShapes } from './parameters.ts';

/** What an object shows as it was given: the fields of these shapes, each as before where it was not given. */
export function givenAfter(before: JsonObject, form: Form, shapes: Shapes): JsonObject {
  const given = Object.entries(shapes).flatMap(([name, shape]) => {
    const value = form.get(name);
    return value === undefined ? [] : [[name, jsonOf(value, shape, before[name] ?? null)] as const];
  });
  return given.length === 0 ? before : { ...before, ...Object.fromEntries(given) };
}

function jsonOf(value: FormValue, shape: Shape, before: Json): Json {
  if (isUnsettableShapes(shape)) return value === '' ? null : within(value, shape[1], before);
  if (isShapes(shape)) return within(value, shape, before);
  if (typeof value !== 'string') return plain(value);
  if (value === '') return null;
  if (shape === 'integer') return Number(value);
  return shape === 'boolean' ? value === 'true' : value;
}

/** An object shows every name it may have. */
function within(value: FormValue, shapes: Shapes, before: Json): JsonObject {
  const none = Object.fromEntries(Object.keys(shapes).map((name) => [name, null]));
  const held = isObject(before) ? before : none;
  return typeof value === 'string' ? held : givenAfter(held, value, shapes);
}

/** A form of which only its own indices tell whether it is a list. */
function plain(form: Form): Json {
  const entries = [...form].map(([name, value]) => [name, typeof value === 'string' ? value : plain(value)] as const);
  return entries.every(([name], index) => name === String(index))
    ? entries.map(([, value]) => value)
    : Object.fromEntries(entries);
}
