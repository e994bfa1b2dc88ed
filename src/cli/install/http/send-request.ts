import type { SendRequest } from '../../../install/server/http.ts';
import { exchange } from './exchange.ts';
import { openTunnel, type ProxyServer } from './proxy.ts';

export interface Network {
  /** The proxy on the way to an address. Default: requests go directly. */
  readonly proxyFor?: (target: URL) => ProxyServer | undefined;
  /** PEM of the authorities to trust in place of the built-in ones. */
  readonly ca?: string | undefined;
}

/** Sends requests by Node's own client; certificates are checked. */
export function createSendRequest({ proxyFor, ca }: Network): SendRequest {
  return async (request) => {
    const target = new URL(request.url);
    const proxy = proxyFor?.(target);
    if (!proxy) return exchange(request, { target, ca });
    if (target.protocol !== 'https:') return exchange(request, { target, proxy });
    const tunnel = await openTunnel(proxy, target, request.timeout);
    return tunnel.ok ? exchange(request, { target, ca, socket: tunnel.value }) : tunnel;
  };
}
