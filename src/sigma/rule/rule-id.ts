/** Of any version, in either letter case. */
export const isUuid = (text: string): boolean =>
  /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);

/** A UUID means the same in either letter case. */
export const idKey = (id: string): string => (isUuid(id) ? id.toLowerCase() : id);
