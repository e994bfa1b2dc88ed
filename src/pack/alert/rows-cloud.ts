import type { AlertRow } from './row.ts';

/** Clouds, identity providers and services that log who did what. */
export const cloudRows: readonly AlertRow[] = [
  {
    source: { product: 'aws', service: 'cloudtrail' },
    // an attempt to log on has no ARN
    entities: { 'userIdentity.arn': 'user', 'userIdentity.userName': 'user' },
    threatObjects: { 'sourceIPAddress|src_ip': 'ip_address' },
    shown:
      'eventName eventSource awsRegion recipientAccountId userIdentity.type userAgent ' +
      'errorCode errorMessage',
    domain: 'threat',
    hours: 1,
  },
  {
    source: { product: 'azure', service: 'signinlogs' },
    entities: { 'Username|properties.userPrincipalName': 'user' },
    threatObjects: { 'callerIpAddress|properties.ipAddress': 'ip_address' },
    shown:
      'ResourceDisplayName ClientApp ResultType ResultDescription conditionalAccessStatus ' +
      'location userAgent',
    domain: 'access',
    hours: 1,
  },
  {
    source: { product: 'azure', service: 'auditlogs' },
    entities: { 'Initiatedby|properties.initiatedBy.user.userPrincipalName': 'user' },
    shown: 'OperationName ActivityDisplayName Category Target Status LoggedByService',
    domain: 'identity',
    hours: 1,
  },
  {
    source: { product: 'azure', service: 'activitylogs' },
    entities: { 'caller|identity.claims.name': 'user' },
    threatObjects: { callerIpAddress: 'ip_address' },
    shown: 'operationName ResourceId CategoryValue',
    domain: 'audit',
    hours: 1,
  },
  ...['riskdetection', 'pim'].map(
    (service): AlertRow => ({
      source: { product: 'azure', service },
      entities: { 'userPrincipalName|properties.userPrincipalName': 'user' },
      threatObjects: { 'ipAddress|properties.ipAddress': 'ip_address' },
      shown: 'riskEventType riskLevel riskState operationName',
      domain: 'identity',
      hours: 4,
    }),
  ),
  {
    source: { product: 'm365' },
    entities: { UserId: 'user' },
    threatObjects: { ClientIP: 'ip_address' },
    shown: 'Operation eventName Workload ObjectId ResultStatus status',
    domain: 'audit',
    hours: 1,
  },
  {
    source: { product: 'gcp', service: 'gcp.audit' },
    entities: { 'data.protoPayload.authenticationInfo.principalEmail': 'user' },
    threatObjects: { 'data.protoPayload.requestMetadata.callerIp': 'ip_address' },
    shown:
      'gcp.audit.method_name data.protoPayload.methodName data.protoPayload.serviceName ' +
      'data.protoPayload.resourceName',
    domain: 'threat',
    hours: 1,
  },
  {
    source: { product: 'gcp', service: 'google_workspace.admin' },
    entities: { 'actor.email': 'user' },
    threatObjects: { ipAddress: 'ip_address' },
    shown: 'eventName eventService setting_name new_value',
    domain: 'identity',
    hours: 1,
  },
  {
    source: { product: 'gcp', service: 'google_workspace.login' },
    entities: { 'actor.email': 'user' },
    threatObjects: { ipAddress: 'ip_address' },
    shown: 'protoPayload.metadata.event.eventName',
    domain: 'access',
    hours: 1,
  },
  {
    source: { product: 'okta', service: 'okta' },
    entities: { 'actor.alternateId': 'user' },
    threatObjects: { 'client.ipAddress': 'ip_address' },
    shown: 'eventType displayMessage outcome.result outcome.reason target.displayName',
    domain: 'access',
    hours: 1,
  },
  {
    source: { product: 'onelogin' },
    entities: { actor_user_name: 'user', user_name: 'user' },
    threatObjects: { ipaddr: 'ip_address' },
    shown: 'event_type_id',
    domain: 'access',
    hours: 1,
  },
  {
    source: { product: 'cisco', service: 'duo' },
    entities: { 'user.name|username': 'user' },
    threatObjects: { 'access_device.ip': 'ip_address' },
    shown: 'event_type reason factor result',
    domain: 'access',
    hours: 1,
  },
  {
    source: { product: 'github', service: 'audit' },
    entities: { actor: 'user' },
    threatObjects: { actor_ip: 'ip_address' },
    shown: 'action org repo user',
    domain: 'audit',
    hours: 1,
  },
  {
    source: { product: 'bitbucket', service: 'audit' },
    entities: { 'author.name': 'user' },
    shown: 'auditType.category auditType.action',
    domain: 'audit',
    hours: 1,
  },
  ...[{ service: 'audit' }, { category: 'application' }].map(
    (source): AlertRow => ({
      source: { product: 'kubernetes', ...source },
      entities: { 'user.username': 'user' },
      threatObjects: { sourceIPs: 'ip_address' },
      shown:
        'verb objectRef.resource objectRef.namespace objectRef.name objectRef.subresource ' +
        'responseStatus.code userAgent',
      domain: 'threat',
      hours: 1,
    }),
  ),
];
