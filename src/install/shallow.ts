/** Deeper answers and records are none of a management interface, and more than functions that call themselves can take. */
const deepest = 200;

/** Whether no more than so many lists and objects of a JSON value lie in one another. */
export function isShallow(value: unknown, depth = deepest): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}
