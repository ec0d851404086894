import { FacekpError } from '@facekp/core'
import type { PathFile } from '../components/path-file.ts'
import type { LandmarkerChoice } from './protocol.ts'

const INDEX = 'landmarker.json'
const ARCHIVE = /\.zip$/i

/** Tests whether dropped files are a landmarker: its folder, a folder that contains it, or a zip. */
export function isLandmarker(files: readonly PathFile[]): boolean {
  return findIndex(files) !== undefined || files.some(({ path }) => ARCHIVE.test(path))
}

/**
 * Reads a landmarker from files that were dropped or chosen.
 *
 * @throws FacekpError `LANDMARKER_FILE` if the files contain no landmarker
 */
export async function openLandmarker(files: readonly PathFile[]): Promise<LandmarkerChoice> {
  const index = findIndex(files)
  if (index) {
    const folder = index.path.slice(0, -INDEX.length)
    const inside = files.filter(({ path }) => path.startsWith(folder) && !path.slice(folder.length).includes('/'))
    const contents = await Promise.all(
      inside.map(async ({ path, file }) => [path.slice(folder.length), await readBytes(file)] as const),
    )
    return { kind: 'own', name: nameFolder(folder), source: new Map(contents) }
  }
  const archive = files.find(({ path }) => ARCHIVE.test(path))
  if (!archive) throw landmarkerError(files)
  return { kind: 'own', name: archive.file.name.replace(ARCHIVE, ''), source: await readBytes(archive.file) }
}

/** Finds the `landmarker.json` of the outermost folder. */
function findIndex(files: readonly PathFile[]): PathFile | undefined {
  return files
    .filter(({ path }) => path.split('/').at(-1) === INDEX)
    .sort((a, b) => a.path.split('/').length - b.path.split('/').length)[0]
}

/** The folder `landmarker` of a run has the name of the run. */
function nameFolder(folder: string): string {
  const names = folder.split('/').filter(Boolean)
  return names.at(-1) === 'landmarker' ? (names.at(-2) ?? 'landmarker') : (names.at(-1) ?? 'landmarker')
}

async function readBytes(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer())
}

function landmarkerError(files: readonly PathFile[]): FacekpError {
  return new FacekpError({
    code: 'LANDMARKER_FILE',
    problem: 'no landmarker among these files',
    expected: `a folder with ${INDEX}, that of a run, or a zip of it`,
    received: files
      .slice(0, 4)
      .map(({ path }) => path)
      .join(', '),
  })
}
