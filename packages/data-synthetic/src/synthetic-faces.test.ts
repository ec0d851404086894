import { IBUG_68, IMM_58, pickKeypoints } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { syntheticFaces } from './synthetic-faces.ts'

const SMALL = { width: 160, height: 120 }

test.each([
  ['IMM-58', IMM_58],
  ['iBUG-68', IBUG_68],
])('renders faces with the points of %s', async (_, scheme) => {
  const faces = syntheticFaces({ seed: 1, count: 3, scheme, ...SMALL })
  expect([faces.length, faces.scheme]).toEqual([3, scheme])
  const sample = await faces.get(2)
  expect(sample).toMatchObject({ id: 'synthetic-000002', image: { width: 160, height: 120, channels: 3 } })
  expect(sample.keypoints).toHaveLength(2 * scheme.pointNames.length)
  expect(sample.keypoints.every(Number.isFinite)).toBe(true)
})

test('a face depends only on the seed and its index', async () => {
  const two = syntheticFaces({ seed: 1, count: 2, scheme: IMM_58, ...SMALL })
  const many = syntheticFaces({ seed: 1, count: 200, scheme: IMM_58, ...SMALL })
  expect(await two.get(1)).toEqual(await many.get(1))
  const otherSeed = await syntheticFaces({ seed: 2, count: 2, scheme: IMM_58, ...SMALL }).get(1)
  expect(otherSeed.keypoints).not.toEqual((await two.get(1)).keypoints)
})

test('both schemes annotate the same image', async () => {
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
  [{ seed: 1, count: 1, scheme: IMM_58, widht: 64 }, 'widht'],
])('an invalid option is an error that names it: case %#', (options, name) => {
  expect(() => syntheticFaces(options)).toThrow(
    expect.objectContaining({ code: 'SYNTHETIC_OPTIONS', problem: expect.stringContaining(name) }),
  )
})

test('an invalid scheme is an error that names the known ones', () => {
  const scheme = pickKeypoints(IMM_58, 'nose', [52])
  expect(() => syntheticFaces({ seed: 1, count: 1, scheme })).toThrow(
    'option scheme of synthetic faces: expected IMM_58 or IBUG_68, received',
  )
})

test('an index out of range and an aborted signal are errors', async () => {
  const faces = syntheticFaces({ seed: 1, count: 1, scheme: IMM_58, ...SMALL })
  await expect(faces.get(1)).rejects.toMatchObject({ code: 'DATASET_INDEX' })
  await expect(faces.get(0, AbortSignal.abort(new Error('aborted')))).rejects.toThrow('aborted')
})
