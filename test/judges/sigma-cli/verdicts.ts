/** Who is right where the two differ, and why. */
export interface Verdict {
  readonly title: string;
  readonly right: string;
  /** Sentences, with their sources. */
  readonly why: string;
}

export const verdicts: ReadonlyMap<string, Verdict> = new Map([
  [
    'question-mark',
    {
      title: '`?` in Splunk',
      right: 'Sigpack',
      why: `
        In a rule \`?\` stands for one character. The \`search\` of Splunk has no such wildcard
        (Search Manual, "Wildcards": of all commands but \`eval\` and \`where\` it is \`*\`), and
        pySigma writes \`*\`, which stands for any number of them: its query finds more. Sigpack
        searches for the same and then drops the others with \`where match()\`.`,
    },
  ],
  [
    'literal-asterisk',
    {
      title: 'A literal `*` in Splunk',
      right: 'Sigpack',
      why: `
        In a rule \`\\*\` is an asterisk. In the \`search\` of Splunk an asterisk is a wildcard in
        any place (Search Manual, "Wildcards"), and a backslash only escapes quotes and
        backslashes. pySigma writes \`\\*\`: a backslash and any text, so its query misses what
        the rule means. Sigpack compares with \`where match()\`.`,
    },
  ],
  [
    'keyword-borders',
    {
      title: 'Keywords in Splunk',
      right: 'Sigpack',
      why: `
        A keyword is searched across an entire event (Sigma rules specification, "Keywords
        search"). Splunk finds a term without wildcards only where its segmenters cut the event at
        both its ends (Search Manual, "Event segmentation and searching"); pySigma writes the
        keyword as such a term. Sigpack searches for the words with wildcards at both ends, and
        compares the text with \`where match(_raw, ...)\`.`,
    },
  ],
  [
    'deferred-regex',
    {
      title: 'A regular expression below `not` and `and` in Splunk',
      right: 'Sigpack',
      why: `
        The rule excludes events that have some values and match a regular expression. pySigma
        takes the expression out of its place and appends \`| regex field="..."\`: every event
        must match what the rule excludes, and the other values alone exclude an event.`,
    },
  ],
  [
    'not-before-first',
    {
      title: '`not` before the alternatives of a modifier in Splunk',
      right: 'Sigpack',
      why: `
        The rule excludes events with any of the values that a modifier (\`windash\`) makes.
        pySigma writes \`NOT a OR b OR c\` without parentheses; Splunk binds NOT first (Search
        Reference, "search": NOT clauses, then OR, then AND), so the query passes everything that
        has \`b\` or \`c\`.`,
    },
  ],
  [
    'field-case',
    {
      title: '`fieldref` in Splunk',
      right: 'Sigpack',
      why: `
        Sigma compares without regard to case unless \`cased\` says otherwise (Sigma
        specification, appendix on modifiers, \`cased\`). pySigma writes \`where 'a'='b'\`, which
        is case-sensitive (Search Manual, "Comparison and conditional functions"). Sigpack
        compares \`lower()\` of both.`,
    },
  ],
  [
    'ored-fieldref',
    {
      title: '`fieldref` below an `or` in Splunk',
      right: 'Sigpack',
      why: `
        Nothing in Sigma forbids it (Sigma specification, appendix on modifiers, \`fieldref\`).
        pySigma refuses the rule; Sigpack puts the whole condition into the \`where\` stage.`,
    },
  ],
  [
    'headless',
    {
      title: 'A search that starts with `rex` in Splunk',
      right: 'Sigpack',
      why: `
        pySigma looks for regular expressions below an \`or\` with \`rex\` and \`eval\` before it
        searches. If nothing can precede them, the query starts with \`| rex\`, but a search
        starts with a command that makes events (Search Manual, "Types of commands": generating
        commands). The comparison is of what the query means otherwise.`,
    },
  ],
  [
    'broken-or',
    {
      title: 'A search that starts with `OR` in Splunk',
      right: 'Sigpack',
      why: `
        As above, and pySigma puts the comparisons at the start of the query, before \`rex\`: of
        \`a OR b\` it moves \`a\` there, and leaves \`| search OR b\`, which Splunk refuses
        (Search Reference, "search": OR is between two expressions). The comparison is of the
        query with \`a\` back in its place.`,
    },
  ],
  [
    'null-of-several',
    {
      title: '`null` of a field that a pipeline gives several names',
      right: 'Sigpack',
      why: `
        A field has a null value if the event does not have it (Sigma rules specification,
        "Special Field Values"). With a mapping to several names, one of them is the field of the
        event, so the value is missing only if all of them are. pySigma links the copies of the
        item with OR regardless of its value: an event that has only one of the fields, as all do,
        passes for one without a value, and a filter with \`null\` excludes everything.`,
    },
  ],
  [
    'scope',
    {
      title: 'The state `splunk_scope`',
      right: 'both',
      why: `
        A state that only Sigpack reads: the terms in front of the search of a rule, so that one
        item of a pipeline can name the place of the events and another one can remove it.
        sigma-cli sets the state and does nothing with it. The comparison is of what follows it.`,
    },
  ],
  [
    'regex-ends',
    {
      title: 'The transformation `regex`',
      right: 'Sigpack',
      why: `
        It makes a regular expression of a value, and a value means the whole field unless it has
        wildcards. pySigma writes the text of the value, which Splunk looks for anywhere in the
        field, with \`.*\` for wildcards, which end at line breaks. Sigpack writes \`^\` and \`$\`
        where there is no wildcard, and has wildcards match line breaks.`,
    },
  ],
  [
    'replaced-backslash',
    {
      title: 'A backslash before a wildcard, and `replace_string`',
      right: 'Sigpack',
      why: `
        pySigma writes the value as text, replaces in it, and reads the text as a value again. A
        backslash before a wildcard (\`|startswith: C:\\Users\\\`) then reads as the escape of an
        asterisk: the wildcard is gone from every such value of the field, though nothing was
        replaced. Sigpack keeps the two apart. (In Splunk the two come out the same: there the
        escape has no effect.)`,
    },
  ],
  [
    'missing-log-source',
    {
      title: 'A template of `add_condition` with a part of the log source that the rule lacks',
      right: 'Sigpack',
      why: `
        pySigma writes \`None\` for it (\`$product.$service\` becomes \`macos.None\`), which no
        event has: a rule that silently finds nothing. Sigpack refuses the rule (PIP002) and names
        the item.`,
    },
  ],
  [
    'lucene-regex',
    {
      title: 'Regular expressions in Lucene',
      right: 'Sigpack',
      why: `
        The expressions of rules are PCRE and match anywhere in the value (Sigma specification,
        appendix on modifiers, \`re\`). Those of Lucene must match the whole value, and it is not
        compatible with Perl: \`^\`, \`$\`, \`(?:\`, \`(?i)\`, \`\\w\` or \`\\b\` mean something
        else or are errors, \`#\`, \`@\`, \`<\` and \`~\` are operators (Elasticsearch reference,
        "Regular expression syntax"). pySigma writes the expression as it is. Sigpack translates
        it, with \`.*\` at the ends that are open; test/regex-meaning.test.ts and the judges
        \`opensearch\` and \`lucene\` check that.`,
    },
  ],
  [
    'lucene-regex-end',
    {
      title: 'A regular expression with a backslash at its end in Lucene',
      right: 'Sigpack',
      why: `
        In \`/a\\\\/ OR f:/b/\` the lexer of Lucene takes the longest text for the expression and
        ends at the next slash (the token REGEXPTERM of its classic query parser counts \`\\/\` as
        inside): the rest is a syntax error. pySigma writes that; the expressions of Sigpack never
        end in a backslash.`,
    },
  ],
  [
    'keyword-case',
    {
      title: 'Keywords in Lucene',
      right: 'Sigpack',
      why: `
        Keywords match in either case, as all values do (Sigma specification, appendix on
        modifiers, \`cased\`). pySigma writes \`*keyword*\`, which finds it only in the case of
        the rule in fields of type \`keyword\` (Elasticsearch reference, "normalizer": without
        one, a field of that type keeps the case of letters). Sigpack writes \`/.*[kK][eE].../\`,
        which finds it in all fields that are stored whole; in those that are analysed
        (\`textFields\`) it looks for the words.`,
    },
  ],
  [
    'keyword-number',
    {
      title: 'Numbers among the keywords in Lucene',
      right: 'Sigpack',
      why: `
        A keyword is searched across an entire event (Sigma rules specification, "Keywords
        search"). pySigma puts wildcards around texts but not around numbers, which then must be
        the whole value of a field.`,
    },
  ],
  [
    'lucene-states',
    {
      title: 'Regular expressions that are too much for Lucene',
      right: 'Sigpack',
      why: `
        The counted repeats of the expression need more states than Lucene allows (Elasticsearch
        reference, "Regexp query": \`max_determinized_states\`, 10,000): the server refuses the
        query. pySigma writes it; Sigpack refuses the rule with the reason.`,
    },
  ],
  [
    'address-texts',
    {
      title: 'Networks in fields of texts',
      right: 'Sigpack',
      why: `
        pySigma writes \`f:10.0.0.0/8\`, which is a network only in fields of the type \`ip\`
        (Elasticsearch reference, "IP field type"); in a keyword it is a text that no address
        equals. Sigpack writes the addresses as a regular expression, and a network in the fields
        that are of this type: those of ECS with an \`ecs-\` pipeline, or
        \`elasticsearch.ipFields\`.`,
    },
  ],
  [
    'address-zone',
    {
      title: 'Link-local addresses with a zone in Splunk',
      right: 'Sigpack',
      why: `
        Windows writes the zone after a link-local address (\`fe80::1%12\`; RFC 4007, section 11),
        and such a text is not an address for a search of \`fe80::/10\`. Sigpack compares under
        \`where\`, without the zone.`,
    },
  ],
  [
    'address-limit',
    {
      title: 'Long lists of networks in fields of texts',
      right: 'both',
      why: `
        A hundred networks as texts, in two fields, exceed what OpenSearch accepts (32,000
        characters). Sigpack refuses the rule; where the fields are of the type \`ip\`,
        \`elasticsearch.ipFields\` names them and the query is short. pySigma writes networks,
        which find nothing in texts.`,
    },
  ],
  [
    'every-event',
    {
      title: 'Rules that find every event',
      right: 'Sigpack',
      why: `
        The rule only says what an event must not have, so every event of any other log source
        matches it. pySigma writes the query; Sigpack refuses it (TGT005) unless an index, a
        stream or a pipeline narrows it.`,
    },
  ],
  [
    'never-true',
    {
      title: 'Rules that no event of the product can fulfil',
      right: 'Sigpack',
      why: `
        The events of the log source have no field that the rule needs, by any name, so the search
        would silently find nothing. pySigma writes it; Sigpack leaves the rule out and names the
        missing field (PIP007).`,
    },
  ],
]);
