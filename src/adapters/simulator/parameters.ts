import { failures } from './failures.ts';
import type { Form, FormValue } from './form.ts';
import { textOf } from './form.ts';
import type { JsonObject } from './wire.ts';

/** What a parameter may be: text, text that may be emptied, a list of texts, free names, or these names. */
export type Shape = 'text' | 'unsettable' | 'list' | 'free' | Shapes;
export type Shapes = { readonly [name: string]: Shape };

/** Refuses unknown names, empty values and wrong shapes, as Stripe does before it executes anything. */
export function checkParameters(form: Form, shapes: Shapes): void {
  const unknown = unknownNames(form, shapes, '');
  if (unknown.length > 0) throw failures.unknownParameters(unknown);
  checkShapes(form, shapes, '');
}

/** A whole number within its bounds, or undefined where the parameter is absent. */
export function integerOf(form: Form, name: string, { min, max }: { min: number; max: number }): number | undefined {
  const text = textOf(form, name);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw failures.invalidInteger(text, name);
  const value = Number(text);
  if (value < min || value > max) throw failures.invalidInteger(text, name);
  return value;
}

/** Metadata after a change: an empty value removes its name. */
export function mergeMetadata(before: JsonObject, changes: Form): JsonObject {
  const merged = new Map(Object.entries(before));
  for (const [name, value] of changes) {
    if (value === '') merged.delete(name);
    else if (typeof value === 'string') merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

function unknownNames(form: Form, shapes: Shapes, parent: string): readonly string[] {
  return [...form].flatMap(([name, value]) => {
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (shape === undefined) return [nameWithin(parent, name)];
    return typeof shape === 'object' && typeof value !== 'string'
      ? unknownNames(value, shape, nameWithin(parent, name))
      : [];
  });
}

function checkShapes(form: Form, shapes: Shapes, parent: string): void {
  for (const [name, value] of form) {
    const shape = shapes[name];
    if (shape !== undefined) checkShape(value, shape, nameWithin(parent, name));
  }
}

function checkShape(value: FormValue, shape: Shape, name: string): void {
  if (shape === 'text' || shape === 'unsettable') {
    if (typeof value !== 'string') throw failures.wrongShape('string', name);
    if (value === '' && shape === 'text') throw failures.emptyParameter(name);
  } else if (shape === 'list') {
    if (typeof value === 'string') throw failures.wrongShape('array', name);
  } else if (shape === 'free') {
    if (typeof value === 'string' && value !== '') throw failures.wrongShape('object', name);
  } else if (typeof value === 'string') {
    throw failures.wrongShape('object', name);
  } else {
    checkShapes(value, shape, name);
  }
}

function nameWithin(parent: string, name: string): string {
  return parent === '' ? name : `${parent}[${name}]`;
}
