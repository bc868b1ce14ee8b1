import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Thrown for a receiver that is not on the public internet. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';

  constructor(address: string) {
    super(`${address} is not a public address`);
  }
}

/** Private, local, shared, reserved, for documentation, multicast (RFC 6890). */
const reserved = new BlockList();
for (const [network, bits] of [
  ...[['0.0.0.0', 8] as const, ['10.0.0.0', 8] as const, ['100.64.0.0', 10] as const],
  ...[['127.0.0.0', 8] as const, ['169.254.0.0', 16] as const, ['172.16.0.0', 12] as const],
  ...[['192.0.0.0', 24] as const, ['192.0.2.0', 24] as const, ['192.88.99.0', 24] as const],
  ...[['192.168.0.0', 16] as const, ['198.18.0.0', 15] as const, ['198.51.100.0', 24] as const],
  ...[['203.0.113.0', 24] as const, ['224.0.0.0', 3] as const],
]) {
  reserved.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  reserved.addSubnet(network, bits, 'ipv6');
}
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address, of either kind, is one that anybody on the internet may have. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !reserved.check(address, 'ipv4');
  return isIP(address) === 6 && globalUnicast.check(address, 'ipv6') && !reserved.check(address, 'ipv6');
}

/**
 * Why nobody may be asked at a URL, if only public addresses and TLS are allowed; undefined: nothing is known
 * against it. A literal address is never looked up, so it is looked at here.
 */
export function whyHidden({ protocol, hostname }: URL): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && !isPublicAddress(host)) return new PrivateAddress(host).message;
  return protocol === 'https:' ? undefined : 'https is needed';
}

/**
 * As dns.lookup, for sockets: the addresses that were looked at are those that are connected to. One that is
 * not public refuses the whole name with PrivateAddress.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const hidden = addresses?.find(({ address }) => !isPublicAddress(address));
    if (error || hidden) callback(error ?? new PrivateAddress(hidden?.address ?? hostname), []);
    else if (options.all) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4);
  });
};
