import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomCropAroundBox } from '@facekp/augment'
import { mapPoint, NOT_LABELED, randomStream, toSourcePoints, transformSample, VISIBLE } from '@facekp/core'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { formatFace, formatList, formatPart, pointX, pointY, writeImages } from '../fixtures/imglab-list.ts'
import { type IbugRecord, sourceKeypoints } from './ibug-record.ts'
import { readImglab } from './read-imglab.ts'

let scratch: string
let folder: string
let list: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-ibug-'))
  folder = join(scratch, 'faces')
  mkdirSync(folder)
  list = join(folder, 'list.xml')
})
afterEach(() => rmSync(scratch, { recursive: true }))

const writeList = (...faces: string[]): void => writeFileSync(list, formatList(...faces))

describe('readImglab', () => {
  test('returns one sample per box, in the order of the list', async () => {
    await writeImages(folder, 'afw/1.jpg', 'b.jpg')
    writeList(
      formatFace(),
      "<image file='b.jpg'><box top='1' left='2' width='3' height='4' ignore='1'/>" +
        "<box top='5' left='6' width='7' height='8'><part name='67' x='9' y='10'/></box>" +
        "<box top='0' left='0' width='9' height='9'/></image>",
      "<image file='afw/1.jpg'/>",
    )
    const faces = await readImglab(list)
    expect(faces.scheme.name).toBe('ibug-68')
    expect(faces.records.map(({ id, line }) => [id, line])).toEqual([
      ['afw/1.jpg', 8],
      ['b.jpg', 79],
      ['b.jpg#2', 79],
    ])
    const first = await faces.get(0)
    expect(first).toMatchObject({
      id: 'afw/1.jpg',
      image: { width: 64, height: 56, channels: 3 },
      box: { left: 10, top: 8, width: 40, height: 40 },
      toSource: [1, 0, 0, 0, 1, 0],
    })
    expect([...first.keypoints.subarray(26, 28)]).toEqual([pointX(13, 10), pointY(13, 8)])
    expect(new Set(first.visibility)).toEqual(new Set([VISIBLE]))
    const second = await faces.get(1)
    const third = await faces.get(2)
    expect([...second.keypoints.subarray(132)]).toEqual([0, 0, 9, 10])
    expect([second.visibility[66], second.visibility[67]]).toEqual([NOT_LABELED, VISIBLE])
    expect(new Set(third.visibility)).toEqual(new Set([NOT_LABELED]))
    await expect(faces.get(3)).rejects.toMatchObject({ code: 'DATASET_INDEX' })
    await expect(faces.get(0, AbortSignal.abort(new Error('aborted')))).rejects.toThrow('aborted')
  })

  test('crops to the box, also beyond the image, and maps back', async () => {
    await writeImages(folder, 'afw/1.jpg')
    writeList(formatFace(), formatFace({ box: "top='-16' left='40' width='40' height='40'" }))
    const faces = await readImglab(list, { crop: { size: 80, pad: 255 } })
    const { image, keypoints, box, ...rest } = await faces.get(0)
    expect(image).toMatchObject({ width: 80, height: 80, channels: 3 })
    expect(box).toEqual({ left: 0, top: 0, width: 80, height: 80 })
    // Pixel (x, y) of the image is (2 x, 2 y, 128): its color states its position.
    const pixelAt = (x: number, y: number, pixels = image): number[] => [
      ...pixels.data.subarray((y * 80 + x) * 3, (y * 80 + x) * 3 + 3),
    ]
    const [fromX, fromY] = mapPoint(rest.toSource, 31, 51)
    const [red, green, blue] = pixelAt(31, 51) as [number, number, number]
    expect(Math.abs(red - 2 * fromX)).toBeLessThan(2)
    expect(Math.abs(green - 2 * fromY)).toBeLessThan(2)
    expect(Math.abs(blue - 128)).toBeLessThan(3)
    expect(keypoints[2]).toBeCloseTo((14 + 0.5 - 10) * 2 - 0.5)
    const sourcePoints = toSourcePoints({ ...rest, image, keypoints }, keypoints)
    for (const [i, value] of sourceKeypoints(faces.records[0] as IbugRecord).entries())
      expect(sourcePoints[i]).toBeCloseTo(value, 4)
    const beyond = (await faces.get(1)).image
    // The box begins 16 pixels above the image and ends 16 to its right.
    expect(pixelAt(3, 3, beyond)).toEqual([255, 255, 255])
    expect(pixelAt(76, 76, beyond)).toEqual([255, 255, 255])
    expect(Math.abs((pixelAt(3, 76, beyond)[0] as number) - 2 * 41.25)).toBeLessThan(3)
  })

  test('reads gray images with each decoder', async () => {
    await writeImages(folder, 'afw/1.jpg')
    writeList()
    for (const decoder of ['auto', 'sharp', 'builtin'] as const) {
      const faces = await readImglab(list, { channels: 1, decoder, crop: { size: 40 } })
      const { image } = await faces.get(0)
      expect(image).toMatchObject({ width: 40, height: 40, channels: 1 })
      // 0.299 * 2 x + 0.587 * 2 y + 0.114 * 128, at x = 10 + 20 and y = 8 + 30.
      expect(Math.abs((image.data[30 * 40 + 20] as number) - 77)).toBeLessThan(3)
    }
  })

  test('frames.csv maps to the original images', async () => {
    await writeImages(folder, 'afw/1.jpg', 'b.jpg')
    writeFileSync(join(folder, 'frames.csv'), 'file,offset_x,offset_y,scale_x,scale_y\nafw/1.jpg,100,50,0.5,0.25\n')
    writeList(formatFace({ parts: [formatPart(0, { x: 12, y: 9 })] }))
    for (const crop of [undefined, { size: 30, margin: 0.3 }]) {
      const faces = await readImglab(list, crop ? { crop } : {})
      const sample = await faces.get(0)
      const [x, y] = toSourcePoints(sample, sample.keypoints)
      expect([x, y].map((value) => Math.round((value as number) * 1000) / 1000)).toEqual([124.5, 87.5])
    }
    writeList(formatFace(), formatFace({ file: 'b.jpg' }))
    await expect(readImglab(list)).rejects.toMatchObject({
      code: 'IBUG_FRAME_MISSING',
      file: list,
      line: 79,
      received: 'b.jpg',
    })
  })

  test('points of another scheme are an error that names option scheme, and are read with it', async () => {
    await writeImages(folder, 'afw/1.jpg')
    const number = (from: number, to: number): string[] =>
      Array.from({ length: to - from + 1 }, (_, i) => formatPart(i, { name: String(from + i) }))
    for (const parts of [number(0, 4), number(0, 193), number(0, 68), [formatPart(0, { name: 'nose' })]]) {
      writeList(formatFace({ parts }))
      await expect(readImglab(list)).rejects.toMatchObject({
        code: 'POINTS_UNMATCHED',
        file: list,
        expected: expect.stringContaining("scheme: 'infer'"),
      })
      const faces = await readImglab(list, { scheme: 'infer' })
      expect((await faces.get(0)).visibility).toHaveLength(parts.length)
    }
  })

  test('points numbered from 1 are those numbered from 0', async () => {
    await writeImages(folder, 'afw/1.jpg')
    writeList()
    const { keypoints } = await (await readImglab(list)).get(0)
    writeList(formatFace({ parts: Array.from({ length: 68 }, (_, i) => formatPart(i, { name: String(i + 1) })) }))
    expect((await (await readImglab(list)).get(0)).keypoints).toEqual(keypoints)
  })

  test('images lie in another folder by option images', async () => {
    await writeImages(scratch, 'images/afw/1.jpg')
    writeList(formatFace({ file: '../images/afw/1.jpg' }))
    await expect(readImglab(list)).rejects.toMatchObject({ code: 'IMAGE_PATH', file: list, line: 7 })
    expect(await readImglab(list, { images: join(scratch, 'images') })).toMatchObject({ length: 1 })
  })

  test('invalid options are an error', async () => {
    await writeImages(folder, 'afw/1.jpg')
    writeList()
    await expect(readImglab(list, { crop: { size: -1 } })).rejects.toMatchObject({
      code: 'READ_OPTIONS',
      problem: 'option crop.size',
    })
  })

  test('a truncated image is an error of its sample', async () => {
    await writeImages(folder, 'afw/1.jpg')
    writeList()
    writeFileSync(join(folder, 'afw/1.jpg'), Buffer.from([0xff, 0xd8, 0xff]))
    const faces = await readImglab(list, { crop: { size: 8 } })
    await expect(faces.get(0)).rejects.toMatchObject({ file: join(folder, 'afw/1.jpg') })
  })
})

