import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IBUG_68, type Keypoints, mapKeypoints } from '@facekp/core'
import { parsePts } from '@facekp/data-formats'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { realData, testIf } from '../../../tests/support/require.ts'
import { formatFace, formatList, writeImages } from '../fixtures/imglab-list.ts'
import { assertDisjoint } from './assert-disjoint.ts'
import { type IbugRecord, sourceKeypoints } from './ibug-record.ts'
import { readIbug, readIbug300W } from './read-ibug.ts'
import { readImglab } from './read-imglab.ts'
import { formatSubmission, parseSubmission, scoreSubmission } from './submission.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-ibug-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const TRAIN = ['afw/1.jpg', 'afw/1_mirror.jpg', 'helen/testset/1.jpg', 'ibug/1.jpg', 'lfpw/trainset/1.jpg', 'x/1.jpg']
const TEST = ['helen/trainset/1.jpg', 'lfpw/testset/1.jpg', 'lfpw/testset/1_mirror.jpg', 'ibug/2.jpg']

async function writeDataset(train = TRAIN, test = TEST): Promise<void> {
  await writeImages(folder, ...train, ...test)
  const write = (list: string, files: string[]): void =>
    writeFileSync(
      join(folder, `labels_ibug_300W_${list}.xml`),
      formatList(...files.map((file) => formatFace({ file }))),
    )
  write('train', train)
  write('test', test)
}

const getIds = ({ records }: { records: readonly IbugRecord[] }): string[] => records.map(({ id }) => id)

describe('splits', () => {
  test("readIbug returns dlib's lists, with mirrored copies", async () => {
    await writeDataset()
    const { train, test } = await readIbug(folder)
    expect([getIds(train), getIds(test)]).toEqual([TRAIN, TEST])
  })

  test('readIbug300W splits by folder, without mirrored copies', async () => {
    await writeDataset()
    const parts = await readIbug300W(folder)
    expect(Object.entries(parts).map(([name, part]) => [name, getIds(part)])).toEqual([
      ['train', ['afw/1.jpg', 'lfpw/trainset/1.jpg', 'helen/trainset/1.jpg']],
      ['common', ['helen/testset/1.jpg', 'lfpw/testset/1.jpg']],
      ['challenging', ['ibug/1.jpg', 'ibug/2.jpg']],
      ['full', ['helen/testset/1.jpg', 'ibug/1.jpg', 'lfpw/testset/1.jpg', 'ibug/2.jpg']],
    ])
    expect((await parts.full.get(3)).id).toBe('ibug/2.jpg')
  })

  test('readIbug300W leaves out every face of a mirrored copy', async () => {
    await writeDataset()
    const boxes = (file: string): string => {
      const lines = formatFace({ file }).split('\n')
      return [lines[0], ...lines.slice(1, -1), ...lines.slice(1, -1), lines.at(-1)].join('\n')
    }
    const list = formatList(boxes('afw/1.jpg'), boxes('afw/1_mirror.jpg'))
    writeFileSync(join(folder, 'labels_ibug_300W_train.xml'), list)
    expect(getIds((await readIbug300W(folder)).train)).toEqual(['afw/1.jpg', 'afw/1.jpg#2', 'helen/trainset/1.jpg'])
  })

  test('assertDisjoint throws for mixed splits, also because of a mirrored copy', async () => {
    await writeDataset()
    const dlib = await readIbug(folder)
    const protocol = await readIbug300W(folder)
    expect(() => assertDisjoint(dlib.train, dlib.test)).not.toThrow()
    for (const part of ['common', 'challenging', 'full'] as const) {
      expect(() => assertDisjoint(protocol.train, protocol[part])).not.toThrow()
      expect(() => assertDisjoint(dlib.train, protocol[part])).toThrow(
        expect.objectContaining({ code: 'IBUG_SPLITS_OVERLAP' }),
      )
    }
    expect(() => assertDisjoint(protocol.train, dlib.test)).toThrow(
      expect.objectContaining({
        file: join(folder, 'helen/trainset/1.jpg'),
        received: '1 of 4 test images among the training images',
      }),
    )
    await writeDataset(['afw/1.jpg'], ['afw/1_mirror.jpg'])
    await expect(readIbug(folder)).rejects.toMatchObject({ code: 'IBUG_SPLITS_OVERLAP' })
  })

  test('a folder without lists and a missing folder are errors that name fetchIbug', async () => {
    await expect(readIbug(folder)).rejects.toMatchObject({
      code: 'IBUG_LISTS',
      expected: expect.stringContaining('fetchIbug'),
    })
    await expect(readIbug(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'IBUG_LISTS' })
  })
})

