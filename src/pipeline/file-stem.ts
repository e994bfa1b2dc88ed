/** A path's last part without its ending. */
export function fileStem(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(/(?<=.)\.ya?ml$/i, '');
}
