import {
  applyPlan,
  type ContentPack,
  createServerTexts,
  type GraylogTargetOptions,
  graylogTarget,
  type HttpRequest,
  type HttpResponse,
  InstallError,
  type InstalledPack,
  type InstallPlan,
  type InstallTarget,
  type NamedWatch,
  type NoResponse,
  type PackVersion,
  type PlanInstallOptions,
  type PlannedInstall,
  planInstall,
  planRollback,
  type Result,
  readContentPack,
  readSplunkApp,
  readWatches,
  type SendRequest,
  type ServerConnection,
  type ServerLogin,
  type ServerTexts,
  type SplunkApp,
  type SplunkCloudTargetOptions,
  type SplunkTargetOptions,
  splunkCloudTarget,
  splunkTarget,
  type WatchActions,
  type WatcherTargetOptions,
  watcherTarget,
} from 'sigpack';
import { expectTypeOf } from 'vitest';

const send: SendRequest = async ({ url }) => ({ ok: true, value: { status: 200, text: url } });
expectTypeOf<SendRequest>().parameters.toEqualTypeOf<[request: HttpRequest]>();
expectTypeOf<SendRequest>().returns.resolves.toEqualTypeOf<Result<HttpResponse, NoResponse>>();
// @ts-expect-error an answer is a Result: it does not throw
(async () => ({ status: 200, text: '' })) satisfies SendRequest;

const texts = createServerTexts();
expectTypeOf(texts).toEqualTypeOf<ServerTexts>();
const server: ServerConnection = {
  url: 'https://x.example.org',
  send,
  sleep: async () => {},
  texts,
};
const login: ServerLogin = { secret: 'token' };
// @ts-expect-error a server has an address
({ send, sleep: async () => {} }) satisfies ServerConnection;
// @ts-expect-error a login has a secret
({ user: 'anna' }) satisfies ServerLogin;

const pack = readContentPack('{}');
expectTypeOf(pack).toEqualTypeOf<ContentPack>();
const graylog: GraylogTargetOptions = { server, login, packId: pack.id, pack, randomId: () => '' };
expectTypeOf(graylogTarget(graylog)).toEqualTypeOf<InstallTarget<ContentPack>>();
// @ts-expect-error the library has no chance: ids come from the caller
graylogTarget({ server, login, packId: pack.id, pack });

expectTypeOf(readSplunkApp(new Uint8Array())).resolves.toEqualTypeOf<SplunkApp>();
// @ts-expect-error the library opens no files
readSplunkApp('acme.spl');
declare const app: SplunkApp;
const splunk: SplunkTargetOptions = { server, login, appId: app.id, app };
expectTypeOf(splunkTarget(splunk)).toEqualTypeOf<InstallTarget<SplunkApp>>();
// @ts-expect-error a content pack is not an app
splunkTarget({ server, login, appId: 'acme', app: pack });
declare const cloud: SplunkCloudTargetOptions;
expectTypeOf(splunkCloudTarget(cloud)).toEqualTypeOf<InstallTarget<Uint8Array>>();
// @ts-expect-error there is no such experience
({ ...cloud, experience: 'modern' }) satisfies SplunkCloudTargetOptions;

const actions: WatchActions = { log: { logging: { text: 'x' } } };
const watches = readWatches('', actions);
expectTypeOf(watches).toEqualTypeOf<readonly NamedWatch[]>();
const watcher: WatcherTargetOptions = { server, login, packId: 'acme', version: '1.0.0', watches };
const target = watcherTarget(watcher);
expectTypeOf(target).toEqualTypeOf<InstallTarget<readonly NamedWatch[]>>();
expectTypeOf(target.installed()).resolves.toEqualTypeOf<InstalledPack<readonly NamedWatch[]>>();
expectTypeOf(target.wanted()).resolves.toEqualTypeOf<PackVersion<readonly NamedWatch[]>>();

const options: PlanInstallOptions = { to: 'soc', onDrift: 'overwrite' };
const planned = planInstall(target, { ...options, adopt: true });
expectTypeOf(planned).resolves.toEqualTypeOf<PlannedInstall<readonly NamedWatch[]>>();
expectTypeOf(planRollback(target, options)).toEqualTypeOf(planned);
// @ts-expect-error a plan names the place
planInstall(target, {});
// @ts-expect-error a rollback takes nothing over
planRollback(target, { to: 'soc', adopt: true });
declare const done: PlannedInstall<readonly NamedWatch[]>;
expectTypeOf(done.plan).toEqualTypeOf<InstallPlan>();
expectTypeOf(applyPlan(target, done)).resolves.toEqualTypeOf<readonly string[]>();
// @ts-expect-error a plan is applied to the kind of target that it was made with
applyPlan(splunkTarget(splunk), done);
expectTypeOf(new InstallError('place', 'refused', 403).kind).toEqualTypeOf<'input' | 'place'>();
