import { expect, test } from '@jest/globals'
import { fetchPublic, isPublicHost } from './redirect.ts'

test.each(['dlib.net', 'web.archive.org', '8.8.8.8', '[2606:4700::1111]'])('%s is public', (host) => {
  expect(isPublicHost(host)).toBe(true)
})

test.each([
  'localhost',
  'a.localhost',
  'printer.local',
  'metadata.google.internal',
  'intranet',
  '127.0.0.1',
  '10.1.2.3',
  '169.254.169.254',
  '192.168.0.1',
  '[::1]',
  '[fd00::1]',
  '[::ffff:127.0.0.1]',
])('%s is not', (host) => {
  expect(isPublicHost(host)).toBe(false)
})

/** Returns a fetch whose server sends each address to the next. */
function follow(...addresses: string[]): { readonly fetcher: typeof fetch; readonly requested: string[] } {
  const requested: string[] = []
  const fetcher = async (address: string): Promise<Response> => {
    requested.push(address)
    const location = addresses[requested.length - 1]
    return location === undefined ? new Response('content') : new Response('', { status: 302, headers: { location } })
  }
  return { fetcher: fetcher as typeof fetch, requested }
}

test('follows redirects to public https and within the server', async () => {
  const { fetcher, requested } = follow('/b', 'https://cdn.example.org/c')
  expect(await (await fetchPublic(fetcher, 'http://example.org/a', {})).text()).toBe('content')
  expect(requested).toEqual(['http://example.org/a', 'http://example.org/b', 'https://cdn.example.org/c'])
})

test.each([
  'http://169.254.169.254/latest',
  'https://localhost/secret',
  'http://other.example.org/',
  'file:///etc/passwd',
  '//',
])('does not follow one to %s', async (location) => {
  const { fetcher, requested } = follow(location)
  await expect(fetchPublic(fetcher, 'https://example.org/a', {})).rejects.toMatchObject({ code: 'DOWNLOAD_REDIRECT' })
  expect(requested).toHaveLength(1)
})

test('ends a loop', async () => {
  const { fetcher } = follow(...Array.from({ length: 20 }, () => '/loop'))
  await expect(fetchPublic(fetcher, 'https://example.org/loop', {})).rejects.toMatchObject({
    code: 'DOWNLOAD_REDIRECT',
  })
})
