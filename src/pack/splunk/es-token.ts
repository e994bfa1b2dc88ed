import { words } from '../../source/words.ts';

/**
 * A text without tokens: `$field$` would be replaced by a value of the result. A full-width dollar
 * looks the same and does not begin a token.
 */
export const withoutTokens = (text: string): string => text.replaceAll('$', '\uff04');

// alert actions replace these with facts about the search or its job, whatever the result has under
// the name
const ofTheSearch = words(`
  action alert app cron_schedule description job name next_scheduled_time owner result results
  results_link search server trigger_date trigger_time type view_link
`);

// the event of a finding has its own values under these names; those of the result have the prefix
// `orig_`
const ofTheFinding = words(`
  event_hash event_id eventtype host index linecount search_name source sourcetype splunk_server tag
  timeendpos timestartpos
`);

/** The name that a field of a result has in the event that an index keeps of it. */
export const keptAs = (field: string): string =>
  ofTheFinding.has(field) ? `orig_${field}` : field;

/** The name of a field of the result in a token; undefined if no token can refer to it. */
function tokenName(field: string): string | undefined {
  const sound =
    /^[A-Za-z]\w*(?:\.\w+)*$/.test(field) &&
    !/^(?:date_\w+|punct|sid|rid|orig_sid|orig_rid)$/.test(field);
  return sound && !ofTheSearch.has(field.split('.', 1)[0] ?? '') ? field : undefined;
}

/** A token for a field in a risk message, which Enterprise Security expands with the result. */
export function resultToken(field: string): string | undefined {
  const name = tokenName(field);
  return name === undefined ? undefined : `$${name}$`;
}

function findingField(field: string): string | undefined {
  const name = tokenName(field);
  return name === undefined ? undefined : keptAs(name);
}

/**
 * A token for a field in the texts of a finding, which is expanded with the event of the finding.
 */
export function findingToken(field: string): string | undefined {
  const name = findingField(field);
  return name === undefined ? undefined : `$${name}$`;
}

/** `User=$User$`; empty if no token can refer to the field. */
export const labelled = (field: string, token: string | undefined): readonly string[] =>
  token === undefined ? [] : [`${field}=${token}`];

/**
 * Search terms that compare a field, or another one instead, with its value in the finding. The
 * filter `|s` quotes and escapes the value.
 */
export function sameAsInFinding(field: string, other = field): string | undefined {
  const name = findingField(field);
  return name === undefined ? undefined : `${other}=$${name}|s$`;
}
