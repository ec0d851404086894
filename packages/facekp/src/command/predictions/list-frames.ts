import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { FacekpError } from '@facekp/core'
import { type ListImagesOptions, listImages } from './list-images.ts'

/** Extensions of video files, which are not decoded. */
const VIDEO = /\.(mp4|m4v|mov|avi|mkv|webm|wmv|flv|mpe?g|3gp|ogv|gif)$/i

/**
 * Lists the frames of a video in order: numbers in their names count as numbers, so that `frame-10.jpg` comes after `frame-9.jpg`.
 *
 * @param path folder or glob of the frames, or a COCO file or list that names them
 * @throws FacekpError `VIDEO_FILE` if it is a video file or an archive, `IMAGES_EMPTY`, and what `listImages` throws
 */
export async function listFrames(path: string, options: ListImagesOptions): Promise<string[]> {
  if (VIDEO.test(path) && (await stat(path).catch(() => undefined))?.isFile()) throw videoError(path)
  const frames: string[] = []
  const { list } = await listImages([path], options)
  for await (const { id, archive } of list(() => true)) {
    if (archive !== undefined) throw archiveError(archive)
    frames.push(id)
  }
  const { compare } = new Intl.Collator('en', { numeric: true })
  return frames.sort(compare)
}

function videoError(file: string): FacekpError {
  const folder = file.slice(0, -extname(file).length)
  return new FacekpError({
    code: 'VIDEO_FILE',
    file,
    problem: 'video files are not decoded',
    expected: `the folder of its frames, which ffmpeg writes: mkdir "${folder}" && ffmpeg -i "${file}" "${folder}/%06d.jpg"`,
  })
}

/** Frames are put in order, which an archive would have to be read again for. */
function archiveError(file: string): FacekpError {
  const folder = file.replace(/\.(tar|tar\.gz|tgz)$/i, '')
  return new FacekpError({
    code: 'VIDEO_FILE',
    file,
    problem: 'the frames of a video are not read from an archive',
    expected: `the folder of its frames: mkdir "${folder}" && tar -xf "${file}" -C "${folder}"`,
  })
}
