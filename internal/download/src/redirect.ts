import { BlockList, isIP } from 'node:net'
import { FacekpError } from '@facekp/core'

/** Most redirects of one request. */
const MAX_REDIRECTS = 10

const privateAddresses = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const) {
  privateAddresses.addSubnet(network, prefix)
}
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv6')
}

/**
 * Requests a URL and follows redirects, but only to https on public hosts, or within the origin: a server on the internet can send no
 * request into the local network.
 *
 * @throws FacekpError `DOWNLOAD_REDIRECT` for another redirect, or more than ten
 */
export async function fetchPublic(fetcher: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  let current = new URL(url)
  for (let count = 0; count <= MAX_REDIRECTS; count++) {
    const response = await fetcher(current.href, { ...init, redirect: 'manual' })
    const location = response.headers.get('location')
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response
    await response.body?.cancel()
    const next = URL.canParse(location, current) ? new URL(location, current) : undefined
    const isAllowed =
      next && (next.origin === current.origin || (next.protocol === 'https:' && isPublicHost(next.hostname)))
    if (!isAllowed) throw redirectError(url, location, 'https on a public host, or the same server')
    current = next
  }
  throw redirectError(url, `more than ${MAX_REDIRECTS} redirects`, 'a file')
}

/** Tests whether a host name is one of the internet, as far as the name says. */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(host)) return isPublicAddress(host)
  return host.includes('.') && !/\.(localhost|local|internal|home\.arpa)\.?$/.test(host)
}

/** Tests whether an IP address is one of the internet. */
export function isPublicAddress(address: string): boolean {
  return !privateAddresses.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

function redirectError(url: string, received: string, expected: string): FacekpError {
  return new FacekpError({
    code: 'DOWNLOAD_REDIRECT',
    problem: 'the redirect is not followed',
    file: url,
    received,
    expected,
  })
}
