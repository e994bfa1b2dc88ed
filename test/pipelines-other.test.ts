import { describe, expect, test } from 'vitest';
import { createSettler } from '../src/query/compile.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import {
  documentedFields,
  lackedFields,
  otherPipelines,
  otherPipelinesPage,
  otherRules,
  queryAfterPipelines,
  unmappedFields,
  withoutPlace,
} from './other-pipelines.ts';
import { ruleSetCollection } from './rule-set.ts';

const { collection, placeholders } = ruleSetCollection();
const rules = otherRules(collection, placeholders).filter(({ rule }) =>
  /test\/rule-set\/(?:application|cloud|identity|linux|macos|network|web)\//.test(rule.file.path),
);

/** Fields that no public rule uses. */
const ownFields = new Set([
  'visibility',
  'actor_user_name',
  'host.scan.status',
  'capabilities',
  'hostPath',
]);

describe('of the rules of the rule set nothing stays unmapped but what the docs say that a product lacks', () => {
  test.each([
    ['splunk', 'Splunk'],
    ['graylog', 'Graylog'],
    ['ecs', 'ECS'],
  ] as const)('%s', (target, heading) => {
    expect(rules.length).toBeGreaterThan(30);
    const documented = documentedFields(heading);
    const { fields } = unmappedFields(rules, target);
    const others = [...fields].flatMap(([source, names]) =>
      [...names]
        .filter((name) => !documented.get(source)?.has(name) && !ownFields.has(name))
        .map((name) => `${source}: ${name}`),
    );
    expect(others).toEqual([]);
  });
});

/**
 * A rule of a log source that asks for the fields; `linux process_creation` may be a category or a
 * service.
 */
function rulesOf(source: string, fields: readonly string[]) {
  const bag = createBag();
  const [first = '', second = '', third] = source.split(' ');
  const keys =
    third !== undefined
      ? [`product: ${first}, category: ${second}, service: ${third}`]
      : second === ''
        ? [`category: ${first}`]
        : [`product: ${first}, service: ${second}`, `product: ${first}, category: ${second}`];
  return keys.flatMap((logsource) => {
    const selection = fields.map((field) => `    '${field}': 1`).join('\n');
    const text = `title: T\nlogsource: { ${logsource} }\ndetection:\n  s:\n${selection}\n  condition: s\n`;
    const own = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
    const settle = createSettler(own, { placeholders: new Map(), bag });
    return own.rules.flatMap((rule) => settle(rule) ?? []);
  });
}

describe('the pipelines say of the fields that the docs list that no event has them', () => {
  test.each([
    ['splunk', 'Splunk'],
    ['graylog', 'Graylog'],
    ['ecs', 'ECS'],
  ] as const)('%s', (target, heading) => {
    const documented = documentedFields(heading);
    expect(documented.size).toBeGreaterThan(5);
    for (const [source, fields] of documented) {
      const lacked = rulesOf(source, [...fields, 'another_field'])
        .map((rule) => lackedFields(rule, target))
        .find((found) => found.length > 0);
      expect([source, lacked ?? []]).toEqual([
        source,
        source === 'qualys' ? [] : [...fields].sort(),
      ]);
    }
  });
});

const ofAnyProduct = new Set(['dns_query', 'network_connection', 'process_creation', 'file_event']);

test('Splunk knows where the events of the rule set are, but those of applications', () => {
  expect(
    unmappedFields(rules, 'splunk').withoutScope.filter(
      (source) => !withoutPlace.includes(source) && !ofAnyProduct.has(source),
    ),
  ).toEqual([]);
});

test('the docs list every pipeline', () => {
  expect(otherPipelines.filter((name) => !otherPipelinesPage.includes(`| \`${name}\` |`))).toEqual(
    [],
  );
});

/** The query of a rule of a log source. */
function queryOf(
  target: 'splunk' | 'graylog' | 'ecs',
  logsource: string,
  selection: string,
): string {
  const bag = createBag();
  const text = `title: T\nlogsource: { ${logsource} }\ndetection:\n  s: ${selection}\n  condition: s\n`;
  const own = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
  const settle = createSettler(own, { placeholders: new Map(), bag });
  return queryAfterPipelines(target, own.rules.flatMap((rule) => settle(rule) ?? [])[0]);
}

