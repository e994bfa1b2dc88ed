/** Who is right where the two differ, and why. */
export interface Verdict {
  readonly title: string;
  readonly right: string;
  /** Sentences, with their sources. */
  readonly why: string;
}

const modifiers = 'Sigma specification, appendix on modifiers';
const rules = 'Sigma rules specification';

export const verdicts: ReadonlyMap<string, Verdict> = new Map([
  [
    'question-mark',
    {
      title: '`?` in Splunk',
      right: 'Sigpack',
      why:
        'In a rule `?` stands for one character. The `search` of Splunk has no such wildcard (Search Manual, "Wildcards": of all commands but `eval` and `where` it is `*`), ' +
        'and pySigma writes `*`, which stands for any number of them: its query finds more. Sigpack searches for the same and then drops the others with `where match()`.',
    },
  ],
  [
    'literal-asterisk',
    {
      title: 'A literal `*` in Splunk',
      right: 'Sigpack',
      why:
        'In a rule `\\*` is an asterisk. In the `search` of Splunk an asterisk is a wildcard wherever it stands (Search Manual, "Wildcards"), and a backslash takes its meaning from quotes and backslashes alone. ' +
        'pySigma writes `\\*`: a backslash and any text, so its query misses what the rule wants. Sigpack compares with `where match()`.',
    },
  ],
  [
    'keyword-borders',
    {
      title: 'Keywords in Splunk',
      right: 'Sigpack',
      why:
        `A keyword is searched across an entire event (${rules}, "Keywords search"). Splunk finds a term without wildcards only where its segmenters cut the event at both its ends ` +
        '(Search Manual, "Event segmentation and searching"); pySigma writes the keyword as such a term. Sigpack searches for the words with wildcards at both ends, and compares the text with `where match(_raw, ...)`.',
    },
  ],
  [
    'deferred-regex',
    {
      title: 'A regular expression below `not` and `and` in Splunk',
      right: 'Sigpack',
      why:
        'The rule excludes events that have some values and match a regular expression. pySigma takes the expression out of its place and appends `| regex field="..."`: ' +
        'every event must match what the rule excludes, and the other values alone exclude an event.',
    },
  ],
  [
    'not-before-first',
    {
      title: '`not` before the alternatives of a modifier in Splunk',
      right: 'Sigpack',
      why:
        'The rule excludes events with any of the values that a modifier (`windash`) makes. pySigma writes `NOT a OR b OR c` without parentheses; Splunk takes NOT first ' +
        '(Search Reference, "search": NOT clauses, then OR, then AND), so that the query lets through all that has `b` or `c`.',
    },
  ],
  [
    'field-case',
    {
      title: '`fieldref` in Splunk',
      right: 'Sigpack',
      why: `Sigma compares without regard to case unless \`cased\` says otherwise (${modifiers}, \`cased\`). pySigma writes \`where 'a'='b'\`, which minds it (Search Manual, "Comparison and conditional functions"). Sigpack compares \`lower()\` of both.`,
    },
  ],
  [
    'ored-fieldref',
    {
      title: '`fieldref` below an `or` in Splunk',
      right: 'Sigpack',
      why: `Nothing in Sigma forbids it (${modifiers}, \`fieldref\`). pySigma refuses the rule; Sigpack has its \`where\` stage say the whole condition.`,
    },
  ],
  [
    'headless',
    {
      title: 'A search that starts with `rex` in Splunk',
      right: 'Sigpack',
      why:
        'pySigma looks for regular expressions below an `or` with `rex` and `eval` before it searches. Where nothing can stand before them the query starts with `| rex`, ' +
        'but a search starts with a command that makes events (Search Manual, "Types of commands": generating commands). The comparison is of what the query means otherwise.',
    },
  ],
  [
    'broken-or',
    {
      title: 'A search that starts with `OR` in Splunk',
      right: 'Sigpack',
      why: 'As above, and pySigma puts the comparisons at the start of the query, before `rex`: of `a OR b` it takes `a`, and leaves `| search OR b`, which Splunk refuses (Search Reference, "search": OR stands between two expressions). The comparison is of the query with `a` back in its place.',
    },
  ],
  [
    'null-of-several',
    {
      title: '`null` of a field that a pipeline gives several names',
      right: 'Sigpack',
      why:
        'A field has a null value where the event has none (' +
        `${rules}, "Special Field Values"). Of a mapping to several names one is the field of the event, so that the value is missing where all of them are. pySigma links the copies of the item with OR whatever its value: ` +
        'an event that has only one of the fields, as all do, passes for one without a value, and a filter with `null` excludes everything.',
    },
  ],
  [
    'scope',
    {
      title: 'The state `splunk_scope`',
      right: 'both',
      why:
        'A state that Sigpack alone reads: what stands before the searches of a rule, so that one item of a pipeline can say where events are and another one can take that back. ' +
        'sigma-cli sets the state and does nothing with it. The comparison is of what stands after it.',
    },
  ],
  [
    'regex-ends',
    {
      title: 'The transformation `regex`',
      right: 'Sigpack',
      why:
        'It makes a regular expression of a value, and a value stands for the whole of a field unless it has wildcards. pySigma writes the text of the value, which Splunk looks for anywhere in the field, ' +
        'with `.*` for wildcards, which end at line breaks. Sigpack writes `^` and `$` where there is no wildcard, and has wildcards match line breaks.',
    },
  ],
  [
    'replaced-backslash',
    {
      title: 'A backslash before a wildcard, and `replace_string`',
      right: 'Sigpack',
      why:
        'pySigma writes the value as text, replaces in it, and reads the text as a value again. A backslash before a wildcard (`|startswith: C:\\Users\\`) then reads as the escape of an asterisk: ' +
        'the wildcard is gone from every such value of the field, though nothing was replaced. Sigpack keeps the two apart. (In Splunk the two come out the same: there the escape has no effect.)',
    },
  ],
  [
    'missing-log-source',
    {
      title: 'A template of `add_condition` with a part of the log source that the rule has not',
      right: 'Sigpack',
      why: 'pySigma writes `None` for it (`$product.$service` becomes `macos.None`), which no event has: a rule that finds nothing, and nobody is told. Sigpack refuses the rule (PIP002) and says which item asks for it.',
    },
  ],
  [
    'lucene-regex',
    {
      title: 'Regular expressions in Lucene',
      right: 'Sigpack',
      why:
        `The expressions of rules are PCRE and match anywhere in the value (${modifiers}, \`re\`). Those of Lucene must match the whole value, and it is not compatible with Perl: \`^\`, \`$\`, \`(?:\`, \`(?i)\`, \`\\w\` or \`\\b\` mean something else or are errors, \`#\`, \`@\`, \`<\` and \`~\` are operators ` +
        '(Elasticsearch reference, "Regular expression syntax"). pySigma writes the expression as it stands. Sigpack translates it, with `.*` at the ends that are open; test/regex-meaning.test.ts and the judges `opensearch` and `lucene` look at that.',
    },
  ],
  [
    'lucene-regex-end',
    {
      title: 'A regular expression with a backslash at its end in Lucene',
      right: 'Sigpack',
      why: 'In `/a\\\\/ OR f:/b/` the lexer of Lucene takes the longest text for the expression and ends at the next slash (the token REGEXPTERM of its classic query parser counts `\\/` as inside): the rest is a syntax error. pySigma writes that; the expressions of Sigpack never end in a backslash.',
    },
  ],
  [
    'keyword-case',
    {
      title: 'Keywords in Lucene',
      right: 'Sigpack',
      why:
        `Keywords match in either case, as all values do (${modifiers}, \`cased\`). pySigma writes \`*keyword*\`, which finds it in the case of the rule alone in fields of type \`keyword\` ` +
        '(Elasticsearch reference, "normalizer": without one, a field of that type keeps the case of letters). Sigpack writes `/.*[kK][eE].../`, which finds it in all fields that are stored whole; in those that are analysed (`textFields`) it looks for the words.',
    },
  ],
  [
    'keyword-number',
    {
      title: 'Numbers among the keywords in Lucene',
      right: 'Sigpack',
      why: `A keyword is searched across an entire event (${rules}, "Keywords search"). pySigma puts wildcards around texts but not around numbers, which then must be the whole value of a field.`,
    },
  ],
  [
    'lucene-states',
    {
      title: 'Regular expressions that are too much for Lucene',
      right: 'Sigpack',
      why: 'The counted repeats of the expression take more states than Lucene allows (Elasticsearch reference, "Regexp query": `max_determinized_states`, 10,000): the server refuses the query. pySigma writes it; Sigpack refuses the rule and says why.',
    },
  ],
  [
    'address-texts',
    {
      title: 'Networks in fields of texts',
      right: 'Sigpack',
      why: 'pySigma writes `f:10.0.0.0/8`, which is a network in fields of the type `ip` alone (Elasticsearch reference, "IP field type"); in a keyword it is a text that no address equals. Sigpack writes the addresses as a regular expression, and a network in the fields that are of this type: those of ECS with an `ecs-` pipeline, or `elasticsearch.ipFields`.',
    },
  ],
  [
    'address-zone',
    {
      title: 'Link-local addresses with a zone in Splunk',
      right: 'Sigpack',
      why: 'Windows writes the zone behind a link-local address (`fe80::1%12`; RFC 4007, section 11), and such a text is no address for a search of `fe80::/10`. Sigpack compares under `where`, without the zone.',
    },
  ],
  [
    'address-limit',
    {
      title: 'Long lists of networks in fields of texts',
      right: 'both',
      why: 'A hundred networks as texts, in two fields, are longer than OpenSearch takes (32,000 characters). Sigpack refuses the rule and says so; where the fields are of the type `ip`, `elasticsearch.ipFields` names them and the query is short. pySigma writes networks, which find nothing in texts.',
    },
  ],
  [
    'every-event',
    {
      title: 'Rules that find every event',
      right: 'Sigpack',
      why: 'The rule only says what an event must not have, so that each event of any other log source fulfils it. pySigma writes the query; Sigpack refuses it (TGT005) unless an index, a stream or a pipeline narrows it.',
    },
  ],
  [
    'never-true',
    {
      title: 'Rules that no event of the product can fulfil',
      right: 'Sigpack',
      why: 'The events of the log source have no field that the rule needs, by any name, so the search would find nothing, and nobody would be told. pySigma writes it; Sigpack leaves the rule out and says which field is missing (PIP007).',
    },
  ],
]);
