import { FacekpError } from '@facekp/core'
import { lookupPublic } from './lookup.ts'

/** A `fetch` for the requests of one download. */
export interface Connection {
  readonly fetch: typeof fetch
  /** Whether requests may go through a proxy. */
  readonly isProxied: boolean
  /** Closes the connections. */
  close(): Promise<void>
}

/**
 * Opens a `fetch` that uses the proxies of `HTTP_PROXY` and `HTTPS_PROXY`, except for the hosts of `NO_PROXY`; in lower case too, which is
 * preferred. Direct requests go to no private address of a host with a public name; a proxy looks up the hosts by itself.
 *
 * @throws FacekpError `DOWNLOAD_PROXY` if a variable is not the URL of a proxy
 *
 * Source: https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent
 */
export async function openConnection(env: NodeJS.ProcessEnv = process.env): Promise<Connection> {
  const httpProxy = readProxy('http_proxy', env)
  const httpsProxy = readProxy('https_proxy', env) ?? httpProxy
  const undici = await import('undici')
  const agent = new undici.EnvHttpProxyAgent({
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: readVariable('no_proxy', env) ?? '',
    connect: { lookup: lookupPublic }, // not for connections to the proxies themselves
    proxyTunnel: false, // many proxies allow tunnels for https only
  })
  const fetchByAgent = (url: string, init: object) => undici.fetch(url, { ...init, dispatcher: agent })
  const isProxied = httpProxy !== undefined || httpsProxy !== undefined
  return { fetch: fetchByAgent as unknown as typeof fetch, isProxied, close: () => agent.close() }
}

/** Reads the URL of a proxy; `http://` may be missing, as for curl. */
function readProxy(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const value = readVariable(name, env)
  if (value === undefined) return undefined
  const url = value.includes('://') ? value : `http://${value}`
  if (URL.canParse(url) && isOrigin(new URL(url))) return url
  throw new FacekpError({
    code: 'DOWNLOAD_PROXY',
    problem: `environment variable ${name.toUpperCase()}`,
    expected: 'the URL of an HTTP proxy without a path, such as http://proxy.example.org:8080',
    received: value.replace(/\/\/[^/]*@/, '//'),
  })
}

/** Tests whether a URL names a server alone, without a path. */
function isOrigin({ protocol, pathname, search, hash }: URL): boolean {
  return /^https?:$/.test(protocol) && pathname === '/' && search === '' && hash === ''
}

function readVariable(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined
}
