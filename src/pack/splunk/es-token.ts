/**
 * A text without tokens: `$field$` in it would be replaced by a value of the result. A full-width
 * dollar reads the same and is no token.
 */
export const withoutTokens = (text: string): string => text.replaceAll('$', '\uff04');

// what alert actions replace by a fact of the search or its job, whatever the result has under the
// name
const ofTheSearch = new Set(
  (
    'action alert app cron_schedule description job name next_scheduled_time owner result ' +
    'results results_link search server trigger_date trigger_time type view_link'
  ).split(' '),
);

// the event of a finding has its own values under these names; those of the result are there with
// `orig_` before them
const ofTheFinding = new Set(
  (
    'event_hash event_id eventtype host index linecount search_name source sourcetype ' +
    'splunk_server tag timeendpos timestartpos'
  ).split(' '),
);

/** The name that a field of a result has in the event that an index keeps of it. */
export const keptAs = (field: string): string =>
  ofTheFinding.has(field) ? `orig_${field}` : field;

/**
 * The name that a token has for a field of the result; undefined where no token can stand for it.
 */
function tokenName(field: string): string | undefined {
  const sound =
    /^[A-Za-z]\w*(?:\.\w+)*$/.test(field) &&
    !/^(?:date_\w+|punct|sid|rid|orig_sid|orig_rid)$/.test(field);
  return sound && !ofTheSearch.has(field.split('.', 1)[0] ?? '') ? field : undefined;
}

/** A token that a risk message has for a field: Enterprise Security expands it with the result. */
export function resultToken(field: string): string | undefined {
  const name = tokenName(field);
  return name === undefined ? undefined : `$${name}$`;
}

function findingField(field: string): string | undefined {
  const name = tokenName(field);
  return name === undefined ? undefined : keptAs(name);
}

/**
 * A token that the texts of a finding have for a field: it is expanded with the event that the
 * finding is kept in.
 */
export function findingToken(field: string): string | undefined {
  const name = findingField(field);
  return name === undefined ? undefined : `$${name}$`;
}

/** `User=$User$`; nothing where no token can stand for the field. */
export const labelled = (field: string, token: string | undefined): readonly string[] =>
  token === undefined ? [] : [`${field}=${token}`];

/**
 * Search terms that compare a field, or another one in its place, with its value in the finding.
 * The filter `|s` puts the value in quotes and escapes those in it.
 */
export function sameAsInFinding(field: string, other = field): string | undefined {
  const name = findingField(field);
  return name === undefined ? undefined : `${other}=$${name}|s$`;
}
