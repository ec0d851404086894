import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataset, type Dataset, FacekpError } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { createFace, SCHEME } from '../../fixtures/faces.ts'
import { expectWellFormed } from '../../fixtures/svg.ts'
import { type CheckedDataset, type CheckedFault, renderDatasetCheck, writeDatasetCheck } from '../index.ts'

const HOSTILE = `<script>alert("1")</script> & 'more'.jpg`
const faces = createDataset(SCHEME, [createFace(), createFace()])

const createCheck = (...faults: Partial<CheckedFault>[]): CheckedDataset => ({
  faults: faults.map((fault) => ({ kind: 'outside', split: 'dataset', index: 0, id: 'a', message: 'm', ...fault })),
  samples: 2,
  sizes: { '<32': 1, '>=256': 1 },
})

test('shows faults by kind, with thumbnail, id and message', async () => {
  const check = createCheck(
    { kind: 'outside', id: 'a.jpg', message: '1 of 2 points' },
    { kind: 'smallFace', index: 1, id: 'b.jpg', message: 'too small' },
    { kind: 'outside', index: 1, id: 'b.jpg', message: '2 of 2 points' },
    { kind: 'a new kind', id: 'c.jpg' },
  )
  const html = await renderDatasetCheck(check, faces)
  const texts = [...html.matchAll(/<(?:h2|strong|dd)>([^<]*)/g)].map(([, text]) => text)
  expect(texts).toEqual([
    ...['2', '2', '4'],
    ...['Points outside the image: 2', 'a.jpg', 'b.jpg'],
    ...['Small faces: 1', 'b.jpg'],
    ...['a new kind: 1', 'c.jpg'],
    'Size of the faces',
  ])
  expect(html).toContain('</strong>2 of 2 points</figcaption>')
  expect(html.match(/<svg/g)).toHaveLength(4)
  expectWellFormed(html.slice(html.indexOf('<main>'), html.indexOf('</main>') + 7))
})

test('draws the points that are concerned in red, the others in green, and none that is not labeled', async () => {
  const html = await renderDatasetCheck(createCheck({ kind: 'degenerateBox', points: [1] }), faces)
  // The image of 40 x 30 is drawn 5 times as large: (9.5 + 0.5) * 5, (4.5 + 0.5) * 5.
  const rings = [...html.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="[\d.]+" fill="none" stroke="(#\w+)"/g)]
  expect(rings.filter(([, , , color]) => color !== '#000000').map(([, ...ring]) => ring)).toEqual([
    ['50', '25', '#2bd75c'],
    ['100', '75', '#ff4d4f'],
  ])
})

test('shows points outside the image, however far', async () => {
  const far = { ...createFace(), keypoints: Float32Array.of(1e6, 4.5, -60.5, 14.5, 0, 0) }
  const html = await renderDatasetCheck(createCheck({ points: [0, 1] }), createDataset(SCHEME, [far]))
  const [, width, height] = /<svg viewBox="0 0 (\d+) (\d+)"/.exec(html) ?? []
  expect([Number(width) <= 200, Number(height) >= 1]).toEqual([true, true])
})

test('shows the whole mark of a point outside the image', async () => {
  // In an image of 40 x 30, the second point is 40 px right of it.
  const moved = { ...createFace(), keypoints: Float32Array.of(9.5, 4.5, 79.5, 14.5, 0, 0) }
  const html = await renderDatasetCheck(createCheck({ points: [1] }), createDataset(SCHEME, [moved]))
  const [, width] = /<svg viewBox="0 0 (\d+)/.exec(html) ?? []
  const [, x, radius] = /<circle cx="([\d.]+)" cy="[\d.]+" r="([\d.]+)" fill="none" stroke="#ff4d4f"/.exec(html) ?? []
  expect(Number(x)).toBeGreaterThan(150)
  expect(Number(x) + Number(radius)).toBeLessThan(Number(width))
})

test('shows images that cannot be read without thumbnail, and splits by name', async () => {
  const broken: Dataset = {
    length: 1,
    scheme: SCHEME,
    get: async () => {
      throw new FacekpError({ code: 'IMAGE_MISSING', problem: 'gone' })
    },
  }
  const check = createCheck({ kind: 'missingImage', split: 'test' }, { kind: 'sharedImage', split: 'train' })
  const html = await renderDatasetCheck(check, { train: faces, test: broken })
  expect(html).toContain('<div>no image</div><figcaption><strong>test: a</strong>')
  expect(html).toContain('</svg><figcaption><strong>train: a</strong>')
})

test('escapes ids and messages, loads nothing, and supports light and dark', async () => {
  const html = await renderDatasetCheck(createCheck({ kind: HOSTILE, id: HOSTILE, message: HOSTILE }), faces, {
    title: HOSTILE,
  })
  expect(html).not.toContain('<script')
  expect(html).not.toMatch(/(?:href|src)="(?!data:)/)
  expect(html).toContain('prefers-color-scheme:dark')
})

test('shows some faults of a kind and says how many more there are', async () => {
  const html = await renderDatasetCheck(createCheck({}, {}, {}), faces, { maxPerKind: 1 })
  expect(html.match(/<figure/g)).toHaveLength(1)
  expect(html).toContain('2 more are not shown.')
})

test('says that there is no fault, and is written whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-check-'))
  await writeDatasetCheck(createCheck(), faces, join(folder, 'out', 'check.html'))
  const html = readFileSync(join(folder, 'out', 'check.html'), 'utf8')
  expect(html).toContain('No faults found.')
  expect(html).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
  rmSync(folder, { recursive: true })
})

test('shows all faults of a kind if the limit is Infinity', async () => {
  const check = createCheck(...Array.from({ length: 61 }, () => ({ kind: 'missingImage' })))
  const html = await renderDatasetCheck(check, faces, { maxPerKind: Number.POSITIVE_INFINITY })
  expect(html.match(/<figcaption>/g)).toHaveLength(61)
  expect(html).not.toContain('not shown')
})
