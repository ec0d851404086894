import { createImage, createSample } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { crop } from './geometric/crop.ts'
import { resize } from './geometric/resize.ts'
import { fromJSON, replay } from './json.ts'

const sample = createSample({
  id: 'tiny',
  image: createImage(new Uint8Array(4), 2, 2, 1),
  keypoints: Float32Array.of(1, 1),
})

test.each([
  { name: 'pad', options: { left: 4_000_000 } },
  { name: 'crop', options: { left: 3.2, top: 1e300, width: 12, height: 9 } },
  { name: 'crop', options: { left: 0, top: 0, width: 12_000_000, height: 9 } },
  { name: 'resize', options: { width: 6, height: 1e9 } },
  { name: 'randomCropAroundBox', options: { width: 24, height: 12e12 } },
  { name: 'randomCropAroundBox', options: { width: 24, height: 24, margin: 255_000 } },
  { name: 'brightness', options: { factor: 1e300 } },
])('refuses options that no image or number can hold: %j', (json) => {
  expect(() => fromJSON(json)).toThrow(expect.objectContaining({ code: 'AUGMENT_OPTIONS' }))
})

test('refuses an image that is too large before it is made', () => {
  const json = resize({ width: 12_000, height: 12_000 }).toJSON()
  expect(() => replay(sample, [{ ...json, params: { width: 2, height: 2 } }])).toThrow(
    expect.objectContaining({ code: 'AUGMENT_SIZE', received: '12000 x 12000' }),
  )
})

test('refuses to move a labeled point to infinity', () => {
  const half = { degrees: 0, shearX: 0, shearY: 0, shiftX: 0, shiftY: 0, scale: 1e30 }
  const applied = { name: 'affine', options: fromJSON({ name: 'affine', options: {} }).toJSON().options }
  const large = { ...applied, params: { ...half, width: 2, height: 2 } }
  expect(() => replay(sample, [large, large])).toThrow(expect.objectContaining({ code: 'AUGMENT_POINTS' }))
})

test('refuses JSON that is too deep', () => {
  let json: unknown = crop({ left: 0, top: 0, width: 2, height: 2 }).toJSON()
  for (let depth = 0; depth < 63; depth++) json = { name: 'sometimes', options: { probability: 1, transform: json } }
  expect(fromJSON(json).name).toBe('sometimes')
  for (let depth = 0; depth < 3000; depth++) json = { name: 'compose', options: { transforms: [json] } }
  expect(() => fromJSON(json)).toThrow(
    expect.objectContaining({ code: 'AUGMENT_JSON', received: 'more than 64 levels' }),
  )
})
