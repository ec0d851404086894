import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { releaseBackend, useBackend } from '@facekp/backend'
import { IBUG_68, pickKeypoints, selectKeypoints } from '@facekp/core'
import { serializeCoco } from '@facekp/data-formats'
import { readDataset } from '@facekp/data-formats/node'
import { syntheticFaces } from '@facekp/data-synthetic'
import { writeImage } from '@facekp/image/node'
import { fitFewShot } from '@facekp/landmarker'
import { saveLandmarker } from '@facekp/landmarker/node'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isRun, listShellBlocks, NOT_RUN, runShellBlocks } from './support/shell-blocks.ts'

// Each shell block of a README or a page of docs/ runs as it stands in a small project, unless `NOT_RUN` says why it cannot.
const PROGRAM = fileURLToPath(new URL('../packages/facekp/dist/bin.js', import.meta.url))
if (!existsSync(PROGRAM)) throw new Error('build the packages first: pnpm build')
/** The page that begins in an empty folder; tests/packed.test.ts follows it. */
const TUTORIAL = 'docs/tutorials/your-own-points.md'
const blocks = listShellBlocks()
const pages = [...new Set(blocks.filter(isRun).map(({ page }) => page))].filter((page) => page !== TUTORIAL)

let root = ''
const at = (...names: string[]): string => join(root, ...names)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-shell-'))
  await writeFaces({ first: 0, count: 6, photos: 'photos', labels: 'labels.json' })
  await writeFaces({ first: 10, count: 3, photos: 'test-photos', labels: 'test-labels.json' })
  await writeFaces({ first: 20, count: 6, photos: 'my-faces', labels: 'my-faces/labels.json' })
  await writeFaces({ first: 30, count: 2, photos: 'test-faces', labels: 'test-faces/labels.json' })
  await useBackend()
  const { model } = await fitFewShot(await readDataset(at('project', 'my-faces')))
  await saveLandmarker(model, at('my-landmarker'))
  releaseBackend()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Writes drawn faces with five points into the project, as the first tutorial does. */
async function writeFaces({ first, count, photos, labels }: Faces): Promise<void> {
  const points = [36, 45, 30, 48, 54]
  const scheme = pickKeypoints(IBUG_68, 'five', points)
  const drawn = syntheticFaces({ seed: 1, count: first + count, scheme: IBUG_68, width: 160, height: 120 })
  mkdirSync(at('project', photos), { recursive: true })
  const images = []
  for (let index = first; index < first + count; index++) {
    const { image, keypoints, box } = selectKeypoints(await drawn.get(index), points)
    const file = `${index}.jpg`
    await writeImage(at('project', photos, file), image)
    const labeled = scheme.pointNames.map((name, point) => ({
      name,
      x: keypoints[2 * point] as number,
      y: keypoints[2 * point + 1] as number,
      isVisible: true,
    }))
    images.push({ file, width: image.width, height: image.height, faces: [{ box, points: labeled }] })
  }
  writeFileSync(at('project', labels), JSON.stringify(serializeCoco(images, scheme)))
}

interface Faces {
  /** Number of the first face. */
  readonly first: number
  readonly count: number
  /** Folder of the photographs. */
  readonly photos: string
  /** File of the labels. */
  readonly labels: string
}

test('every exception concerns a block', () => {
  const unused = NOT_RUN.filter(({ command }) => !blocks.some(({ code }) => command.test(code)))
  expect(unused).toEqual([])
})

test('the pages have blocks', () => {
  expect(blocks.length).toBeGreaterThan(60)
  expect(pages.length).toBeGreaterThan(4)
})

test.each(pages)('the commands of %s run', async (page) => {
  const commands = blocks.filter((block) => block.page === page && isRun(block))
  const folder = at(page.replaceAll('/', '-'))
  cpSync(at('project'), folder, { recursive: true })
  const fits = commands.some(({ code }) => code.includes('facekp fit'))
  if (!fits) cpSync(at('my-landmarker'), join(folder, 'my-landmarker'), { recursive: true })
  await runShellBlocks(commands, folder, PROGRAM)
})
