import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unflagged } from '../src/backend/splunk/app-inspect.ts';
import { compareConf } from '../src/pack/render/conf-difference.ts';
import { readConf } from '../src/pack/render/conf-reader.ts';
import {
  confError,
  confText,
  confValue,
  isConfKey,
  stanzaName,
  unflaggedLines,
} from '../src/pack/render/conf-text.ts';
import { csvRow } from '../src/pack/render/csv.ts';
import { createRenderer } from '../src/pack/render/template.ts';
import { TemplateError } from '../src/pack/render/template-error.ts';
import { isSavedSearchKey, nearestSavedSearchKey } from '../src/pack/settings/splunk-keys.ts';
import { anyCharacter } from './any-character.ts';
import { runs } from './thoroughness.ts';

const hostileText = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc
    .array(
      fc.constantFrom(
        '\\',
        '\n',
        '\r',
        '[',
        ']',
        '=',
        '#',
        ';',
        ' ',
        '\u00a0',
        '\u2028',
        '\u0085',
        '\ud800',
        '$x$',
        '"',
        'a',
        'rm -rf',
        '10.0.0.1',
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join('')),
);

describe('conf values', () => {
  it.each([
    ['plain', 'plain'],
    ['two\nlines', 'two lines'],
    ['a\r\n   b\u2028c\td', 'a b c d'],
    ['path C:\\temp\\', 'path C:\\temp\\.'],
    ['blank after \\  ', 'blank after \\.'],
    ['no-break space after \\\u00a0', 'no-break space after \\.'],
    ['\u0000bell\u0007 \u202eevil\ufeff \ud800x', 'bell evil x'],
    ['  [x] = # ;  ', '[x] = # ;'],
    ['', ''],
  ])('%j -> %j', (text, value) => expect(confValue(text)).toBe(value));

  it('reads any text back as written, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(hostileText, hostileText), { minLength: 1, maxLength: 6 }),
        (pairs) => {
          const model = new Map(
            pairs.map(([name, value], index) => [
              `${stanzaName(name)} ${index}`,
              new Map([
                ['first', confText(value)],
                ['last', 'x'],
              ]),
            ]),
          );
          const text = [...model]
            .map(
              ([name, settings]) =>
                `[${name}]\n${[...settings].map(([key, value]) => `${key} = ${value}\n`).join('')}`,
            )
            .join('\n');
          expect(compareConf(model, text)).toEqual([]);
          expect(readConf(text)).toEqual({ stanzas: model, reasons: [] });
        },
      ),
    );
  });

  it.each([
    ['brackets [a] ]b[', 'brackets (a) )b('],
    ['two\nlines', 'two lines'],
    ['default', 'default (detection)'],
    ['General', 'General (detection)'],
    ['', '(detection)'],
    ['on 10.0.0.1', 'on 10(.)0.0.1'],
  ])('stanza name %j -> %j', (text, name) => expect(stanzaName(text)).toBe(name));

  it.each([
    ['index=main x="a\\\\"', undefined],
    ['index=main a\\', 'ends in a backslash, which would join the next line to it'],
    ['index=main a\\ ', 'ends in a backslash, which would join the next line to it'],
    ['a\nb', 'holds a line break or a control character'],
    ['a\u2028b', 'holds a line break or a control character'],
  ])('search %j: %s', (search, problem) => expect(confError(search)).toBe(problem));

  it.each([
    ['alert.severity', true],
    ['a b', false],
    ['a\nb', false],
    ['[x', false],
    ['', false],
  ])('key %j: %s', (key, valid) => expect(isConfKey(key)).toBe(valid));
});

