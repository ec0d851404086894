import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { decodeImage } from '@facekp/image'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { create } from 'tar'
import { writeDrawnFaces } from '../../../fixtures/drawn-faces.ts'
import { type RunResult, runInMemory } from '../../../fixtures/run-in-memory.ts'

let root = ''
let fitted: RunResult

const at = (...names: string[]): string => join(root, ...names)
const readJson = (name: string) => JSON.parse(readFileSync(at(name), 'utf8'))

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-models-'))
  await writeDrawnFaces(at('train/faces.json'), { seed: 1, count: 9 })
  await writeDrawnFaces(at('test/faces.json'), { seed: 2, count: 3 })
  fitted = await runInMemory(['fit', at('train'), '--out', at('model'), '--license', 'CC0-1.0', '--json'])
})
afterAll(() => rmSync(root, { recursive: true }))

type Point = readonly [number, number]

interface LabeledFace {
  readonly image: string
  readonly points: readonly Point[]
}

/** Pairs the coordinates of COCO keypoints. */
const toPoints = (keypoints: readonly number[]): Point[] =>
  [0, 3, 6, 9, 12].map((i) => [keypoints[i] as number, keypoints[i + 1] as number])

/** Labels and images of the test faces, in the order of their names. */
function listTestFaces(): LabeledFace[] {
  const { images, annotations } = readJson('test/faces.json')
  return images
    .map(({ id, file_name }: { id: number; file_name: string }) => {
      const { keypoints } = annotations.find(({ image_id }: { image_id: number }) => image_id === id)
      return { image: at('test', file_name), points: toPoints(keypoints) }
    })
    .sort((a: LabeledFace, b: LabeledFace) => (a.image < b.image ? -1 : 1))
}

/** Expects points near the exact ones of the drawn face. */
function expectNear(points: readonly Point[], target: readonly Point[]): void {
  const distances = points.map(([x, y], i) => {
    const [targetX, targetY] = target[i] as Point
    return Math.hypot(x - targetX, y - targetY)
  })
  expect(distances).toHaveLength(target.length)
  expect(distances.reduce((sum, distance) => sum + distance, 0) / distances.length).toBeLessThan(6)
}

describe('fit', () => {
  test('reports the cross-validated error and saves the landmarker with its license', () => {
    expect(fitted.code).toBe(0)
    const { metrics, points, outliers, path } = JSON.parse(fitted.stdout)
    expect(metrics).toMatchObject({ source: 'crossValidation', errorPx: expect.any(Number) })
    expect(points).toHaveLength(5)
    expect(outliers).toEqual(expect.any(Array))
    expect(path).toBe(at('model'))
    expect(readJson('model/landmarker.json')).toMatchObject({ license: 'CC0-1.0', metrics })
  })

  test('leaves groups of images out together', async () => {
    const args = ['fit', at('train'), '--groups', '(\\d)\\.png$', '--out', at('grouped'), '--json']
    const { code, stdout } = await runInMemory(args)
    expect([code, JSON.parse(stdout).metrics.source]).toEqual([0, 'crossValidation'])
    const single = await runInMemory(['fit', at('train'), '--groups', 'png$', '--out', at('never')])
    expect([single.code, single.stderr]).toEqual([1, expect.stringContaining('--groups: all images are in one group')])
  })

  test('does not replace a landmarker unless asked to, and names its few images', async () => {
    const again = await runInMemory(['fit', at('train'), '--out', at('model')])
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('--overwrite')])
    await writeDrawnFaces(at('two/faces.json'), { seed: 3, count: 2 })
    const few = await runInMemory(['fit', at('two'), '--out', at('never'), '--json'])
    expect([few.code, JSON.parse(few.stdout).error.code]).toEqual([1, 'FEW_SHOT_IMAGES'])
    expect(existsSync(at('never'))).toBe(false)
  })
})

