import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createSafetensors, fixture } from '../fixtures/fixtures.ts'
import { fetchWeights } from './fetch.ts'
import { readTensorFile, readWeightsFile } from './read-file.ts'

let server: Server
let requests: string[]
let served: Record<string, Uint8Array>
let folder: string
let host: string
const cache = process.env.FACEKP_CACHE
beforeEach(async () => {
  requests = []
  served = {}
  server = createServer(({ url = '' }, response) => {
    requests.push(url)
    const content = served[url]
    if (content) response.end(content)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  folder = await mkdtemp(join(tmpdir(), 'facekp-weights-'))
  process.env.FACEKP_CACHE = folder
})
afterEach(async () => {
  if (cache === undefined) delete process.env.FACEKP_CACHE
  else process.env.FACEKP_CACHE = cache
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

const bytes = fixture('tensors.safetensors')
const sha256 = createHash('sha256').update(bytes).digest('hex')
const quiet = () => ({ retryDelayMs: 0, stream: new PassThrough() })

test('a file is downloaded once, with a progress bar, to a path by its URL', async () => {
  served['/timm/a/model.safetensors'] = bytes
  served['/timm/b/model.safetensors'] = fixture('tensors.pth')
  const stream = new PassThrough()
  const url = `http://${host}/timm/a/model.safetensors`
  const file = await fetchWeights(url, { stream, sha256: sha256.slice(0, 8) })
  stream.end()
  expect(await text(stream)).toContain('model.safetensors')
  expect(file).toBe(join(folder, 'weights', host.replace(':', '_'), 'timm', 'a', 'model.safetensors'))
  expect(await fetchWeights(new URL(url), quiet())).toBe(file)
  expect(await fetchWeights(`http://${host}/timm/b/model.safetensors`, quiet())).not.toBe(file)
  expect(requests).toEqual(['/timm/a/model.safetensors', '/timm/b/model.safetensors'])
  expect((await readTensorFile(file)).length).toBeGreaterThan(5)
})

test('a file with another checksum is an error and is removed', async () => {
  served['/a.pth'] = fixture('tensors.pth')
  const file = join(folder, 'a.pth')
  const fetching = fetchWeights(`http://${host}/a.pth`, { ...quiet(), file, sha256: sha256.slice(0, 8) })
  await expect(fetching).rejects.toMatchObject({ code: 'DOWNLOAD_CHECKSUM' })
  expect(existsSync(file)).toBe(false)
})

test('a second download must be that of the first, which is noted beside the file', async () => {
  served['/a.safetensors'] = bytes
  const url = `http://${host}/a.safetensors`
  const file = await fetchWeights(url, { ...quiet(), sha256: sha256.slice(0, 8) })
  expect(JSON.parse(await readFile(`${file}.download.json`, 'utf8'))).toEqual({ bytes: bytes.length, sha256 })
  const note = `${file}.download.json`
  await writeFile(note, `\uFEFF${await readFile(note, 'utf8')}`) // as Notepad writes it
  await rm(file)
  const changed = Uint8Array.from(bytes, (byte) => byte ^ 1)
  served['/a.safetensors'] = changed
  await expect(fetchWeights(url, quiet())).rejects.toMatchObject({
    code: 'DOWNLOAD_CHECKSUM',
    expected: expect.stringContaining(`${file}.download.json`),
  })
  // Whoever states another checksum has another file in mind.
  const other = createHash('sha256').update(changed).digest('hex')
  expect(await readFile(await fetchWeights(url, { ...quiet(), sha256: other }))).toEqual(Buffer.from(changed))
  expect(JSON.parse(await readFile(`${file}.download.json`, 'utf8')).sha256).toBe(other)
})

test('without a network connection, the error says where to put the file; a file there is used', async () => {
  const url = 'http://127.0.0.1:1/a.safetensors'
  const error = await fetchWeights(url, quiet()).catch((reason) => reason)
  expect(error).toMatchObject({ code: 'DOWNLOAD_UNREACHABLE' })
  const [, file] = /manually to (\S+?)(,|$)/.exec(error.message) as unknown as [string, string]
  await writeFile(file, bytes)
  expect(await fetchWeights(url, { ...quiet(), sha256 })).toBe(file)
  expect(existsSync(`${file}.download.json`)).toBe(false)
})

test('the shards of a model.json are downloaded too', async () => {
  const weights = [{ name: 'a', shape: [1], dtype: 'float32' }]
  const json = { modelTopology: {}, weightsManifest: [{ paths: ['below/w.bin'], weights }] }
  served['/m/model.json'] = new TextEncoder().encode(JSON.stringify(json))
  served['/m/below/w.bin'] = new Uint8Array(Float32Array.of(7).buffer)
  const file = await fetchWeights(`http://${host}/m/model.json`, quiet())
  const tensor = { name: 'a', dtype: 'float32', shape: [1], data: Float32Array.of(7) }
  expect(await readTensorFile(file)).toEqual([tensor])
  expect(await readTensorFile(join(file, '..'))).toEqual([tensor])
  await rm(join(file, '..', 'below', 'w.bin'))
  await expect(readTensorFile(file)).rejects.toMatchObject({
    code: 'WEIGHTS_NOT_FOUND',
    file: join(file, '..', 'below', 'w.bin'),
  })
})

test('the files of an index of Hugging Face are downloaded too, whatever its URL ends with', async () => {
  const header = (name: string) => ({ [name]: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } })
  const json = { metadata: {}, weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors' } }
  served['/hub/model.safetensors.index.json?download=true'] = new TextEncoder().encode(JSON.stringify(json))
  served['/hub/model-1.safetensors'] = createSafetensors(header('a'), new Uint8Array(Float32Array.of(1).buffer))
  served['/hub/model-2.safetensors'] = createSafetensors(header('b'), new Uint8Array(Float32Array.of(2).buffer))
  const file = await fetchWeights(`http://${host}/hub/model.safetensors.index.json?download=true`, quiet())
  expect((await readTensorFile(file)).map(({ name, data }) => [name, ...data])).toEqual([
    ['a', 1],
    ['b', 2],
  ])
})

test.each(['model.safetensors', 'pytorch_model.bin'])('a folder with %s is read, and its file: URL', async (name) => {
  const weights = name.endsWith('.bin') ? fixture('checkpoints/ema.pth') : bytes
  await writeFile(join(folder, name), weights)
  await writeFile(join(folder, 'config.json'), '{"architectures":["X"]}')
  const content = await readWeightsFile(folder)
  expect(content).toEqual(await readWeightsFile(join(folder, name)))
  expect(content).toEqual(await readWeightsFile(pathToFileURL(folder)))
  expect(content).toEqual(await readWeightsFile(pathToFileURL(join(folder, name)).href))
  expect(content.tensors.length).toBeGreaterThan(1)
})

test('of a folder with the same weights in two formats, safetensors is read; with two models, none', async () => {
  await writeFile(join(folder, 'pytorch_model.bin'), 'not read')
  await writeFile(join(folder, 'model.safetensors'), bytes)
  expect((await readTensorFile(folder)).length).toBeGreaterThan(5)
  await writeFile(join(folder, 'model.json'), '{}')
  await expect(readTensorFile(folder)).rejects.toMatchObject({
    code: 'WEIGHTS_AMBIGUOUS',
    file: folder,
    received: 'model.json, model.safetensors',
  })
})

test('a file is recognized by its content, whatever its name', async () => {
  await writeFile(join(folder, 'weights.json'), bytes)
  expect((await readTensorFile(join(folder, 'weights.json'))).length).toBeGreaterThan(5)
})

test.each(['ftp://example.org/a', 'a.pth', 'file:///etc/passwd'])('%s is an invalid address', async (url) => {
  await expect(fetchWeights(url)).rejects.toMatchObject({ code: 'WEIGHTS_ADDRESS', received: url })
})

test('a path that does not exist, or is a folder, is an error', async () => {
  const file = join(folder, 'none.pth')
  await expect(readTensorFile(file)).rejects.toMatchObject({ code: 'WEIGHTS_NOT_FOUND', file })
  await expect(readTensorFile(folder)).rejects.toMatchObject({ code: 'WEIGHTS_NOT_FOUND', file: folder })
  await writeFile(file, 'x')
  await expect(readTensorFile(file)).rejects.toMatchObject({ code: 'WEIGHTS_FORMAT', file })
  await expect(readTensorFile(join(file, 'a'))).rejects.toMatchObject({ code: 'WEIGHTS_NOT_FOUND' })
  expect((await readFile(file)).length).toBe(1)
})

test('an unknown option is an error', async () => {
  await expect(fetchWeights('https://example.org/a.pth', { sha: 'x' } as object)).rejects.toMatchObject({
    code: 'WEIGHTS_OPTIONS',
  })
})

test.each(['?a=/../../../../escaped/evil.pt', '?/../x', '?a=1'])(
  'the query %s leads to no other folder',
  async (query) => {
    served[`/w.pt${query}`] = bytes
    const file = await fetchWeights(`http://${host}/w.pt${query}`, quiet())
    expect(relative(join(folder, 'weights', host.replace(':', '_')), file)).toMatch(/^[0-9a-f]{16}[/\\]w\.pt$/)
    expect(existsSync(file)).toBe(true)
  },
)
