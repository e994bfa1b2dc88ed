import { isoDate } from '../sigma/rule/head.ts';
import { words } from '../source/words.ts';
import { type Checked, entriesOf, keyOf, placeOf, repeated } from './check.ts';

/** All attributes except the id, tags, `related` and the detection. */
export function checkHead(checked: Checked): void {
  const { document, rule, report } = checked;
  const missing = ['description', 'author', 'date', 'status', 'level'].filter(
    (name) => !document.pairs.some(({ key }) => key.text === name),
  );
  if (missing.length > 0) report('LNT030', rule.titleSpan, `the rule has no ${missing.join(', ')}`);
  checkTitle(checked);
  checkDescription(checked);
  checkDates(checked);
  checkReferences(checked);
  for (const entry of entriesOf(document, 'falsepositives')) {
    const word =
      /(?<!\S)(?:none|pentest|penetration|unkown|ligitimate|legitim|legitimeate)(?!\S)/i.exec(
        entry.text,
      )?.[0];
    if (/^\p{Ll}/u.test(entry.text))
      report('LNT033', entry, 'the entry starts with a small letter');
    if (word !== undefined)
      report(
        'LNT033',
        entry,
        `\`${word}\` is a word that SigmaHQ does not take here`,
        'Say what else makes such events, or write Unlikely or Unknown.',
      );
  }
  const { status = '' } = rule;
  if (
    (status === 'deprecated' || status === 'unsupported') &&
    !rule.file.path.split('/').includes(status)
  )
    report(
      'LNT038',
      placeOf(checked, 'status'),
      `the rule is ${status} and stands among those in use`,
    );
  for (const { key } of document.pairs)
    if (!attributes.has(key.text)) report('LNT049', key, `SigmaHQ's rules have no \`${key.text}\``);
}

const attributes = words(`
  title id name related taxonomy status description license author references date modified
  logsource detection falsepositives level tags scope correlation
  regression_tests_path simulation sigpack
`);

const smallWords = words(
  'the for in with via on to without of through from by as a or at and an over new',
);

function checkTitle({ rule: { title, titleSpan }, report }: Checked): void {
  const reportHere = (message: string, hint?: string) => report('LNT031', titleSpan, message, hint);
  if (title.length > 110) reportHere(`the title has ${title.length} characters, more than 110`);
  if (/^Detects? /.test(title)) reportHere('the title starts with `Detect`', 'Name what is found.');
  if (title.endsWith('.')) reportHere('the title ends with a dot');
  if (title.includes('ATT&CK')) reportHere('the title names ATT&CK, a trademark');
  const small = title
    .split(' ')
    .filter(
      (word) =>
        /^[^\d./_][^./_]*$/.test(word) &&
        word === word.toLowerCase() &&
        /\p{Ll}/u.test(word) &&
        !smallWords.has(word),
    );
  if (small.length > 0)
    reportHere(
      `${small.map((word) => `\`${word}\``).join(', ')} should start with a capital letter`,
    );
}

function checkDescription(checked: Checked): void {
  const { description } = checked.rule;
  if (description === undefined) return;
  const place = placeOf(checked, 'description');
  if (description.length < 16)
    checked.report(
      'LNT032',
      place,
      `the description has ${description.length} characters, fewer than 16`,
    );
  const link = /https?:\/\/|internal research/i.exec(description)?.[0];
  if (link !== undefined && checked.rule.references.length === 0)
    checked.report('LNT032', place, `\`${link}\` belongs under \`references\``);
}

function checkDates(checked: Checked): void {
  const { report, today } = checked;
  // what is not a date has been reported
  const [date, modified] = [isoDate(checked.rule.date), isoDate(checked.rule.modified)];
  const reportHere = (name: string, message: string) =>
    report('LNT035', placeOf(checked, name), message);
  for (const [name, text = ''] of Object.entries({ date, modified }))
    if (text > today) reportHere(name, `\`${name}\` is in the future`);
  if (modified === undefined) return;
  if (checked.rule.date === undefined)
    report('LNT035', keyOf(checked, 'modified'), 'the rule has `modified` and no `date`');
  else if (date === undefined) return;
  else if (modified < date) reportHere('modified', '`modified` is before `date`');
  else if (modified === date) reportHere('modified', '`modified` says the same as `date`');
}

function checkReferences({ document, report }: Checked): void {
  const entries = entriesOf(document, 'references');
  for (const entry of repeated(entries, ({ text }) => text))
    report('LNT014', entry, `\`${entry.text}\` appears twice`);
  for (const entry of entries) {
    if (
      /^https:\/\/github\.com\/.*\.\w{1,3}$/.test(entry.text) &&
      !/\/[0-9a-z]{40}\//.test(entry.text)
    )
      report(
        'LNT034',
        entry,
        'the link follows a branch, where the file may change',
        'Link the file at a commit.',
      );
    else if (entry.text.startsWith('https://attack.mitre.org/'))
      report(
        'LNT034',
        entry,
        'a link to ATT&CK is written as a tag',
        'Write a tag such as attack.t1053.003.',
      );
  }
}