describe('predict', () => {
  test('prints JSON lines with points near the exact ones', async () => {
    const { code, stdout, stderr } = await runInMemory(['predict', at('model'), at('test/images')])
    expect([code, stderr]).toEqual([0, expect.stringContaining('3 images: 3 faces')])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const [i, { image, points }] of listTestFaces().entries()) {
      expect(lines[i]).toMatchObject({ image, width: 160, height: 120 })
      expectNear(lines[i].faces[0].points, points)
    }
  })

  test('goes on where it stopped, also after an incomplete line', async () => {
    const args = ['predict', at('model'), at('test/images/*.png'), '--out', at('points.jsonl'), '--json']
    expect(JSON.parse((await runInMemory(args)).stdout)).toMatchObject({ images: 3, done: 0, faces: 3 })
    const complete = readFileSync(at('points.jsonl'), 'utf8')
    expect(JSON.parse((await runInMemory(args)).stdout)).toMatchObject({ images: 3, done: 3, faces: 0 })
    const [first] = complete.split('\n')
    rmSync(at('points.jsonl'))
    writeFileSync(at('points.jsonl.partial.jsonl'), `${first}\n{"image":"x`)
    expect(JSON.parse((await runInMemory(args)).stdout)).toMatchObject({ images: 3, done: 1, faces: 2 })
    expect(readFileSync(at('points.jsonl'), 'utf8')).toBe(complete)
    expect(existsSync(at('points.jsonl.partial.jsonl'))).toBe(false)
  })

  test('says that its output has predictions of other images too', async () => {
    const [first, second] = listTestFaces() as [LabeledFace, LabeledFace]
    const predict = (image: string, ...flags: string[]) =>
      runInMemory(['predict', at('model'), image, at('damaged.png'), '--out', at('other.jsonl'), ...flags])
    writeFileSync(at('damaged.png'), 'no image')
    expect(JSON.parse((await predict(first.image, '--json')).stdout)).toMatchObject({ images: 2, others: 0 })
    const { stdout } = await predict(second.image)
    expect(stdout).toContain('0 done before, 1 other image in the output (--overwrite begins anew)')
    expect(JSON.parse((await predict(second.image, '--json')).stdout)).toMatchObject({ done: 1, failed: 1, others: 1 })
  })

  test('does not continue the predictions of another model', async () => {
    const { code, stderr } = await runInMemory(['predict', 'ibug-68', at('test/images'), '--out', at('points.jsonl')])
    expect([code, stderr]).toEqual([1, expect.stringMatching(/points\.jsonl:1: .*\n {2}expected .* 68 points a face/)])
  })

  test('does not continue predictions with other options of the detector', async () => {
    const [{ image }] = listTestFaces() as [LabeledFace]
    const predict = (...flags: string[]) =>
      runInMemory(['predict', at('model'), image, '--out', at('tiled.jsonl'), '--json', ...flags])
    expect((await predict('--tiles', '2', '--min-score', '0.5')).code).toBe(0)
    expect(readJson('tiled.jsonl').detector).toEqual({ tiles: 2 })
    const { code, stderr } = await predict()
    expect([code, stderr]).toEqual([1, expect.stringContaining('received --tiles 2')])
    expect(JSON.parse((await predict('--tiles', '2')).stdout)).toMatchObject({ done: 1, faces: 0 })
  })

  test('does not continue the predictions of a model that was fitted anew since', async () => {
    const out = at('anew.jsonl')
    const predict = (...flags: string[]) =>
      runInMemory(['predict', at('anew'), at('test/images'), '--out', out, '--json', ...flags])
    const readModels = (): string[] => {
      const lines = readFileSync(out, 'utf8').trimEnd().split('\n')
      return [...new Set(lines.map((line) => JSON.parse(line).model))]
    }
    cpSync(at('model'), at('anew'), { recursive: true })
    await predict()
    const [before] = readModels()
    expect(before).toMatch(/^[0-9a-f]{12}$/)

    await runInMemory(['fit', at('test'), '--out', at('anew'), '--license', 'CC0-1.0', '--overwrite'])
    const { code, stdout } = await predict()
    expect([code, JSON.parse(stdout).error]).toEqual([
      1,
      expect.objectContaining({
        code: 'PREDICTIONS_INVALID',
        file: out,
        line: 1,
        expected: expect.stringMatching(/^model [0-9a-f]{12}; predict --overwrite begins anew$/),
        received: `model ${before}`,
      }),
    ])
    expect((await predict('--overwrite')).code).toBe(0)
    expect(readModels()).toEqual([expect.not.stringContaining(before as string)])

    // Lines of earlier versions do not name their model.
    writeFileSync(out, readFileSync(out, 'utf8').replaceAll(/"model":"\w+",/g, ''))
    expect(JSON.parse((await predict()).stdout)).toMatchObject({ images: 3, done: 3 })
  })

  test('a landmarker in a folder comes before the ready one of that name, in every command', async () => {
    const before = process.cwd()
    mkdirSync(at('named'))
    process.chdir(at('named'))
    try {
      expect(JSON.parse((await runInMemory(['describe', 'ibug-68', '--json'])).stdout).kind).toBe('ready')
      cpSync(at('model'), 'ibug-68', { recursive: true })
      const results: RunResult[] = []
      for (const args of [
        ['describe', 'ibug-68'],
        ['eval', 'ibug-68', at('test')],
        ['export', 'ibug-68', '--to', 'landmarker', '--out', 'copy'],
        ['export', 'ibug-68', '--to', 'onnx', '--out', 'ibug-68.onnx'],
        ['predict', 'ibug-68', at('test/images'), '--out', 'points.jsonl'],
      ]) {
        results.push(await runInMemory([...args, '--json']))
      }
      expect(results.map(({ code }) => code)).toEqual(Array(5).fill(0))
      const [described, evaluated] = results.map(({ stdout }) => JSON.parse(stdout))
      expect([described.path, described.scheme.pointNames.length]).toEqual(['./ibug-68', 5])
      expect(evaluated.byPoint).toHaveLength(5)
      expect(readJson('named/copy/landmarker.json').scheme.pointNames).toHaveLength(5)
      const [line] = readFileSync('points.jsonl', 'utf8').split('\n')
      expect(JSON.parse(line as string).faces[0].points).toHaveLength(5)
      expect(readFileSync('ibug-68.onnx').includes(JSON.stringify(described.scheme.pointNames))).toBe(true)
    } finally {
      process.chdir(before)
    }
  })

  test('writes COCO that the package reads, with exact labels nearby, from a list on stdin', async () => {
    const faces = listTestFaces()
    const args = ['predict', at('model'), '-', '--to', 'coco', '--out', at('test/found.json')]
    const { code } = await runInMemory(args, { stdin: faces.map(({ image }) => `${image}\n`).join('') })
    expect(code).toBe(0)
    const { annotations, images } = readJson('test/found.json')
    expect(images).toHaveLength(3)
    for (const [i, { points }] of faces.entries()) {
      const { keypoints } = annotations[i]
      expectNear(
        [0, 3, 6, 9, 12].map((k) => [keypoints[k], keypoints[k + 1]]),
        points,
      )
    }
    expect(readdirSync(at('test')).filter((name) => name.includes('partial'))).toEqual([])
    expect((await runInMemory(['convert', at('test/found.json'), at('found.csv'), '--to', 'csv'])).code).toBe(0)
  })

  test('writes the format that the ending of its output says', async () => {
    const { code, stdout } = await runInMemory(['predict', at('model'), at('test/images'), '--out', at('ending.csv')])
    expect([code, stdout]).toEqual([0, expect.stringContaining(`written: ${at('ending.csv')} (csv)`)])
    const [header, ...rows] = readFileSync(at('ending.csv'), 'utf8').trimEnd().split('\n')
    expect([header, rows.length]).toEqual([expect.stringMatching(/^\w+,\w+/), 3])
    const { stderr } = await runInMemory(['check', at('ending.csv')])
    expect(stderr).not.toContain('error')
  })

  test('continues COCO from the predictions beside it', async () => {
    const [{ image }] = listTestFaces() as [LabeledFace]
    const prediction = { image, width: 160, height: 120, faces: [] }
    appendFileSync(at('rest.csv.partial.jsonl'), `${JSON.stringify(prediction)}\n`)
    const args = ['predict', at('model'), at('test/images'), '--to', 'csv', '--out', at('rest.csv'), '--json']
    expect(JSON.parse((await runInMemory(args)).stdout)).toMatchObject({ done: 1, faces: 2 })
    expect(readFileSync(at('rest.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(4)
    expect((await runInMemory(args)).stdout).toContain('OUTPUT_EXISTS')
    expect(JSON.parse((await runInMemory([...args, '--overwrite'])).stdout)).toMatchObject({ done: 0, faces: 3 })
  })

  test('draws the points on the images, and skips damaged ones with exit code 1', async () => {
    writeFileSync(at('damaged.png'), 'no image')
    const [{ image }] = listTestFaces() as [LabeledFace]
    const args = ['predict', at('model'), image, at('damaged.png'), '--to', 'images', '--out', at('drawn')]
    const { code, stdout, stderr } = await runInMemory(args)
    expect(code).toBe(1)
    expect(stdout).toContain('1 not read')
    expect(stderr).toMatch(/error: .*damaged\.png/)
    const drawn = readdirSync(at('drawn'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.png'),
    )
    expect(drawn).toEqual([join('test', 'images', basename(image))])
    const { width, height } = await decodeImage(readFileSync(at('drawn', drawn[0] as string)))
    expect([width, height]).toEqual([160, 120])
  })

  test('draws images of one name and different endings apart, also by several commands', async () => {
    const [{ image }] = listTestFaces() as [LabeledFace]
    for (const ending of ['png', 'jpg']) {
      const copy = at(`same.${ending}`)
      copyFileSync(image, copy)
      const { stdout } = await runInMemory([
        'predict',
        at('model'),
        copy,
        '--to',
        'images',
        '--out',
        at('apart'),
        '--json',
      ])
      expect(JSON.parse(stdout)).toMatchObject({ images: 1, done: 0, failed: 0 })
    }
    expect(readdirSync(at('apart')).sort()).toEqual(['same.jpg.png', 'same.png'])
  })

  test('does not say that a folder is written if no image can be read', async () => {
    const args = ['predict', at('model'), at('damaged.png'), '--to', 'images', '--out', at('undrawn')]
    const { code, stdout } = await runInMemory(args)
    expect([code, stdout]).toEqual([1, expect.not.stringContaining('written')])
    expect(existsSync(at('undrawn'))).toBe(false)
  })

  test('describes on two lines a file that is no landmarker', async () => {
    writeFileSync(at('two-lines.txt'), 'a\nb')
    const { code, stderr } = await runInMemory(['predict', at('two-lines.txt'), at('test/images')])
    expect([code, stderr.trimEnd().split('\n')]).toEqual([
      1,
      [expect.stringMatching(/^error: /), expect.stringContaining("received 'a\\nb'")],
    ])
  })

  test('predicts shards, also of an archive, which are merged', async () => {
    await create({ file: at('test.tar'), cwd: at('test') }, ['images'])
    const args = ['predict', at('model'), at('test.tar'), '--json']
    const shards = ['1/2', '2/2'].map((shard) => ({ shard, out: at(`shard-${shard[0]}.jsonl`) }))
    for (const { shard, out } of shards)
      expect((await runInMemory([...args, '--shard', shard, '--out', out])).code).toBe(0)
    const merged = await runInMemory([
      'merge',
      ...shards.map(({ out }) => out),
      '--list',
      at('test.tar'),
      '--out',
      at('all.jsonl'),
    ])
    expect([merged.code, merged.stdout]).toEqual([0, expect.stringContaining('3 images, each image of the list once')])
    const images = readFileSync(at('all.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).image)
    expect(images.sort()).toEqual(listTestFaces().map(({ image }) => image.replace(at('test'), at('test.tar'))))
  })

  test('follows the faces of a video', async () => {
    const args = ['predict', at('model'), at('test/images'), '--video', '--fps', '4', '--out', at('video.jsonl')]
    const { code, stdout } = await runInMemory(args)
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^3 frames: 3 faces with \d ids?, 0 frames without a face\n/),
    ])
    const lines = readFileSync(at('video.jsonl'), 'utf8').trimEnd().split('\n')
    const predictions = lines.map((line) => JSON.parse(line))
    expect(predictions.map(({ image, frame, time }) => [image, frame, time])).toEqual(
      listTestFaces().map(({ image }, i) => [image, i, i / 4]),
    )
    expect(predictions[0].faces[0]).toMatchObject({ id: 0, box: expect.anything(), points: expect.any(Array) })
    expect(predictions[0].faces[0]).not.toHaveProperty('score')
    expect((await runInMemory(args)).code).toBe(1)
  })

  test.each([
    [['predict', 'mesh-468', 'a', 'b', '--video'], 2, /option --video\n {2}expected one folder or glob/],
    [['predict', 'mesh-468', 'a', '--video', '--shard', '1/2'], 2, /option --shard/],
    [['predict', 'mesh-468', 'a', '--fps', '25'], 2, /option --fps\n {2}expected --video too/],
    [['predict', 'mesh-468', 'a.jpg', '--shard', '3/2'], 2, /option --shard\n {2}expected I\/N/],
    [['predict', 'mesh-468', 'a.jpg', '--tiles', '11'], 2, /Expected a whole number from 1 to 10/],
    [['predict', 'mesh-468', 'a.jpg', '--min-score', '2'], 2, /Expected a number from 0 to 1/],
    [['predict', 'mesh-468', 'no-such-*.jpg'], 1, /no-such-\*\.jpg: no such image\n {2}expected an image, a folder/],
    [['predict', 'mesh-468', 'a.jpg', '--to', 'csv'], 2, /option --out\n {2}expected a path for --to csv/],
  ])('%j fails', async (args, expectedCode, message) => {
    const { code, stderr } = await runInMemory(args)
    expect([code, stderr]).toEqual([expectedCode, expect.stringMatching(message)])
  })

  test('a missing model and an unknown backend are errors', async () => {
    const missing = await runInMemory(['predict', at('nowhere'), at('test/images')])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('the landmarker does not exist')])
    const unknown = await runInMemory(['predict', at('model'), at('test/images'), '--backend', 'wsam'])
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('wsam')])
  })
})
