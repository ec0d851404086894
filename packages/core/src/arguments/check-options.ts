import { type ArgumentKind, checkArgument, checkKind, type KindValue, type KnownFields } from './check-argument.ts'
import { objectKind, optionalKind } from './kind-makers.ts'
import * as KINDS from './kinds.ts'

const SUBJECT = objectKind({ code: KINDS.string, name: KINDS.string, noun: optionalKind(KINDS.string) })

/** What options belong to, for errors. */
export interface OptionsSubject {
  /** Code of the error, such as `BLUR_OPTIONS`. */
  readonly code: string
  /** Such as `blurPool`. */
  readonly name: string
  /** What one of them is called: `option` (default), `field` ... */
  readonly noun?: string
}

/**
 * Checks options whose errors have a code of their own. Unlike a schema of zod, a page pays nothing for it beyond what every package
 * loads.
 *
 * @throws FacekpError with `code`, also for an unknown name; its text is `option PATH of NAME: expected ..., received ...`
 * @example
 * ```ts
 * const POOL_OPTIONS = optionsKind({ poolSize: KINDS.size, padding: choiceKind(['same', 'valid']) })
 *
 * checkOptions(POOL_OPTIONS, options, { code: 'POOL_OPTIONS', name: 'pool' })
 * ```
 */
export function checkOptions<Kind extends ArgumentKind, Value extends KindValue<Kind>>(
  kind: Kind,
  options: Value & KnownFields<Kind, Value>,
  subject: OptionsSubject,
): void {
  checkArgument(SUBJECT, subject, 'subject', 'checkOptions')
  const { code, name, noun = 'option' } = subject
  checkKind(kind, options, '', {
    code,
    nameCode: code,
    describe: (path) => `${path === '' ? `${noun}s` : `${noun} ${path}`} of ${name}`,
  })
}