describe('queries', () => {
  test.each([
    [
      'splunk',
      'product: azure, service: signinlogs',
      '{ ResultType: 0, AuthenticationRequirement: x }',
      'sourcetype="azure:monitor:aad" category="*SignInLogs" resultType=0 properties.authenticationRequirement="x"',
    ],
    [
      'splunk',
      'product: azure, service: auditlogs',
      '{ Category: KeyManagement, OperationName: x }',
      'sourcetype="azure:monitor:aad" category="AuditLogs" properties.category="KeyManagement" operationName="x"',
    ],
    [
      'splunk',
      'category: firewall',
      '{ dst_port: 21, action: x }',
      'tag=network tag=communicate dest_port=21 action="x"',
    ],
    ['splunk', 'category: proxy', "{ c-uri: '*.class' }", 'tag=web tag=proxy url="*.class"'],
    [
      'splunk',
      'product: linux, service: auditd',
      '{ type: SYSCALL, comm: insmod }',
      '(sourcetype="auditd" OR sourcetype="linux_audit" OR sourcetype="linux:audit") type="SYSCALL" comm="insmod"',
    ],
    [
      'splunk',
      'product: zeek, service: x509',
      '{ certificate.serial: 8BB }',
      '(sourcetype="bro:x509:json" OR sourcetype="zeek:x509:json" OR sourcetype="corelight_x509") certificate.serial="8BB"',
    ],
    [
      'splunk',
      'product: zeek, service: dce_rpc',
      '{ endpoint: svcctl }',
      '(sourcetype="bro:dce_rpc:json" OR sourcetype="zeek:rpc:json" OR sourcetype="zeek:dce_rpc:json" OR sourcetype="corelight_dce_rpc") endpoint="svcctl"',
    ],
    [
      'splunk',
      'category: webserver',
      '{ cs-referer: x }',
      '(sourcetype="access_combined*" OR sourcetype="apache:access*" OR sourcetype="nginx:plus:access" OR sourcetype="nginx:plus:kv" OR sourcetype="iis" OR sourcetype="ms:iis:*") (http_referrer="x" OR http_referer="x" OR referer="x")',
    ],
    [
      'splunk',
      'product: onelogin, service: onelogin.events',
      '{ event_type_id: 3 }',
      'sourcetype="onelogin:*" event_type_id=3',
    ],
    [
      'graylog',
      'category: dns',
      '{ answer: x.example }',
      'query_response:/[xX]\\.[eE][xX][aA][mM][pP][lL][eE]/',
    ],
    [
      'graylog',
      'category: webserver',
      '{ cs-uri-query: x }',
      'http_uri:/[xX]/ OR http_request_path:/[xX]/',
    ],
    [
      'graylog',
      'category: proxy',
      '{ c-uri-query: x }',
      'http_uri:/[xX]/ OR http_request_path:/[xX]/',
    ],
    [
      'graylog',
      'product: linux, category: process_creation',
      '{ ParentImage: x }',
      'parent_process_path:/[xX]/ OR process_parent_path:/[xX]/',
    ],
    [
      'graylog',
      'product: macos, category: process_creation',
      '{ ParentCommandLine: x }',
      'parent_process_command_line:/[xX]/ OR process_parent_command_line:/[xX]/',
    ],
    ['ecs', 'product: gcp, service: gcp.audit', '{ gcp.audit.method_name: x }', 'event.action:"x"'],
    [
      'ecs',
      'product: gcp, service: gcp.audit',
      '{ data.protoPayload.methodName: x, data.protoPayload.serviceName: w }',
      'event.action:"x" AND service.name:"w"',
    ],
    [
      'ecs',
      'product: azure, service: auditlogs',
      '{ Status: Success }',
      'event.outcome:"success" OR azure.auditlogs.properties.result:"success"',
    ],
    [
      'ecs',
      'product: azure, service: auditlogs',
      '{ properties.result: failure }',
      'event.outcome:"failure" OR azure.auditlogs.properties.result:"failure"',
    ],
    [
      'ecs',
      'product: okta, service: okta',
      '{ debugContext.debugData.behaviors|contains: POSITIVE }',
      'okta.debug_context.debug_data.flattened:"POSITIVE"',
    ],
    [
      'ecs',
      'product: okta, service: okta',
      "{ debugContext.debugData.behaviors|contains: 'New IP=POSITIVE' }",
      'okta.debug_context.debug_data.risk_behaviors:"New IP"',
    ],
    [
      'ecs',
      'product: okta, service: okta',
      '{ debugContext.debugData.logOnlySecurityData|contains: POSITIVE }',
      'okta.debug_context.debug_data.flattened:"POSITIVE"',
    ],
    [
      'graylog',
      'product: linux, service: auditd',
      '{ type: EXECVE, a1: -r }',
      'type:/[eE][xX][eE][cC][vV][eE]/ AND a1:/-[rR]/',
    ],
    [
      'ecs',
      'product: linux, service: auditd',
      '{ type: SYSCALL, comm: split }',
      '(auditd.log.record_type:("SYSCALL" "syscall") OR event.action:("SYSCALL" "syscall")) AND process.name:"split"',
    ],
    [
      'ecs',
      'product: aws, service: cloudtrail',
      '{ eventSource: iam.amazonaws.com, eventName: x }',
      'event.dataset:"aws.cloudtrail" AND event.provider:"iam.amazonaws.com" AND event.action:"x"',
    ],
  ] as const)('%s %s %s', (target, logsource, selection, expected) =>
    expect(queryOf(target, logsource, selection)).toBe(expected),
  );
});
