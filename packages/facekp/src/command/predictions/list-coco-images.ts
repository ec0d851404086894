import { dirname, isAbsolute } from 'node:path'
import { FacekpError } from '@facekp/core'
import { readText } from '@facekp/files'
import { parseOptions } from '@facekp/options'
import * as z from 'zod'
import { checkNoProject } from '../project-file.ts'
import { joinPath } from './walk-folder.ts'

const UNREAD = {
  code: 'ANNOTATIONS_NOT_READ',
  kind: 'annotation file',
  expected: 'a COCO file that this user may read',
}

const cocoSchema = z.object({ images: z.array(z.object({ file_name: z.string().min(1) })) })

/**
 * Lists the images of a COCO file, also of one without annotations.
 *
 * @param folder of the images; default: that of the file
 * @throws FacekpError `ANNOTATIONS_NOT_READ`, `ANNOTATIONS_INVALID`; `ANNOTATIONS_UNKNOWN` for the file of a project
 */
export async function listCocoImages(file: string, folder: string = dirname(file)): Promise<string[]> {
  checkNoProject(file)
  const value = parseJson(await readText(file, UNREAD), file)
  const { images } = parseOptions({ schema: cocoSchema, value, code: 'ANNOTATIONS_INVALID', noun: 'field', file })
  return images.map(({ file_name: name }) => (isAbsolute(name) ? name : joinPath(folder, name)))
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FacekpError({
      code: 'ANNOTATIONS_INVALID',
      file,
      problem: 'not valid JSON',
      expected: 'a COCO file with images',
      received: (cause as Error).message,
      cause,
    })
  }
}