test('frames.csv that cannot be read is an error that names it', async () => {
  await writeImages(folder, 'afw/1.jpg')
  mkdirSync(join(folder, 'frames.csv'))
  writeList()
  await expect(readImglab(list)).rejects.toMatchObject({ code: 'FRAMES_NOT_READ', file: join(folder, 'frames.csv') })
})

test('randomCropAroundBox of augment maps back to the original image too', async () => {
  await writeImages(folder, 'afw/1.jpg')
  writeFileSync(join(folder, 'frames.csv'), 'file,offset_x,offset_y,scale_x,scale_y\nafw/1.jpg,100,50,0.5,0.25\n')
  writeList()
  const faces = await readImglab(list, { channels: 1, crop: { size: 64, margin: 0.5 } })
  const jitter = randomCropAroundBox({ width: 48, height: 48, margin: 0.1, scale: 1.2, shift: 0.1 })
  const sample = transformSample(jitter, await faces.get(0), randomStream({ seed: 1, purpose: 'augment' }))
  expect(sample.image).toMatchObject({ width: 48, height: 48 })
  const target = sourceKeypoints(faces.records[0] as IbugRecord)
  for (const [i, value] of toSourcePoints(sample, sample.keypoints).entries()) {
    expect(Math.abs(value - (target[i] as number))).toBeLessThan(1e-3)
  }
})
