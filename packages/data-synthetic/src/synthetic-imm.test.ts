import type { Dataset } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { syntheticImm } from './synthetic-imm.ts'

const { train, validation } = syntheticImm({ seed: 1, width: 64, height: 48 })

test('has the layout of the IMM Face Database', async () => {
  expect([train.length, validation.length]).toEqual([192, 48])
  expect((await train.get(0)).id).toMatch(/^01-1[mf]$/)
  expect((await train.get(191)).id).toMatch(/^32-6[mf]$/)
  expect((await validation.get(0)).id).toMatch(/^33-1[mf]$/)
  expect(() => syntheticImm({ seed: 1, height: 1 })).toThrow(expect.objectContaining({ code: 'SYNTHETIC_OPTIONS' }))
})

// On the IMM Face Database itself, the mean nose has an error of 47.4 px of 640.
test('the mean nose has an error of more than 35 px of 640, and every keypoint lies in its image', async () => {
  const readNoses = async (dataset: Dataset): Promise<[x: number, y: number][]> => {
    const noses: [number, number][] = []
    // Every fifth face: each view in turn.
    for (let i = 0; i < dataset.length; i += 5) {
      const { keypoints, image } = await dataset.get(i)
      const outside = keypoints.findIndex(
        (value, k) => value < 0 || value > (k % 2 === 0 ? image.width : image.height) - 1,
      )
      expect(outside).toBe(-1)
      noses.push([10 * (keypoints[104] as number), 10 * (keypoints[105] as number)])
    }
    return noses
  }
  const trainNoses = await readNoses(train)
  const meanX = trainNoses.reduce((sum, [x]) => sum + x, 0) / trainNoses.length
  const meanY = trainNoses.reduce((sum, [, y]) => sum + y, 0) / trainNoses.length
  const errors = (await readNoses(validation)).map(([x, y]) => Math.hypot(x - meanX, y - meanY))
  expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeGreaterThan(35)
})
