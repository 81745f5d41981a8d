/** True where an event of this type is among those that are asked for: by its name, or by `payment_method.*` or `*`. */
export function isAskedFor(type: string, asked: readonly string[]): boolean {
  return asked.some((one) => one === type || (one.endsWith('*') && type.startsWith(one.slice(0, -1))));
}
