/** Returns the fields of a form that differ from the values with which it opened. */
export function changedFields<T extends object>(before: T, after: T): Partial<T> {
  const changes = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof T]),
  );
  return Object.fromEntries(changes) as Partial<T>;
}
