import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collect } from '../../src/sigma/collection/collection.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { documentsIn } from '../compile.ts';
import {
  documentedFields,
  otherRules,
  queryAfterPipelines,
  unmappedFields,
  withoutPlace,
} from '../other-pipelines.ts';
import { corpusDocuments } from './compiled-corpus.ts';
import { shared } from './corpus.ts';

const documents = [
  ...corpusDocuments(),
  ...documentsIn([join(shared, 'corpus', 'rules-compliance')]),
];
const rules = otherRules(collect(documents, createBag()), new Map());

describe('what products lack is in the docs, and nothing else stays unmapped', () => {
  test.each([
    ['splunk', 'Splunk'],
    ['graylog', 'Graylog'],
    ['ecs', 'ECS'],
  ] as const)('%s', (target, heading) =>
    expect(unmappedFields(rules, target).fields).toEqual(documentedFields(heading)),
  );
});

test('Splunk knows where all events are but those of applications', () => {
  expect(unmappedFields(rules, 'splunk').withoutScope).toEqual([...withoutPlace].sort());
});

/** The query of the corpus rule in the file of that name. */
const queryOf = (target: 'splunk' | 'graylog' | 'ecs', file: string): string =>
  queryAfterPipelines(
    target,
    rules.find((one) => one.rule.file.path.endsWith(`/${file}.yml`)),
  );

describe('queries', () => {
  test.each([
    [
      'splunk',
      'azure_ad_only_single_factor_auth_required',
      'sourcetype="azure:monitor:aad" category="*SignInLogs" resultType="0" properties.authenticationRequirement="singleFactorAuthentication"',
    ],
    [
      'splunk',
      'azure_app_ropc_authentication',
      'sourcetype="azure:monitor:aad" category="*SignInLogs" properties.authenticationProtocol="ropc"',
    ],
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
    [
      'splunk',
      'gcp_gworkspace_role_privilege_deleted',
      'sourcetype="gws:reports:admin" id.applicationName="admin" event.name="REMOVE_PRIVILEGE"',
    ],
    [
      'splunk',
      'zeek_default_cobalt_strike_certificate',
      '(sourcetype="bro:x509:json" OR sourcetype="zeek:x509:json" OR sourcetype="corelight_x509") certificate.serial="8BB00EE"',
    ],
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
    [
      'graylog',
      'lnx_auditd_capabilities_discovery',
      'type:/[eE][xX][eE][cC][vV][eE]/ AND a0:/[gG][eE][tT][cC][aA][pP]/ AND a1:/-[rR]/ AND a2:"/"',
    ],
    [
      'ecs',
      'lnx_auditd_split_file_into_pieces',
      '(auditd.log.record_type:("SYSCALL" "syscall") OR event.action:("SYSCALL" "syscall")) AND process.name:"split"',
    ],
    [
      'ecs',
      'zeek_dce_rpc_potential_petit_potam_efs_rpc_call',
      'event.dataset:"zeek.dce_rpc" AND zeek.dce_rpc.operation:efs*',
    ],
    [
      'ecs',
      'aws_delete_saml_provider',
      'event.dataset:"aws.cloudtrail" AND event.provider:"iam.amazonaws.com" AND event.action:"DeleteSAMLProvider" AND event.outcome:"success"',
    ],
  ] as const)('%s %s', (target, file, expected) => expect(queryOf(target, file)).toBe(expected));
});