describe('texts that AppInspect would flag', () => {
  // AppInspect's own patterns, without those of them that need a scripting language's file
  const flags = [
    /rm\s+-[rf]+/,
    /["']rm["']\s*,\s*["']-[rf]{2}["']/,
    /\|\s*runshellscript/,
    /cmd node|["']cmd["'], ?["']node["']/,
    /(url|uri|host|server|prox|proxy_str)s?[ \f\r\t\v]*=[ \f\r\t\v]*["']?https?:\/\/[^"'\s]*?(key|pass|pwd|token)[0-9a-z]*=[^&"'\s]+/i,
    /(^|[^\d\w.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?!\/[1-3]?\d($|[^\d\w.]))($|[^\d\w.])/,
  ];

  it.each([
    ['rm -rf /', 'rm \u2011rf /'],
    ['firm  -f', 'firm  \u2011f'],
    ['"rm", "-rf"', '"rm", "\u2011rf"'],
    ['x | runshellscript y', 'x \u00a6 runshellscript y'],
    ['cmd node and "cmd", "node"', 'cmd\u00a0node and "cmd" , "node"'],
    ['url = "https://x.test/?token=1"', 'url = "hxxps://x.test/?token=1"'],
    ['10.0.0.1 1.2.3.4,5.6.7.8:80', '10[.]0.0.1 1[.]2.3.4,5[.]6.7.8:80'],
    ['http://203.0.113.7/a', 'http://203[.]0.113.7/a'],
  ])('%j -> %j', (text, spelled) => {
    expect(flags.some((flag) => flag.test(text))).toBe(true);
    expect(unflagged(text)).toBe(spelled);
    expect(flags.filter((flag) => flag.test(spelled))).toEqual([]);
  });

  it.each([
    '10.0.0.0/8 is a network',
    'version 6.1.7601',
    'https://x.test/?key=1',
    'form - free',
    'confirm',
  ])('leaves %j alone', (text) => expect(unflagged(text)).toBe(text));

  it('holds for text that line folding joins', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'rm',
            '-rf',
            ' ',
            '\n',
            '\u0000',
            '"',
            ',',
            'cmd',
            'node',
            '1',
            '.',
            '10.0.0.1',
            '|',
            'runshellscript',
            'url',
            '=',
            'http://',
            'token',
          ),
          { maxLength: 14 },
        ),
        (parts) => {
          const text = confText(parts.join(''));
          expect(flags.filter((flag) => flag.test(text))).toEqual([]);
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});

describe('reading conf files', () => {
  it('knows comments, continuation lines, CRLF and settings before the first stanza', () => {
    const { stanzas, reasons } = readConf(
      '# c\ntop = 1\r\n\n[ a b ]\nx = 1 = 2\n; d\ny=one \\\n  two\n z =\n',
    );
    expect(reasons).toEqual([]);
    expect(stanzas).toEqual(
      new Map([
        ['default', new Map([['top', '1']])],
        [
          ' a b ',
          new Map([
            ['x', '1 = 2'],
            ['y', 'one \n  two'],
            ['z', ''],
          ]),
        ],
      ]),
    );
  });

  it.each([
    ['[a]\nx = 1\nx = 2', 'line 3: [a] x a second time'],
    ['[a]\n[b]\n[a]', 'line 3: [a] a second time'],
    ['[a] x', 'line 1: stanza name with brackets or text after it'],
    ['[a[b]]', 'line 1: stanza name with brackets or text after it'],
    ['[a]\nx = b\\ \ny = 1', 'line 2: a backslash followed by white space'],
    ['[a]\njunk', 'line 2: neither a stanza nor a setting'],
    ['[a]\nx = b\\', 'line 2: the last line continues'],
  ])('%j: %s', (text, problem) => {
    expect(readConf(text).reasons).toEqual([problem]);
    expect(compareConf(new Map(), text, 'allow')).toEqual([problem]);
  });

  const model = new Map([
    [
      'a',
      new Map([
        ['x', '1'],
        ['y', '2'],
      ]),
    ],
    ['b', new Map([['x', '3']])],
  ]);
  it.each([
    ['[a]\nx = 1\ny = 2\n[b]\nx = 3', []],
    ['[b]\nx = 3\n[a]\ny = 2\nx = 1', []],
    ['[a]\nx = 1\n[b]\nx = 3', ['[a] y is missing']],
    ['[a]\ny = 2\n[b]\nx = 3', ['[a] x is missing']],
    ['[a]\nx = 1\ny = 2', ['[b] is missing']],
    ['[a]\nx = 1\ny = 5\n[b]\nx = 3', ['[a] y reads "5", not "2"']],
    ['[a]\nx = 1\ny = 2\nx = 1\n[b]\nx = 3', ['line 4: [a] x a second time']],
    ['[a]\nx = 1\nz = 0\ny = 2\n[b]\nx = 3', ['[a] z was not meant to be there']],
    ['[a]\nx = 1\ny = 2\n[b]\nx = 3\n[c]', ['[c] was not meant to be there']],
    ['[a]\nx = 1 \\\ny = 2\n[b]\nx = 3', ['[a] x reads "1 \\ny = 2", not "1"', '[a] y is missing']],
  ])('compares %j: %j', (text, differences) =>
    expect(compareConf(model, text)).toEqual(differences),
  );

  it('lets a template add to the model where that is allowed', () => {
    expect(compareConf(model, '[a]\nx = 1\nextra = 1\ny = 2\n[b]\nx = 3\n[c]\n', 'allow')).toEqual(
      [],
    );
    expect(compareConf(model, '[a]\nx = 1\nx = 1\ny = 2\n[b]\nx = 3\n', 'allow')).toEqual([
      'line 3: [a] x a second time',
    ]);
  });

  it('goes on with a stanza that was as meant so far', () => {
    const rest = '\n[b]\nx = 3\n';
    expect(compareConf(model, `[a]\nx = 1\ny = 2\n\n# more\nz = 1\n${rest}`)).toEqual([
      '[a] z was not meant to be there',
    ]);
    expect(compareConf(model, `[a]\nx = 1\ny = 2\n\nx = 2\n${rest}`)).toEqual([
      'line 5: [a] x a second time',
      '[a] x reads "2", not "1"',
    ]);
    expect(compareConf(model, `[a]\nx = 1\ny = 2\n\n[a]\nx = 1\ny = 2\n${rest}`)).toEqual([
      'line 5: [a] a second time',
    ]);
    expect(compareConf(new Map([['a]b', new Map([['x', '1']])]]), '[a]b]\nx = 1\n')).toEqual([
      'line 1: stanza name with brackets or text after it',
    ]);
  });
});

describe('savedsearches.conf keys', () => {
  it.each([
    ['search', true],
    ['action.email.to', true],
    ['action.slack', true],
    ['action.slack.param.channel', true],
    ['action.webhook.param.url', true],
    ['action.notable.param.rule_title', true],
    ['action.notable.param.next_steps', true],
    ['dispatch.ttl', true],
    ['auto_summarize.dispatch.ttl', true],
    ['display.statistics.format.0.colorPalette.rule', true],
    ['cron_shedule', false],
    ['dispatch.earlyest_time', false],
    ['action.emial.to', false],
    ['action.notable.param.rule_tilte', false],
    ['action.email.too', false],
    ['action.slack.channel', false],
    ['alert.anything', false],
    ['__proto__', false],
  ])('%s: %s', (key, known) => expect(isSavedSearchKey(key)).toBe(known));

  it.each([
    ['cron_shedule', 'cron_schedule'],
    ['dispatch.earlyest_time', 'dispatch.earliest_time'],
    ['action.emial.to', 'action.email.to'],
    ['action.notable.param.rule_tilte', 'action.notable.param.rule_title'],
    ['alert.sevrity', 'alert.severity'],
    ['zzzzzzzzzz', undefined],
  ])('%s was meant to be %s', (key, meant) => expect(nearestSavedSearchKey(key)).toBe(meant));
});

describe('templates', () => {
  const render = (source: string, context: object): string =>
    createRenderer({ templates: new Map([['t.hbs', source]]) })('t.hbs', context);

  it.each([
    ['{{a}}', { a: '<&"' }, '<&"'],
    [
      '{{json a}}',
      { a: 'x"\\\n</script>&\u2028' },
      '"x\\"\\\\\\n\\u003c/script\\u003e\\u0026\\u2028"',
    ],
    ['{{xml a}}', { a: '<a b="c">&\u0000]]>' }, '&#60;a b=&#34;c&#34;&#62;&#38;]]&#62;'],
    ['{{csv a b}}', { a: 'x,"y"', b: 1 }, '"x,""y""",1'],
    ['{{conf a}}', { a: 'x\ny\\' }, 'x y\\.'],
    [
      '{{stanza a b}}',
      {
        a: 'n',
        b: new Map([
          ['k', 'v'],
          ['l', 'w'],
        ]),
      },
      '[n]\nk = v\nl = w',
    ],
    ['{{#each a}}{{this}}{{#unless @last}},{{/unless}}{{/each}}', { a: ['1', '2'] }, '1,2'],
  ])('%s', (source, context, text) => expect(render(source, context)).toBe(text));

  it.each([
    ['ok\n{{missing}}', {}, 2, /missing/],
    ['{{json missing}}', {}, undefined, /json is given nothing|not defined/],
    ['{{xml a}}', { a: {} }, undefined, /xml is given an object/],
    ['a\nb {{#each}', {}, 2, /Parse error/],
    ['{{unknown a}}', { a: 1 }, undefined, /unknown/],
    ['{{a.constructor.name}}', { a: 'x' }, undefined, /./],
    ['{{a.__proto__.x}}', { a: {} }, undefined, /./],
  ])('%s is refused', (source, context, line, message) => {
    let error: unknown;
    try {
      render(source, context);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TemplateError);
    expect(error).toMatchObject({
      template: 't.hbs',
      message: expect.stringMatching(message),
      ...(line === undefined ? {} : { line }),
    });
  });

  it('names a template that is not there', () => {
    expect(() => createRenderer({ templates: new Map() })('x.hbs', {})).toThrow(
      new TemplateError('x.hbs', 'there is no such template', undefined),
    );
  });

  it('writes lines of a lookup that AppInspect takes for no address and no command', () => {
    expect(unflaggedLines('to 10.0.0.1\r\nx |\nrunshellscript')).toBe(
      'to 10[.]0.0.1\nx \u00a6\nrunshellscript',
    );
    expect(unflaggedLines('rm -rf / # runshellscript')).toBe('rm -rf / # runshellscript');
  });

  it('writes CSV that reads back, without formulas', () => {
    expect(csvRow(['=1+1', '-x', 'a\nb', 'c"d', '\u0000e', ''])).toBe(`'=1+1,'-x,"a\nb","c""d",e,`);
  });
});
