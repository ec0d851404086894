import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IBUG_68, type Keypoints, mapKeypoints } from '@facekp/core'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { realData, testIf } from '../../../tests/support/require.ts'
import { faceText, listText, writePictures } from '../fixtures/lists.ts'
import { assertDisjoint } from './apart.ts'
import { type IbugRecord, sourceKeypoints } from './face-dataset.ts'
import { parsePts } from './pts.ts'
import { readIbug, readIbug300W } from './read-ibug.ts'
import { readSubmission, scoreSubmission, writeSubmission } from './submission.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-ibug-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const TRAIN = ['afw/1.jpg', 'afw/1_mirror.jpg', 'helen/testset/1.jpg', 'ibug/1.jpg', 'lfpw/trainset/1.jpg', 'x/1.jpg']
const TEST = ['helen/trainset/1.jpg', 'lfpw/testset/1.jpg', 'lfpw/testset/1_mirror.jpg', 'ibug/2.jpg']

async function writeSet(train = TRAIN, test = TEST): Promise<void> {
  await writePictures(folder, ...train, ...test)
  const write = (list: string, files: string[]): void =>
    writeFileSync(join(folder, `labels_ibug_300W_${list}.xml`), listText(...files.map((file) => faceText({ file }))))
  write('train', train)
  write('test', test)
}

const ids = ({ records }: { records: readonly IbugRecord[] }): string[] => records.map(({ id }) => id)

describe('splits', () => {
  test("dlib's are its lists as they are, mirrored copies and all", async () => {
    await writeSet()
    const { train, test } = await readIbug(folder)
    expect([ids(train), ids(test)]).toEqual([TRAIN, TEST])
  })

  test('those of the 300-W protocol are by folder, mirrored copies dropped', async () => {
    await writeSet()
    const parts = await readIbug300W(folder)
    expect(Object.entries(parts).map(([name, part]) => [name, ids(part)])).toEqual([
      ['train', ['afw/1.jpg', 'lfpw/trainset/1.jpg', 'helen/trainset/1.jpg']],
      ['common', ['helen/testset/1.jpg', 'lfpw/testset/1.jpg']],
      ['challenging', ['ibug/1.jpg', 'ibug/2.jpg']],
      ['full', ['helen/testset/1.jpg', 'ibug/1.jpg', 'lfpw/testset/1.jpg', 'ibug/2.jpg']],
    ])
    expect((await parts.full.get(3)).id).toBe('ibug/2.jpg')
  })

  test('mixed are an error, by a mirrored copy too', async () => {
    await writeSet()
    const dlib = await readIbug(folder)
    const protocol = await readIbug300W(folder)
    expect(() => assertDisjoint(dlib.train, dlib.test)).not.toThrow()
    for (const part of ['common', 'challenging', 'full'] as const) {
      expect(() => assertDisjoint(protocol.train, protocol[part])).not.toThrow()
      expect(() => assertDisjoint(dlib.train, protocol[part])).toThrow(
        expect.objectContaining({ code: 'IBUG_SPLITS_MIXED' }),
      )
    }
    expect(() => assertDisjoint(protocol.train, dlib.test)).toThrow(
      expect.objectContaining({ file: join(folder, 'helen/trainset/1.jpg'), received: '1 of 4 pictures to test on' }),
    )
    await writeSet(['afw/1.jpg'], ['afw/1_mirror.jpg'])
    await expect(readIbug(folder)).rejects.toMatchObject({ code: 'IBUG_SPLITS_MIXED' })
  })

  test('a folder without lists, or none at all, is an error that says what would do', async () => {
    await expect(readIbug(folder)).rejects.toMatchObject({
      code: 'IMGLAB_NOT_READ',
      expected: expect.stringContaining('fetchIbug'),
    })
    await expect(readIbug(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'IMGLAB_NOT_READ' })
  })
})

const real = realData('ibug_300W_mini')

