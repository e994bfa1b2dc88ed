/** Ends the run with one line: what a suite lacks, and how to get it. */
export function missing(project: { readonly name: string }, what: string): never {
  process.stderr.write(`test:${project.name}: ${what}\n`);
  process.exit(1);
}
