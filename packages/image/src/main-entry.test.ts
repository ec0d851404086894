import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { beforeAll, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { difference, fixtureBytes, images } from '../fixtures/fixtures.ts'

/** Globals of a browser, none of Node. */
const BROWSER = {
  TextDecoder,
  TextEncoder,
  URL,
  console,
  setTimeout,
  clearTimeout,
  queueMicrotask,
  atob,
  btoa,
  ReadableStream,
}

const context = createContext({ ...BROWSER })
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'facekpImage',
    platform: 'browser',
    conditions: ['@facekp/source'],
    logLevel: 'silent',
  })
  runInContext('globalThis.self = globalThis.window = globalThis', context)
  runInContext((outputFiles[0] as { text: string }).text, context)
})

test.each(images.filter(([name]) => ['420.jpg', 'exif-6.jpg', 'rgb-16.png', 'palette.bmp'].includes(name)))(
  'the main entry decodes %s without Node',
  async (name, { width, height, rgb }) => {
    const decode = runInContext('(values) => facekpImage.decodeImage(Uint8Array.from(values))', context)
    const image = await decode(Array.from(fixtureBytes(name)))
    expect([image.width, image.height, image.channels]).toEqual([width, height, 3])
    expect(difference(image.data, rgb).largest).toBe(0)
  },
)

test('the main entry resizes without Node', () => {
  const resize = runInContext(
    '(width, height, values) => facekpImage.resizeImage({ width, height, channels: 1, data: Uint8Array.from(values) }, 1, 1)',
    context,
  )
  // PIL: Image.fromarray(np.uint8([[0, 100], [200, 40]])).resize((1, 1), Image.BILINEAR)
  expect([...resize(2, 2, [0, 100, 200, 40]).data]).toEqual([85])
})

test('the main entry encodes without Node', async () => {
  const roundTrip = runInContext(
    '(values) => facekpImage.decodeImage(Uint8Array.from(values)).then(facekpImage.encodePng).then((b) => facekpImage.decodeImage(b))',
    context,
  )
  const [, { rgb }] = images.find(([name]) => name === 'rgb.png') as (typeof images)[number]
  expect(Array.from((await roundTrip(Array.from(fixtureBytes('rgb.png')))).data)).toEqual(Array.from(rgb))
})
