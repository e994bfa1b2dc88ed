/** The name of a pipeline's file, without its folder and its extension. */
export function fileStem(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(/(?<=.)\.ya?ml$/i, '');
}
