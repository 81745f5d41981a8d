type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type Camelized<Value> = Value extends unknown
  ? { [Name in keyof Value as Name extends string ? CamelCase<Name> : Name]: Exclude<Value[Name], undefined> }
  : never;

/** The same object with `delay_ms` called `delayMs`, and without what is undefined; what is within stays as it is. */
export function camelized<Value extends object>(value: Value): Camelized<Value> {
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  return Object.fromEntries(entries.map(([name, held]) => [camelName(name), held])) as Camelized<Value>;
}

/** The same object with `delayMs` called `delay_ms`. */
export function snaked(value: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [snakeName(name), held]));
}

function camelName(name: string): string {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function snakeName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
