import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import type { NoResponse } from '../../../install/server/http.ts';
import { failed, ok, type Result } from '../../../source/result.ts';
import { CommandError } from '../../error/command-error.ts';
import { isCertificate, reasonOf, speaksNoTls } from './network-reason.ts';

export interface ProxyServer {
  readonly url: URL;
  /** Of its address, without user and password. */
  readonly name: string;
  /** What is sent to it alone. */
  readonly headers: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an address by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in capitals or not; undefined:
 * requests go directly.
 */
export function proxyFor(target: URL, env: Environment): ProxyServer | undefined {
  const secure = target.protocol === 'https:';
  const variable = secure ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const given = variableOf(env, variable);
  if (given === '' || isLoopback(hostOf(target)) || isExempt(target, variableOf(env, 'NO_PROXY')))
    return undefined;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // the value may hold a password, so it is not shown
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '')
    throw new CommandError(`${variable} is not an address of an http or https proxy`);
  const login =
    url.username === '' ? undefined : `${decoded(url.username)}:${decoded(url.password)}`;
  return {
    url,
    name: url.host,
    headers:
      login === undefined
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` },
  };
}

const variableOf = (env: Environment, name: string): string =>
  (env[name.toLowerCase()] ?? env[name] ?? '').trim();

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

export function isLoopback(host: string): boolean {
  if (/(?:^|\.)localhost\.?$/.test(host)) return true;
  const address = plainHost(host);
  // a connection to the address of all of them ends at this machine
  return isIP(address) === 4
    ? address.startsWith('127.') || address === '0.0.0.0'
    : address === '::1' || address === '::';
}

/**
 * A name without the dot at its end, an address in the one form that URLs have; one of IPv4 in IPv6
 * is that of IPv4.
 */
function plainHost(host: string): string {
  if (isIP(host) !== 6) return host.toLowerCase().replace(/\.$/, '');
  const address = URL.canParse(`http://[${host}]`) ? hostOf(new URL(`http://[${host}]`)) : host;
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  return [high, low]
    .flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255])
    .join('.');
}

function isExempt(target: URL, list: string): boolean {
  const host = plainHost(hostOf(target));
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isInNetwork(host, entry);
      // the colons of an address of IPv6 part no port from it
      const [, name = entry, ofPort = port] =
        isIP(entry) === 6 ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
      const plain = plainHost(name.replace(/^\[|\]$/g, '').replace(/^\*?\./, ''));
      return (
        ofPort === port && (host === plain || (isIP(host) === 0 && host.endsWith(`.${plain}`)))
      );
    });
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', prefix = ''] = network.split('/');
  const family = isIP(address);
  const bits = Number(prefix);
  if (
    family === 0 ||
    isIP(host) !== family ||
    !Number.isInteger(bits) ||
    bits < 0 ||
    bits > (family === 4 ? 32 : 128)
  )
    return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, bits, type);
  return list.check(host, type);
}

/** All of an answer, as many times as long as the wait for a byte of it. */
export const wholeFactor = 4;

/**
 * A connection through the proxy to the server behind it: what goes over it, the proxy can't read.
 */
export function openTunnel(
  proxy: ProxyServer,
  target: URL,
  timeout: number,
): Promise<Result<Duplex, NoResponse>> {
  const { url, name, headers } = proxy;
  const address = `${target.hostname}:${target.port || '443'}`;
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve) => {
    const request = send({
      host: hostOf(url),
      port: url.port,
      method: 'CONNECT',
      path: address,
      headers: { host: address, ...headers },
      agent: false,
    });
    const settle = (tunnel: Result<Duplex, NoResponse>): void => {
      clearTimeout(whole);
      resolve(tunnel);
    };
    const fail = (error: NodeJS.ErrnoException): void =>
      settle(failed({ reason: proxyFailure(proxy, error), isSent: false }));
    const giveUp = (reason: string): void => {
      request.destroy();
      fail(new Error(reason));
    };
    const refuse = ({ statusCode: status = 0 }: IncomingMessage): void =>
      settle(failed({ reason: proxyRefusal(name, status), isSent: false, isFinal: status < 500 }));
    // a byte now and then would put off the other limit for ever
    const whole = setTimeout(() => giveUp('its answer does not end'), timeout * wholeFactor);
    request.setTimeout(timeout, () => giveUp('no answer in time'));
    request.on('error', fail);
    request.on('response', (response) => {
      response.destroy();
      refuse(response);
    });
    request.on('connect', (response, socket) => {
      request.setTimeout(0);
      if (response.statusCode === 200) {
        settle(ok(socket));
        return;
      }
      socket.destroy();
      refuse(response);
    });
    request.end();
  });
}

/** Why a proxy does not answer. */
export function proxyFailure({ url, name }: ProxyServer, error: NodeJS.ErrnoException): string {
  if (url.protocol === 'https:' && speaksNoTls(error))
    return `the proxy ${name} speaks no TLS; give its address with http://`;
  const hint = isCertificate(error)
    ? '; give the authority that signed it in NODE_EXTRA_CA_CERTS'
    : '';
  return `the proxy ${name} cannot be reached or does not answer (${reasonOf(error)})${hint}`;
}

/** What a proxy did not do, by the status of its answer. */
export function proxyRefusal(name: string, status: number): string {
  if (status === 407)
    return (
      `the proxy ${name} wants a user and a password (407); give them in HTTPS_PROXY or ` +
      'HTTP_PROXY, as http://user:password@host:port'
    );
  return `the proxy ${name} makes no connection: it answers with ${status}`;
}

/** TLS with the server at the end of a tunnel. */
export function secureTunnel(socket: Duplex, target: URL, ca: string | undefined): TLSSocket {
  const host = hostOf(target);
  return connect({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
}
