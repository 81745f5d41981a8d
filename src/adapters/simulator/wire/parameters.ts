import type { Form, FormValue } from './form.ts';
import { formOf, textOf } from './form.ts';
import type { JsonObject } from './json.ts';
import { requestFailures } from './requestFailures.ts';

/**
 * What a parameter may be: text, text that may be emptied, a whole number, true or false, one of these words, a list, a
 * number or a range of them, free names, these names, or these names and emptied as a whole.
 */
export type Shape =
  | 'text'
  | 'unsettable'
  | 'integer'
  | 'boolean'
  | 'list'
  | 'range'
  | 'free'
  | readonly string[]
  | UnsettableShapes
  | Shapes;
export type Shapes = { readonly [name: string]: Shape };
export type UnsettableShapes = readonly ['unsettable', Shapes];

const rangeShapes: Shapes = { gt: 'integer', gte: 'integer', lt: 'integer', lte: 'integer' };

/** Refuses unknown names, empty values and wrong shapes, as Stripe does before it executes anything. */
export function checkParameters(form: Form, shapes: Shapes): void {
  const unknown = unknownNames(form, shapes, '');
  if (unknown.length > 0) throw requestFailures.unknownParameters(unknown);
  checkShapes(form, shapes, '');
}

/** A whole number within its bounds, or undefined where the parameter is absent. */
export function integerOf(form: Form, name: string, { min, max }: { min: number; max: number }): number | undefined {
  const text = textOf(form, name);
  if (text === undefined) return undefined;
  const value = isInteger(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw requestFailures.invalidInteger(text, name);
}

/** True or false, or undefined where the parameter is absent. */
export function booleanOf(form: Form, name: string): boolean | undefined {
  const text = textOf(form, name);
  return text === undefined ? undefined : text === 'true';
}

/** The texts of a list, in order; empty where it is absent. */
export function textsOf(form: Form, name: string): readonly string[] {
  return [...formOf(form, name).values()].filter((value) => typeof value === 'string');
}

/** The numbers that a parameter asks for. */
export type Range = {
  readonly includes: (value: number) => boolean;
  /** true for a number under all of the range */
  readonly isAbove: (value: number) => boolean;
};

/** The range of a parameter: one number, or bounds; every number where it is absent. */
export function rangeOf(form: Form, name: string): Range {
  const exactly = textOf(form, name);
  const range = formOf(form, name);
  const bound = (word: string, otherwise: number) => Number(exactly ?? textOf(range, word) ?? otherwise);
  const [gte, lte] = [bound('gte', -Infinity), bound('lte', Infinity)];
  const [gt, lt] = exactly === undefined ? [bound('gt', -Infinity), bound('lt', Infinity)] : [-Infinity, Infinity];
  return {
    includes: (value) => value >= gte && value <= lte && value > gt && value < lt,
    isAbove: (value) => value < gte || value <= gt,
  };
}

/** Metadata after a change: an empty value removes its name, and an empty text all of them. */
export function metadataAfter(before: JsonObject, parameters: Form): JsonObject {
  if (textOf(parameters, 'metadata') === '') return {};
  const changes = formOf(parameters, 'metadata');
  if (changes.size === 0) return before;
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
    const inner = shape === 'range' ? rangeShapes : isUnsettableShapes(shape) ? shape[1] : shape;
    return typeof value !== 'string' && isShapes(inner) ? unknownNames(value, inner, nameWithin(parent, name)) : [];
  });
}

function checkShapes(form: Form, shapes: Shapes, parent: string): void {
  for (const [name, value] of form) {
    const shape = shapes[name];
    if (shape !== undefined) checkShape(value, shape, nameWithin(parent, name));
  }
}

function checkShape(value: FormValue, shape: Shape, name: string): void {
  if (isUnsettableShapes(shape)) {
    if (value !== '') checkShape(value, shape[1], name);
  } else if (isShapes(shape)) {
    if (typeof value === 'string') throw requestFailures.wrongShape('object', name);
    checkShapes(value, shape, name);
  } else if (shape === 'range' && typeof value !== 'string') {
    checkShapes(value, rangeShapes, name);
  } else if (shape === 'list') {
    if (typeof value === 'string') throw requestFailures.wrongShape('array', name);
  } else if (shape === 'free') {
    if (typeof value === 'string' && value !== '') throw requestFailures.wrongShape('object', name);
  } else if (typeof value !== 'string') {
    throw requestFailures.wrongShape('string', name);
  } else {
    checkText(value, shape, name);
  }
}

type TextShape = Exclude<Shape, Shapes | UnsettableShapes | 'list' | 'free'>;

function checkText(text: string, shape: TextShape, name: string): void {
  if (shape === 'unsettable' || (typeof shape === 'object' && shape.includes(text))) return;
  if (text === '') throw requestFailures.emptyParameter(name);
  if (typeof shape === 'object') throw requestFailures.notOneOf(shape, name);
  if (shape === 'boolean') {
    if (text !== 'true' && text !== 'false') throw requestFailures.wrongShape(`boolean: ${text}`, name);
  } else if (shape !== 'text' && !isInteger(text)) {
    throw requestFailures.invalidInteger(text, name);
  }
}

export function isShapes(shape: Shape): shape is Shapes {
  return typeof shape === 'object' && !Array.isArray(shape);
}

export function isUnsettableShapes(shape: Shape): shape is UnsettableShapes {
  return Array.isArray(shape) && typeof shape[1] === 'object';
}

function isInteger(text: string): boolean {
  return /^-?\d{1,15}$/.test(text);
}

function nameWithin(parent: string, name: string): string {
  return parent === '' ? name : `${parent}[${name}]`;
}
