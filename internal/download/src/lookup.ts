import dns, { type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { FacekpError } from '@facekp/core'
import { isPublicAddress, isPublicHost } from './redirect.ts'

/**
 * Looks up the addresses of a host, as `dns.lookup`, for the option `lookup` of sockets: what is checked is what is connected to.
 *
 * Of a host with a public name, only public addresses are returned, so that no name of the internet leads into the local network. Names
 * such as `localhost` or `printer.local` may have any address: redirects do not lead to them, so that the user has given them.
 *
 * Calls back with FacekpError `DOWNLOAD_PRIVATE` if the name is public and no address is.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[] | undefined) => {
    if (error || !addresses) return callback(error, [])
    const allowed = isPublicHost(hostname) ? addresses.filter(({ address }) => isPublicAddress(address)) : addresses
    const [first] = allowed
    if (!first) return callback(privateError(hostname, addresses), [])
    if (options.all) callback(null, allowed)
    else callback(null, first.address, first.family)
  })
}

function privateError(hostname: string, addresses: readonly LookupAddress[]): FacekpError {
  const received = addresses.map(({ address }) => address).join(', ')
  return new FacekpError({
    code: 'DOWNLOAD_PRIVATE',
    problem: 'the host has an address of the local network',
    file: hostname,
    received: received || 'no address',
    expected: 'a public address; for a server of the local network, a URL with the address itself',
  })
}
