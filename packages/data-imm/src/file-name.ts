import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'

/** The parts of a file name of the database. */
export interface ImmFileName {
  /** 1 to 40. */
  readonly person: number
  /** 1 frontal, 2 frontal and smiling, 3 rotated to the right, 4 rotated to the left, 5 with a spot light, 6 free. */
  readonly view: number
  readonly gender: 'm' | 'f'
}

/**
 * Parses person, view and gender from a file name such as `01-1m.jpg`.
 *
 * @param file name or path, with any extension or none
 * @throws FacekpError `IMM_FILE_NAME`
 * @example
 * ```ts
 * parseImmFileName('33-5f.asf') // { person: 33, view: 5, gender: 'f' }
 * ```
 */
export function parseImmFileName(file: string): ImmFileName {
  checkArgument(KINDS.string, file, 'file', 'parseImmFileName')
  const [, person, view, gender] = /(?:^|[/\\])(\d\d)-(\d)([mf])(?:\.\w+)?$/.exec(file) ?? []
  const name = { person: Number(person), view: Number(view), gender: gender as 'm' | 'f' }
  if (name.person >= 1 && name.person <= 40 && name.view >= 1 && name.view <= 6) return name
  throw new FacekpError({
    code: 'IMM_FILE_NAME',
    file,
    problem: 'not a file name of the IMM Face Database',
    expected: 'person, view and gender: 01-1m to 40-6f',
  })
}
