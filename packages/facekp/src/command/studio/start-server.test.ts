import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { listHosts, type RunningServer, startServer } from './start-server.ts'

const PAGE = fileURLToPath(new URL('../../../../../apps/studio/index.html', import.meta.url))

let root = ''
let server: RunningServer
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-studio-'))
  mkdirSync(join(root, 'studio/assets'), { recursive: true })
  writeFileSync(join(root, 'secret.txt'), 'secret')
  writeFileSync(join(root, 'studio/index.html'), readFileSync(PAGE))
  for (const name of ['a b.js', 'a.css', 'a.wasm', 'a.svg', 'a.bin'])
    writeFileSync(join(root, 'studio/assets', name), name)
  symlinkSync(join(root, 'secret.txt'), join(root, 'studio/link.txt'))
  server = await startServer(join(root, 'studio'), { port: 0 })
})
afterAll(async () => {
  await server.close()
  rmSync(root, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Sends a request whose path is not normalized. */
function send(path: string, { method = 'GET', host = new URL(server.url).host } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(server.url)
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('answers to the hosts that browsers send, without the port of http', () => {
  expect(listHosts(4180)).toEqual(['127.0.0.1:4180', 'localhost:4180'])
  expect(listHosts(80)).toEqual(['127.0.0.1', 'localhost'])
})

test('serves the page with the policy that it states, which no other page may frame', async () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  const html = readFileSync(PAGE, 'utf8')
  const { status, headers, body } = await send('/?a=1')
  expect([status, body]).toEqual([200, html])
  expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' })
  const policy = String(headers['content-security-policy'])
  expect(policy).toMatch(/^default-src 'none'; script-src .*; frame-ancestors 'none'$/)
  expect(html).toContain(policy.replace("; frame-ancestors 'none'", ''))
})

test.each([
  ['a%20b.js', 'text/javascript; charset=utf-8'],
  ['a.css', 'text/css; charset=utf-8'],
  ['a.wasm', 'application/wasm'],
  ['a.svg', 'image/svg+xml'],
  ['a.bin', 'application/octet-stream'],
])('%s has type %s', async (name, type) => {
  const { status, headers, body } = await send(`/assets/${name}`)
  expect([status, headers['content-type'], body]).toEqual([200, type, decodeURIComponent(name)])
  const head = await send(`/assets/${name}`, { method: 'HEAD' })
  expect([head.status, head.headers['content-length'], head.body]).toEqual([200, String(body.length), ''])
})

describe('refuses', () => {
  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/link.txt',
    '/assets',
    '/no.js',
    '/%',
    '/a%00.js',
    '//etc/passwd',
  ])('%s', async (path) => {
    const { status, body } = await send(path)
    expect([status, body]).toEqual([404, 'not found\n'])
  })

  test('other hosts, as DNS rebinding sends them, and other methods', async () => {
    for (const host of ['example.org', `example.org:${new URL(server.url).port}`, '127.0.0.1']) {
      expect(await send('/', { host })).toMatchObject({ status: 403 })
    }
    expect(await send('/', { host: new URL(server.url).host.replace('127.0.0.1', 'localhost') })).toMatchObject({
      status: 200,
    })
    expect(await send('/', { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })
})

test('a port in use is an error, or another port if none was named', async () => {
  const port = Number(new URL(server.url).port)
  await expect(startServer(join(root, 'studio'), { port })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    received: `port ${port}`,
  })
  const servers = [await startServer(join(root, 'studio')), await startServer(join(root, 'studio'))]
  expect(servers[0]?.url).not.toBe(servers[1]?.url)
  for (const running of servers) await running.close()
})

test('a folder without the page is an error', async () => {
  await expect(startServer(join(root, 'studio/assets'))).rejects.toMatchObject({ code: 'STUDIO_MISSING' })
})
