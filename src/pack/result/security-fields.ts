import { words } from '../../source/words.ts';

// Windows has hundreds of audit events, so pipelines keep unknown names in them: these are the ones
// that settings commonly use.
const known = words(`
EventID EventCode Channel Computer ComputerName Provider_Name EventRecordID Level Keywords Task
Opcode Version SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId TargetUserSid
TargetUserName TargetDomainName TargetLogonId TargetSid TargetOutboundUserName
TargetOutboundDomainName TargetServerName TargetInfo TargetLogonGuid TargetLinkedLogonId
TargetProcessId TargetProcessName LogonGuid LogonType LogonProcessName AuthenticationPackageName
PackageName LmPackageName KeyLength Workstation WorkstationName TransmittedServices
RestrictedAdminMode ImpersonationLevel ElevatedToken VirtualAccount IpAddress IpPort ClientAddress
ClientName Status SubStatus FailureReason ProcessId ProcessName NewProcessId NewProcessName
ParentProcessName CommandLine TokenElevationType MandatoryLabel ObjectServer ObjectType ObjectName
ObjectValueName ObjectDN ObjectGUID ObjectClass HandleId AccessList AccessMask PrivilegeList
Properties OperationType OldValueType OldValue NewValueType NewValue AttributeLDAPDisplayName
AttributeSyntaxOID AttributeValue DSName DSType ShareName ShareLocalPath RelativeTargetName
ServiceName ServiceSid ServiceFileName ServiceType ServiceStartType ServiceAccount TicketOptions
TicketEncryptionType PreAuthType CertIssuerName CertSerialNumber CertThumbprint TaskName TaskContent
TaskContentNew MemberName MemberSid SamAccountName DisplayName UserPrincipalName UserAccountControl
OldUacValue NewUacValue OldTargetUserName NewTargetUserName SidHistory AllowedToDelegateTo
ServicePrincipalNames CallerProcessId CallerProcessName Application Direction Protocol SourceAddress
SourcePort DestAddress DestPort FilterRTID LayerName RuleName RuleId DeviceId DeviceDescription
ClassName
`);

/** Whether it is a well-known field of the Security log of Windows. */
export const isSecurityField = (name: string): boolean => known.has(name);
