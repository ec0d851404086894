import { type Dataset, IBUG_68, IMM_58, pickKeypoints } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { syntheticFaces } from './synthetic-faces.ts'
import { syntheticImm } from './synthetic-imm.ts'

const SMALL = { width: 160, height: 120 }

describe('syntheticFaces', () => {
  test.each([IMM_58, IBUG_68])('draws with the points of a scheme', async (scheme) => {
    const faces = syntheticFaces({ seed: 1, count: 3, scheme, ...SMALL })
    expect([faces.length, faces.scheme]).toEqual([3, scheme])
    const sample = await faces.get(2)
    expect(sample).toMatchObject({ id: 'synthetic-000002', image: { width: 160, height: 120, channels: 3 } })
    expect(sample.keypoints).toHaveLength(2 * scheme.pointNames.length)
    expect(sample.keypoints.every(Number.isFinite)).toBe(true)
  })

  test('a face depends on the seed and its index alone', async () => {
    const few = syntheticFaces({ seed: 1, count: 2, scheme: IMM_58, ...SMALL })
    const many = syntheticFaces({ seed: 1, count: 200, scheme: IMM_58, ...SMALL })
    expect(await few.get(1)).toEqual(await many.get(1))
    const other = await syntheticFaces({ seed: 2, count: 2, scheme: IMM_58, ...SMALL }).get(1)
    expect(other.keypoints).not.toEqual((await few.get(1)).keypoints)
  })

  test('both schemes name the same picture', async () => {
    const [imm, ibug] = await Promise.all(
      [IMM_58, IBUG_68].map((scheme) => syntheticFaces({ seed: 5, count: 1, scheme, ...SMALL }).get(0)),
    )
    expect(imm?.image.data).toEqual(ibug?.image.data)
    // Chin and mouth corners are in both.
    for (const [a, b] of [
      [6, 8],
      [39, 48],
      [43, 54],
    ] as const) {
      expect(imm?.keypoints[2 * a]).toBeCloseTo(ibug?.keypoints[2 * b] as number, 1)
      expect(imm?.keypoints[2 * a + 1]).toBeCloseTo(ibug?.keypoints[2 * b + 1] as number, 1)
    }
  })

  test.each([
    [{ seed: 0.5, count: 1, scheme: IMM_58 }, 'seed'],
    [{ seed: 1, count: 0, scheme: IMM_58 }, 'count'],
    [{ seed: 1, count: 1, scheme: IMM_58, width: 10 }, 'width'],
    [{ seed: 1, count: 1, scheme: pickKeypoints(IMM_58, 'nose', [52]) }, 'scheme'],
  ])('options that are not right are an error that names them', (options, name) => {
    expect(() => syntheticFaces(options)).toThrow(
      expect.objectContaining({ code: 'SYNTHETIC_OPTIONS', expected: expect.stringContaining(name) }),
    )
  })

  test('an index beyond is an error, and so is an aborted signal', async () => {
    const faces = syntheticFaces({ seed: 1, count: 1, scheme: IMM_58, ...SMALL })
    await expect(faces.get(1)).rejects.toMatchObject({ code: 'DATASET_INDEX' })
    await expect(faces.get(0, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})

describe('syntheticImm', () => {
  const { train, validation } = syntheticImm({ seed: 1, width: 64, height: 48 })

  test('is laid out as the database', async () => {
    expect([train.length, validation.length]).toEqual([192, 48])
    expect((await train.get(0)).id).toMatch(/^01-1[mf]$/)
    expect((await train.get(191)).id).toMatch(/^32-6[mf]$/)
    expect((await validation.get(0)).id).toMatch(/^33-1[mf]$/)
    expect(() => syntheticImm({ seed: 1, height: 1 })).toThrow(expect.objectContaining({ code: 'SYNTHETIC_OPTIONS' }))
  })

  // On the IMM Face Database itself the same predictor errs by 47.4 px of 640.
  test('cannot be solved without looking, the mean nose erring by more than 35 px of 640; no point leaves the picture', async () => {
    const noses = async (dataset: Dataset): Promise<[number, number][]> => {
      const found: [number, number][] = []
      // Every fifth face, which is one of each view in turn.
      for (let i = 0; i < dataset.length; i += 5) {
        const { keypoints, image } = await dataset.get(i)
        const outside = keypoints.findIndex(
          (value, k) => value < 0 || value > (k % 2 === 0 ? image.width : image.height) - 1,
        )
        expect(outside).toBe(-1)
        found.push([10 * (keypoints[104] as number), 10 * (keypoints[105] as number)])
      }
      return found
    }
    const known = await noses(train)
    const mean = [0, 1].map((axis) => known.reduce((sum, point) => sum + (point[axis] as number), 0) / known.length)
    const errors = (await noses(validation)).map(([x, y]) =>
      Math.hypot(x - (mean[0] as number), y - (mean[1] as number)),
    )
    expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeGreaterThan(35)
  }, 120_000)
})
