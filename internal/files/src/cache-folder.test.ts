import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { cacheFolder } from './cache-folder.ts'

const home = homedir()

test.each<[NodeJS.Platform, NodeJS.ProcessEnv, string]>([
  ['linux', {}, join(home, '.cache', 'facekp', 'imm')],
  ['linux', { XDG_CACHE_HOME: '/var/cache/me' }, join('/var/cache/me', 'facekp', 'imm')],
  ['linux', { XDG_CACHE_HOME: 'relative' }, join(home, '.cache', 'facekp', 'imm')],
  ['darwin', { XDG_CACHE_HOME: '/ignored' }, join(home, 'Library', 'Caches', 'facekp', 'imm')],
  ['win32', { LOCALAPPDATA: '/local' }, join('/local', 'facekp', 'imm')],
  ['win32', {}, join(home, 'AppData', 'Local', 'facekp', 'imm')],
  ['linux', { FACEKP_CACHE: '/mine', XDG_CACHE_HOME: '/var/cache/me' }, resolve('/mine', 'imm')],
  ['linux', { FACEKP_CACHE: 'mine' }, resolve('mine', 'imm')],
  ['linux', { FACEKP_CACHE: '' }, join(home, '.cache', 'facekp', 'imm')],
])('%s %j: %s', (platform, env, expected) => {
  expect(cacheFolder('imm', { platform, env })).toBe(expected)
})
