import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { readConf } from '../src/pack/render/conf-reader.ts';
import { confText, confValue, stanzaName } from '../src/pack/render/conf-text.ts';
import { csvRow } from '../src/pack/render/csv.ts';
import { createRenderer } from '../src/pack/render/template.ts';
import { visible } from '../src/source/visible.ts';
import { readCsv, readStrictConf } from './conf-reader.ts';
import { anyText, checks, wellFormed } from './escape-values.ts';

const templates = new Map([
  ['stanza', '{{stanza name settings}}\n'],
  ['xml', '<view label="{{xml text}}"><title>{{xml text}}</title></view>'],
  ['json', '{"a": {{json text}}, "b": [{{json text}}]}'],
  ['csv', '{{csv text other}}\n{{csv other text}}\n'],
]);
const render = createRenderer({ templates });
const holds = (property: (text: string, other: string) => void): void =>
  fc.assert(fc.property(anyText, anyText, property), checks);

/**
 * What a reader of one line takes the text for: blanks for line ends, no control characters, no
 * marks of direction.
 */
const plain = (text: string): string =>
  text
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]\s*/g, ' ')
    .replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}\ufeff]/gu, '')
    .trim();

describe('conf files', () => {
  it('a value is one value of one setting', () => {
    holds((text, other) => {
      const settings = new Map([
        ['description', confValue(text)],
        ['other', confValue(other)],
      ]);
      const conf = render('stanza', { name: 'x', settings });
      expect(readStrictConf(conf)).toEqual(new Map([['x', settings]]));
      expect(readConf(conf)).toEqual({ stanzas: new Map([['x', settings]]), reasons: [] });
    });
  });

  it('a value says what the text does', () => {
    holds((text) => {
      const value = confValue(text);
      expect(value.replace(/(\\)\.$/, '$1')).toBe(plain(text).replace(/(\\)\.$/, '$1'));
    });
  });

  it('a text of a rule is one value, also respelled', () => {
    holds((text, other) => {
      const settings = new Map([
        ['a', confText(text)],
        ['b', confText(`${text}\n${other}`)],
      ]);
      expect(readStrictConf(render('stanza', { name: 'x', settings }))).toEqual(
        new Map([['x', settings]]),
      );
    });
  });

  it('a name is the name of one stanza, and never that of the defaults', () => {
    holds((text) => {
      const name = stanzaName(text);
      const conf = render('stanza', { name, settings: new Map([['search', 'x']]) });
      expect([...readStrictConf(conf).keys()]).toEqual([name]);
      expect(readConf(conf)).toEqual({
        stanzas: new Map([[name, new Map([['search', 'x']])]]),
        reasons: [],
      });
      expect(['', 'default', 'global', 'general', 'stash']).not.toContain(name.toLowerCase());
    });
  });
});

describe('CSV', () => {
  it('rows and cells stay what they are, and no cell is a formula', () => {
    holds((text, other) => {
      const rows = readCsv(render('csv', { text, other }));
      const cell = (given: string): string =>
        given
          .replace(/[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\u{10ffff}]/gu, '')
          .replace(/^(?=[=+@\t-])/, "'");
      expect(rows).toEqual([
        [cell(text), cell(other)],
        [cell(other), cell(text)],
      ]);
      for (const given of rows.flat()) expect(given).not.toMatch(/^[=+@\t-]/);
    });
  });

  it.each(['=1+1', '+1', '-1', '@x', '\t=1', '\u0000=1', '\u001b\u0000@x', '\ud800=1'])(
    '%j is not a formula',
    (text) => {
      expect(readCsv(`${csvRow([text])}\n`)[0]?.[0]).toMatch(/^'/);
    },
  );
});

describe('XML', () => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    trimValues: false,
    parseTagValue: false,
    htmlEntities: true,
  });

  it('a text is the text of one element and of one attribute', () => {
    holds((text) => {
      const xml = render('xml', { text });
      expect(XMLValidator.validate(xml)).toBe(true);
      expect(xml).not.toContain(']]>');
      const wanted = text.replace(
        /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu,
        '',
      );
      expect(parser.parse(xml)).toEqual({ view: { '@label': wanted, title: wanted } });
    });
  });
});

describe('JSON', () => {
  it('a text comes back as it was, and ends no script', () => {
    holds((text) => {
      const json = render('json', { text });
      expect(JSON.parse(json)).toEqual({ a: text, b: [text] });
      expect(json).not.toMatch(/[<>&\u2028\u2029]/);
      expect(Buffer.from(json).toString('utf8')).toBe(json);
    });
    expect(JSON.parse(render('json', { text: '\ud800' }))).toEqual({ a: '\ud800', b: ['\ud800'] });
  });
});

describe('terminals', () => {
  it('no text moves the cursor or turns the direction', () => {
    holds((text) => {
      expect(visible(wellFormed(text))).not.toMatch(
        /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u,
      );
    });
  });
});
