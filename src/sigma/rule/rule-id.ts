/** True for a UUID of any version, in either letter case. */
export const isUuid = (text: string): boolean =>
  /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);

/** The id as a key: UUIDs in different letter case are equal. */
export const idKey = (id: string): string => (isUuid(id) ? id.toLowerCase() : id);
