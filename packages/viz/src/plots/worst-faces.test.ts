import { createImage, createSample, defineScheme, type Sample } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { expectWellFormed } from '../../fixtures/svg.ts'
import { plotToPng } from '../drawing/png.ts'
import { worstFaces } from './worst-faces.ts'

const scheme = defineScheme({
  name: 'four',
  pointNames: ['right eye', 'left eye', 'chin 1', 'chin 2'],
  flipPairs: [],
  parts: [
    { name: 'eyes', indices: [0, 1], closed: false },
    { name: 'chin & jaw', indices: [2, 3], closed: false },
  ],
  normalizationPair: [0, 1],
})
const TARGET = [10, 10, 30, 10, 15, 30, 25, 30]

/** Creates an image of 40 x 40, half the size of its file, in which the eyes are 40 px apart. */
function face(
  id: string,
  offsets: readonly number[],
  visibility = [2, 2, 2, 2],
): { sample: Sample; predicted: Float32Array } {
  const sample = createSample({
    id,
    image: createImage(new Uint8Array(1600).fill(128), 40, 40, 1),
    keypoints: Float32Array.from(TARGET),
    visibility: Uint8Array.from(visibility),
    toSource: [2, 0, 0, 0, 2, 0],
  })
  return { sample, predicted: Float32Array.from(TARGET, (value, i) => value + (offsets[i] as number)) }
}

const faces = [
  face('good', [1, 0, 1, 0, 1, 0, 1, 0]),
  face('bad <1>', [1, 0, 1, 0, 0, 8, 0, 10]),
  face('middle', [0, 4, 0, 4, 0, 0, 0, 0]),
]

describe('worstFaces', () => {
  test('shows the worst faces in order, with NME, original pixels and worst part', async () => {
    const { svg } = await worstFaces(faces, scheme, { count: 2, title: 'Worst' })
    expectWellFormed(svg)
    expect(svg).not.toContain('good')
    expect(svg.indexOf('1  bad &lt;1&gt;')).toBeGreaterThan(0)
    expect(svg.indexOf('2  middle')).toBeGreaterThan(svg.indexOf('1  bad'))
    // Errors of 2, 2, 16 and 20 px of the file over 40: 25 %; its chin 18 px: 45 %.
    for (const text of ['NME 25.0 %', '10.0 px', 'chin &amp; jaw: 45.0 %, 18.0 px', 'eyes: 20.0 %, 8.0 px'])
      expect(svg).toContain(text)
  })

  test('shows all faces if count is Infinity', async () => {
    const many = Array.from({ length: 7 }, (_, i) => face(`face ${i}`, [i, 0, 0, 0, 0, 0, 0, 0]))
    const { svg } = await worstFaces(many, scheme, { count: Number.POSITIVE_INFINITY })
    for (const { sample } of many) expect(svg).toContain(sample.id)
  })

  test('divides errors by the box of the sample as it is in the file', async () => {
    const bad = face('bad', [1, 0, 1, 0, 0, 8, 0, 10])
    const sample = { ...bad.sample, box: { left: 8, top: 8, width: 20, height: 5 } }
    const { svg } = await worstFaces([{ ...bad, sample }], scheme, { normalization: 'detection' })
    // In the file the box has 40 x 10 px, whose length is 20 px; the mean error is 10 px.
    for (const text of ['NME 50.0 %', '10.0 px']) expect(svg).toContain(text)
  })

  test('says that parts are outlined only if the scheme has parts', async () => {
    const note = 'The part with the largest error is outlined'
    expect((await worstFaces(faces, scheme)).svg).toContain(note)
    const { svg } = await worstFaces(faces, { ...scheme, parts: [] })
    expect(svg).not.toContain(note)
    expect(svg).toContain('NME normalization: interocular.')
  })

  test('outlines the worst part, target solid and prediction dashed', async () => {
    const { svg } = await worstFaces(faces, scheme, { count: 1, cellWidth: 100 })
    const lines = [...svg.matchAll(/<polyline [^>]*>/g)].map(([line]) => line.includes('stroke-dasharray'))
    expect(lines).toEqual([false, true])
    // The rings of the worst part's two points are drawn wider.
    expect(svg.match(/<circle [^>]*r="7.2" fill="#2bd75c"/g)).toHaveLength(2)
  })

  test('crops the view to the face even if a prediction is far away', async () => {
    const distant = face('distant', [0, 0, 0, 0, 0, 0, 4000, 0])
    const { svg, width } = await worstFaces([distant], scheme, { cellWidth: 100 })
    expect(width).toBe(132)
    expect(svg).toContain('overflow="hidden"')
    // The face is 20 wide and reaches 10 further: with its margins the view has 39 pixels from 6 on. The image has 34 of them, and is drawn
    // from two pixels before.
    expect(Number(/<image width="([\d.]+)"/.exec(svg)?.[1])).toBeCloseTo((100 * 36) / 39, 1)
    expect(svg).toMatch(/<g transform="translate\(-15.38 -\S+\)"><g transform="translate\(10.26 \S+\)"><image/)
    expect(plotToPng(await worstFaces([distant], scheme, { cellWidth: 100 })).length).toBeGreaterThan(1000)
  })

  test('omits faces and points without a label', async () => {
    const { svg } = await worstFaces([...faces, face('blank', [9, 9, 9, 9, 9, 9, 9, 9], [0, 0, 0, 0])], scheme)
    expect(svg).not.toContain('blank')
    const part = await worstFaces([face('part', [0, 0, 0, 2, 0, 30, 0, 0], [2, 2, 0, 0])], scheme)
    expect(part.svg).toContain('eyes: 5.0 %, 2.0 px')
  })

  test('truncates long names in the middle', async () => {
    const { svg } = await worstFaces([face(`${'folder/'.repeat(20)}146827737_1.jpg`, [1, 0, 0, 0, 0, 0, 0, 0])], scheme)
    expect(svg).toMatch(/>1 {2}fold\S*…\S*_1\.jpg</)
  })

  test('rejects no faces, another number of points and a scheme without a normalization pair', async () => {
    await expect(worstFaces([], scheme)).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
    const short = { ...face('short', []), predicted: Float32Array.of(1, 2) }
    await expect(worstFaces([short], scheme)).rejects.toMatchObject({ code: 'KEYPOINT_COUNT', received: '1' })
    const longer = { ...scheme, pointNames: [...scheme.pointNames, 'nose'] }
    await expect(worstFaces(faces, longer)).rejects.toMatchObject({ code: 'KEYPOINT_COUNT', expected: '5' })
    for (const option of ['count', 'columns', 'cellWidth'])
      await expect(worstFaces(faces, scheme, { [option]: 0 })).rejects.toMatchObject({ code: 'ARGUMENT' })
    const { normalizationPair: _, ...without } = scheme
    await expect(worstFaces(faces, without)).rejects.toMatchObject({ code: 'METRIC_NORMALIZATION' })
  })
})
