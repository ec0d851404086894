import { basename } from 'node:path'
import { FacekpError } from '@facekp/core'

/** Name of the file that describes a project, in the working folder. */
export const PROJECT_FILE = 'facekp.json'

/**
 * Refuses the file of a project where labels or images are expected.
 *
 * @throws FacekpError `ANNOTATIONS_UNKNOWN`
 */
export function checkNoProject(path: string): void {
  if (basename(path) !== PROJECT_FILE) return
  throw new FacekpError({
    code: 'ANNOTATIONS_UNKNOWN',
    file: path,
    problem: 'the file describes a project, and holds no labels',
    expected:
      'labels or images by their own path; in the folder of that file, the commands check, fit and train need no [data]',
  })
}