const real = realData('ibug_300W_mini')

describe('the data set itself', () => {
  let whole: Awaited<ReturnType<typeof readIbug>>
  beforeAll(async () => {
    if (real) whole = await readIbug(real)
  })

  testIf(real, 'iBUG 300-W')('has the expected number of faces in both splits', async () => {
    const { train, test } = whole
    expect([train.length, test.length]).toEqual([2208, 181])
    const protocol = await readIbug300W(real as string)
    expect(Object.values(protocol).map(({ length }) => length)).toEqual([1866, 523, 0, 523])
    expect(() => assertDisjoint(train, protocol.common)).toThrow(
      expect.objectContaining({ code: 'IBUG_SPLITS_OVERLAP' }),
    )
    const areLabeled = [...train.records, ...test.records].every(
      ({ box, visibility }) => box.width > 0 && box.height > 0 && visibility.every((state) => state === 2),
    )
    expect(areLabeled).toBe(true)
  })

  // The XML has two decimals, the .pts three.
  testIf(real, 'iBUG 300-W')('has the same points in .pts and XML', () => {
    const { train, test } = whole
    let largest = 0
    for (const { imagePath, keypoints } of [...train.records, ...test.records]) {
      const path = imagePath.replace(/\.jpg$/, '.pts')
      for (const [i, { x, y }] of parsePts(readFileSync(path, 'utf8'), path).points.entries()) {
        const [dx, dy] = [x - (keypoints[2 * i] as number), y - (keypoints[2 * i + 1] as number)]
        largest = Math.max(largest, Math.abs(dx), Math.abs(dy))
      }
    }
    expect(largest).toBeLessThan(0.0065)
  })

  // read-ibug.golden.py
  testIf(real, 'iBUG 300-W')('the mean shape in the face box has an error of 19.7 px and 14.7 %', () => {
    const { train, test } = whole
    const shape = new Float64Array(136)
    for (const { keypoints, box } of train.records) {
      for (const [i, value] of keypoints.entries()) {
        const from = i % 2 === 0 ? box.left : box.top
        const size = i % 2 === 0 ? box.width : box.height
        shape[i] = (shape[i] as number) + (value + 0.5 - from) / size / train.length
      }
    }
    const predicted = test.records.map(({ box, toSource }) => {
      const points = Float32Array.from(shape, (value, i) =>
        i % 2 === 0 ? box.left + value * box.width - 0.5 : box.top + value * box.height - 0.5,
      )
      return mapKeypoints(toSource, points)
    })
    const targets = test.records.map(sourceKeypoints)
    expect(scoreSubmission(parseSubmission(formatSubmission(predicted)), targets)).toBeCloseTo(19.7358, 3)
    const distance = (a: Keypoints, i: number, b: Keypoints, j: number): number =>
      Math.hypot((a[2 * i] as number) - (b[2 * j] as number), (a[2 * i + 1] as number) - (b[2 * j + 1] as number))
    const [rightCorner, leftCorner] = IBUG_68.normalizationPair as [number, number]
    const errors = predicted.map((points, face) => {
      const target = targets[face] as Keypoints
      const mean = Array.from({ length: 68 }, (_, i) => distance(points, i, target, i)).reduce((a, b) => a + b) / 68
      return mean / distance(target, rightCorner, target, leftCorner)
    })
    expect((100 * errors.reduce((a, b) => a + b)) / errors.length).toBeCloseTo(14.6921, 3)
  })

  testIf(real, 'iBUG 300-W')('maps back to the original images, with and without crop', async () => {
    const list = join(real as string, 'labels_ibug_300W_test.xml')
    const cropped = await readImglab(list, { channels: 1, crop: { size: 240, margin: 0.1 } })
    for (let index = 0; index < whole.test.length; index += 20) {
      const sample = await cropped.get(index)
      expect(sample.image).toMatchObject({ width: 240, height: 240, channels: 1 })
      const target = sourceKeypoints(whole.test.records[index] as IbugRecord)
      for (const [i, value] of mapKeypoints(sample.toSource, sample.keypoints).entries()) {
        expect(Math.abs(value - (target[i] as number))).toBeLessThan(1e-3)
      }
      expect((await whole.test.get(index)).toSource).toEqual(whole.test.records[index]?.toSource)
    }
  })
})
