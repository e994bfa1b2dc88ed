/** `UPDATE=1` writes the files anew that tests compare with: read the change before you commit it. */
export const update = process.env.UPDATE === '1';
