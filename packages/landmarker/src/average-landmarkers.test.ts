import { useBackend } from '@facekp/backend'
import { type Box, defineScheme, IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { describe, expect, test } from '@jest/globals'
import { averageLandmarkers, type MeanLandmarker } from './average-landmarkers.ts'
import { evaluateLandmarker } from './evaluate-landmarker.ts'
import { type ImageSource, toImage } from './image-source.ts'
import type { LandmarkedFace } from './landmarker.ts'
import { loadLandmarker } from './load-landmarker.ts'

const scheme = defineScheme({ name: 'two', pointNames: ['a', 'b'], flipPairs: [], parts: [] })
const BOXES: Box[] = [
  { left: 0, top: 0, width: 10, height: 10 },
  { left: 50, top: 0, width: 20, height: 20 },
]

/** Makes a landmarker that finds two faces, each with points at its box. */
function stubLandmarker(
  points: readonly number[],
  confidence: number,
): MeanLandmarker<string> & { isDisposed: boolean } {
  const landmarks = async (_: string, { left }: Box) => ({
    points: Float32Array.from(points, (value) => value + left),
    confidence,
  })
  return {
    scheme,
    isDisposed: false,
    landmarks,
    async detect(source) {
      const faces = BOXES.map(async (box) => ({ box, score: confidence, ...(await landmarks(source, box)) }))
      return { faces: await Promise.all(faces) }
    },
    dispose() {
      this.isDisposed = true
    },
  }
}

describe('averageLandmarkers', () => {
  const members = [
    stubLandmarker([1, 2, 3, 4], 0.9),
    stubLandmarker([2, 4, 6, 8], 0.1),
    stubLandmarker([6, 0, 3, 6], 0.2),
  ]
  const landmarker = averageLandmarkers(members)

  test('averages the points of each face; the rest is that of the first landmarker', async () => {
    expect(await landmarker.detect('image')).toEqual({
      faces: [
        { box: BOXES[0], score: 0.9, confidence: 0.9, points: new Float32Array([3, 2, 4, 6]) },
        { box: BOXES[1], score: 0.9, confidence: 0.9, points: new Float32Array([53, 52, 54, 56]) },
      ],
    })
    expect(await landmarker.landmarks('image', BOXES[1] as Box)).toEqual({
      confidence: 0.9,
      points: new Float32Array([53, 52, 54, 56]),
    })
  })

  test('passes options of the detector on', async () => {
    const received: unknown[] = []
    const first: MeanLandmarker<string> = {
      ...stubLandmarker([0, 0, 0, 0], 1),
      detect: async (_, options) => {
        received.push(options)
        return { faces: [] }
      },
    }
    const mean = averageLandmarkers([first, stubLandmarker([0, 0, 0, 0], 1)])
    expect(await mean.detect('image', { minScore: 0.2 })).toEqual({ faces: [] })
    expect(received).toEqual([{ minScore: 0.2 }])
  })

  test('shows all landmarkers the same frame of a playing video', async () => {
    const video = { [Symbol.toStringTag]: 'HTMLVideoElement', videoWidth: 1, videoHeight: 1, readyState: 2 }
    let frame = 0
    class OffscreenCanvas {
      getContext() {
        frame++
        return {
          drawImage() {},
          getImageData: () => ({ data: Uint8ClampedArray.of(frame, 0, 0, 255), width: 1, height: 1 }),
        }
      }
    }
    Object.assign(globalThis, { OffscreenCanvas })
    // Finds points at the brightness of the image.
    const landmarks = async (source: ImageSource) => {
      const [value] = (await toImage(source)).data
      return { points: new Float32Array(4).fill(value as number), confidence: 1 }
    }
    const member: MeanLandmarker = {
      scheme,
      landmarks,
      detect: async (source) => ({ faces: [{ box: BOXES[0] as Box, score: 1, ...(await landmarks(source)) }] }),
      dispose: () => undefined,
    }
    const mean = averageLandmarkers([member, member])
    const source = video as unknown as HTMLVideoElement
    expect((await mean.detect(source)).faces[0]?.points).toEqual(new Float32Array([1, 1, 1, 1]))
    expect((await mean.landmarks(source, BOXES[0] as Box)).points).toEqual(new Float32Array([2, 2, 2, 2]))
  })

  test('disposes of all once the calls under way have ended, and refuses further ones', async () => {
    const stubs = [stubLandmarker([1, 2, 3, 4], 1), stubLandmarker([1, 2, 3, 4], 1)]
    const working = stubs.map((stub) => ({
      ...stub,
      landmarks: async (source: string, box: Box) => {
        expect(stub.isDisposed).toBe(false)
        return stub.landmarks(source, box)
      },
      dispose: () => stub.dispose(),
    }))
    const mean = averageLandmarkers(working)
    const calls = [mean.detect('image'), mean.landmarks('image', BOXES[0] as Box)]
    mean.dispose()
    expect(await Promise.all(calls)).toHaveLength(2)
    expect(stubs.map(({ isDisposed }) => isDisposed)).toEqual([true, true])
    await expect(mean.detect('image')).rejects.toMatchObject({ code: 'LANDMARKER_DISPOSED' })
  })

  test('disposes of all', () => {
    landmarker.dispose()
    expect(members.map(({ isDisposed }) => isDisposed)).toEqual([true, true, true])
  })

  test.each([0, 1])('refuses %i landmarkers', (count) => {
    const problem = 'averageLandmarkers: too few landmarkers to average'
    expect(() => averageLandmarkers(members.slice(0, count))).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', problem, received: `${count}` }),
    )
  })

  test('refuses other points, even if there are as many', () => {
    const other = defineScheme({ name: 'others', pointNames: ['a', 'c'], flipPairs: [], parts: [] })
    expect(() =>
      averageLandmarkers([stubLandmarker([0, 0, 0, 0], 1), { ...stubLandmarker([0, 0, 0, 0], 1), scheme: other }]),
    ).toThrow(
      expect.objectContaining({
        code: 'LANDMARKER_SCHEME',
        received: 'scheme others, whose point 1 is c instead of b',
      }),
    )
  })

  test('refuses what is no landmarker', () => {
    const value = [members[0], 'my-landmarker'] as unknown as MeanLandmarker[]
    expect(() => averageLandmarkers(value)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }))
  })

  test('takes loaded landmarkers, and can be evaluated', async () => {
    await useBackend('onnx')
    const faces = syntheticFaces({ seed: 4, count: 2, scheme: IBUG_68, width: 200, height: 150 })
    const [plain, averaged] = [await loadLandmarker('ibug-68'), await loadLandmarker('ibug-68', { tta: true })]
    const { image } = await faces.get(0)
    const face = (await plain.detect(image)).faces[0] as LandmarkedFace
    const other = await averaged.landmarks(image, face.box)
    const mean = averageLandmarkers([plain, averaged])
    const meanFace = (await mean.detect(image)).faces[0] as LandmarkedFace
    // The runtime may choose other algorithms from call to call: the last digits differ.
    const expected = Array.from(face.points, (value, k) => expect.closeTo((value + (other.points[k] as number)) / 2, 2))
    expect([...meanFace.points]).toEqual(expected)
    expect((await evaluateLandmarker(mean, faces)).missedCount).toBe(0)
    mean.dispose()
    await expect(plain.detect(image)).rejects.toMatchObject({ code: 'LANDMARKER_DISPOSED' })
    await expect(averaged.landmarks(image, face.box)).rejects.toMatchObject({ code: 'LANDMARKER_DISPOSED' })
  })
})
