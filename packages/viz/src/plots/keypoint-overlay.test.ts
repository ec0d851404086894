import { decodeImage } from '@facekp/image'
import { expect, test } from '@jest/globals'
import { createFace, SCHEME } from '../../fixtures/faces.ts'
import { expectWellFormed } from '../../fixtures/svg.ts'
import { plotToPng } from '../drawing/png.ts'
import { keypointOverlay } from './keypoint-overlay.ts'

const scheme = { ...SCHEME, pointNames: SCHEME.pointNames.slice(0, 2) }

test('keypointOverlay draws every face at the centers of its pixels, in the size of the image', async () => {
  const { image } = createFace()
  const faces = [{ points: Float32Array.of(9.5, 4.5, 19.5, 14.5) }, { points: Float32Array.of(30, 20, 32, 22) }]
  const plot = await keypointOverlay(image, faces, { scheme, title: 'a < b' })
  // (9.5 + 0.5) = 10, (30 + 0.5) = 30.5: pixels to edges, at scale 1.
  const rings = [...plot.svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => `${x} ${y}`)
  expect([...new Set(rings)]).toEqual(['10 5', '20 15', '30.5 20.5', '32.5 22.5'])
  expect(plot.svg).toContain('points="10,5 20,15"')
  expect(plot).toMatchObject({ title: 'a < b', width: image.width, height: image.height })
  expectWellFormed(plot.svg)
  const png = await decodeImage(plotToPng(plot, { width: image.width }))
  expect([png.width, png.height]).toEqual([image.width, image.height])
})

test('keypointOverlay without faces is the image alone', async () => {
  expect((await keypointOverlay(createFace().image, [])).svg).not.toContain('<circle')
})

test('keypointOverlay rejects a face that does not have the points of the scheme', async () => {
  const faces = [{ points: new Float32Array(4) }, { points: new Float32Array(6) }]
  await expect(keypointOverlay(createFace().image, faces, { scheme })).rejects.toMatchObject({
    code: 'KEYPOINT_COUNT',
    message: expect.stringContaining('face 1'),
  })
})
