import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { serve, startServer, type TestServer } from '../fixtures/server.ts'
import { downloadFile } from './download.ts'

const VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()])
const before = VARIABLES.map((name) => [name, process.env[name]] as const)

let target: TestServer
let proxy: Server
/** Requests that the proxy got: `GET http://...` to be forwarded, or `CONNECT host:port`. */
let requests: string[]
let address: string
let folder: string
beforeEach(async () => {
  for (const name of VARIABLES) delete process.env[name]
  target = await startServer()
  target.answer = serve(new TextEncoder().encode('a face'))
  requests = []
  proxy = createServer(({ method, url = '', headers }, response) => {
    requests.push(`${method} ${url}${headers['proxy-authorization'] ? ' with a password' : ''}`)
    response.end('by the proxy')
  })
  proxy.on('connect', ({ url = '' }, socket) => {
    requests.push(`CONNECT ${url}`)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  folder = await mkdtemp(join(tmpdir(), 'facekp-proxy-'))
})
afterEach(async () => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  proxy.closeAllConnections()
  await new Promise((resolve) => proxy.close(resolve))
  await target.close()
  await rm(folder, { recursive: true })
})

async function download(url: string): Promise<string> {
  const file = join(folder, 'face.txt')
  await downloadFile({ url, file, retryDelayMs: 0 })
  return readFile(file, 'utf8')
}

test.each([
  ['HTTP_PROXY', 'http://'],
  ['http_proxy', 'http://'],
  ['HTTP_PROXY', ''],
])('%s=%sADDRESS is used for http', async (name, scheme) => {
  process.env[name] = `${scheme}${address}`
  expect(await download('http://faces.invalid/a')).toBe('by the proxy')
  expect(requests).toEqual(['GET http://faces.invalid/a'])
})

test('the password of a proxy is sent to it', async () => {
  process.env['HTTP_PROXY'] = `http://me:secret@${address}`
  await download('http://faces.invalid/a')
  expect(requests).toEqual(['GET http://faces.invalid/a with a password'])
})

test.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])('%s is used for https, by a tunnel', async (name) => {
  process.env[name] = `http://${address}`
  await expect(download('https://faces.invalid/a')).rejects.toMatchObject({
    code: 'DOWNLOAD_UNREACHABLE',
    received: expect.stringContaining('403'),
    expected: expect.stringContaining('HTTPS_PROXY'),
  })
  expect(new Set(requests)).toEqual(new Set(['CONNECT faces.invalid:443']))
})

test.each([
  ['NO_PROXY', '127.0.0.1'],
  ['no_proxy', 'example.org, 127.0.0.1'],
  ['NO_PROXY', '*'],
])('%s=%s goes past the proxy', async (name, value) => {
  process.env['HTTP_PROXY'] = `http://${address}`
  process.env[name] = value
  expect(await download(target.url)).toBe('a face')
  expect(requests).toEqual([])
})

test('without a proxy, or with an empty variable, requests go to the server', async () => {
  process.env['HTTP_PROXY'] = ''
  expect(await download(target.url)).toBe('a face')
  expect(requests).toEqual([])
})

test.each(['socks5://localhost:1080', 'http://', 'http://localhost:8080/path', 'localhost:8080/?a'])(
  'HTTP_PROXY=%s is an error',
  async (value) => {
    process.env['HTTP_PROXY'] = value
    await expect(download(target.url)).rejects.toMatchObject({ code: 'DOWNLOAD_PROXY', received: value })
  },
)
