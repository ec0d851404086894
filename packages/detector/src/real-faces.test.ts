import { useBackend } from '@facekp/backend'
import { boundingBox, type Dataset, subset } from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import { readImm } from '@facekp/data-imm/node'
import { expect } from '@jest/globals'
import { realData, testIf } from '../../../tests/support/require.ts'
import { loadDetector } from './load-detector.ts'
import { boxOverlap } from './merge.ts'

const imm = realData('imm_face_db')
const ibug = realData('ibug_300W_mini')

/** Expects every 64th face to be found with about the box around its points; other people may be found too. */
async function expectFound(dataset: Dataset, minOverlap: number): Promise<void> {
  await useBackend('onnx')
  const detector = await loadDetector()
  const faces = subset(
    dataset,
    Array.from({ length: Math.ceil(dataset.length / 64) }, (_, i) => 64 * i),
  )
  for (let i = 0; i < faces.length; i++) {
    const { image, keypoints } = await faces.get(i)
    const detections = await detector.detectFaces(image)
    const overlaps = detections.map(({ box }) => boxOverlap(box, boundingBox(keypoints)))
    expect(Math.max(...overlaps)).toBeGreaterThan(minOverlap)
  }
  detector.dispose()
}

testIf(imm, 'IMM')('finds faces of IMM', async () => expectFound(await readImm(imm as string), 0.7))

testIf(ibug, '300-W')('finds faces of the common part of 300-W', async () => {
  const { common } = await readIbug300W(ibug as string, { channels: 3 })
  await expectFound(common, 0.5)
})