describe('the real faces', () => {
  testIf(real, 'iBUG 300-W')('are as many as there should be, in either split', async () => {
    const { train, test } = await readIbug(real as string)
    expect([train.length, test.length]).toEqual([2208, 181])
    const protocol = await readIbug300W(real as string)
    expect(Object.values(protocol).map(({ length }) => length)).toEqual([1866, 523, 0, 523])
    expect(() => assertDisjoint(train, protocol.common)).toThrow(expect.objectContaining({ code: 'IBUG_SPLITS_MIXED' }))
    for (const { box, visibility } of [...train.records, ...test.records]) {
      expect(box.width > 0 && box.height > 0 && visibility.every((state) => state === 2)).toBe(true)
    }
  })

  // The XML has two decimals, the .pts three.
  testIf(real, 'iBUG 300-W')('have the same points in .pts and XML', async () => {
    const { train, test } = await readIbug(real as string)
    let largest = 0
    for (const { imagePath, keypoints } of [...train.records, ...test.records]) {
      const path = imagePath.replace(/\.jpg$/, '.pts')
      for (const [i, value] of parsePts(readFileSync(path, 'utf8'), path).entries()) {
        largest = Math.max(largest, Math.abs(value - (keypoints[i] as number)))
      }
    }
    expect(largest).toBeLessThan(0.0065)
  })

  // mean-shape.golden.py
  testIf(real, 'iBUG 300-W')('are missed by the mean shape in the face box by 19.7 px and 14.7 %', async () => {
    const { train, test } = await readIbug(real as string)
    const shape = new Float64Array(136)
    for (const { keypoints, box } of train.records) {
      for (const [i, value] of keypoints.entries()) {
        const [from, size] = i % 2 === 0 ? [box.left, box.width] : [box.top, box.height]
        shape[i] = (shape[i] as number) + (value + 0.5 - from) / size / train.length
      }
    }
    const predicted = test.records.map(({ box, toSource }) => {
      const points = Float32Array.from(shape, (value, i) =>
        i % 2 === 0 ? box.left + value * box.width - 0.5 : box.top + value * box.height - 0.5,
      )
      return mapKeypoints(toSource, points)
    })
    const truth = test.records.map(sourceKeypoints)
    expect(scoreSubmission(readSubmission(writeSubmission(predicted)), truth)).toBeCloseTo(19.7358, 3)
    const distance = (a: Keypoints, i: number, b: Keypoints, j: number): number =>
      Math.hypot((a[2 * i] as number) - (b[2 * j] as number), (a[2 * i + 1] as number) - (b[2 * j + 1] as number))
    const [outer, other] = IBUG_68.normalizationPair as [number, number]
    const errors = predicted.map((points, face) => {
      const right = truth[face] as Keypoints
      const mean = Array.from({ length: 68 }, (_, i) => distance(points, i, right, i)).reduce((a, b) => a + b) / 68
      return mean / distance(right, outer, right, other)
    })
    expect((100 * errors.reduce((a, b) => a + b)) / errors.length).toBeCloseTo(14.6921, 3)
  })

  testIf(real, 'iBUG 300-W')('lead back to the original pictures, cropped or not', async () => {
    const whole = (await readIbug(real as string)).test
    const cropped = (await readIbug(real as string, { channels: 1, crop: { size: 240, margin: 0.1 } })).test
    for (let index = 0; index < whole.length; index += 20) {
      const sample = await cropped.get(index)
      expect(sample.image).toMatchObject({ width: 240, height: 240, channels: 1 })
      const truth = sourceKeypoints(whole.records[index] as IbugRecord)
      for (const [i, value] of mapKeypoints(sample.toSource, sample.keypoints).entries()) {
        expect(Math.abs(value - (truth[i] as number))).toBeLessThan(1e-3)
      }
      expect((await whole.get(index)).toSource).toEqual(whole.records[index]?.toSource)
    }
  })
})
