import dns, { type LookupAddress } from 'node:dns'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { serve, startServer, type TestServer } from '../fixtures/server.ts'
import { downloadFile } from './download.ts'
import { lookupPublic } from './lookup.ts'

const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()])
const before = PROXIES.map((name) => [name, process.env[name]] as const)

let server: TestServer
let folder: string
beforeEach(async () => {
  for (const name of PROXIES) delete process.env[name]
  server = await startServer()
  server.answer = serve(new TextEncoder().encode('a face'))
  folder = await mkdtemp(join(tmpdir(), 'facekp-lookup-'))
})
afterEach(async () => {
  jest.restoreAllMocks()
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  await server.close()
  await rm(folder, { recursive: true })
})

/** Lets every name have these addresses. */
function answerWith(...addresses: string[]): void {
  const answer = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const lookup = (_: string, __: object, callback: (error: null, addresses: LookupAddress[]) => void) =>
    callback(null, answer)
  jest.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup)
}

const withHost = (host: string): string => server.url.replace('127.0.0.1', host)

async function download(url: string): Promise<string> {
  const file = join(folder, 'face.txt')
  await downloadFile({ url, file, retryDelayMs: 0 })
  return readFile(file, 'utf8')
}

test('a public name with the address of this machine is refused, and no request is sent', async () => {
  answerWith('127.0.0.1')
  await expect(download(withHost('faces.example.org'))).rejects.toMatchObject({
    code: 'DOWNLOAD_PRIVATE',
    file: 'faces.example.org',
    received: '127.0.0.1',
  })
  expect(server.requests).toEqual([])
})

test('so is one that a redirect leads to', async () => {
  answerWith('127.0.0.1')
  const location = withHost('faces.example.org').replace('http:', 'https:')
  server.answer = (_, response) => response.writeHead(302, { location }).end()
  await expect(download(server.url)).rejects.toMatchObject({ code: 'DOWNLOAD_PRIVATE', file: 'faces.example.org' })
  expect(server.requests).toHaveLength(1)
})

test.each(['127.0.0.1', 'localhost', 'faces.local'])('%s, which the user has given, is used', async (host) => {
  answerWith('127.0.0.1')
  expect(await download(withHost(host))).toBe('a face')
})

test('a proxy may be in the local network, and looks up the hosts by itself', async () => {
  answerWith('127.0.0.1')
  process.env['HTTP_PROXY'] = new URL(withHost('proxy.example.org')).origin
  expect(await download('http://faces.example.org/a')).toBe('a face')
  expect(server.requests.map(({ url }) => url)).toEqual(['http://faces.example.org/a'])
  process.env['NO_PROXY'] = 'faces.example.org'
  await rm(join(folder, 'face.txt'))
  await expect(download(withHost('faces.example.org'))).rejects.toMatchObject({ code: 'DOWNLOAD_PRIVATE' })
})

/** Returns what `lookupPublic` calls back with. */
const lookUp = (hostname: string, options: Parameters<LookupFunction>[1]): Promise<unknown> =>
  new Promise((resolve, reject) =>
    lookupPublic(hostname, options, (error, ...result) => (error ? reject(error) : resolve(result))),
  )

test('of several addresses, only the public ones are connected to', async () => {
  answerWith('10.0.0.1', '93.184.215.14', 'fe80::1', '::ffff:169.254.169.254', '2606:4700::1111')
  const addresses = [
    { address: '93.184.215.14', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ]
  expect(await lookUp('faces.example.org', { all: true })).toEqual([addresses])
  expect(await lookUp('faces.example.org', {})).toEqual(['93.184.215.14', 4])
})

test('an error of the lookup is passed on', async () => {
  const error = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
  const lookup = (_: string, __: object, callback: (error: Error) => void) => callback(error)
  jest.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup)
  await expect(lookUp('faces.example.org', {})).rejects.toBe(error)
  await expect(download('http://faces.example.org/a')).rejects.toMatchObject({ code: 'DOWNLOAD_UNREACHABLE' })
})
