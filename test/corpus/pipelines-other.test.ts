import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { targets } from '../../src/backend/registry.ts';
import { defaultTargetSettings } from '../../src/backend/target.ts';
import { findRuleFiles, readSourceFile } from '../../src/cli/rule-files.ts';
import type { Pipeline } from '../../src/pipeline/pipeline.ts';
import { createProcessor } from '../../src/pipeline/process.ts';
import { readPipeline } from '../../src/pipeline/read-pipeline.ts';
import { createCombiner, createSettler, type SettledRule } from '../../src/query/compile.ts';
import { collect } from '../../src/sigma/collection.ts';
import { readDocuments } from '../../src/sigma/document.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { corpusFolders, shared } from './corpus.ts';

const root = join(import.meta.dirname, '..', '..');
// the formatter pads the cells of tables
const docs = readFileSync(join(root, 'docs', 'pipelines-other.md'), 'utf8').replace(/ +/g, ' ');
const files = readdirSync(join(root, 'pipelines')).filter((name) => /^(splunk|graylog|ecs)-.*\.yml$/.test(name) && !/windows|cim/.test(name));

function load(name: string): Pipeline {
  const bag = createBag();
  const path = join(root, 'pipelines', name);
  const pipeline = readPipeline({ path, text: readFileSync(path, 'utf8') }, bag, { readLines: () => undefined });
  expect(bag.list.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  if (!pipeline) throw new Error(`${name} was not read`);
  return pipeline;
}

const bag = createBag();
const documents = findRuleFiles([...corpusFolders, join(shared, 'corpus', 'rules-compliance')], bag).flatMap((path) => {
  const file = readSourceFile(path, bag);
  return file ? readDocuments(file, bag).documents : [];
});
const collection = collect(documents, bag);
const settle = createSettler(collection, { placeholders: new Map(), bag, keepPlaceholders: true });
const rules: readonly SettledRule[] = collection.rules.flatMap((rule) =>
  rule.kind === 'detection' && rule.logsource.product !== 'windows' ? (settle(rule) ?? []) : [],
);

function sourceOf(rule: SettledRule): string {
  if (rule.kind !== 'detection') return '';
  const { product, category, service } = rule.rule.logsource;
  return [product, category, service].filter((part) => part !== undefined).join(' ');
}

const processorOf = (target: string) => createProcessor(files.filter((name) => name.startsWith(`${target}-`)).map(load), { bag: createBag() });

/** `linux auditd: a0 a1`, sorted, of all rules of the corpus that are not for Windows. */
function unmapped(target: string): { readonly fields: readonly string[]; readonly withoutScope: readonly string[] } {
  const process = processorOf(target);
  const found = new Map<string, Set<string>>();
  const withoutScope = new Set<string>();
  for (const rule of rules) {
    const processed = process(rule);
    if (!processed?.processing) continue;
    const source = sourceOf(rule);
    if (!processed.processing.state.has('splunk_scope')) withoutScope.add(source);
    for (const field of processed.processing.unmapped) found.set(source, (found.get(source) ?? new Set()).add(field));
  }
  return {
    fields: [...found].map(([source, fields]) => `${source}: ${[...fields].sort().join(' ')}`).sort(),
    withoutScope: [...withoutScope].sort(),
  };
}
/** The rows of the docs' table under a heading, as `unmapped` has them. */
function documented(heading: string): readonly string[] {
  const section = docs.split(`### ${heading}\n`)[1]?.split(/\n##/)[0] ?? '';
  const found = new Map<string, string[]>();
  for (const [, source, fields] of section.matchAll(/^\| ([a-z][^|]*) \| ([^|]+) \| [^|]+ \|$/gm)) {
    if (source && fields) found.set(source, [...(found.get(source) ?? []), ...fields.split(' ')]);
  }
  return [...found].map(([source, fields]) => `${source}: ${fields.sort().join(' ')}`).sort();
}

describe('what products lack is in the docs, and nothing else stays unmapped', () => {
  test.each([
    ['splunk', 'Splunk'],
    ['graylog', 'Graylog'],
    ['ecs', 'ECS'],
  ])('%s', (target, heading) => expect(unmapped(target).fields).toEqual(documented(heading)));
});

test('Splunk knows where all events are but those of applications', () => {
  const applications = ['django', 'jvm', 'nodejs', 'opencanary', 'python', 'ruby_on_rails', 'spring', 'sql', 'velocity'].map((name) => `${name} application`);
  expect(unmapped('splunk').withoutScope).toEqual(['bitbucket audit', 'database', ...applications].sort());
});

test('the docs list every pipeline', () => {
  expect(files.filter((name) => !docs.includes(`| \`${name.replace(/\.yml$/, '')}\` |`))).toEqual([]);
});

/** The query of the corpus rule in the file of that name. */
function queryOf(target: 'splunk' | 'graylog' | 'ecs', file: string): string {
  const rule = rules.find((one) => one.rule.file.path.endsWith(`/${file}.yml`));
  const processed = rule && processorOf(target)(rule);
  const compiled = processed && createCombiner(createBag())(processed);
  const conversion = compiled && targets.find(({ name }) => name === (target === 'ecs' ? 'es-qs' : target))?.convert(compiled, defaultTargetSettings);
  return conversion?.ok ? conversion.value.queries.join('\n') : '';
}

describe('queries', () => {
  test.each([
    [
      'splunk',
      'azure_ad_only_single_factor_auth_required',
      'sourcetype="azure:monitor:aad" category="*SignInLogs" resultType="0" properties.authenticationRequirement="singleFactorAuthentication"',
    ],
    ['splunk', 'azure_app_ropc_authentication', 'sourcetype="azure:monitor:aad" category="*SignInLogs" properties.authenticationProtocol="ropc"'],
    [
      'splunk',
      'azure_ad_bitlocker_key_retrieval',
      'sourcetype="azure:monitor:aad" category="AuditLogs" properties.category="KeyManagement" operationName="Read BitLocker key"',
    ],
    [
      'splunk',
      'net_firewall_cleartext_protocols',
      'tag=network tag=communicate dest_port IN ("8080", "21", "80", "23", "50000", "1521", "27017", "3306", "1433", "11211", "15672", "5900", "5901", "5902", "5903", "5904") action IN ("allowed", "allowed")',
    ],
    ['splunk', 'proxy_susp_class_extension_request', 'tag=web tag=proxy url="*.class"'],
    [
      'splunk',
      'lnx_auditd_load_module_insmod',
      '(sourcetype="auditd" OR sourcetype="linux_audit" OR sourcetype="linux:audit") type="SYSCALL" comm="insmod" exe="/usr/bin/kmod"',
    ],
    ['splunk', 'gcp_gworkspace_role_privilege_deleted', 'sourcetype="gws:reports:admin" id.applicationName="admin" event.name="REMOVE_PRIVILEGE"'],
    ['splunk', 'zeek_default_cobalt_strike_certificate', '(sourcetype="bro:x509:json" OR sourcetype="corelight_x509") certificate.serial="8BB00EE"'],
    [
      'splunk',
      'okta_new_behaviours_admin_console',
      'sourcetype="OktaIM2:log" eventType="policy.evaluate_sign_on" "target{}.displayName"="Okta Admin Console" (debugContext.debugData.behaviors="*POSITIVE*" OR debugContext.debugData.logOnlySecurityData="*POSITIVE*")',
    ],
    [
      'graylog',
      'gcp_sql_database_modified_or_deleted',
      'protoPayload_methodName:/([cC][lL][oO][uU][dD][sS][qQ][lL]\\.[iI][nN][sS][tT][aA][nN][cC][eE][sS]\\.[cC][rR][eE][aA][tT][eE]|[cC][lL][oO][uU][dD][sS][qQ][lL]\\.[iI][nN][sS][tT][aA][nN][cC][eE][sS]\\.[dD][eE][lL][eE][tT][eE]|[cC][lL][oO][uU][dD][sS][qQ][lL]\\.[uU][sS][eE][rR][sS]\\.[uU][pP][dD][aA][tT][eE]|[cC][lL][oO][uU][dD][sS][qQ][lL]\\.[uU][sS][eE][rR][sS]\\.[dD][eE][lL][eE][tT][eE])/',
    ],
    ['graylog', 'lnx_auditd_capabilities_discovery', 'type:/[eE][xX][eE][cC][vV][eE]/ AND a0:/[gG][eE][tT][cC][aA][pP]/ AND a1:/-[rR]/ AND a2:"/"'],
    [
      'ecs',
      'lnx_auditd_split_file_into_pieces',
      '(auditd.log.record_type:("SYSCALL" "syscall") OR event.action:("SYSCALL" "syscall")) AND process.name:"split"',
    ],
    ['ecs', 'zeek_dce_rpc_potential_petit_potam_efs_rpc_call', 'event.dataset:"zeek.dce_rpc" AND zeek.dce_rpc.operation:efs*'],
    [
      'ecs',
      'aws_delete_saml_provider',
      'event.dataset:"aws.cloudtrail" AND event.provider:"iam.amazonaws.com" AND event.action:"DeleteSAMLProvider" AND event.outcome:"success"',
    ],
  ] as const)('%s %s', (target, file, expected) => expect(queryOf(target, file)).toBe(expected));
});
